#include "weights/torch_file.h"

#include "support/memory_file.h"
#include "support/run.h"
#include "support/temp_dir.h"
#include "weights/torch_files.h"
#include "weights/zip_writer.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <limits>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Floats = std::vector<float>;

namespace {

constexpr Container kBoth[] = {Container::kZip, Container::kLegacy};
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// The error of opening such a file and reading all of it, without its path.
std::string error_of(const std::string& bytes) {
  const std::string& path = memory_file(bytes);
  try {
    const TorchFile file(path);
    for (const auto& entry : file.entries()) file.floats(entry.first);
  } catch (const Error& e) {
    const std::string text = e.what();
    REQUIRE(text.substr(0, path.size()) == path);
    return text.substr(path.size());
  }
  return "";
}

/// The same of a dict whose only tensor, "a", is a view of 6 floats.
std::string view_error(const SavedView& view) {
  const SavedStorage storage = float_storage("0", Floats(6));
  return error_of(torch_file(
      Container::kZip, dict({text("a"), tensor(storage, view)}), {storage}));
}

std::string object_error(const std::string& value) {
  return error_of(torch_file(Container::kZip, value, {}));
}

template <typename T>
std::string bytes_of(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values)
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("floating point storages of every width are read") {
    using U16 = std::uint16_t;
    const std::vector<SavedStorage> storages = {
        {"0", "FloatStorage", 2, bytes_of({1.5F, -2.0F})},
        {"1", "DoubleStorage", 1, bytes_of({0.1})},
        {"10", "HalfStorage", 2, bytes_of<U16>({0x3555, 0xc000})},
        {"2", "BFloat16Storage", 2, bytes_of<U16>({0x3f80, 0xc0a0})},
        {"3", "LongStorage", 1, std::string(8, '\1')},
        {"4", "FloatStorage", 0, ""}};
    const std::string value = ordered_dict(
        {text("f32"), whole(storages[0], {2}), text("f64"),
         whole(storages[1], {}), text("f16"), whole(storages[2], {1, 2}),
         text("bf16"), whole(storages[3], {2, 1}), text("i64"),
         whole(storages[4], {}), text("none"), whole(storages[5], {3, 0})});
    for (const Container container : kBoth) {
      const TempDir dir;
      const TorchFile file(
          dir.write("w", torch_file(container, value, storages)));
      CHECK(file.floats("f32") == Floats{1.5F, -2});
      CHECK(file.floats("f64") == Floats{0.1F});
      CHECK(file.floats("f16") == Floats{0x1.554p-2F, -2});
      CHECK(file.floats("bf16") == Floats{1, -5});
      CHECK(file.floats("none").empty());
      CHECK(file.entries().at("f16").shape == std::vector<std::size_t>{1, 2});
      CHECK(file.entries().at("f64").shape.empty());
      CHECK_THROWS_AS(file.floats("absent"), Error);
      CHECK_THROWS_WITH_AS(
          file.floats("i64"),
          (dir / "w: i64: torch.LongStorage, expected floating point numbers")
              .c_str(),
          Error);
    }
  }

  TEST_CASE("what PyTorch 1.13 wrote is read") {
    for (const char* saved : {"zip", "legacy"}) {
      const TorchFile file(
          source_path(std::string("tests/fuzz/seeds/torch-file/") + saved));
      CHECK(file.floats("a") == Floats{0, 1, 2, 3, 4, 5});
      CHECK(file.floats("t") == Floats{0, 3, 1, 4, 2, 5});
      CHECK(file.floats("h") == Floats{1.5F});
      CHECK(file.floats("b") == Floats{-5});
      CHECK(file.floats("d") == Floats{0.1F});
      CHECK(file.entries().at("t").shape == std::vector<std::size_t>{3, 2});
    }
    // {"epoch": …, "state_dict": parameters of a DataParallel(BatchNorm2d(2))}
    for (const char* saved : {"checkpoint_deflated", "checkpoint_legacy"}) {
      const TorchFile file(
          source_path(std::string("tests/fuzz/seeds/torch-file/") + saved));
      CHECK(file.entries().size() == 5);
      CHECK(file.floats("weight") == Floats{1, 1});
      CHECK(file.floats("running_mean") == Floats{0, 0});
    }
  }

