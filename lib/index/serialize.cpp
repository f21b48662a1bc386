// Serializes a finished graph and its codes into the sections of an index file,
// in the layout that searching maps: level 0 as one array of fixed width, so
// that a row's links are found by multiplication, and the few rows of the
// levels above as records that point to each other.
//
// Each section is a function that produces its bytes piece by piece: the graph
// is not held in memory a second time.
#include "index/serialize.h"

#include "base/interrupt.h"
#include "index/index_file.h"
#include "index/index_meta.h"
#include "index/sq8.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

/// The levels above 0 as records (index_file.h), by level, then by row.
class UpperLevels {
 public:
  UpperLevels(const HnswGraph& graph, std::size_t rows) : graph_(graph) {
    for (std::uint32_t row = 0; row < rows; ++row) {
      if (graph.representative(row) != row) continue;
      for (std::size_t level = 1; level <= graph.level(row); ++level)
        records_.emplace_back(static_cast<std::uint32_t>(level), row);
    }
    std::sort(records_.begin(), records_.end());
  }

  /// The record of a row on a level; the row itself on level 0.
  std::uint32_t index_of(std::size_t level, std::uint32_t row) const {
    if (level == 0) return row;
    const auto found = std::lower_bound(
        records_.begin(), records_.end(),
        std::make_pair(static_cast<std::uint32_t>(level), row));
    return static_cast<std::uint32_t>(found - records_.begin());
  }

  void write(const Sink& sink, std::size_t M) const {
    std::vector<std::uint32_t> words;
    std::vector<std::uint32_t> links;
    for (const auto& [level, row] : records_) {
      graph_.read_links(row, level, links);
      words.assign(upper_stride(M), 0);
      words[0] = row;
      words[1] = level;
      words[2] = index_of(level - 1, row);
      words[3] = static_cast<std::uint32_t>(links.size());
      for (std::size_t i = 0; i < links.size(); ++i)
        words[4 + i] = index_of(level, links[i]);
      sink(words.data(), words.size() * sizeof words[0]);
    }
  }

 private:
  const HnswGraph& graph_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> records_;
};

void write_links(const HnswGraph& graph, std::size_t rows, std::size_t M,
                 const Sink& sink) {
  std::vector<std::uint32_t> words;
  std::vector<std::uint32_t> links;
  for (std::uint32_t row = 0; row < rows; ++row) {
    check_interrupt();
    links.clear();
    if (graph.representative(row) == row) graph.read_links(row, 0, links);
    words.assign(link_stride(M), 0);
    words[0] = static_cast<std::uint32_t>(links.size());
    std::copy(links.begin(), links.end(), words.begin() + 1);
    sink(words.data(), words.size() * sizeof words[0]);
  }
}

void write_duplicates(const HnswGraph& graph, std::size_t rows,
                      const Sink& sink) {
  std::vector<DuplicateRow> duplicates;
  for (std::uint32_t row = 0; row < rows; ++row)
    if (graph.representative(row) != row)
      duplicates.push_back({graph.representative(row), row});
  std::sort(duplicates.begin(), duplicates.end());
  sink(duplicates.data(), duplicates.size() * sizeof(DuplicateRow));
}

template <typename T>
void write_values(const T* values, std::size_t count, const Sink& sink) {
  constexpr std::size_t kValuesAtOnce = std::size_t{1} << 20;
  for (std::size_t i = 0; i < count; i += kValuesAtOnce) {
    check_interrupt();
    sink(values + i, std::min(kValuesAtOnce, count - i) * sizeof(T));
  }
}

IndexHeader header_of(const IndexInfo& info, const ReductionView& reduction) {
  IndexHeader header;
  header.reduced_width = static_cast<std::uint32_t>(reduction.width);
  header.gain = reduction.gain;
  header.rows = info.rows;
  header.dim = static_cast<std::uint32_t>(info.dim);
  header.M = static_cast<std::uint32_t>(info.params.M);
  header.ef_construction =
      static_cast<std::uint32_t>(info.params.ef_construction);
  header.seed = info.params.seed;
  return header;
}

/// The sections of an index. A test of the bytes would fail if one came or
/// went.
constexpr std::size_t kSections = 14;

template <typename T>
SectionSource values(const char* name, const T* first, std::size_t count) {
  return {name, [=](const Sink& sink) { write_values(first, count, sink); }};
}

/// What comes before the codes.
std::vector<SectionSource> reduction_sections(const ReductionView& reduction,
                                              std::size_t dim) {
  const std::size_t width = reduction.width;
  return {values("components", reduction.components,
                 reduction.projects ? width * code_stride(dim) : 0),
          values("factors", reduction.factors, width),
          values("offsets", reduction.offsets, width)};
}

