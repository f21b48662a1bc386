// fvecs.bin.update.json: what a collection is made of, so that a later `update`
// needs no arguments. Specification: man/imsearch-formats.5.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct UpdateRecord {
  std::string folder;               // that relative names count from, absolute
  std::vector<std::string> inputs;  // files, folders, patterns
  std::vector<std::string> exclude;
  bool all = false;
  std::vector<std::string> model;  // options of extract
  /// Rows are being left out of the vectors: until the index has followed, it
  /// has others.
  bool index_is_behind = false;
};

bool operator==(const UpdateRecord& a, const UpdateRecord& b);

/// "fvecs.bin" -> "fvecs.bin.update.json".
std::string record_path(const std::string& vectors);

/// The record beside the vectors, if there is one. Throws Error if it is
/// malformed.
std::optional<UpdateRecord> read_record(const std::string& vectors);

/// Throws Error.
void write_record(const std::string& vectors, const UpdateRecord& record);

/// Takes what the record says away, and leaves the file, which may be locked.
void empty_record(const std::string& vectors);

/// Takes the record away that was only made to be locked, where nothing came of
/// the update. Whoever waits for it finds that it is not that of the name any
/// more, and makes another.
void remove_empty_record(const std::string& vectors);

}  // namespace imsearch
