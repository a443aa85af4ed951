#include "base/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>
#include <set>
#include <thread>

namespace snug {

namespace {

struct Paths {
  std::mutex mutex;
  std::multiset<std::filesystem::path> all;
};

/// Never destroyed: a signal may come while the program ends.
Paths& paths() {
  static Paths* const instance = new Paths;
  return *instance;
}

[[noreturn]] void wait_for_signal(const sigset_t& signals, const char* message) {
  int signal = 0;
  while (::sigwait(&signals, &signal) != 0) {
  }
  const std::lock_guard lock(paths().mutex);
  // Programs that still run may write there meanwhile.
  constexpr int kTries = 5;
  for (int i = 0; i < kTries; ++i) {
    for (const std::filesystem::path& path : paths().all) {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  }
  std::fprintf(stderr, "\n%s\n", message);
  ::_exit(128 + signal);
}

}  // namespace

RemovedOnInterrupt::RemovedOnInterrupt(const std::function<std::filesystem::path()>& make) {
  const std::lock_guard lock(paths().mutex);
  path_ = make();
  paths().all.insert(path_);
}

RemovedOnInterrupt::~RemovedOnInterrupt() {
  const std::lock_guard lock(paths().mutex);
  paths().all.erase(paths().all.find(path_));
}

void end_cleanly_on_signals(const char* message) {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread(wait_for_signal, signals, message).detach();
}

}  // namespace snug
