// The images of a run: listed from folders, patterns and lists, cut to a shard,
// less those that --append finds there already; and what a run refuses to write
// over.
#include "extract/inputs.h"

#include "common/cli.h"
#include "common/file_names.h"
#include "common/names_list.h"
#include "common/options.h"
#include "extract/append.h"

#include "archive/archive_name.h"
#include "base/command.h"
#include "base/error.h"
#include "image/decode.h"
#include "io/checksum.h"
#include "io/commit_mark.h"
#include "io/file.h"
#include "io/glob.h"
#include "io/ledger.h"

#include <algorithm>
#include <climits>
#include <string_view>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

/// Says on stderr what expanding the inputs left aside. Where that leaves
/// nothing, the last warning is the error.
void tell(const ExpandedInputs& inputs, bool nothing_else, bool quiet) {
  std::vector<std::string> warnings = inputs.warnings;
  std::string reason;
  if (inputs.paths.empty() && nothing_else && !warnings.empty()) {
    reason = warnings.back();
    warnings.pop_back();
  }
  for (const std::string& warning : warnings) cli::say(warning);
  if (!quiet)
    for (const std::string& remark : inputs.remarks) cli::say(remark);
  if (!reason.empty()) fail("{}", reason);
}

/// The list as it grows: names, and which of them are archives.
struct WholeList {
  Names names;
  std::unordered_set<std::string> archives;
};

void append_expanded(const std::vector<std::string>& arguments,
                     const ExtractJob& job, WholeList& list) {
  if (arguments.empty()) return;
  ExpandedInputs inputs = expand_inputs(arguments, rules_of(job));
  const bool nothing_else =
      arguments.size() == job.inputs.size() && job.files_from.empty();
  tell(inputs, nothing_else, job.quiet);
  for (const std::string& path : inputs.paths) list.names.append(path);
  list.archives.merge(inputs.archives);
}

void append_listed(const std::string& path, Separator separator,
                   const ExtractJob& job, WholeList& list) {
  const Names listed = read_list(path, separator);
  const InputSieve sieve(rules_of(job));
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (listed[i].empty()) continue;
    list.names.append(listed[i]);
    std::string name(listed[i]);
    if (sieve.is_archive(name, false)) list.archives.insert(std::move(name));
  }
}

/// Before it is cut into shards: each shard must see the same. Names on
/// standard input stand where the - does.
WholeList whole_list(const ExtractJob& job) {
  WholeList list;
  const auto end = job.inputs.end();
  const auto dash = std::find(job.inputs.begin(), end, "-");
  append_expanded({job.inputs.begin(), dash}, job, list);
  if (dash != end) {
    append_listed("-", job.separator(), job, list);
    append_expanded({dash + 1, end}, job, list);
  }
  if (!job.files_from.empty())
    append_listed(job.files_from, job.files_separator(), job, list);
  if (!list.names.empty()) return list;
  const std::string& source =
      job.files_from.empty() ? job.inputs.front() : job.files_from;
  fail("{}: names no images", source == "-" ? "standard input" : source);
}

Names block_of(const Names& names, const Shard& shard) {
  Names block;
  const std::size_t end = shard.end(names.size());
  for (std::size_t i = shard.begin(names.size()); i < end; ++i)
    block.append(names[i]);
  return block;
}

/// By which shards and later runs tell whether they have the same list. Each
/// name is summed with the NUL behind it: "ab", "c" is not "a", "bc". An
/// archive that has changed is another, since its images may be others.
ImageListId id_of(const Names& names,
                  const std::unordered_set<std::string>& archives) {
  Checksum checksum;
  const auto add = [&](std::string_view text) {
    checksum.add(text.data(), text.size());
    checksum.add("", 1);
  };
  for (std::size_t i = 0; i < names.size(); ++i) {
    add(names[i]);
    if (archives.empty()) continue;
    const std::string name(names[i]);
    if (archives.count(name) != 0) add(facts_text(facts_of_status(name)));
  }
  return {names.size(), checksum.value()};
}

bool same_part(const std::optional<ListPart>& a,
               const std::optional<ListPart>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->index == b->index && a->count == b->count;
}

/// A sidecar that cannot be read tells of no list.
std::optional<Sidecar> readable_sidecar(const std::string& vectors) {
  try {
    return read_sidecar(vectors);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Whether the file of names has one for each row of `vectors`.
bool has_name_for_each_row(const std::string& names,
                           const std::string& vectors) {
  const std::optional<Sidecar> sidecar = readable_sidecar(vectors);
  if (!sidecar || !sidecar->rows) return false;
  return NamesFile(names, Separator::kNewline).size() == *sidecar->rows ||
         NamesFile(names, Separator::kNul).size() == *sidecar->rows;
}

/// Whether the file begins with one of `names`, or a member of such an archive.
bool begins_with_name_of(const std::string& path, const Names& names) {
  constexpr std::size_t kLongest = PATH_MAX + 1;
  const std::string begin = read_prefix(path, kLongest);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view name = names[i];
    if (begin.size() > name.size() &&
        begin.compare(0, name.size(), name) == 0 &&
        std::string_view("\n\0/", 3).find(begin[name.size()]) !=
            std::string_view::npos)
      return true;
  }
  return false;
}

/// Whether extract made the file, or was killed when it gave it its name.
bool is_of_extract(const std::string& vectors) {
  return readable_sidecar(follow_links(vectors)).has_value() ||
         file_exists(commit_mark_path(vectors));
}

/// Whether `vectors` are of that list and shard, as far as is known.
bool is_of_list(const std::string& vectors,
                const std::optional<ImageListId>& list,
                const std::optional<ListPart>& shard) {
  const std::optional<Sidecar> old = readable_sidecar(vectors);
  return old && list && old->list == list && same_part(old->shard, shard);
}

}  // namespace

