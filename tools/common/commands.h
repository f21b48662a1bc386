// The tools of imsearch, for what lists them: `imsearch --help`, completions.
#pragma once

namespace imsearch {

struct Command {
  const char* name;  // as typed behind "imsearch"
  const char* text;  // what it does, in a line
};

/// In the order in which they are used.
inline constexpr Command kCommands[] = {
    {"extract", "turn images into feature vectors"},
    {"update", "bring vectors and index in step with the photos"},
    {"build-index", "make an index of vectors, or change it"},
    {"query", "find the most similar images"},
    {"duplicates", "find duplicate images, and which one to keep"},
    {"eval-recall", "measure how many of the true neighbours the index finds"},
    {"bench", "measure how fast searching and extracting are"},
    {"push", "bring vectors to OpenSearch or Elasticsearch"},
    {"fetch-weights", "download the networks' official weights"},
};

}  // namespace imsearch
