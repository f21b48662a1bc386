#include "base/error.h"
#include "index/deletions.h"
#include "index/graph_search.h"
#include "index/index_file.h"
#include "index/index_impl.h"
#include "index/resealed.h"
#include "index/sample.h"
#include "index/searcher.h"
#include "io/file.h"
#include "io/output_file.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <random>

using namespace imsearch;
using namespace imsearch::test;

namespace {

constexpr std::size_t kRows = 1300;
constexpr std::size_t kDim = 8;

/// Large enough that searches walk; with all sections in use.
Sample damage_sample() {
  Matrix rows = random_rows(kRows, kDim, 1);
  for (std::size_t r = 0; r < kRows; r += 100)
    std::copy_n(rows.row(0), kDim, rows.row(r));
  return Sample(rows, {3, 16, 100});
}

/// The text of opening's Error alone; empty if it opens.
std::string opening_complaint(const std::string& path) {
  try {
    const Index index(path);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// Uses all that an opened index offers; errors are fine, crashes are not.
void use(const std::string& path) {
  try {
    const Index index(path);
    const Matrix queries = unit_rows(random_rows(5, index.dim(), 9));
    Searcher searcher(index);
    for (std::size_t q = 0; q < queries.rows(); ++q)
      for (const Hit& hit : searcher.search(queries.row(q), {10, 32})) {
        CHECK(hit.row < index.rows());
        index.name(hit.row);
      }
    // Without the vectors, the scales of the file are what distances come from.
    std::vector<float> unit(index.dim());
    GraphSearch search(index.impl().view);
    const CodesView& codes = index.impl().codes;
    std::vector<std::int8_t> code8(codes.stride);
    std::vector<std::int8_t> code(index.impl().view.width);
    const float scale = encode_sq8(queries.row(0), index.dim(), code8.data());
    index.impl().reduction.encode(queries.row(0), code8.data(), scale,
                                  code.data());
    for (const Hit& hit : search.walk(code.data(), 32, 32, {}))
      CHECK(hit.row < index.rows());
    for (const Hit& hit : searcher.search_exactly(queries.row(0), 10))
      CHECK(hit.row < index.rows());
    index.find("no such name");
  } catch (const Error&) {
  }
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("a whole index has nothing to complain about") {
    CHECK(complaint_about(damage_sample().index_path) == "");
  }

  TEST_CASE("a truncated index says how much is there") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    std::vector<std::size_t> cuts = {0,  1,  7,  8,   9,
                                     79, 80, 81, 100, whole.size() - 1};
    for (const SectionEntry& entry : table_of(whole)) {
      cuts.push_back(entry.offset);
      cuts.push_back(entry.offset + entry.size_bytes);
    }
    std::mt19937 random(1);
    for (int i = 0; i < 50; ++i) cuts.push_back(random() % whole.size());
    for (const std::size_t cut : cuts) {
      if (cut >= whole.size()) continue;
      CAPTURE(cut);
      const std::string path = sample.folder.write("cut", whole.substr(0, cut));
      const std::string text = opening_complaint(path);
      if (cut == 0)
        CHECK(has(text, "empty"));
      else if (cut < 80)
        CHECK(has(text, fmt::format("truncated: {} of at least 80", cut)));
      else
        CHECK(text == fmt::format("{}: truncated: {} of {} bytes; rebuild it "
                                  "with build-index",
                                  path, cut, whole.size()));
    }
  }

  TEST_CASE("bytes behind the end are an error") {
    const Sample sample = damage_sample();
    const std::string longer = read_file(sample.index_path) + "x";
    CHECK(has(opening_complaint(sample.folder.write("longer", longer)),
              "1 more than its header says"));
  }

  TEST_CASE("every flipped bit is found, and none makes a search crash") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    std::mt19937 random(2);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < 512; i += 3) places.push_back(i);
    for (int i = 0; i < 300; ++i) places.push_back(random() % whole.size());
    for (const SectionEntry& entry : table_of(whole))
      for (int i = 0; i < 20 && entry.size_bytes > 0; ++i)
        places.push_back(entry.offset + random() % entry.size_bytes);
    for (const std::size_t place : places) {
      std::string damaged = whole;
      damaged[place] = static_cast<char>(damaged[place] ^ (1 << random() % 8));
      CAPTURE(place);
      const std::string path = sample.folder.write("flipped", damaged);
      CHECK(complaint_about(path) != "");
      use(path);
    }
  }

