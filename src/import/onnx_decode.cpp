#include "import/onnx_decode.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "import/external_data.h"

namespace snug {

namespace {

using Proto = onnx::TensorProto;

enum class Framing { kWhole, kTruncated, kForeign };

/// Walks over the outermost fields only: a field that reaches beyond the end tells a truncated file from a foreign one.
Framing framing(const std::string& bytes) {
  constexpr uint32_t kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5, kIrVersion = 1, kLargestField = 1000;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  bool has_version = false;
  const auto short_of = [&] { return has_version ? Framing::kTruncated : Framing::kForeign; };
  while (static_cast<size_t>(stream.CurrentPosition()) < bytes.size()) {
    const uint32_t tag = stream.ReadTag();
    const uint32_t field = tag >> 3, wire = tag & 7;
    if (field == 0 || field > kLargestField) return Framing::kForeign;
    uint64_t value = 0;
    if (wire == kVarint || wire == kLength) {
      if (!stream.ReadVarint64(&value)) return short_of();
    } else if (wire != kFixed64 && wire != kFixed32) {
      return Framing::kForeign;
    }
    if (field == kIrVersion) has_version = wire == kVarint;
    const uint64_t length = wire == kLength ? value : wire == kFixed64 ? 8 : wire == kFixed32 ? 4 : 0;
    const uint64_t left = bytes.size() - static_cast<size_t>(stream.CurrentPosition());
    if (length > left) return short_of();
    if (!stream.Skip(static_cast<int>(length))) return short_of();
  }
  return Framing::kWhole;
}

float from_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
  const uint32_t exponent = (half >> 10) & 0x1fU, fraction = half & 0x3ffU;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  const uint32_t wide = exponent == 31 ? 0x7f800000U : (exponent + 112) << 23;
  return std::bit_cast<float>(sign | wide | (fraction << 13));
}

float from_bfloat(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/// Raw data is little-endian, whatever the machine is.
template <typename Unsigned>
Unsigned little_endian(const char* bytes) {
  Unsigned value = 0;
  for (size_t i = 0; i < sizeof(Unsigned); ++i) {
    value = static_cast<Unsigned>(value | static_cast<Unsigned>(static_cast<uint8_t>(bytes[i])) << (8 * i));
  }
  return value;
}

/// Raw bytes → values; `convert` takes an Unsigned.
template <typename Unsigned, typename Value, typename Convert>
std::vector<Value> from_raw(const std::string& raw, Convert convert) {
  std::vector<Value> values(raw.size() / sizeof(Unsigned));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = convert(little_endian<Unsigned>(raw.data() + i * sizeof(Unsigned)));
  }
  return values;
}

bool is_real(int32_t type) {
  return type == Proto::FLOAT || type == Proto::DOUBLE || type == Proto::FLOAT16 || type == Proto::BFLOAT16;
}

size_t raw_element_bytes(int32_t type) {
  switch (type) {
    case Proto::DOUBLE:
    case Proto::INT64:
      return 8;
    case Proto::FLOAT16:
    case Proto::BFLOAT16:
      return 2;
    case Proto::BOOL:
      return 1;
    default:
      return 4;
  }
}

std::vector<float> raw_floats(int32_t type, const std::string& raw) {
  switch (type) {
    case Proto::DOUBLE:
      return from_raw<uint64_t, float>(raw,
                                       [](uint64_t bits) { return static_cast<float>(std::bit_cast<double>(bits)); });
    case Proto::FLOAT16:
      return from_raw<uint16_t, float>(raw, from_half);
    case Proto::BFLOAT16:
      return from_raw<uint16_t, float>(raw, from_bfloat);
    default:
      return from_raw<uint32_t, float>(raw, [](uint32_t bits) { return std::bit_cast<float>(bits); });
  }
}

std::vector<int64_t> raw_integers(int32_t type, const std::string& raw) {
  switch (type) {
    case Proto::INT64:
      return from_raw<uint64_t, int64_t>(raw, [](uint64_t bits) { return static_cast<int64_t>(bits); });
    case Proto::BOOL:
      return from_raw<uint8_t, int64_t>(raw, [](uint8_t bits) { return bits != 0 ? 1 : 0; });
    default:
      return from_raw<uint32_t, int64_t>(raw, [](uint32_t bits) { return static_cast<int32_t>(bits); });
  }
}

std::vector<float> typed_floats(const Proto& proto) {
  if (proto.data_type() == Proto::FLOAT) return {proto.float_data().begin(), proto.float_data().end()};
  std::vector<float> values;
  if (proto.data_type() == Proto::DOUBLE) {
    for (const double value : proto.double_data()) values.push_back(static_cast<float>(value));
    return values;
  }
  const auto convert = proto.data_type() == Proto::FLOAT16 ? from_half : from_bfloat;
  for (const int32_t bits : proto.int32_data()) values.push_back(convert(static_cast<uint16_t>(bits)));
  return values;
}

std::vector<int64_t> typed_integers(const Proto& proto) {
  if (proto.data_type() == Proto::INT64) return {proto.int64_data().begin(), proto.int64_data().end()};
  return {proto.int32_data().begin(), proto.int32_data().end()};
}

std::string attribute_type_name(int type) {
  if (!onnx::AttributeProto::AttributeType_IsValid(type)) return std::to_string(type);
  return lower_case(onnx::AttributeProto::AttributeType_Name(static_cast<onnx::AttributeProto::AttributeType>(type)));
}

/// ONNX files before IR 2 leave an attribute's type out.
int attribute_type(const onnx::AttributeProto& attribute) {
  if (attribute.type() != onnx::AttributeProto::UNDEFINED) return attribute.type();
  if (attribute.has_i()) return onnx::AttributeProto::INT;
  if (attribute.has_f()) return onnx::AttributeProto::FLOAT;
  if (attribute.has_s()) return onnx::AttributeProto::STRING;
  if (attribute.has_t()) return onnx::AttributeProto::TENSOR;
  if (attribute.floats_size() > 0) return onnx::AttributeProto::FLOATS;
  return attribute.ints_size() > 0 ? onnx::AttributeProto::INTS : onnx::AttributeProto::UNDEFINED;
}

/// Whether a value of another type stands where the stated one should. No value at all is 0: some writers leave it out.
bool contradicts_type(const onnx::AttributeProto& attribute, int type) {
  using Type = onnx::AttributeProto;
  return (attribute.has_i() && type != Type::INT) || (attribute.has_f() && type != Type::FLOAT) ||
         (attribute.has_s() && type != Type::STRING) || (attribute.has_t() && type != Type::TENSOR) ||
         (attribute.ints_size() > 0 && type != Type::INTS) || (attribute.floats_size() > 0 && type != Type::FLOATS);
}

OnnxNode::Attribute decode_attribute(const onnx::AttributeProto& attribute, const std::filesystem::path& folder) {
  const int type = attribute_type(attribute);
  if (contradicts_type(attribute, type)) {
    throw UserError(
        fmt::format("attribute \"{}\" states one type and holds another; the file is damaged", attribute.name()));
  }
  switch (type) {
    case onnx::AttributeProto::INT:
      return static_cast<int64_t>(attribute.i());
    case onnx::AttributeProto::FLOAT:
      return attribute.f();
    case onnx::AttributeProto::STRING:
      return attribute.s();
    case onnx::AttributeProto::INTS:
      return std::vector<int64_t>(attribute.ints().begin(), attribute.ints().end());
    case onnx::AttributeProto::FLOATS:
      return std::vector<float>(attribute.floats().begin(), attribute.floats().end());
    case onnx::AttributeProto::TENSOR:
      return decode_tensor(attribute.t(), folder);
    default:
      throw UserError(fmt::format("attribute \"{}\" is of type {}; snug takes numbers, strings and tensors",
                                  attribute.name(), attribute_type_name(type)));
  }
}

}  // namespace