  TEST_CASE("strides and offsets are honoured, storages may be shared") {
    const SavedStorage storage = float_storage("0", {0, 1, 2, 3, 4, 5});
    const std::string value =
        dict({text("transposed"), tensor(storage, {0, {3, 2}, {1, 3}}),
              text("every other"), tensor(storage, {1, {3}, {2}}),
              text("overlapping"), tensor(storage, {2, {2, 2}, {1, 1}}),
              text("one"), tensor(storage, {5, {}, {}}), text("repeated"),
              tensor(storage, {4, {3}, {0}}), text("3d"),
              tensor(storage, {0, {1, 2, 3}, {999, 1, 2}})});
    for (const Container container : kBoth) {
      const TempDir dir;
      const TorchFile file(
          dir.write("w", torch_file(container, value, {storage})));
      CHECK(file.floats("transposed") == Floats{0, 3, 1, 4, 2, 5});
      CHECK(file.floats("every other") == Floats{1, 3, 5});
      CHECK(file.floats("overlapping") == Floats{2, 3, 3, 4});
      CHECK(file.floats("one") == Floats{5});
      CHECK(file.floats("repeated") == Floats{4, 4, 4});
      CHECK(file.floats("3d") == Floats{0, 2, 4, 1, 3, 5});
    }
  }

  TEST_CASE("the dict of tensors is found where training scripts put it") {
    const SavedStorage storage = float_storage("0", {7});
    const std::string parameter =
        call(global("torch._utils", "_rebuild_parameter"),
             {whole(storage, {1}), boolean(true), ordered_dict({})});
    const std::string tensors =
        ordered_dict_of_pairs({text("module.a"), parameter, text("b"), kNone});
    for (const char* key : {"state_dict", "model"}) {
      const TempDir dir;
      const std::string value =
          dict({text("epoch"), number(300), text(key), tensors});
      const TorchFile file(
          dir.write("w", torch_file(Container::kZip, value, {storage})));
      CHECK(file.entries().size() == 1);
      CHECK(file.floats("a") == Floats{7});
    }
    CHECK(contains(object_error(list({})), "holds no dict of tensors"));
    CHECK(contains(
        error_of(torch_file(Container::kZip,
                            dict({text("a"), whole(storage, {1}),
                                  text("module.a"), whole(storage, {1})}),
                            {storage})),
        "a: stands twice"));
  }

  TEST_CASE("a view that reaches beyond its storage is an error") {
    CHECK(view_error({0, {6}, {1}}).empty());
    CHECK(view_error({1, {6, 0}, {9, 9}}).empty());
    CHECK(contains(view_error({0, {7}, {1}}),
                   "a: reaches element 6 of a storage of 6"));
    CHECK(contains(view_error({1, {6}, {1}}), "element 6"));
    CHECK(contains(view_error({6, {}, {}}), "element 6"));
    CHECK(contains(view_error({0, {2, 2}, {5, 1}}), "element 6"));
    CHECK(
        contains(view_error({0, {7}, {0}}), "7 values out of a storage of 6"));
    CHECK(contains(view_error({0, {kMost}, {1}}), "reaches element"));
    // 2^32 * 2^32 values, and an index, wrap to something small.
    const std::int64_t large = std::int64_t{1} << 32;
    CHECK(contains(view_error({0, {large, large}, {0, 0}}), "too large"));
    CHECK(contains(view_error({0, {large + 1, 2}, {large, 1}}), "too large"));
    CHECK(contains(view_error({kMost, {3}, {kMost}}), "too large"));
    CHECK(contains(view_error({-1, {1}, {1}}), "a: no size"));
    CHECK(contains(view_error({0, {-1}, {1}}), "no size"));
    CHECK(contains(view_error({0, {2}, {-1}}), "no size"));
    CHECK(contains(view_error({0, {2}, {1, 1}}), "1 extents with 2 strides"));
    CHECK(contains(view_error({0, std::vector<std::int64_t>(65, 1),
                               std::vector<std::int64_t>(65, 1)}),
                   "65 dimensions"));
  }

