// The folder that a project is written into. The user may keep other files there: a marker, snug_files.json, lists what
// snug wrote and a hash of each file; only those are replaced, and whatever happens meanwhile, the old files or the new
// ones are there as a whole.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "emit/emit.h"

namespace snug {

/// Files that were neither what snug wrote before nor what it wrote now, and the names under which they are kept.
using KeptAside = std::map<std::string, std::string>;

/// Throws UserError where nothing could be written into `folder`, which need not exist yet. Completes a replacement
/// that was interrupted after all new files had been written.
KeptAside check_output_folder(const std::filesystem::path& folder);

/// Names of the files that snug wrote into the folder. Throws UserError where there are none, or the marker is damaged.
std::vector<std::string> files_of_folder(const std::filesystem::path& folder);

/// Writes the files in place of those that snug wrote before. A file that was edited since is kept as NAME.edited.
/// Waits while another snug writes there. Throws UserError: a file is in the way that snug did not write; the disk is
/// full. Then the folder is as it was, or the new files are complete in it and the next call puts them in place.
KeptAside write_folder(const CFiles& files, const std::filesystem::path& folder);

}  // namespace snug