  TEST_CASE("verifying names the damaged section") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    for (const SectionEntry& entry : table_of(whole)) {
      if (entry.size_bytes == 0) continue;  // components, deleted
      std::string damaged = whole;
      damaged[entry.offset + entry.size_bytes / 2] ^= 1;
      CHECK(has(complaint_about(sample.folder.write("damaged", damaged)),
                fmt::format("section {}: wrong checksum", entry.name)));
    }
  }

  TEST_CASE("content that is wrong under right checksums is caught too") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    std::mt19937 random(3);
    const std::uint32_t values[] = {0xFFFFFFFF, 0x80000000, 0x7FFFFFFF,
                                    kRows,      1000000,    0x7FC00000};
    std::size_t complaints = 0;
    std::size_t damages = 0;
    for (const SectionEntry& entry : table_of(whole)) {
      const std::string name = entry.name;
      const bool any_content = name == "codes" || name == "reduced" ||
                               name == "components" || name == "names";
      if (any_content || name == "meta" || entry.size_bytes == 0) continue;
      for (int i = 0; i < 100; ++i) {
        const std::string damaged =
            with_changed(whole, name, [&](char* data, std::size_t size) {
              for (int times = 0; times < 20; ++times)
                std::memcpy(data + random() % (size / 4) * 4,
                            &values[random() % 6], 4);
            });
        const std::string path = sample.folder.write("wrong", damaged);
        const std::string text = complaint_about(path);
        ++damages;
        complaints += has(text, "section " + name) ? 1 : 0;
        CHECK_FALSE(has(text, "checksum"));
        use(path);
      }
    }
    // Unused places (padding of short lists) may hold anything.
    CHECK(damages >= 500);
    CHECK(complaints * 10 >= damages * 9);
  }

  TEST_CASE("a header that is wrong under a right checksum is caught") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    const IndexHeader good = header_of(whole);
    std::vector<IndexHeader> headers(15, good);
    headers[0].rows = 0x7FFFFFFF;
    headers[1].rows = kRows + 1;
    headers[2].dim = 0;
    headers[3].dim = 65;
    headers[4].M = 1;
    headers[5].M = 0xFFFFFFFF;
    headers[6].entry = 0xFFFFFFFF;
    headers[7].max_level = 0xFFFFFFFF;
    headers[8].rows = ~std::uint64_t{0};
    headers[9].max_level = 60;
    headers[10].reduced_width = 0;
    headers[11].reduced_width = 65;
    headers[12].reduced_width = 0x7FFFFFC0;
    headers[13].gain = -good.gain;
    headers[14].gain = std::numeric_limits<float>::quiet_NaN();
    for (const IndexHeader& header : headers) {
      std::string damaged = whole;
      reseal(damaged, header, table_of(whole));
      const std::string path = sample.folder.write("wrong", damaged);
      CHECK(has(complaint_about(path), "damaged"));
      use(path);
    }
  }

  TEST_CASE("twins that are twins of twins, or linked to, are caught") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    // All twins here are of one code.
    std::uint32_t first_row = 0;
    std::uint32_t second_row = 0;
    const auto complaint = [&](const std::string& section, auto change) {
      return complaint_about(sample.folder.write(
          "wrong", with_changed(whole, section, [&](char* data, std::size_t) {
            change(reinterpret_cast<std::uint32_t*>(data));
          })));
    };
    const auto twins_to = [&](std::uint32_t in_graph) {
      return complaint("twins", [&](std::uint32_t* words) {
        first_row = words[1];
        second_row = words[3];
        words[0] = in_graph;
      });
    };
    CHECK(has(twins_to(1), "section twins: entry 0"));  // of another code
    CHECK(has(twins_to(first_row), "section twins: entry 0"));
    CHECK(has(twins_to(second_row), "section twins: entry 0"));
    CHECK(has(complaint("links",
                        [&](std::uint32_t* words) {
                          words += link_stride(3);  // of row 1
                          REQUIRE(words[0] > 0);
                          words[1] = first_row;
                        }),
              "section links: row 1 links to"));
    CHECK(has(complaint("upper",
                        [&](std::uint32_t* words) {
                          REQUIRE(words[1] == 1);
                          words[0] = words[2] = first_row;
                        }),
              "section upper: record 0"));
  }

  TEST_CASE("sources of other rows than the index are caught") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    for (const char* rows : {"1299", "9999"}) {
      const std::string wrong =
          with_changed(whole, "meta", [&](char* data, std::size_t size) {
            const auto at = std::string_view(data, size).find("\"rows\": 1300");
            REQUIRE(at != std::string_view::npos);
            std::memcpy(data + at + 8, rows, 4);
          });
      CHECK(has(complaint_about(sample.folder.write("wrong", wrong)),
                "section meta: rows of the sources"));
    }
  }

  TEST_CASE("marks behind the last row are caught") {
    const Sample sample = damage_sample();
    delete_from_index(Index(sample.index_path), {0, kRows - 1});
    const std::string wrong = with_changed(
        read_file(sample.index_path), "deleted",
        [](char* data, std::size_t size) { data[size - 1] |= '\x10'; });
    CHECK(has(opening_complaint(sample.folder.write("wrong", wrong)),
              "section deleted"));
  }

  TEST_CASE("a section table that is wrong under a right checksum is caught") {
    const Sample sample = damage_sample();
    const std::string whole = read_file(sample.index_path);
    const auto good = table_of(whole);
    for (std::size_t s = 0; s < good.size(); ++s)
      for (int way = 0; way < 5; ++way) {
        auto table = good;
        if (way == 0) table[s].offset += 4096;
        if (way == 1) table[s].offset = ~std::uint64_t{0} - 4095;
        if (way == 2) table[s].size_bytes = ~std::uint64_t{0};
        if (way == 3) table[s].size_bytes -= 1;
        if (way == 4) table[s].name[0] = 'x';
        std::string damaged = whole;
        reseal(damaged, header_of(whole), table);
        const std::string path = sample.folder.write("wrong", damaged);
        CHECK(complaint_about(path) != "");
        use(path);
      }
  }

  TEST_CASE("another version and another byte order say so") {
    const Sample sample = damage_sample();
    std::string file = read_file(sample.index_path);
    IndexHeader header = header_of(file);
    header.version = 9;
    reseal(file, header, table_of(file));
    const std::string path = sample.folder.write("other", file);
    CHECK(has(opening_complaint(path),
              "index version 9, this imsearch reads version 3"));
    header.byte_order = 0x04030201;
    reseal(file, header, table_of(file));
    sample.folder.write("other", file);
    CHECK(has(opening_complaint(path), "byte order"));
  }

  TEST_CASE("foreign indexes are named") {
    const TempDir folder;
    // hnswlib 0.6.2, saveIndex: 60 rows of 8 float32, M 16.
    const std::uint64_t numbers[] = {0, 100, 60, 132 + 32 + 8, 132 + 32, 132,
                                     0, 16,  32, 16,           0,        200};
    std::string hnswlib(reinterpret_cast<const char*>(numbers), sizeof numbers);
    CHECK(has(opening_complaint(folder.write("a", hnswlib + "data")),
              "an hnswlib index of 60 rows"));
    CHECK(has(opening_complaint(folder.write("b", "IHNf" + std::string(99, 1))),
              "a Faiss index (IHNf)"));
    CHECK(has(opening_complaint(folder.write("c", "IxF2" + std::string(99, 1))),
              "a Faiss index (IxF2)"));
    hnswlib[40] ^= 1;  // numbers that do not fit
    for (const std::string& bytes :
         {hnswlib, std::string("In short, a text."), std::string(4096, '\0')})
      CHECK(has(opening_complaint(folder.write("d", bytes)),
                "not an imsearch index; build one"));
    CHECK(has(opening_complaint(folder.write("e", "")), "empty"));
    CHECK(has(opening_complaint(folder / "missing"), folder / "missing"));
    CHECK(has(opening_complaint(folder.path()), folder.path()));
  }
}
