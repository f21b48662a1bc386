#include "io/fvecs.h"

#include "base/error.h"
#include "support/temp_dir.h"

#include <sys/stat.h>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

using namespace imsearch;
using namespace std::string_literals;

namespace {

template <typename... Values>
std::string bytes_of(Values... values) {
  std::string bytes;
  const auto append = [&](const auto& value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  (append(values), ...);
  return bytes;
}

std::string u32(std::uint32_t value) {
  return bytes_of(value);
}

/// Rows of dim floats: 0, 1, 2, …
std::string floats(std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i)
    bytes += bytes_of(static_cast<float>(i));
  return bytes;
}

std::string npy(const std::string& shape, std::size_t padded_to = 118) {
  std::string dict =
      "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
  dict.resize(padded_to, ' ');
  return "\x93NUMPY\x01\0"s + static_cast<char>(padded_to) + '\0' + dict;
}

std::vector<float> row(const VectorFile& file, std::size_t i) {
  std::vector<float> scratch(file.dim());
  const float* values = file.row(i, scratch.data());
  return {values, values + file.dim()};
}

std::string error_of(const std::string& path, std::size_t dim = 0) {
  try {
    const VectorFile file(path, dim);
  } catch (const Error& e) {
    std::string text = e.what();
    REQUIRE(text.compare(0, path.size() + 2, path + ": ") == 0);
    return text.substr(path.size() + 2);
  }
  return "no error";
}

using Row = std::vector<float>;

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a raw file has as many rows as fit its size") {
    const test::TempDir dir;
    const VectorFile file(dir.write("fvecs.bin", floats(12)), 4);
    CHECK(file.rows() == 3);
    CHECK(file.dim() == 4);
    CHECK(file.size_bytes() == 48);
    CHECK(row(file, 2) == Row{8, 9, 10, 11});
  }

  TEST_CASE("a raw row is a pointer into the file, not a copy") {
    const test::TempDir dir;
    const VectorFile file(dir.write("x", floats(4)), 2);
    CHECK(file.row(1, nullptr) ==
          reinterpret_cast<const float*>(file.file().data()) + 2);
  }

  TEST_CASE("without a dimension it is 1280") {
    const test::TempDir dir;
    const VectorFile file(
        dir.write("x", std::string(std::size_t{2} * 5120, '\0')));
    CHECK(file.dim() == 1280);
    CHECK(file.rows() == 2);
  }

  TEST_CASE("an empty raw file has no rows") {
    const test::TempDir dir;
    const VectorFile file(dir.write("x", ""));
    CHECK(file.rows() == 0);
    CHECK(file.dim() == 1280);
  }

  TEST_CASE("raw files joined by cat are one file") {
    const test::TempDir dir;
    const VectorFile file(dir.write("x", floats(4) + floats(4)), 4);
    CHECK(row(file, 0) == row(file, 1));
  }

  TEST_CASE("a wrong size is an error with both numbers and a remedy") {
    const test::TempDir dir;
    CHECK(error_of(dir.write("fvecs.bin", std::string(1204, '\0'))) ==
          "1204 bytes are not a whole number of rows of 1280 floats; its rows "
          "have "
          "another dimension, or it is incomplete");
    CHECK(error_of(dir.write("x", floats(3)), 4) ==
          "12 bytes are not a whole number of rows of 4 floats; its rows have "
          "another dimension, or it is incomplete");
    CHECK(error_of(dir.write("x", floats(4) + "x"), 4).find("17 bytes") == 0);
  }

  TEST_CASE("a wrong size hints at dimensions that fit") {
    const test::TempDir dir;
    CHECK(error_of(dir.write("x", std::string(std::size_t{512} * 4, '\0'))) ==
          "2048 bytes are not a whole number of rows of 1280 floats; its size "
          "fits rows of 512, 256, 128");
    CHECK(
        error_of(dir.write("x", std::string(std::size_t{3} * 960 * 4, '\0'))) ==
        "11520 bytes are not a whole number of rows of 1280 floats; its size "
        "fits rows of 960");
  }

  TEST_CASE("a wrong size hints at the format that the first bytes fit") {
    const test::TempDir dir;
    const auto hint = [&](const std::string& bytes) {
      const std::string text = error_of(dir.write("x.bin", bytes));
      return text.substr(text.find(';'));
    };
    const auto named = [](const std::string& format) {
      return "; it looks like a " + format +
             " file: give it a name that ends in " + format;
    };
    const std::string texmex = u32(3) + floats(3);
    CHECK(hint(texmex + texmex) == named(".fvecs"));
    CHECK(hint(u32(2) + u32(3) + floats(6)) == named(".fbin"));
    CHECK(hint(u32(2) + u32(3) + "sixsix") == named(".u8bin"));
    CHECK(hint(npy("(1, 1)") + floats(1)) == named(".npy"));
  }

  TEST_CASE("a TEXMEX file states its dimension in each row") {
    const test::TempDir dir;
    const std::string bytes =
        u32(3) + floats(3) + u32(3) + bytes_of(7.0F, 8.0F, 9.0F);
    for (const std::size_t dim : {0U, 3U}) {
      const VectorFile file(dir.write("x.fvecs", bytes), dim);
      CHECK(file.rows() == 2);
      CHECK(file.dim() == 3);
      CHECK(row(file, 0) == Row{0, 1, 2});
      CHECK(row(file, 1) == Row{7, 8, 9});
    }
  }

  TEST_CASE("a TEXMEX file that does not fit is an error") {
    const test::TempDir dir;
    const auto error = [&](const std::string& bytes) {
      return error_of(dir.write("x.fvecs", bytes));
    };
    CHECK(error("") == "0 bytes state no dimension");
    CHECK(error("abc") == "3 bytes state no dimension");
    CHECK(error(u32(0)) == "states vectors of 0 values, need 1 to 65536");
    CHECK(error(u32(0xFFFFFFFF)) ==
          "states vectors of 4294967295 values, need 1 to 65536");
    CHECK(error(u32(3) + floats(2)) ==
          "12 bytes are not a whole number of .fvecs rows of 3 values (16 "
          "bytes)");
    CHECK(error(u32(3) + floats(3) + u32(2) + floats(3)) ==
          "row 0 has 3 values, but row 1 has 2");
  }

  TEST_CASE("fault 21: a TEXMEX row of another dimension is an error there") {
    const test::TempDir dir;
    const std::string good = u32(3) + floats(3);
    const VectorFile file(
        dir.write("x.fvecs", good + u32(2) + floats(3) + good), 3);
    CHECK(row(file, 0) == Row{0, 1, 2});
    CHECK(row(file, 2) == Row{0, 1, 2});
    CHECK_THROWS_WITH_AS(
        row(file, 1),
        (dir / "x.fvecs: row 0 has 3 values, but row 1 has 2").c_str(), Error);
  }

  TEST_CASE("fault 21: files of other things are not read as raw floats") {
    const test::TempDir dir;
    // Neighbours of TEXMEX: five of each of two rows, 48 bytes.
    const std::string rows = u32(5) + std::string(20, '\1');
    for (const char* name : {"x.ivecs", "x.IVECS", "x.ibin"}) {
      CAPTURE(name);
      for (const std::size_t dim : {0U, 4U}) {
        const std::string text = error_of(dir.write(name, rows + rows), dim);
        CHECK(text.find("hold whole numbers, such as the rows of true") !=
              std::string::npos);
        CHECK(text.find("looks like") == std::string::npos);
      }
    }
    for (const char* name : {"x.bvecs", "x.npz", "x.h5", "x.csv"})
      CHECK(error_of(dir.write(name, rows + rows), 4).find("numpy.save()") !=
            std::string::npos);
  }

  TEST_CASE("big-ann files are read in their three types") {
    const test::TempDir dir;
    const std::string head = u32(2) + u32(3);
    const VectorFile floating(dir.write("x.fbin", head + floats(6)));
    CHECK(floating.rows() == 2);
    CHECK(row(floating, 1) == Row{3, 4, 5});
    const VectorFile unsigned8(
        dir.write("x.u8bin", head + "\x01\x02\x03\x80\xFF\x7F"));
    CHECK(unsigned8.dim() == 3);
    CHECK(row(unsigned8, 1) == Row{128, 255, 127});
    const VectorFile signed8(
        dir.write("x.i8bin", head + "\x01\x02\x03\x80\xFF\x7F"));
    CHECK(row(signed8, 1) == Row{-128, -1, 127});
    const VectorFile none(dir.write("0.fbin", u32(0) + u32(3)));
    CHECK(none.rows() == 0);
  }

  TEST_CASE("a big-ann file that does not fit is an error") {
    const test::TempDir dir;
    const auto error = [&](const std::string& bytes) {
      return error_of(dir.write("x.fbin", bytes));
    };
    CHECK(error("") == "truncated: 0 bytes, the header alone has 8");
    CHECK(error(u32(2) + u32(3) + floats(5)) ==
          "states 2 rows of 3 values of 4 bytes, but 20 bytes follow");
    CHECK(error(u32(2) + u32(3) + floats(7)).find("states 2 rows") == 0);
    CHECK(error(u32(2) + u32(0)) ==
          "states vectors of 0 values, need 1 to 65536");
    // 2^31 * 2^16 * 4 is 2^49; with 2^32 - 1 rows nothing may wrap around.
    CHECK(error(u32(0xFFFFFFFF) + u32(65536)).find("states 4294967295 rows") ==
          0);
  }

  TEST_CASE("a .npy file is read") {
    const test::TempDir dir;
    const VectorFile file(dir.write("x.npy", npy("(2, 3)") + floats(6)));
    CHECK(file.rows() == 2);
    CHECK(file.dim() == 3);
    CHECK(row(file, 1) == Row{3, 4, 5});
  }

  TEST_CASE("a .npy file whose values are not aligned is read by copy") {
    const test::TempDir dir;
    const VectorFile file(dir.write("x.npy", npy("(2, 3)", 117) + floats(6)));
    CHECK(row(file, 1) == Row{3, 4, 5});
  }

  TEST_CASE("a .npy file that does not fit is an error") {
    const test::TempDir dir;
    const auto error = [&](const std::string& shape, std::size_t count) {
      return error_of(dir.write("x.npy", npy(shape) + floats(count)));
    };
    CHECK(error("(2, 3)", 5) ==
          "states 2 rows of 3 floats, but 20 bytes follow");
    CHECK(error("(2, 3)", 9) ==
          "states 2 rows of 3 floats, but 36 bytes follow");
    CHECK(error("(4611686018427387904, 4)", 0).find("states 46116860") == 0);
    CHECK(error("(0, 4611686018427387904)", 0) ==
          "states vectors of 4611686018427387904 values, need 1 to 65536");
    CHECK(error("(1, 0)", 0) == "states vectors of 0 values, need 1 to 65536");
    CHECK(error_of(dir.write("x.npy", "")) ==
          "no .npy file: it has another start");
  }

  TEST_CASE("a dimension other than the file states is an error") {
    const test::TempDir dir;
    const std::string text = "states vectors of 3 values, not of 4";
    CHECK(error_of(dir.write("x.fvecs", u32(3) + floats(3)), 4) == text);
    CHECK(error_of(dir.write("x.fbin", u32(1) + u32(3) + floats(3)), 4) ==
          text);
    CHECK(error_of(dir.write("x.npy", npy("(1, 3)") + floats(3)), 4) == text);
  }

  TEST_CASE("an absurd dimension is an error") {
    const test::TempDir dir;
    CHECK(error_of(dir.write("x", ""), std::size_t{1} << 62) ==
          "vectors of 4611686018427387904 values, at most 65536 are read");
  }

  TEST_CASE("the extension belongs to the file's name, not to a folder's") {
    const test::TempDir dir;
    CHECK(VectorFile(dir.write("x.fbin/raw", floats(4)), 4).rows() == 1);
  }

  TEST_CASE("what cannot be mapped is an error that says why") {
    const test::TempDir dir;
    CHECK(error_of(dir / "none.bin") == "No such file or directory");
    CHECK(error_of(dir.path()) == "Is a directory");
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    CHECK(error_of(dir / "fifo").find("not a regular file") == 0);
  }
}
