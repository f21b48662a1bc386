// Questions by picture: `extract --serve` turns images into vectors.
#pragma once

#include "common/extract_client.h"
#include "query/inputs.h"
#include "query/questions.h"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace imsearch {

struct ImageParams {
  std::string weights;  // empty: those that the index records
  std::string model;    // a TorchScript file; empty: where it was
  unsigned threads = 0;
  bool quiet = false;
};

/// Starts extract with the first path that can be an image. One thread at a
/// time.
class ImageQuestions {
 public:
  /// `index` must outlive it.
  ImageQuestions(const SearchIndex& index, ImageParams params)
      : index_(&index), params_(std::move(params)) {}

  /// Calls `ask` with each image by itself, in order, while the next ones are
  /// worked on. A bad image is a question with an error. Throws Error where no
  /// image can be answered: no weights, or others than those of the index;
  /// ExtractDied.
  void ask_each(const std::vector<std::string>& paths, const Ask& ask);

 private:
  void start(std::size_t images);
  std::vector<std::string> files_of(const std::vector<std::string>& paths);

  const SearchIndex* index_;
  ImageParams params_;
  std::unique_ptr<ExtractClient> extract_;
  std::map<std::string, std::unique_ptr<PipedFile>> piped_;  // by their names
};

}  // namespace imsearch
