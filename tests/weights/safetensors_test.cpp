#include "weights/safetensors.h"

#include "support/temp_dir.h"
#include "weights/weights_files.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;

namespace {

/// The error of opening such a file, without its path; empty: none.
std::string error_of(const std::string& bytes) {
  const TempDir dir;
  const std::string path = dir.write("w.safetensors", bytes);
  try {
    const SafetensorsFile file(path);
  } catch (const Error& e) {
    const std::string text = e.what();
    REQUIRE(text.substr(0, path.size()) == path);
    return text.substr(path.size());
  }
  return "";
}

/// A header with one tensor of these fields, and `size` bytes of data.
std::string error_of_entry(const std::string& fields, std::size_t size) {
  return error_of(
      safetensors_of("{\"a\":{" + fields + "}}", std::string(size, '\0')));
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("floating point tensors of every width are read") {
    const TempDir dir;
    const auto bytes = [](auto... values) {
      std::string text;
      for (const auto value : {values...})
        text.append(reinterpret_cast<const char*>(&value), sizeof value);
      return text;
    };
    using U16 = std::uint16_t;
    const SafetensorsFile file(dir.write(
        "w",
        safetensors({{"f32", "F32", {2}, bytes(1.5F, -2.0F)},
                     {"f64", "F64", {1}, bytes(0.1)},
                     // 1, -2, the least subnormal, the largest, 1/3
                     {"f16",
                      "F16",
                      {5},
                      bytes(U16{0x3c00}, U16{0xc000}, U16{1}, U16{0x7bff},
                            U16{0x3555})},
                     {"f16s", "F16", {2}, bytes(U16{0x7c00}, U16{0x7e00})},
                     {"bf16", "BF16", {2}, bytes(U16{0x3f80}, U16{0xc0a0})},
                     {"none", "F32", {0, 3}, ""},
                     {"one", "F32", {}, bytes(7.0F)},
                     {"count", "I64", {}, std::string(8, '\1')}},
                    {{"format", "pt"}})));
    CHECK(file.floats("f32") == std::vector<float>{1.5F, -2.0F});
    CHECK(file.floats("f64") == std::vector<float>{0.1F});
    CHECK(file.floats("f16") ==
          std::vector<float>{1, -2, 0x1p-24F, 65504, 0x1.554p-2F});
    CHECK(std::isinf(file.floats("f16s")[0]));
    CHECK(std::isnan(file.floats("f16s")[1]));
    CHECK(file.floats("bf16") == std::vector<float>{1, -5});
    CHECK(file.floats("none").empty());
    CHECK(file.floats("one") == std::vector<float>{7});
    CHECK(file.entries().at("f32").shape == std::vector<std::size_t>{2});
    CHECK(file.metadata().at("format") == "pt");
    CHECK_THROWS_AS(file.floats("absent"), Error);
    CHECK_THROWS_AS(file.floats("count"), Error);
  }

  TEST_CASE("a header may be padded with spaces") {
    CHECK(error_of(safetensors_of("{}     ", "")).empty());
  }

  TEST_CASE("a header longer than the file or the format allows is an error") {
    CHECK(contains(error_of("1234567"), "7 bytes are too few"));
    const std::string huge("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
    CHECK(contains(error_of(huge), "18446744073709551615"));
    const std::string longer("\x10\0\0\0\0\0\0\0{}", 10);
    CHECK(contains(error_of(longer), "truncated: a header of 16 bytes"));
  }

  TEST_CASE("a header that is no JSON object is an error") {
    CHECK(contains(error_of(safetensors_of("{\"a\":", "")), "no JSON at byte"));
    CHECK(contains(error_of(safetensors_of("{}x", "")), "no JSON at byte 3"));
    CHECK(contains(error_of(safetensors_of("[]", "")), "no JSON object"));
    CHECK(contains(error_of(safetensors_of("{\"a\":1}", "")), "a: dtype"));
    CHECK(contains(error_of(safetensors_of(R"({"__metadata__":{"a":1}})", "")),
                   "__metadata__"));
    CHECK(contains(error_of(safetensors_of("{\"\xff\":1}", "")), "no JSON"));
  }

  TEST_CASE("a tensor that stands twice is an error") {
    const std::string entry =
        R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
    CHECK(
        contains(error_of(safetensors_of("{" + entry + "," + entry + "}", "x")),
                 "a stands twice"));
  }

  TEST_CASE("shape, dtype and offsets must agree") {
    const auto error = error_of_entry;
    const std::string f32 = R"("dtype":"F32",)";
    CHECK(error(f32 + R"("shape":[2],"data_offsets":[0,8])", 8).empty());
    CHECK(contains(error(f32 + R"("shape":[2],"data_offsets":[0,7])", 7),
                   "7 bytes for a shape of 8 bytes"));
    CHECK(contains(error(f32 + R"("shape":[2],"data_offsets":[8,0])", 8),
                   "data_offsets 8 to 0"));
    CHECK(contains(error(f32 + R"("shape":[2],"data_offsets":[0,8,9])", 8),
                   "no two data_offsets"));
    CHECK(contains(error(f32 + R"("shape":[-2],"data_offsets":[0,8])", 8),
                   "-2 is not a size"));
    CHECK(contains(error(f32 + R"("shape":[2.0],"data_offsets":[0,8])", 8),
                   "2.0 is not a size"));
    CHECK(contains(error(f32 + R"("shape":[[2]],"data_offsets":[0,8])", 8),
                   "a size of type array"));
    // 2^62 * 4 bytes wrap to 0.
    CHECK(contains(error(f32 + R"("shape":[4611686018427387904],)"
                               R"("data_offsets":[0,0])",
                         0),
                   "shape too large"));
    CHECK(contains(error(R"("shape":[2],"data_offsets":[0,8])", 8), "dtype"));
  }

  TEST_CASE("tensors must cover the data without holes") {
    const std::string at = R"("dtype":"U8","shape":[4],"data_offsets":)";
    CHECK(contains(error_of_entry(at + "[0,4]", 3), "truncated"));
    CHECK(contains(error_of_entry(at + "[0,4]", 5), "bytes after the last"));
    CHECK(contains(error_of_entry(at + "[1,5]", 5), "begins at byte 1"));
    const std::string both = "{\"a\":{" + at + "[0,4]},\"b\":{" + at;
    CHECK(error_of(safetensors_of(both + "[4,8]}}", "12345678")).empty());
    CHECK(contains(error_of(safetensors_of(both + "[2,6]}}", "123456")),
                   "begins at byte 2, the one before it ends at 4"));
  }

  TEST_CASE(
      "fault 16: a header of endless nesting or values is refused early") {
    const std::string deep(1'000'000, '[');
    CHECK(contains(error_of(safetensors_of("{\"a\":" + deep, "")),
                   "nested more than 100 deep"));
    // Whole, and with few enough values: it was written into a message.
    const std::string size =
        std::string(60'000, '[') + std::string(60'000, ']');
    CHECK(contains(error_of_entry(R"("dtype":"U8","data_offsets":[0,0],)"
                                  R"("shape":[)" +
                                      size + "]",
                                  0),
                   "nested more than 100 deep"));
    std::string wide = "{\"a\":[0";
    for (int i = 0; i < 300'000; ++i) wide += ",0";
    CHECK(contains(error_of(safetensors_of(wide + "]}", "")),
                   "more than 200000 values"));
  }
}
