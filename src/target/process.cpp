#include "target/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

extern char** environ;

namespace snug {

namespace {

void close_end(int& end) {
  if (end >= 0) ::close(end);
  end = -1;
}

/// Both ends of a channel that children do not inherit unless told to. A socket for what we write, because a write
/// to a program that has ended must not raise SIGPIPE here.
std::array<int, 2> open_pipe() {
  std::array<int, 2> ends{};
  CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0, std::strerror(errno));
  return ends;
}
std::array<int, 2> open_socket() {
  std::array<int, 2> ends{};
  CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, std::strerror(errno));
  return ends;
}

pid_t spawn(const std::vector<std::string>& command, int input, int output, int errors) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  // Signals that snug itself waits for end its children as ever.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t as_ever;
  ::sigemptyset(&as_ever);
  ::sigaddset(&as_ever, SIGPIPE);
  ::sigaddset(&as_ever, SIGXFSZ);
  posix_spawnattr_setsigdefault(&attributes, &as_ever);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int failure = ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  errno = failure;
  return failure == 0 ? pid : -1;
}

/// Appends what there is to read; false at the end of the stream.
bool read_some(int end, std::string& text) {
  std::array<char, 1 << 16> bytes;
  const ssize_t count = ::read(end, bytes.data(), bytes.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (count <= 0) return false;
  text.append(bytes.data(), static_cast<size_t>(count));
  return true;
}

}  // namespace

Process::Process(const std::vector<std::string>& command) {
  std::array<int, 2> input = open_socket(), output = open_pipe(), errors = open_pipe();
  pid_ = spawn(command, input[0], output[1], errors[1]);
  const std::string cause = std::strerror(errno);
  close_end(input[0]), close_end(output[1]), close_end(errors[1]);
  input_ = input[1], output_ = output[0], errors_ = errors[0];
  if (pid_ >= 0) return;
  close_end(input_), close_end(output_), close_end(errors_);
  throw UserError(fmt::format("cannot run \"{}\": {}; install it, or choose another target", command[0], cause));
}

Process::~Process() {
  close_end(input_), close_end(output_), close_end(errors_);
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

void Process::write(std::string_view text) {
  pending_ += text;
}

bool Process::pump() {
  if (pending_.empty() && closing_) close_end(input_);
  std::array<pollfd, 3> ends{pollfd{output_, POLLIN, 0}, pollfd{errors_, POLLIN, 0},
                             pollfd{pending_.empty() ? -1 : input_, POLLOUT, 0}};
  if (output_ < 0 && errors_ < 0) return false;
  if (::poll(ends.data(), ends.size(), -1) < 0) {
    CHECK(errno == EINTR, std::strerror(errno));
    return true;
  }
  if (ends[0].revents != 0 && !read_some(output_, read_)) close_end(output_);
  if (ends[1].revents != 0 && !read_some(errors_, read_errors_)) close_end(errors_);
  if (ends[2].revents != 0) {
    const ssize_t count = ::send(input_, pending_.data(), pending_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      pending_.erase(0, static_cast<size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      // It reads no more: its exit code will say why.
      close_end(input_);
      pending_.clear();
    }
  }
  return true;
}

std::optional<std::string> Process::read_line() {
  for (;;) {
    const size_t end = read_.find('\n');
    if (end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    if (output_ < 0 || !pump()) return std::nullopt;
  }
}

RunResult Process::wait() {
  closing_ = true;
  while (pump()) {
  }
  close_end(input_);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) CHECK(errno == EINTR, std::strerror(errno));
  pid_ = -1;
  RunResult result{.exit_code = 0, .output = std::move(read_), .errors = std::move(read_errors_)};
  if (WIFEXITED(status)) {
    result.exit_code = WEXITSTATUS(status);
  } else {
    const int signal = WTERMSIG(status);
    result.exit_code = 128 + signal;
    result.errors += fmt::format("ended by signal {} ({})\n", signal, ::strsignal(signal));
  }
  return result;
}

RunResult run_process(const std::vector<std::string>& command, std::string_view standard_input) {
  Process process(command);
  process.write(standard_input);
  return process.wait();
}

static std::filesystem::path make_temporary_folder() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string name = (parent / "snug-XXXXXX").string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    const char* const variable = std::getenv("TMPDIR");
    throw UserError(fmt::format("cannot make a temporary folder in {}: {}; set $TMPDIR to a folder that can be written",
                                variable == nullptr ? "/tmp" : variable,
                                error ? error.message() : std::strerror(errno)));
  }
  return name;
}

TemporaryFolder::TemporaryFolder() : removed_([this] { return path_ = make_temporary_folder(); }) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace snug
