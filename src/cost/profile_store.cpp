#include "cost/profile_store.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/cache_folder.h"
#include "base/error.h"

namespace snug {

namespace {

namespace fs = std::filesystem;

/// How long a process waits for another one's write, which takes milliseconds.
constexpr int kPatienceMs = 30000;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

Statement prepare(sqlite3* database, const char* text) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, text, -1, &statement, nullptr);
  return Statement(statement);
}

void bind(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

std::string column(sqlite3_stmt* statement, int index) {
  const unsigned char* text = sqlite3_column_text(statement, index);
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

}  // namespace

fs::path default_profile_file() {
  const char* file = std::getenv("SNUG_PROFILE");
  if (file != nullptr && *file != '\0') return file;
  if (cache_folder().empty()) throw UserError("no place for the profile: set $SNUG_PROFILE to a file, or $HOME");
  return cache_folder() / "profile.sqlite";
}

ProfileStore::ProfileStore(const fs::path& file) : file_(fs::absolute(file)) {
  std::error_code error;
  fs::create_directories(file_.parent_path(), error);
  sqlite3* database = nullptr;
  const int code = error ? SQLITE_CANTOPEN : sqlite3_open(file_.c_str(), &database);
  database_.reset(database);
  if (code != SQLITE_OK) {
    throw UserError(fmt::format("{}: cannot be opened as the profile; set $SNUG_PROFILE to a file that can be written",
                                file_.string()));
  }
  sqlite3_busy_timeout(database_.get(), kPatienceMs);
  run("PRAGMA synchronous = NORMAL");
  run("CREATE TABLE IF NOT EXISTS measurement(target TEXT NOT NULL, kernel_hash TEXT NOT NULL, primitive TEXT NOT NULL,"
      " layer TEXT NOT NULL, ns REAL NOT NULL, runs INTEGER NOT NULL,"
      " PRIMARY KEY(target, kernel_hash, primitive, layer)) WITHOUT ROWID");
}

void ProfileStore::fail() const {
  throw UserError(
      fmt::format("{}: cannot be used as the profile (SQLite: {}); remove it, or set $SNUG_PROFILE to "
                  "another file",
                  file_.string(), sqlite3_errmsg(database_.get())));
}

void ProfileStore::run(const char* statement) {
  if (sqlite3_exec(database_.get(), statement, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::vector<MeasuredTime> ProfileStore::read(const std::string& target_identity) {
  const Statement statement =
      prepare(database_.get(), "SELECT kernel_hash, primitive, layer, ns, runs FROM measurement WHERE target = ?");
  if (statement == nullptr) fail();
  bind(statement.get(), 1, target_identity);
  std::vector<MeasuredTime> result;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    result.push_back({.kernel_hash = column(statement.get(), 0),
                      .primitive = column(statement.get(), 1),
                      .layer = column(statement.get(), 2),
                      .ns = sqlite3_column_double(statement.get(), 3),
                      .runs = sqlite3_column_int64(statement.get(), 4)});
  }
  if (code != SQLITE_DONE) fail();
  return result;
}

void ProfileStore::write(const std::string& target_identity, const MeasuredTime& time) {
  const Statement statement = prepare(database_.get(), "INSERT OR REPLACE INTO measurement VALUES(?, ?, ?, ?, ?, ?)");
  if (statement == nullptr) fail();
  bind(statement.get(), 1, target_identity);
  bind(statement.get(), 2, time.kernel_hash);
  bind(statement.get(), 3, time.primitive);
  bind(statement.get(), 4, time.layer);
  sqlite3_bind_double(statement.get(), 5, time.ns);
  sqlite3_bind_int64(statement.get(), 6, time.runs);
  if (sqlite3_step(statement.get()) != SQLITE_DONE) fail();
}

}  // namespace snug
