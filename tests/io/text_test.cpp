#include "io/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace imsearch;
using namespace std::string_literals;

TEST_SUITE("io") {
  TEST_CASE("escaping keeps a name in one field of one line") {
    CHECK(escape_field("a\tb\nc\rd\\e") == "a\\tb\\nc\\rd\\\\e");
    CHECK(escape_field("plain.jpg") == "plain.jpg");
    CHECK(escape_field("\xFF \xC3\xA9 \xE3\x81\x9B") ==
          "\xFF \xC3\xA9 \xE3\x81\x9B");
  }

  TEST_CASE("fault 21: control characters are escaped, and come back") {
    CHECK(escape_field("a\x1B[31mb") == "a\\x1b[31mb");
    CHECK(escape_field("\x01\x07\x7F") == "\\x01\\x07\\x7f");
    CHECK(escape_field("\0"s) == "\\x00");
    CHECK(escape_field("\xC2\x9B"
                       "2J") == "\\xc2\\x9b2J");
    CHECK(escape_field("\xC2\xA0") == "\xC2\xA0");
    // Bytes of another encoding than UTF-8 stay, as names of files have them.
    CHECK(escape_field("\x83\x65") == "\x83\x65");
    for (const char* name :
         {"a\x1B[31mb", "\xC2\x9B", "\\x1b", "\\\x1B", "x1b", "\x7F\\"}) {
      CAPTURE(name);
      CHECK(unescape_field(escape_field(name)) == name);
    }
    // Escapes that escape_field() does not write are parts of a name.
    for (const char* name : {"a\\x41", "a\\x1B", "a\\xff", "a\\x1", "a\\x1g"}) {
      CAPTURE(name);
      CHECK(unescape_field(name) == name);
    }
  }

  TEST_CASE("fault 21: messages and JSON without control characters") {
    CHECK(without_controls("a\\tb\x1B[0m\n") == "a\\tb\\x1b[0m\\n");
    CHECK(json_without_controls("{\"a\":\"\xC2\x9B\x7F\xC3\xA9\"}") ==
          "{\"a\":\"\\u009b\\u007f\xC3\xA9\"}");
  }

  TEST_CASE("unescaping gives back any bytes") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    all += "\\n\\\\\t\\";
    CHECK(unescape_field(escape_field(all)) == all);
  }

  TEST_CASE("an unknown or unfinished escape stays as it is") {
    CHECK(unescape_field("a\\xb") == "a\\xb");
    CHECK(unescape_field("end\\") == "end\\");
    CHECK(unescape_field("\\\\n") == "\\n");
  }

  TEST_CASE("well-formed UTF-8 is recognised up to its limits") {
    for (const char* text :
         {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
          "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
          "\xF4\x8F\xBF\xBF", "caf\xC3\xA9.jpg"}) {
      CAPTURE(text);
      CHECK(is_utf8(text));
    }
    CHECK(is_utf8("a\0b"s));
  }

  TEST_CASE("malformed UTF-8 is recognised") {
    for (const char* text : {
             "\x80",              // a continuation alone
             "\xBF",              //
             "\xC0\x80",          // overlong
             "\xC1\xBF",          //
             "\xE0\x9F\xBF",      //
             "\xF0\x8F\xBF\xBF",  //
             "\xED\xA0\x80",      // surrogates
             "\xED\xBF\xBF",      //
             "\xF4\x90\x80\x80",  // above U+10FFFF
             "\xF5\x80\x80\x80",  //
             "\xFF",              //
             "\xC3",              // cut short
             "\xE2\x82",          //
             "\xF0\x9F\x98",      //
             "\xC3(",             // no continuation
             "a\xE2(\xA1",        //
         }) {
      CAPTURE(text);
      CHECK_FALSE(is_utf8(text));
    }
  }

  TEST_CASE("every code point decodes to itself") {
    const CodePoint euro = first_code_point("\xE2\x82\xAC...");
    CHECK(euro.value == U'\u20AC');
    CHECK(euro.size_bytes == 3);
    const CodePoint face = first_code_point("\xF0\x9F\x98\x80");
    CHECK(face.value == U'\U0001F600');
    CHECK(face.size_bytes == 4);
    CHECK(first_code_point("\xE2\x82").size_bytes == 0);
  }

  TEST_CASE("each malformed byte is replaced, the rest stays") {
    CHECK(to_utf8("a\xFF\xC3\xA9\xE2\x82z") ==
          "a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBDz");
    CHECK(is_utf8(to_utf8("\xF0\x9F\x98")));
  }

  TEST_CASE("base64 gives the examples of RFC 4648") {
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xFF\xFE\xFD") == "//79");
  }

  TEST_CASE("base64 is read back, and what is none is nothing") {
    for (const std::string bytes : {"", "f", "fo", "foo", "\xFF\xFE\n"})
      CHECK(from_base64(base64(bytes)) == bytes);
    CHECK(from_base64("Zg=").empty());
    CHECK(from_base64("????").empty());
  }

  TEST_CASE("bytes that nobody has checked are shown as printable ASCII") {
    CHECK(printable("os.system") == "os.system");
    CHECK(printable("\x1b[2J\n\x7f\xc3\xa9~ ") == "?[2J????~ ");
    CHECK(printable(std::string(1000, 'x')) == std::string(80, 'x'));
    CHECK(printable("").empty());
  }
}
