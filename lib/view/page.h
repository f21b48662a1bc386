// A page of HTML that is one file: style, script and small pictures are in it,
// and nothing is asked of anybody else.
//
// Where the pictures of a page would make it too large, further ones lie beside
// it, in a folder of its name: "answers_files" for answers.html.
#pragma once

#include "io/output_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace imsearch {

/// What a page says of a picture file.
struct ShownPicture {
  std::string source;  // of an <img>, for an attribute; empty: no picture
  std::size_t shown_width = 0;  // of the small picture, pixels
  std::size_t shown_height = 0;
  std::size_t width = 0;  // of the file, pixels; 0: not known
  std::size_t height = 0;
  bool there = false;  // whether there is a file
  std::uint64_t bytes = 0;
  std::string date;  // of its last change, "2024-03-01"
  std::string link;  // to the file, for an attribute; empty: not there
};

/// Writes one page, whole or not at all: what lies beside it is removed again
/// where commit() is not reached. One thread at a time.
class PageWriter {
 public:
  /// Small pictures in the page take so many bytes at most.
  static constexpr std::size_t kEmbeddedBytes = 24'000'000;

  /// Begins the page `path`. Throws Error.
  PageWriter(const std::string& path, const std::string& title,
             std::string_view script,
             std::size_t embedded_bytes = kEmbeddedBytes);
  ~PageWriter();
  PageWriter(const PageWriter&) = delete;
  PageWriter& operator=(const PageWriter&) = delete;

  /// Small pictures of these files, by all CPUs; those that are gone or broken
  /// have no source. Throws Error where a file beside the page cannot be
  /// written; OutOfMemory, Interrupted.
  std::vector<ShownPicture> show(const std::vector<std::string>& paths);

  void write(std::string_view html) { file_.write(html); }
  /// Ends the page and makes it appear. Throws Error.
  void commit();

  /// Pictures that are not there.
  std::size_t missing() const { return missing_; }

 private:
  std::string source_of(const std::string& jpeg);

  OutputFile file_;
  std::string path_;
  std::string folder_;               // beside the page
  std::size_t room_;                 // bytes
  std::vector<std::string> beside_;  // files there
  bool made_folder_ = false;
  bool committed_ = false;
  std::size_t missing_ = 0;
};

/// An <img> of it within a link to the file, with `name` as its text; a box
/// that says "no picture" where there is none.
std::string picture_html(const ShownPicture& picture, const std::string& name);

/// "1200 x 800", "340 kB" and "2024-03-01", as far as they are known.
std::string facts_html(const ShownPicture& picture);

}  // namespace imsearch
