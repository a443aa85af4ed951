// Weights in a file beside the model: read from nowhere else, and exactly as many bytes as the tensor needs.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "onnx_builder.h"
#include "target/process.h"

namespace snug {

namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

struct ExternalPlace {
  std::string location, offset = "0", length = "8";
};

/// Adds a constant of two floats that lie at this place to the input.
Graph import_with(const fs::path& folder, const ExternalPlace& place) {
  OnnxBuilder builder;
  builder.input("x", {1, 2}).output("y");
  onnx::TensorProto& tensor = builder.initializer("k", {2}, onnx::TensorProto::FLOAT);
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  const auto add = [&](const std::string& key, const std::string& value) {
    if (value.empty()) return;
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  };
  add("location", place.location);
  add("offset", place.offset);
  add("length", place.length);
  builder.node("Add", {"x", "k"}, {"y"});
  write_file(folder / "model.onnx", builder.bytes());
  return import_onnx(read_model(folder / "model.onnx"));
}

std::vector<float> constant_of(const Graph& graph) {
  return graph.tensor(graph.nodes[0].inputs[1]).constant->floats;
}

class ExternalData : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(model_folder / "part");
    write_file(model_folder / "weights.bin", std::string("????\0\0\x80\x3f\0\0\0\x40", 12));
    write_file(model_folder / "part" / "weights.bin", std::string("\0\0\x80\x3f\0\0\0\x40", 8));
    write_file(parent.path() / "secret.bin", "12345678");
  }

  void expect_failure(const ExternalPlace& place, const std::string& cause) const {
    try {
      import_with(model_folder, place);
      ADD_FAILURE() << "no failure; expected: " << cause;
    } catch (const UserError& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find("model.onnx: constant \"k\": "), std::string::npos) << message;
      EXPECT_NE(message.find(cause), std::string::npos) << message;
    }
  }

  TemporaryFolder parent;
  fs::path model_folder = parent.path() / "model";
};

TEST_F(ExternalData, BesideTheModelOrBelow) {
  EXPECT_EQ(constant_of(import_with(model_folder, {"weights.bin", "4"})), (std::vector<float>{1, 2}));
  EXPECT_EQ(constant_of(import_with(model_folder, {"weights.bin", "4", ""})), (std::vector<float>{1, 2}));
  EXPECT_EQ(constant_of(import_with(model_folder, {"part/weights.bin"})), (std::vector<float>{1, 2}));
  fs::create_symlink("part/weights.bin", model_folder / "inner.bin");
  EXPECT_EQ(constant_of(import_with(model_folder, {"inner.bin"})), (std::vector<float>{1, 2}));
}

TEST_F(ExternalData, NeverFromElsewhere) {
  expect_failure({"../secret.bin"}, "not beside the model");
  expect_failure({"/etc/hostname"}, "not beside the model");
  expect_failure({std::string("weights.bin\0x", 13)}, "not beside the model");
  fs::create_symlink("../secret.bin", model_folder / "link.bin");
  expect_failure({"link.bin"}, "outside the model's folder");
  fs::create_directory_symlink("..", model_folder / "up");
  expect_failure({"up/secret.bin"}, "outside the model's folder");
}

TEST_F(ExternalData, OnlyFromRegularFiles) {
  expect_failure({"part"}, "is no regular file");
  ASSERT_EQ(::mkfifo((model_folder / "pipe").c_str(), 0600), 0);
  expect_failure({"pipe"}, "is no regular file");
  expect_failure({"missing.bin"}, "cannot be read; put the file beside the model");
}

TEST_F(ExternalData, NumbersAreDecimalAndSuitTheTensor) {
  for (const char* number : {"many", "0x4", "-4", "4 ", "+4", "1e1", "99999999999999999999"}) {
    expect_failure({"weights.bin", number}, std::string("the offset of its external data is \"") + number + "\"");
    expect_failure({"weights.bin", "4", number}, std::string("the length of its external data is \"") + number + "\"");
  }
  expect_failure({"weights.bin", "4", "4"}, "has 4 bytes where its dimensions need 8");
  expect_failure({"weights.bin", "5"}, "ends before its 8 bytes at 5; the file is truncated");
  expect_failure({"weights.bin", "13"}, "the file is truncated");
  expect_failure({"part/weights.bin", "4", ""}, "the file is truncated");
}

}  // namespace
}  // namespace snug
