// snug: fits a convolutional network into the memory a device has.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <sstream>
#include <system_error>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "driver/commands.h"
#include "report/table.h"

namespace {

/// A word of the command line without the folders of an absolute path.
std::string without_folders(const std::string& word) {
  const size_t equals = word.find('=');
  const size_t begin = word.starts_with("--") && equals != std::string::npos ? equals + 1 : 0;
  if (word.size() <= begin || word[begin] != '/') return word;
  const std::filesystem::path path = word.substr(begin);
  return word.substr(0, begin) + (path.has_filename() ? path : path.parent_path()).filename().string();
}

/// The command line as emitted files quote it: the same on every machine, whatever lies where.
std::string quoted_command_line(int argc, char** argv) {
  std::string line = "snug";
  for (int i = 1; i < argc; ++i) line += " " + snug::shell_word(without_folders(argv[i]));
  return line;
}

/// An error's text on the terminal: names from a model may hold anything.
void print_error(const std::string& text) {
  std::istringstream lines(text);
  std::string prefix = "snug: ";
  for (std::string line; std::getline(lines, line); prefix.clear())
    snug::print_to_errors(fmt::format("{}{}\n", prefix, snug::printable(line)));
}

/// The exit status, or 1 where the answer did not reach its reader whole.
int flushed(int exit_code) {
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::cout) return exit_code;
  print_error(fmt::format("the standard output cannot be written: {}", std::strerror(errno)));
  return 1;
}

/// CLI11 asks for a subcommand where it should say that it does not know this one.
void check_subcommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  if (std::ranges::find(names, argv[1]) != names.end()) return;
  const std::string near = snug::closest(argv[1], names);
  throw CLI::ExtrasError(
      fmt::format("there is no command \"{}\"{}; there are {}", snug::printable(argv[1]),
                  near.empty() ? "" : fmt::format(", did you mean {}?", near), snug::join(names, ", ")),
      CLI::ExitCodes::ExtrasError);
}

}  // namespace

int main(int argc, char** argv) {
  // For the programs that snug runs: two threads that the system puts on one processor take twice as long.
  ::setenv("OMP_PROC_BIND", "true", 0);
  snug::end_cleanly_on_signals("snug: interrupted; what was measured is kept, and no file is half-written");
  CLI::App app{"snug fits a convolutional network into the memory a device has, as fast as that memory allows."};
  app.set_version_flag("--version", "snug " SNUG_VERSION);
  app.require_subcommand(1);
  snug::ExitCode exit_code;
  snug::add_compile_command(app, exit_code, quoted_command_line(argc, argv));
  snug::add_run_command(app);
  snug::add_verify_command(app, exit_code);
  snug::add_profile_command(app);
  snug::add_pareto_command(app, exit_code);
  snug::add_zoo_command(app);
  snug::add_list_commands(app);
  try {
    check_subcommand(app, argc, argv);
    app.parse(argc, argv);
    return flushed(exit_code.value);
  } catch (const CLI::ParseError& error) {
    return flushed(app.exit(error) == 0 ? 0 : 2);
  } catch (const std::filesystem::filesystem_error& error) {
    print_error(fmt::format("{}: {}", error.path1().string(), error.code().message()));
    return 1;
  } catch (const std::system_error& error) {  // fmt's, where a print fails
    print_error(fmt::format("the standard output cannot be written: {}", error.code().message()));
    return 1;
  } catch (const snug::UserError& error) {
    print_error(error.what());
    return 1;
  } catch (const std::bad_alloc&) {
    print_error("there is not enough memory for this model");
    return 1;
  } catch (const std::exception& error) {
    print_error(fmt::format("{}; this is a bug in snug, or the machine ran out of a resource", error.what()));
    return 1;
  }
}
