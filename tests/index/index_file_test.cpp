// The container of an index, whatever its sections mean.
#include "index/index_file.h"

#include "base/error.h"
#include "io/file.h"
#include "io/output_file.h"
#include "support/temp_dir.h"

#include <sys/stat.h>

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;

TEST_SUITE("index") {
  TEST_CASE("unknown sections are passed over") {
    const TempDir folder;
    OutputFile out(folder / "file");
    write_index_file(out, {},
                     {{"news", [](const Sink& sink) { sink("abc", 3); }},
                      {"none", [](const Sink&) {}}});
    out.commit();
    const IndexFile file(folder / "file");
    CHECK(file.section("news") == "abc");
    CHECK(file.section("news", 3) == "abc");
    CHECK(file.section("none") == "");
    CHECK_NOTHROW(file.check_all_sums());
    CHECK_THROWS_AS(file.section("news", 4), Error);
    CHECK_THROWS_AS(file.section("olds"), Error);
  }

  TEST_CASE(
      "sections are produced once for a file, and a pipe gets its bytes") {
    const TempDir folder;
    int calls = 0;
    const std::vector<SectionSource> sections = {
        {"first",
         [&calls](const Sink& sink) {
           ++calls;
           sink("abc", 3);
           sink("de", 2);
         }},
        {"none", [](const Sink&) {}},
        {"last", [](const Sink& sink) { sink("fgh", 3); }}};
    IndexHeader header;
    header.rows = 7;
    OutputFile out(folder / "file");
    write_index_file(out, header, sections);
    CHECK_FALSE(file_exists(folder / "file"));  // not before commit()
    out.commit();
    CHECK(calls == 1);
    const IndexFile file(folder / "file");
    CHECK(file.header().rows == 7);
    CHECK(file.section("first") == "abcde");
    CHECK_NOTHROW(file.check_all_sums());

    const std::string fifo = folder / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    std::string piped;
    std::thread reader([&] { piped = read_file(fifo); });
    {
      OutputFile pipe(fifo);
      write_index_file(pipe, header, sections);
      pipe.commit();
    }
    reader.join();
    CHECK(piped == read_file(folder / "file"));
  }
}
