#include "io/npy.h"

#include "base/error.h"

#include <doctest/doctest.h>

using namespace imsearch;
using namespace std::string_literals;

namespace {

std::string npy(const std::string& dict, int major = 1) {
  std::string text = "\x93NUMPY"s + static_cast<char>(major) + '\0';
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  for (std::size_t i = 0; i < length_bytes; ++i)
    text += static_cast<char>(dict.size() >> (8 * i));
  return text + dict;
}

const char* const kDict =
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n";

std::string error_of(const std::string& bytes) {
  try {
    parse_npy_header(bytes, "x.npy");
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

std::string error_of_dict(const std::string& descr, const std::string& order,
                          const std::string& shape) {
  return error_of(npy("{'descr': " + descr + ", 'fortran_order': " + order +
                      ", 'shape': " + shape + ", }\n"));
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("the header that NumPy writes is read in every version") {
    for (const int major : {1, 2, 3}) {
      CAPTURE(major);
      const std::string bytes = npy(kDict, major);
      CHECK(is_npy(bytes));
      const NpyHeader header = parse_npy_header(bytes + "data", "x");
      CHECK(header.rows == 3);
      CHECK(header.dim == 4);
      CHECK(header.first_byte == bytes.size());
    }
  }

  TEST_CASE("order, quotes, spaces and the last comma are free") {
    const NpyHeader header = parse_npy_header(
        npy("{\"shape\":(10,20),'fortran_order':False , 'descr':\"<f4\"}"),
        "x");
    CHECK(header.rows == 10);
    CHECK(header.dim == 20);
  }

  TEST_CASE("every other kind of array is refused with the remedy") {
    CHECK(error_of_dict("'<f8'", "False", "(3, 4)") ==
          "x.npy: values of type '<f8', need '<f4' (numpy: a.astype('<f4'))");
    CHECK(error_of_dict("'>f4'", "False", "(3, 4)") ==
          "x.npy: values of type '>f4', need '<f4' (numpy: a.astype('<f4'))");
    CHECK(error_of_dict("'<f4'", "True", "(3, 4)") ==
          "x.npy: in Fortran order, need C order (numpy: "
          "np.ascontiguousarray(a))");
    CHECK(error_of_dict("'<f4'", "False", "(12,)") ==
          "x.npy: an array of 1 dimensions, need 2: rows and dim");
    CHECK(error_of_dict("'<f4'", "False", "()") ==
          "x.npy: an array of 0 dimensions, need 2: rows and dim");
    CHECK(error_of_dict("'<f4'", "False", "(3, 4, 5)") ==
          "x.npy: an array of 3 dimensions, need 2: rows and dim");
    CHECK(error_of_dict("[('a', '<f4')]", "False", "(3,)") ==
          "x.npy: a structured array; need plain float32 ('<f4')");
  }

  TEST_CASE("malformed dicts are refused") {
    const std::string malformed = "x.npy: malformed .npy header";
    CHECK(error_of_dict("'<f4'", "False", "(3, -4)") == malformed);
    CHECK(error_of_dict("'<f4'", "False", "(3 4)") == malformed);
    CHECK(error_of_dict("'<f4'", "False", "(,)") == malformed);
    CHECK(error_of_dict("'<f4'", "False", "(3, 18446744073709551616)") ==
          malformed);
    CHECK(error_of_dict("'<f4'", "0", "(3, 4)") == malformed);
    CHECK(error_of_dict("<f4", "False", "(3, 4)") == malformed);
    for (const std::string& dict :
         {""s, "{"s, "{}"s, "{'descr': '<f4', }"s, "{'descr'"s, "{'descr': '"s,
          "[]"s, std::string(kDict) + "x",
          "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, "
          "'shape': (3, 4)}"s,
          "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), 'x': 1}"s})
      CHECK(error_of(npy(dict)) == malformed);
  }

  TEST_CASE("the greatest length is not an overflow") {
    const NpyHeader header =
        parse_npy_header(npy("{'descr': '<f4', 'fortran_order': False, "
                             "'shape': (18446744073709551615, 1)}"),
                         "x");
    CHECK(header.rows == 18446744073709551615U);
  }

  TEST_CASE("a header that is cut short anywhere is an error") {
    const std::string whole = npy(kDict);
    for (std::size_t size = 0; size < whole.size(); ++size)
      CHECK(error_of(whole.substr(0, size)) != "no error");
    CHECK(error_of(whole.substr(0, 20)) ==
          "x.npy: truncated: 10 of 63 bytes of .npy header");
  }

  TEST_CASE("other starts, versions and huge headers are refused") {
    CHECK(error_of("junk that is long enough") ==
          "x.npy: no .npy file: it has another start");
    CHECK(error_of(npy(kDict, 4)) == "x.npy: .npy version 4, known are 1 to 3");
    CHECK(error_of("\x93NUMPY\x02\0\xFF\xFF\xFF\xFF"s) ==
          "x.npy: .npy header of 4294967295 bytes, at most 10000 are read");
  }
}
