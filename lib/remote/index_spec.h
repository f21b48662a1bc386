// How an index at a service is made.
#pragma once

#include <cstddef>
#include <string>

namespace imsearch {

/// How vectors are compared there. All rows and queries have length 1, so all
/// three rank alike; they differ in what the score is, and in zero rows, which
/// only l2 gives the similarity they have here.
enum class Space { kCosine, kL2, kInnerProduct };

/// "cosine", "l2", "innerproduct".
std::string to_text(Space space);
/// Throws Error for another text.
Space space_from_text(const std::string& text);

struct IndexSpec {
  std::size_t dim = 0;
  std::string engine = "lucene";  // of OpenSearch, where there is "faiss", too
  Space space = Space::kCosine;
  std::size_t M = 48;
  std::size_t ef_construction = 128;
  std::size_t ef = 256;  // of queries that do not say; OpenSearch's alone
  std::size_t compression = 1;  // bytes of float32 for one that is searched
  std::size_t shards = 1;
  std::size_t replicas = 0;  // once it is loaded
};

}  // namespace imsearch
