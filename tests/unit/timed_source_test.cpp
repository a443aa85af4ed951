#include "driver/timed_source.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace snug {
namespace {

const std::string kSource =
    "static void conv1(const float *input)\n{\n    kernel(input);\n}\n"
    "\nvoid net_run(const void *weights, void *arena)\n{\n    (void)weights;\n    conv1(at(arena, 0));\n"
    "    pool1(at(arena, 64));\n}\n";

TEST(TimedSource, AClockStandsAroundEveryCallOfRunAlone) {
  const std::string timed = timed_source(kSource, "net", 2);
  EXPECT_NE(timed.find("    (void)weights;\n    snug_step_begin();\n    conv1(at(arena, 0));\n    snug_step_end(0);\n"
                       "    snug_step_begin();\n    pool1(at(arena, 64));\n    snug_step_end(1);\n}\n"),
            std::string::npos)
      << timed;
  EXPECT_NE(timed.find("{\n    kernel(input);\n}"), std::string::npos) << timed;
}

TEST(TimedSource, AnEditedFileIsAnError) {
  EXPECT_THROW(timed_source(kSource, "net", 3), UserError);
  EXPECT_THROW(timed_source(kSource, "other", 2), UserError);
}

}  // namespace
}  // namespace snug
