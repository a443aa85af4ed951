// Measurements in an SQLite file, which several snug processes may use at once.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace snug {

struct MeasuredTime {
  std::string kernel_hash;  ///< of the sources that the kernel was built from
  std::string primitive;
  std::string layer;  ///< text of a Measurement
  double ns = 0;
  int64_t runs = 0;
};

/// $SNUG_PROFILE, else $XDG_CACHE_HOME/snug/profile.sqlite, else ~/.cache/snug/profile.sqlite.
std::filesystem::path default_profile_file();

/// An open file. Every write is committed at once. Throws UserError where the file cannot be used.
class ProfileStore {
 public:
  explicit ProfileStore(const std::filesystem::path& file);

  std::vector<MeasuredTime> read(const std::string& target_identity);
  void write(const std::string& target_identity, const MeasuredTime& time);
  const std::filesystem::path& file() const { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  [[noreturn]] void fail() const;
  void run(const char* statement);

  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace snug