onnx::ModelProto parse_model(const std::string& bytes) {
  if (bytes.empty()) throw UserError("is empty");
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    throw UserError("is larger than 2 GiB, more than ONNX files can be; keep its weights as external data");
  }
  if (bytes.size() > 8 && bytes.compare(4, 4, "TFL3") == 0) {
    throw UserError("is a TensorFlow Lite model; snug reads ONNX, convert it first");
  }
  const Framing frame = framing(bytes);
  if (frame == Framing::kForeign) throw UserError("is not an ONNX model");
  if (frame == Framing::kTruncated) throw UserError("is truncated: the ONNX model goes on after the end of the file");
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) throw UserError("is damaged: it begins as an ONNX model, but cannot be decoded");
  if (!model.has_graph()) throw UserError("holds no graph: it is truncated or not an ONNX model");
  return model;
}

bool is_standard(const onnx::NodeProto& node) {
  return node.domain().empty() || node.domain() == "ai.onnx";
}

/// The version that the model states, if it states one.
static std::optional<int64_t> stated_version(const onnx::ModelProto& model) {
  std::optional<int64_t> version;
  std::vector<std::string> domains;
  for (const auto& import : model.opset_import()) {
    domains.push_back(import.domain());
    if (!import.domain().empty() && import.domain() != "ai.onnx") continue;
    if (version && *version != import.version()) {
      throw UserError(fmt::format("names two versions of the operators of ai.onnx, {} and {}; the file is damaged",
                                  *version, import.version()));
    }
    version = import.version();
  }
  if (!version && !domains.empty()) {
    throw UserError(fmt::format("uses the operators of {} only; snug takes those of ai.onnx", join(domains, ", ")));
  }
  return version;
}