/// What comes behind them. Fills in what `header` says of the graph.
std::vector<SectionSource> other_sections(const IndexParts& parts,
                                          IndexHeader& header) {
  const HnswGraph* graph = parts.graph;
  const Names& names = parts.names;
  const std::size_t rows = parts.info.rows;
  const std::size_t M = parts.info.params.M;
  std::vector<SectionSource> sections;
  if (graph != nullptr) {
    const auto upper = std::make_shared<UpperLevels>(*graph, rows);
    header.max_level = static_cast<std::uint32_t>(graph->level(graph->entry()));
    header.entry = upper->index_of(header.max_level, graph->entry());
    sections.push_back({"links", [graph, rows, M](const Sink& sink) {
                          write_links(*graph, rows, M, sink);
                        }});
    sections.push_back({"twins", [graph, rows](const Sink& sink) {
                          write_duplicates(*graph, rows, sink);
                        }});
    sections.push_back(
        {"upper", [upper, M](const Sink& sink) { upper->write(sink, M); }});
  } else {
    for (const char* name : {"links", "twins", "upper"})
      sections.push_back({name, [](const Sink&) {}});
  }
  sections.push_back(
      values("deleted", parts.deleted.data(), parts.deleted.size()));
  sections.push_back(
      {"names", [&names](const Sink& sink) { write_names(names, sink); }});
  sections.push_back({"name_ends", [&names](const Sink& sink) {
                        write_name_ends(names, sink);
                      }});
  sections.push_back(
      {"meta", [meta = meta_to_json(parts.info)](const Sink& sink) {
         sink(meta.data(), meta.size());
       }});
  return sections;
}

}  // namespace

void write_names(const Names& names, const Sink& sink) {
  for (std::size_t row = 0; row < names.size(); ++row)
    sink(names[row].data(), names[row].size());
}

void write_name_ends(const Names& names, const Sink& sink) {
  std::uint64_t end = 0;
  for (std::size_t row = 0; row < names.size(); ++row) {
    end += names[row].size();
    sink(&end, sizeof end);
  }
}

void mark_deleted(const std::vector<std::uint32_t>& rows, std::string& bits) {
  for (const std::uint32_t row : rows) {
    char& byte = bits.at(row / 8);
    byte = static_cast<char>(byte | (1 << row % 8));
  }
}

IndexSerializer::IndexSerializer(OutputFile& out, std::size_t rows,
                                 std::size_t dim,
                                 const ReductionView& reduction)
    : out_(&out),
      writer_(out, kSections),
      rows_(rows),
      stride_(code_stride(dim)),
      width_(reduction.width),
      projects_(reduction.projects) {
  for (const SectionSource& section : reduction_sections(reduction, dim))
    writer_.add(section);
  reduced_ = writer_.reserve("reduced", rows * width_);
  codes_ = writer_.reserve("codes", rows * stride_);
  scales_ = writer_.reserve("scales", rows * sizeof(float));
  errors_ = writer_.reserve("errors", rows * sizeof(CodeErrors));
}

void IndexSerializer::take(const CodesOfRows& codes) {
  writer_.fill(reduced_, codes.reduced, codes.rows * width_);
  writer_.fill(codes_, codes.codes, codes.rows * stride_);
  writer_.fill(scales_, codes.scales, codes.rows * sizeof(float));
  writer_.fill(errors_, codes.errors, codes.rows * sizeof(CodeErrors));
}

ShortCodes IndexSerializer::short_codes() {
  if (!mapped_) mapped_.emplace(out_->temporary());
  const std::byte* first = mapped_->data() + writer_.offset(reduced_);
  return {rows_, width_, reinterpret_cast<const std::int8_t*>(first),
          projects_};
}

void IndexSerializer::finish(const IndexParts& parts) {
  IndexHeader header = header_of(parts.info, parts.reduction);
  for (const SectionSource& section : other_sections(parts, header))
    writer_.add(section);
  writer_.finish(header);
}

void write_serialized(OutputFile& out, const IndexParts& parts,
                      const CodedRows& coded) {
  IndexHeader header = header_of(parts.info, parts.reduction);
  std::vector<SectionSource> sections =
      reduction_sections(parts.reduction, parts.info.dim);
  sections.push_back(
      values("reduced", coded.reduced.data(), coded.reduced.size()));
  sections.push_back(values("codes", coded.codes.data(), coded.codes.size()));
  sections.push_back(values("scales", coded.scales.data(), coded.rows));
  sections.push_back(values("errors", coded.errors.data(), coded.rows));
  for (SectionSource& section : other_sections(parts, header))
    sections.push_back(std::move(section));
  write_index_file(out, header, sections);
}

std::uint64_t serialized_bytes(const Names& names, const IndexInfo& info,
                               const ReductionView& reduction) {
  const std::uint64_t rows = info.rows;
  const std::size_t width = reduction.width;
  const std::size_t M = info.params.M;
  std::uint64_t name_bytes = 0;
  for (std::size_t row = 0; row < names.size(); ++row)
    name_bytes += names[row].size();
  return index_file_bytes(
      {reduction.projects ? width * code_stride(info.dim) : 0,
       width * 2 * sizeof(float), rows * width, rows * code_stride(info.dim),
       rows * sizeof(float), rows * sizeof(CodeErrors),
       rows * link_stride(M) * sizeof(std::uint32_t),
       rows / (M - 1) * upper_stride(M) * sizeof(std::uint32_t), name_bytes,
       rows * sizeof(std::uint64_t), meta_to_json(info).size()});
}

}  // namespace imsearch
