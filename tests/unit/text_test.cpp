// Names that models may hold, made safe to show and to use in C.
#include "base/text.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "emit/names.h"

namespace snug {
namespace {

TEST(Text, SizesOfOptions) {
  EXPECT_EQ(parse_bytes("512K"), 512 * 1024);
  EXPECT_EQ(parse_bytes("1.5 MiB"), 3 * 512 * 1024);
  EXPECT_EQ(parse_bytes("70000"), 70000);
  for (const char* bad : {"", " ", "much", "-1", "nan", "1Q", "1e300"})
    EXPECT_THROW(parse_bytes(bad), UserError) << bad;
}

TEST(Text, PrintableLeavesLettersOfAllScripts) {
  EXPECT_EQ(printable("conv/1 \"a\" 模型 é"), "conv/1 \"a\" 模型 é");
}

TEST(Text, PrintableEscapesWhatChangesTheTerminal) {
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\x0dd");
  EXPECT_EQ(printable("\x1b[31mred\x7f"), "\\x1b[31mred\\x7f");
  EXPECT_EQ(printable("\u202eevil\u2066\u2028\u0085\ufeff"), "\\u202eevil\\u2066\\u2028\\u0085\\ufeff");
  EXPECT_EQ(printable(std::string_view("nul\0end", 7)), "nul\\x00end");
}

TEST(Text, PrintableEscapesWhatIsNotUtf8) {
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // half of a surrogate pair
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(Text, ShortenedKeepsBothEndsAndWholeCharacters) {
  EXPECT_EQ(shortened("short", 10), "short");
  EXPECT_EQ(shortened("beginning_middle_end", 10), "begin...e_end");
  EXPECT_EQ(shortened("模型模型模型", 8), "模...型");
  EXPECT_LT(shortened(std::string(70000, 'x'), 60).size(), 70U);
}

TEST(Text, WordsOfAShell) {
  EXPECT_EQ(shell_word("a/b-c_1.onnx"), "a/b-c_1.onnx");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("a'b$(c)"), "'a'\\''b$(c)'");
}

TEST(Names, OfNetworksAreNeitherReservedNorEmpty) {
  EXPECT_EQ(network_symbol("squeezenet1.0"), "squeezenet1_0");
  EXPECT_EQ(network_symbol("2 model (v1)--final"), "n2_model_v1_final");
  for (const char* name : {"main", "math", "stdint", "time", "double", "test", "m", "c", "all", "Linux/math"}) {
    const std::string symbol = network_symbol(name);
    EXPECT_NE(symbol, name);
    EXPECT_EQ(network_symbol(symbol), symbol) << "a name that snug gives may be given with --name";
  }
  EXPECT_EQ(network_symbol("snug").rfind("snug", 0), std::string::npos);
  EXPECT_NE(network_symbol("模型"), network_symbol("图像"));
  EXPECT_EQ(network_symbol("模型"), network_symbol("模型"));
}

TEST(Names, LongOnesKeepTheirEnd) {
  const std::string name = std::string(70000, 'x') + "/features/12/Conv";
  const std::string identifier = c_identifier(name);
  EXPECT_LE(identifier.size(), 48U);
  EXPECT_TRUE(identifier.ends_with("features_12_conv")) << identifier;
}

TEST(Names, UniqueOnesAreNumbered) {
  UniqueNames names;
  EXPECT_EQ(names.take("conv"), "conv");
  EXPECT_EQ(names.take("conv"), "conv_2");
  EXPECT_EQ(names.take("conv_2"), "conv_2_2");
  EXPECT_EQ(names.take("conv"), "conv_3");
}

TEST(Names, CommentsEndWhereTheyShould) {
  for (const char* name : {"a */ int x; /* b", "/*/*/", "?\?/", "*/", "a\n*/\nb", "**//**//"}) {
    const std::string comment = in_comment(name);
    for (const char* token : {"*/", "/*", "?\?", "\n"}) EXPECT_EQ(comment.find(token), std::string::npos) << comment;
  }
}

}  // namespace
}  // namespace snug
