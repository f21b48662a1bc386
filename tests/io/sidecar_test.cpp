#include "io/sidecar.h"

#include "base/error.h"
#include "support/contains.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

using namespace imsearch;

namespace {

Sidecar example() {
  Sidecar sidecar;
  sidecar.dim = 1280;
  sidecar.model = {"mobilenet_v2",       "keras", "mobilenet.h5",
                   std::string(64, 'a'), 224,     "squash-bilinear-tf"};
  sidecar.tool_version = "0.1.0";
  return sidecar;
}

std::string error_of(const std::string& json) {
  try {
    sidecar_from_json(json, "x.json");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a sidecar is written as this text") {
    CHECK(to_json(example()) ==
          "{\n"
          "  \"dim\": 1280,\n"
          "  \"model\": {\n"
          "    \"architecture\": \"mobilenet_v2\",\n"
          "    \"variant\": \"keras\",\n"
          "    \"weights\": \"mobilenet.h5\",\n"
          "    \"weights_sha256\": \"" +
              std::string(64, 'a') +
              "\",\n"
              "    \"input_size\": 224,\n"
              "    \"preprocessing\": \"squash-bilinear-tf\"\n"
              "  },\n"
              "  \"tool_version\": \"0.1.0\"\n"
              "}\n");
  }

  TEST_CASE("between which times rows were only appended") {
    Sidecar sidecar = example();
    CHECK_FALSE(only_appended_between(sidecar, 5, 5));
    sidecar.appended = {3, 9007199254740993};
    const Sidecar back = sidecar_from_json(to_json(sidecar), "x");
    REQUIRE(back.appended);
    CHECK(back.appended->since_ns == 3);
    CHECK(back.appended->until_ns == 9007199254740993);
    CHECK(only_appended_between(back, 3, 9007199254740993));
    CHECK(only_appended_between(back, 9007199254740993, 9007199254740993));
    CHECK_FALSE(only_appended_between(back, 2, 9007199254740993));
    CHECK_FALSE(only_appended_between(back, 3, 9007199254740992));
    CHECK_FALSE(
        only_appended_between(back, 9007199254740994, 9007199254740993));
    CHECK(test::contains(error_of(R"({"dim": 1, "appended": 7})"),
                         "x.json: appended is not an object"));
    for (const char* time :
         {"{}", R"({"since_ns": 1})", R"({"since_ns": 1, "until_ns": 1.5})",
          R"({"since_ns": 1, "until_ns": "1"})",
          R"({"since_ns": 18446744073709551615, "until_ns": 1})"})
      CHECK(test::contains(
          error_of(std::string(R"({"dim": 1, "appended": )") + time + "}"),
          "is not a number of nanoseconds"));
  }

  TEST_CASE("a sidecar that is written and read is the same") {
    const Sidecar back = sidecar_from_json(to_json(example()), "x");
    CHECK(back.dim == 1280);
    CHECK(back.model.architecture == "mobilenet_v2");
    CHECK(back.model.variant == "keras");
    CHECK(back.model.weights == "mobilenet.h5");
    CHECK(back.model.weights_sha256 == std::string(64, 'a'));
    CHECK(back.model.input_size == 224);
    CHECK(back.model.preprocessing == "squash-bilinear-tf");
    CHECK(back.tool_version == "0.1.0");
  }

  TEST_CASE("that images were turned is written only where they were") {
    Sidecar sidecar = example();
    CHECK(to_json(sidecar).find("exif") == std::string::npos);
    sidecar.model.exif = true;
    CHECK(sidecar_from_json(to_json(sidecar), "x").model.exif);
  }

  TEST_CASE("where the weights were is kept, if JSON can hold the path") {
    Sidecar sidecar = example();
    CHECK(to_json(sidecar).find("weights_path") == std::string::npos);
    sidecar.model.weights_path = "/data/mobilenet.h5";
    CHECK(sidecar_from_json(to_json(sidecar), "x").model.weights_path ==
          "/data/mobilenet.h5");
    CHECK(same_model(sidecar.model, example().model));
    CHECK(describe(sidecar.model) == describe(example().model));
    sidecar.model.weights_path = "/data/\xFF.h5";
    CHECK(to_json(sidecar) == to_json(example()));
  }

  TEST_CASE("a sidecar needs no more than dim, and may hold more") {
    const Sidecar sidecar =
        sidecar_from_json("{\"dim\": 512, \"note\": [1, {}]}", "x");
    CHECK(sidecar.dim == 512);
    CHECK_FALSE(sidecar.model.known());
    CHECK(to_json(sidecar) ==
          "{\n  \"dim\": 512,\n  \"tool_version\": \"\"\n}\n");
  }

  TEST_CASE("fault 3: rows, list and shard are kept, where they are known") {
    Sidecar sidecar;
    sidecar.dim = 8;
    sidecar.rows = 0;
    sidecar.list = ImageListId{1513, 0xab};
    sidecar.shard = ListPart{3, 8};
    const std::string text = to_json(sidecar);
    CHECK(text ==
          "{\n  \"dim\": 8,\n  \"rows\": 0,\n"
          "  \"list\": {\n    \"images\": 1513,\n"
          "    \"xxh3\": \"00000000000000ab\"\n  },\n"
          "  \"shard\": {\n    \"index\": 3,\n    \"count\": 8\n  },\n"
          "  \"tool_version\": \"\"\n}\n");
    const Sidecar back = sidecar_from_json(text, "x");
    CHECK(back.rows == std::size_t{0});
    CHECK(*back.list == *sidecar.list);
    CHECK(back.shard->index == 3);
    CHECK(back.shard->count == 8);
    const Sidecar old = sidecar_from_json("{\"dim\": 8}", "x");
    CHECK_FALSE(old.rows);
    CHECK_FALSE(old.list);
    CHECK_FALSE(old.shard);
  }

  TEST_CASE("a weights name that is not UTF-8 can be written") {
    Sidecar sidecar = example();
    sidecar.model.weights = "w\xFF.h5";
    CHECK(sidecar_from_json(to_json(sidecar), "x").model.weights ==
          "w\xEF\xBF\xBD.h5");
  }

  TEST_CASE("what is not a sidecar is an error that names file and key") {
    CHECK(error_of("{\"dim\": 12").find("x.json: malformed JSON") == 0);
    CHECK(error_of("").find("x.json: malformed JSON") == 0);
    CHECK(error_of("[1280]") == "x.json: no JSON object");
    CHECK(error_of("{}") == "x.json: dim is missing or 0");
    const std::string no_number =
        "x.json: dim is not a whole number from 0 to 4294967295";
    for (const char* dim : {"-1", "1.5", "\"12\"", "null", "4294967296",
                            "99999999999999999999999"})
      CHECK(error_of("{\"dim\": " + std::string(dim) + "}") == no_number);
    CHECK(error_of("{\"dim\": 1, \"model\": 3}") ==
          "x.json: model is not an object");
    CHECK(error_of("{\"dim\": 1, \"model\": {\"variant\": 3}}") ==
          "x.json: variant is not a string");
    CHECK(error_of("{\"dim\": 1, \"model\": {\"exif\": 1}}") ==
          "x.json: exif is neither true nor false");
    CHECK(error_of("{\"dim\": 1, \"tool_version\": 3}") ==
          "x.json: tool_version is not a string");
  }

  TEST_CASE("rows, lists and shards that cannot be are errors") {
    const auto error = [](const std::string& more) {
      return error_of("{\"dim\": 1, " + more + "}");
    };
    CHECK(error("\"rows\": -1").find("x.json: rows is ") == 0);
    CHECK(error("\"list\": 3") == "x.json: list is not an object");
    const std::string digits =
        "x.json: xxh3 of the list is not 16 hexadecimal digits";
    for (const char* sum : {"", "ab", "000000000000000g", "00000000000000abc"})
      CHECK(error("\"list\": {\"images\": 1, \"xxh3\": \"" + std::string(sum) +
                  "\"}") == digits);
    const std::string list =
        "\"list\": {\"images\": 1, \"xxh3\": \"00000000000000ab\"}, ";
    CHECK(error("\"shard\": {\"index\": 1, \"count\": 2}") ==
          "x.json: a shard, but of which list is missing");
    CHECK(error(list + "\"shard\": 1") == "x.json: shard is not an object");
    CHECK(error(list + "\"shard\": {\"index\": 0, \"count\": 2}") ==
          "x.json: there is no shard 0 of 2");
    CHECK(error(list + "\"shard\": {\"index\": 3, \"count\": 2}") ==
          "x.json: there is no shard 3 of 2");
    CHECK(error(list + "\"shard\": {\"index\": 1, \"count\": 1}") ==
          "x.json: there is no shard 1 of 1");
    CHECK(error(list + "\"shard\": {\"index\": 2, \"count\": 2}").empty());
  }

  TEST_CASE("deeply nested text is an error and no crash") {
    CHECK(error_of(std::string(1000000, '[')).find("x.json: malformed") == 0);
  }

  TEST_CASE("the sidecar lies beside its vectors and may be missing") {
    const test::TempDir dir;
    CHECK(sidecar_path("a/fvecs.bin") == "a/fvecs.bin.json");
    CHECK_FALSE(read_sidecar(dir / "fvecs.bin").has_value());
    dir.write("fvecs.bin.json", to_json(example()));
    CHECK(read_sidecar(dir / "fvecs.bin").value().dim == 1280);
    dir.write("fvecs.bin.json", "junk");
    CHECK_THROWS_AS(read_sidecar(dir / "fvecs.bin"), Error);
  }

  TEST_CASE("a huge file is not a sidecar") {
    const test::TempDir dir;
    dir.write("v.json", std::string(std::size_t{2} << 20, ' ') + "{\"dim\":1}");
    CHECK_THROWS_WITH_AS(
        read_sidecar(dir / "v"),
        (dir / "v.json: more than 1048576 bytes: no sidecar").c_str(), Error);
  }

  TEST_CASE("models are the same by weights and pixels, as far as known") {
    const ModelIdentity a = example().model;
    ModelIdentity b = a;
    CHECK(same_model(a, b));
    b.weights = "renamed.h5";
    CHECK(same_model(a, b));
    CHECK(same_model(a, ModelIdentity{}));
    b.weights_sha256 = std::string(64, 'b');
    CHECK_FALSE(same_model(a, b));
    b = a;
    b.input_size = 128;
    CHECK_FALSE(same_model(a, b));
    b = a;
    b.preprocessing = "other";
    CHECK_FALSE(same_model(a, b));
    b = a;
    b.exif = true;
    CHECK_FALSE(same_model(a, b));
    b = a;
    b.precision = "int8";
    CHECK_FALSE(same_model(a, b));
  }

  TEST_CASE("the precision is kept; without one, it is float32") {
    Sidecar sidecar = example();
    CHECK_FALSE(test::contains(to_json(sidecar), "precision"));
    sidecar.model.precision = "int8";
    const std::string text = to_json(sidecar);
    CHECK(test::contains(text, "\"precision\": \"int8\""));
    CHECK(sidecar_from_json(text, "v").model.precision == "int8");
    const auto with = [&](const std::string& precision) {
      std::string other = text;
      return sidecar_from_json(
                 other.replace(other.find("\"int8\""), 6, precision), "v")
          .model.precision;
    };
    CHECK(with("\"float32\"").empty());
    CHECK_THROWS_WITH_AS(
        with("\"int4\""),
        "v: precision int4 is not known here, only float32 and int8", Error);
    CHECK_THROWS_WITH_AS(with("8"), "v: precision is not a string", Error);
  }

  TEST_CASE("a model is described for people") {
    CHECK(describe(example().model) ==
          "mobilenet_v2 keras mobilenet.h5 (sha256 aaaaaaaaaaaa)");
    ModelIdentity turned = example().model;
    turned.exif = true;
    CHECK(
        describe(turned) ==
        "mobilenet_v2 keras mobilenet.h5 (sha256 aaaaaaaaaaaa), images turned "
        "by EXIF");
    turned.exif = false;
    turned.precision = "int8";
    CHECK(describe(turned) ==
          "mobilenet_v2 keras mobilenet.h5 (sha256 aaaaaaaaaaaa), in int8");
    CHECK(describe(ModelIdentity{}) == "unknown model");
    const std::string plain = describe(example().model);
    CHECK(describe_beside(turned, example().model) == plain + ", in float32");
    CHECK(describe_beside(example().model, turned) == describe(turned));
    CHECK(describe_beside(example().model, example().model) == plain);
  }
}