  TEST_CASE("a tensor that is not made as torch.save does is an error") {
    const std::string rebuild = global("torch._utils", "_rebuild_tensor_v2");
    const auto tensor_error = [&](const Parts& arguments) {
      return object_error(dict({text("a"), call(rebuild, arguments)}));
    };
    CHECK(contains(tensor_error({}), "a: a tensor of 0 arguments"));
    CHECK(contains(tensor_error(Parts(6, kNone)), "a: no storage"));
    CHECK(contains(
        object_error(
            dict({text("a"),
                  call(global("torch._utils", "_rebuild_parameter"), {})})),
        "a: a parameter without a tensor"));
    const auto id_error = [](const Parts& parts) {
      return object_error(persistent(tuple(parts)));
    };
    const std::string type = global("torch", "FloatStorage");
    const Parts good = {text("storage"), type, text("0"), text("cpu"),
                        number(1)};
    CHECK(contains(id_error(good), "no dict of tensors"));
    const auto with = [&](std::size_t i, const std::string& part) {
      Parts parts = good;
      parts.resize(std::max(parts.size(), i + 1));
      parts[i] = part;
      return parts;
    };
    CHECK(contains(id_error({text("storage")}), "no storage"));
    CHECK(contains(id_error(with(0, text("module"))), "no storage"));
    CHECK(contains(id_error(with(1, text("x"))), "no known type"));
    CHECK(contains(id_error(with(2, number(0))), "no storage"));
    CHECK(contains(id_error(with(4, number(-1))), "no size"));
    CHECK(contains(id_error(with(5, kNone)), "no dict of tensors"));
    CHECK(contains(id_error(with(5, tuple({text("1"), number(0), number(1)}))),
                   "storage 0 is a part of another"));
    CHECK(contains(object_error(persistent(kNone)), "no storage"));
    CHECK(contains(object_error(list({persistent(tuple(good)),
                                      persistent(tuple(with(4, number(2))))})),
                   "storage 0 stands twice, and differently"));
  }

  TEST_CASE("a storage must be there, with the size that its tensors expect") {
    const SavedStorage storage = float_storage("0", {1, 2});
    const std::string value = dict({text("a"), whole(storage, {2})});
    const SavedStorage shorter = float_storage("0", {1});
    SavedStorage lying = storage;
    lying.bytes.pop_back();
    CHECK(contains(error_of(torch_file(Container::kZip, value, {})),
                   ": a: no entry archive/data/0"));
    CHECK(contains(error_of(torch_file(Container::kZip, value, {shorter})),
                   "archive/data/0 has 4 bytes, its tensors expect 8"));
    CHECK(contains(error_of(torch_file(Container::kLegacy, value, {})),
                   ": a: no storage 0"));
    CHECK(contains(error_of(torch_file(Container::kLegacy, value, {shorter})),
                   "storage 0 has 1 elements, its tensors expect 2"));
    CHECK(contains(error_of(torch_file(Container::kLegacy, value, {lying})),
                   "truncated: 8 bytes of storage in the last 7"));
    CHECK(contains(
        error_of(torch_file(Container::kLegacy, value, {storage, storage})),
        "storage 0 stands twice"));
    CHECK(
        contains(error_of(torch_file(Container::kLegacy, dict({}), {storage})),
                 "storage 0 is of no tensor"));
    const SavedStorage nameless = float_storage("", {1, 2});
    for (const Container container : kBoth)
      CHECK(
          contains(error_of(torch_file(
                       container, dict({text("a"), whole(nameless, {2})}), {})),
                   container == Container::kZip ? "no entry archive/data/"
                                                : "no storage "));
    const SavedStorage huge = {"0", "DoubleStorage", std::uint64_t{1} << 61,
                               ""};
    for (const Container container : kBoth)
      CHECK(
          contains(error_of(torch_file(
                       container, dict({text("a"), whole(huge, {2})}), {huge})),
                   "a storage of 2305843009213693952 elements"));
  }

