// What a signal that ends the program must not leave behind.
#pragma once

#include <filesystem>
#include <functional>

namespace snug {

/// A path that is removed where SIGINT, SIGTERM or SIGHUP ends the program while this object lives.
class RemovedOnInterrupt {
 public:
  /// `make` makes the path and returns it: no signal comes between that and the promise to remove it.
  explicit RemovedOnInterrupt(const std::function<std::filesystem::path()>& make);
  ~RemovedOnInterrupt();
  RemovedOnInterrupt(const RemovedOnInterrupt&) = delete;
  RemovedOnInterrupt& operator=(const RemovedOnInterrupt&) = delete;

 private:
  std::filesystem::path path_;
};

/// From now on these signals remove such paths, print `message` and end the program with 128 + the signal's number. A
/// closed pipe and a limit of file sizes are errors of the writes concerned. To be called before there are threads.
void end_cleanly_on_signals(const char* message);

}  // namespace snug
