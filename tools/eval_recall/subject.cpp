#include "eval_recall/subject.h"

namespace imsearch {

std::vector<Hits> ask_all(const Searching& search, std::size_t queries,
                          unsigned threads) {
  std::vector<Hits> found(queries);
  run_batch(queries, threads, [&](std::size_t query, unsigned thread) {
    return found[query] = search(query, thread);
  });
  return found;
}

}  // namespace imsearch
