// extract --join: what `cat` would do to shards, but not before all is known to
// be there: shards, rows, names, one list, one model. The result is what one
// whole run would have written, to the byte.
#include "extract/modes.h"

#include "common/cli.h"
#include "common/file_names.h"
#include "common/progress_line.h"
#include "common/version.h"
#include "extract/inputs.h"
#include "extract/output.h"

#include "base/interrupt.h"
#include "base/progress.h"
#include "io/described_vectors.h"
#include "io/file.h"
#include "io/ledger.h"
#include "io/path_pattern.h"
#include "io/text.h"

#include <optional>
#include <string>
#include <vector>

namespace imsearch {
namespace {

/// One file of those that are joined.
struct Piece {
  std::string names_path;
  Names names;
  Ledger ledger;
};

[[noreturn]] void fail_missing_piece(const std::string& path) {
  if (has_wildcards(path))
    fail(
        "{}: no such file: --join takes the names of files, so a pattern is "
        "left "
        "to the shell, without quotes",
        path);
  fail_missing_vectors(path);
}

/// Each with as many names as rows.
std::vector<Piece> read_pieces(const ExtractJob& job,
                               DescribedVectors& vectors) {
  std::vector<Piece> pieces;
  for (std::size_t f = 0; f < job.inputs.size(); ++f) {
    const std::string& path = job.inputs[f];
    const std::optional<Sidecar>& sidecar = vectors.sidecars()[f];
    if (!sidecar || !sidecar->rows || !sidecar->model.known())
      fail(
          "{}: {} does not say how many rows of which model it has, so whether "
          "it is whole cannot be told: extract it again",
          path, sidecar_path(path));
    const std::string names_path =
        names_beside(path,
                     "files to be joined begin with fvecs.bin, with their "
                     "names in fnames.txt "
                     "and the same ending");
    Names names = read_names(names_path, job.separator());
    if (names.size() != *sidecar->rows)
      fail("{}: {} for the {} of {}", names_path, counted(names.size(), "name"),
           counted(*sidecar->rows, "row"), path);
    const auto name_of = [&names](std::size_t row) { return names[row]; };
    Ledger ledger =
        read_ledger_of_names(path, *sidecar->rows, name_of, names_path);
    ledger.rows.resize(*sidecar->rows);
    pieces.push_back({names_path, std::move(names), std::move(ledger)});
  }
  return pieces;
}

/// The sidecar that one run over all images would have written. A set of shards
/// has the list that they are of; rows of several lists have none.
Sidecar joined_sidecar(const DescribedVectors& vectors) {
  Sidecar joined = *vectors.sidecars().front();
  const std::size_t of_one_list = joined.shard ? joined.shard->count : 1;
  // The list stays if these are all shards of one: then --force is not needed
  // to write the same rows again.
  if (vectors.sidecars().size() != of_one_list) joined.list.reset();
  joined.shard.reset();
  joined.tool_version = IMSEARCH_VERSION;
  joined.rows = 0;
  for (const std::optional<Sidecar>& each : vectors.sidecars())
    *joined.rows += *each->rows;
  return joined;
}

/// Throws UsageError if an output would replace a file that is joined.
void keep_pieces(const ExtractJob& job, const std::vector<Piece>& pieces) {
  std::vector<std::string> inputs = job.inputs;
  for (const std::string& path : job.inputs)
    inputs.push_back(sidecar_path(path));
  for (const Piece& piece : pieces) inputs.push_back(piece.names_path);
  for (const std::string& output :
       {job.vectors, job.names_path, sidecar_path(job.vectors),
        job.names_path + ".bad.tsv"})
    cli::refuse_to_overwrite(output, inputs);
}

/// Those that the joined names begin with.
const Names& first_names(const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces)
    if (!piece.names.empty()) return piece.names;
  return pieces.front().names;
}

void write_piece(const VectorFile& file, const Piece& piece,
                 ExtractOutput& output, cli::ProgressLine& line) {
  std::vector<float> scratch(file.dim());
  for (std::size_t i = 0; i < file.rows(); ++i) {
    check_interrupt();
    output.add_joined(piece.names[i], file.row(i, scratch.data()), file.dim(),
                      piece.ledger.rows[i]);
    line.add_one();
  }
  // A shard without bad images has no such list.
  const std::string bad = bad_images_path(piece.names_path);
  output.add_joined_bad(file_exists(bad) ? read_file(bad) : "",
                        piece.ledger.bad);
  output.add_archives(piece.ledger.archives);
}

}  // namespace

int join_vectors(const ExtractJob& job) {
  for (const std::string& path : job.inputs)
    if (!file_exists(path)) fail_missing_piece(path);
  std::optional<cli::ProgressLine> line;
  line.emplace("looks at the shards", 0, job.quiet);
  DescribedVectors vectors(job.inputs);
  const std::vector<Piece> pieces = read_pieces(job, vectors);
  // No run of extract is half-way through giving these files their names.
  vectors.check_settled();
  keep_pieces(job, pieces);
  const Sidecar joined = joined_sidecar(vectors);
  if (!job.force) {
    keep_indexed(job.vectors, joined.list, std::nullopt);
    keep_names(job, joined.list, std::nullopt);
    keep_foreign_files(job, first_names(pieces));
  }
  ExtractOutput output(job.vectors, job.names_path, job.separator());
  if (output.has_older_parts())
    cli::say("the parts of an earlier run are dropped");
  output.start_joined();
  line.emplace("rows", *joined.rows, job.quiet);
  for (std::size_t f = 0; f < pieces.size(); ++f)
    write_piece(vectors.files()[f], pieces[f], output, *line);
  // Nor has one begun while they were copied.
  vectors.check_settled();
  output.commit(joined);
  line.reset();
  if (!job.quiet)
    cli::say(fmt::format("{}: {} of {}", job.vectors,
                         counted(*joined.rows, "row"),
                         counted(pieces.size(), "file")));
  return cli::kDone;
}

}  // namespace imsearch
