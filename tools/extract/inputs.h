// The images of one run of extract.
#pragma once

#include "extract/job.h"

#include "io/fnames.h"
#include "io/sidecar.h"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>

namespace imsearch {

struct ImageList {
  Names names;  // of the job's shard, if it has one
  // Of these, those that are archives: each is one entry, whose images are
  // known once it is read.
  std::unordered_set<std::string> archives;
  ImageListId id;  // of all images, whatever the shard
  // With --append: the rows that are there already, and how many images were
  // left out because they have one.
  std::optional<std::size_t> behind_rows;
  std::size_t known = 0;
};

/// The images of the job: those on standard input where its inputs have a "-",
/// which may be there once, those of --files-from last. Empty names are passed
/// over. Throws Error if there are none at all; a shard may have none.
ImageList list_images(const ExtractJob& job);

/// What is an image, and what an archive of them, beside what the user says.
InputRules rules_of(const ExtractJob& job);

class AppendTarget;

/// Leaves those that `target` has out of `images`.
void exclude_known(ImageList& images, AppendTarget& target);

/// Throws UsageError if an output of the job would replace an image, the list
/// of them, or the file of the model.
void refuse_to_overwrite(const ExtractJob& job, const Names& names,
                         const std::string& model_file);

/// For a run that is about to replace `vectors` by rows of `list` (empty:
/// of several), or of `shard` of it. Throws Error, with what can be done
/// instead, where an index lies beside them, unless they are of the same images
/// already: then their rows come again, or better ones.
void keep_indexed(const std::string& vectors,
                  const std::optional<ImageListId>& list,
                  const std::optional<ListPart>& shard);

/// For the same run. Throws Error where its names would replace vectors, or
/// those of other vectors, unless these are of the same images; or where its
/// vectors would replace names.
void keep_names(const ExtractJob& job, const std::optional<ImageListId>& list,
                const std::optional<ListPart>& shard);

/// For the same run, whose images are `names`. Throws Error where its vectors
/// would replace a file that is not vectors of extract, as no readable sidecar
/// lies beside it; or its names one that has neither as many names as such
/// vectors have rows nor begins with one of `names`.
void keep_foreign_files(const ExtractJob& job, const Names& names);

}  // namespace imsearch