int64_t operator_set(const onnx::ModelProto& model) {
  constexpr int64_t kFirstIrWithOperatorSets = 3;
  const std::optional<int64_t> version = stated_version(model);
  if (!version && model.ir_version() < kFirstIrWithOperatorSets) return 1;
  if (!version) throw UserError("names no operator set: it is truncated or not a whole ONNX model");
  if (*version < 1 || *version > kNewestOperatorSet) {
    throw UserError(
        fmt::format("uses version {} of the operators of ai.onnx; snug takes 1 to {}", *version, kNewestOperatorSet));
  }
  return *version;
}

std::string element_type_name(int32_t type) {
  if (!Proto::DataType_IsValid(type)) return fmt::format("element type {}", type);
  return lower_case(Proto::DataType_Name(static_cast<Proto::DataType>(type)));
}

/// The tensor's values without its name; throws UserError with the cause alone.
static Tensor decode_values(const Proto& proto, const std::filesystem::path& folder) {
  Tensor tensor{
      .name = proto.name(), .type = ElementType::kFloat32, .dims = {proto.dims().begin(), proto.dims().end()}};
  const int32_t type = proto.data_type();
  const bool real = is_real(type);
  if (!real && type != Proto::INT32 && type != Proto::INT64 && type != Proto::BOOL) {
    throw UserError(fmt::format("it holds {}; snug takes float, double, float16, bfloat16, int32, int64 and bool",
                                element_type_name(type)));
  }
  if (proto.has_segment()) throw UserError("it is a segment of a larger tensor; snug takes whole ones");
  if (std::ranges::any_of(tensor.dims, [](int64_t dim) { return dim < 0; })) {
    throw UserError(fmt::format("it has dimensions {}; the file is damaged", text(tensor.dims)));
  }
  if (!real) tensor.type = ElementType::kInt64;
  const int64_t needed = element_count(tensor.dims), value_bytes = static_cast<int64_t>(raw_element_bytes(type));
  const bool external = proto.data_location() == Proto::EXTERNAL;
  if (external && needed > kMostMapElements) {
    throw UserError(fmt::format("it is {}; snug takes up to 2^30 values", text(tensor.dims)));
  }
  const bool raw = external || proto.has_raw_data();
  const std::string outside =
      external ? external_data(proto, folder, element_count({needed, value_bytes})) : std::string();
  const std::string& bytes = external ? outside : proto.raw_data();
  if (raw && bytes.size() % raw_element_bytes(type) != 0)
    throw UserError("it ends inside a value; the file is damaged");
  auto constant = std::make_shared<Constant>();
  if (real) constant->floats = raw ? raw_floats(type, bytes) : typed_floats(proto);
  if (!real) constant->integers = raw ? raw_integers(type, bytes) : typed_integers(proto);
  const size_t count = real ? constant->floats.size() : constant->integers.size();
  if (static_cast<int64_t>(count) != needed) {
    throw UserError(
        fmt::format("it holds {} values where {} needs {}; the file is damaged", count, text(tensor.dims), needed));
  }
  tensor.constant = std::move(constant);
  return tensor;
}

Tensor decode_tensor(const Proto& proto, const std::filesystem::path& folder) {
  try {
    return decode_values(proto, folder);
  } catch (const UserError& error) {
    throw UserError(fmt::format("constant \"{}\": {}", proto.name(), error.what()));
  }
}

std::map<std::string, OnnxNode::Attribute> decode_attributes(const onnx::NodeProto& node,
                                                             const std::filesystem::path& folder) {
  std::map<std::string, OnnxNode::Attribute> attributes;
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (!attributes.emplace(attribute.name(), decode_attribute(attribute, folder)).second) {
      throw UserError(fmt::format("attribute \"{}\" stands twice; the file is damaged", attribute.name()));
    }
  }
  return attributes;
}

}  // namespace snug