InputRules rules_of(const ExtractJob& job) {
  InputRules rules = job.rules;
  rules.looks_like_image = looks_like_image;
  rules.looks_like_archive = looks_like_archive;
  rules.has_archive_ending = has_archive_ending;
  return rules;
}

ImageList list_images(const ExtractJob& job) {
  ImageList images;
  WholeList list = whole_list(job);
  images.archives = std::move(list.archives);
  images.id = id_of(list.names, images.archives);
  images.names =
      job.shard ? block_of(list.names, *job.shard) : std::move(list.names);
  return images;
}

void exclude_known(ImageList& images, AppendTarget& target) {
  images.known = target.exclude_known(images.names);
  images.behind_rows = target.rows();
  // The id is of what is left: so a second try of the same --append is the same
  // run.
  images.id = id_of(images.names, images.archives);
}

void refuse_to_overwrite(const ExtractJob& job, const Names& names,
                         const std::string& model_file) {
  // Only inputs of the output's own name: there may be a million others.
  const auto file_part = [](std::string_view path) {
    return path.substr(path.rfind('/') + 1);
  };
  std::vector<std::string> outputs = files_of_vectors(job.vectors);
  for (std::string& output : files_of_names(job.names_path))
    outputs.push_back(std::move(output));
  for (const std::string& output : outputs) {
    std::vector<std::string> inputs = {job.files_from, model_file};
    for (std::size_t i = 0; i < names.size(); ++i)
      if (file_part(names[i]) == file_part(output))
        inputs.emplace_back(names[i]);
    if (has_archive_ending(output))
      for (std::size_t i = 0; i < names.size(); ++i)
        if (const auto member = member_path_by_ending(std::string(names[i])))
          inputs.push_back(member->archive);
    cli::refuse_to_overwrite(output, inputs);
  }
}

void keep_indexed(const std::string& vectors,
                  const std::optional<ImageListId>& list,
                  const std::optional<ListPart>& shard) {
  // The file that is replaced is the one that links lead to.
  const std::string target = follow_links(vectors);
  const std::string index = target + cli::kIndexSuffix;
  if (!is_regular_file(target) || !file_exists(index)) return;
  if (is_of_list(target, list, shard)) return;
  const std::optional<Sidecar> old = readable_sidecar(target);
  // Those rows are gone for good if they are replaced: the index would be left
  // without its vectors.
  const std::string rows =
      old && old->rows ? fmt::format("{} rows", *old->rows) : "rows";
  fail(
      "{}: {} was built from its {}, and these are other images: --append adds "
      "those that are not there yet, -o and -n name other files, --force "
      "replaces them",
      vectors, index, rows);
}

void keep_names(const ExtractJob& job, const std::optional<ImageListId>& list,
                const std::optional<ListPart>& shard) {
  // Two networks may share the names of one list of images.
  const std::string others = other_vectors_of(job.names_path, job.vectors);
  if (!others.empty() && !is_of_list(others, list, shard))
    fail_names_of(job.names_path, others);
  if (is_regular_file(job.names_path) &&
      file_exists(sidecar_path(job.names_path)))
    fail(
        "-n {}: these are vectors, which names would replace: choose another "
        "name",
        job.names_path);
  const std::string named = other_vectors_of(job.vectors, job.vectors);
  if (!named.empty())
    fail(
        "-o {}: these are the names of {}, which vectors would replace: "
        "choose another name",
        job.vectors, named);
}

void keep_foreign_files(const ExtractJob& job, const Names& names) {
  if (cli::is_filled_file(job.vectors) && !is_of_extract(job.vectors))
    fail(
        "-o {}: this file is there, and is not known as vectors of {}, since "
        "no {} tells of it: choose another name, or remove it; --force "
        "replaces it",
        job.vectors, command("extract"), sidecar_path(job.vectors));
  const std::string& path = job.names_path;
  if (!cli::is_filled_file(path) || file_exists(commit_mark_path(job.vectors)))
    return;
  const std::string others = other_vectors_of(path, job.vectors);
  if (!has_name_for_each_row(path, job.vectors) &&
      (others.empty() || !has_name_for_each_row(path, others)) &&
      !begins_with_name_of(path, names))
    fail(
        "-n {}: this file is there, and is not known as a list of names, since "
        "it begins with none of these images and has not one for each row of "
        "{}: choose another name, or remove it; --force replaces it",
        path, job.vectors);
}

}  // namespace imsearch