  TEST_CASE("names that a state dict does not need are refused") {
    const std::string evil = call(global("os", "system"), {text("true")});
    const SavedStorage storage = float_storage("0", {1});
    for (const Container container : kBoth) {
      const auto refused = [&](const std::string& value) {
        return error_of(torch_file(container, value, {storage}));
      };
      CHECK(contains(refused(evil), "names os.system"));
      // Where nobody would look: among the attributes, and beside the tensors.
      CHECK(contains(refused(built(dict({}), dict({text("_metadata"), evil}))),
                     "names os.system"));
      CHECK(contains(refused(dict({text("a"), whole(storage, {1}),
                                   text("optimizer"), evil})),
                     "names os.system"));
      CHECK(
          contains(refused(global("torch.nn.modules.container", "Sequential")),
                   "names torch.nn.modules.container.Sequential"));
    }
  }

  TEST_CASE("a zip must be of torch.save, and little-endian") {
    const std::string object = pickled(dict({}));
    CHECK(error_of(zip_of({{"any name/data.pkl", object}})).empty());
    CHECK(error_of(zip_of({{"a/data.pkl", object, true}})).empty());
    CHECK(contains(error_of(zip_of({{"data.pkl", object}})),
                   "a zip without data.pkl"));
    CHECK(contains(error_of(zip_of({{"a/b/data.pkl", object}})),
                   "a zip without data.pkl"));
    CHECK(contains(
        error_of(zip_of({{"a/data.pkl", object}, {"b/data.pkl", object}})),
        "two data.pkl"));
    CHECK(contains(
        error_of(zip_of({{"a/data.pkl", object}, {"a/byteorder", "big"}})),
        "byte order big"));
    CHECK(contains(
        error_of(zip_of({{"a/data.pkl", object}, {"a/constants.pkl", object}})),
        "a TorchScript module"));
    CHECK(contains(error_of(zip_of({{"a/data.pkl", object, false, {}, 1U}})),
                   "a/data.pkl: CRC"));
    CHECK(contains(error_of("GIF89a"), "not written by torch.save"));
  }

  TEST_CASE("the legacy container must be of this version and byte order") {
    const std::string magic =
        pickled("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
    const auto legacy_error = [&](const std::string& version,
                                  const std::string& machine,
                                  const std::string& keys) {
      return error_of(magic + pickled(version) + pickled(machine) +
                      pickled(dict({})) + pickled(keys));
    };
    const std::string little_endian =
        dict({text("little_endian"), boolean(true)});
    const std::string big = dict({text("little_endian"), boolean(false)});
    CHECK(legacy_error(number(1001), little_endian, list({})).empty());
    CHECK(contains(legacy_error(number(1002), little_endian, list({})),
                   "version 1002 of the container, only 1001"));
    CHECK(
        contains(legacy_error(text("x"), little_endian, list({})), "version"));
    CHECK(contains(legacy_error(number(1001), big, list({})), "big-endian"));
    CHECK(contains(legacy_error(number(1001), dict({}), list({})),
                   "does not say its byte order"));
    CHECK(contains(legacy_error(number(1001), little_endian, dict({})),
                   "no list of storages"));
    CHECK(contains(legacy_error(number(1001), little_endian, list({kNone})),
                   "no key of a storage"));
  }

  TEST_CASE(
      "a file cut anywhere is an error, one with any byte changed no "
      "crash") {
    const SavedStorage first = float_storage("0", {1, 2, 3, 4, 5, 6});
    const SavedStorage second = {"1", "HalfStorage", 1, "\x01\x3c"};
    const std::string value =
        ordered_dict({text("a"), tensor(first, {0, {3, 2}, {1, 3}}), text("b"),
                      whole(second, {})});
    for (const Container container : kBoth) {
      const std::string file = torch_file(container, value, {first, second});
      REQUIRE(error_of(file).empty());
      for (std::size_t at = 0; at < file.size(); ++at) {
        INFO(at);
        CHECK_FALSE(error_of(file.substr(0, at)).empty());
        for (const int change : {1, 0x80, 0xff}) {
          std::string changed = file;
          changed[at] = static_cast<char>(changed[at] ^ change);
          error_of(changed);  // whatever it says
        }
      }
    }
  }
}
