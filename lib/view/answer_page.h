// A page of answers: each query with the images most similar to it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

struct PageImage {
  std::string path;  // its file; empty: none
  std::string name;  // bytes
  float similarity = 0;
};

struct PageAnswer {
  PageImage query;
  std::vector<PageImage> found;  // most similar first
};

/// Writes the page to `path`, whole or not at all, and gives how many pictures
/// are not there. Throws Error: it cannot be written, or would replace one of
/// the pictures; OutOfMemory, Interrupted.
std::size_t write_answer_page(const std::vector<PageAnswer>& answers,
                              const std::string& path);

}  // namespace imsearch
