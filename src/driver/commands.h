// The commands of snug. Each adds itself to the command line; its work runs as CLI11's callback. A UserError that it
// throws is printed by main.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace snug {

/// How main ends: set by a command that ran but has bad news (3: infeasible; 4: verification failed).
struct ExitCode {
  int value = 0;
};

void add_compile_command(CLI::App& app, ExitCode& exit_code, const std::string& command_line);
void add_pareto_command(CLI::App& app, ExitCode& exit_code);
void add_profile_command(CLI::App& app);
void add_run_command(CLI::App& app);
void add_verify_command(CLI::App& app, ExitCode& exit_code);
void add_zoo_command(CLI::App& app);
void add_list_commands(CLI::App& app);  ///< primitives, operators, targets

}  // namespace snug
