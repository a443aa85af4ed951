// snug: fits a convolutional network into the memory a device has.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>

#include "base/error.h"
#include "driver/commands.h"

namespace {

/// The command line without the path of the program: quoted in emitted files, so the same on every machine.
std::string quoted_command_line(int argc, char** argv) {
  std::string line = "snug";
  for (int i = 1; i < argc; ++i) line += std::string(" ") + argv[i];
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  // For the programs that snug runs: two threads that the system puts on one processor take twice as long.
  ::setenv("OMP_PROC_BIND", "true", 0);
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
    app.parse(argc, argv);
    return exit_code.value;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const snug::UserError& error) {
    fmt::print(stderr, "snug: {}\n", error.what());
    return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "snug: {}; this is a bug in snug, or the machine ran out of a resource\n", error.what());
    return 1;
  }
}
