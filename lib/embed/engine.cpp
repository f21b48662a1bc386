#include "embed/engine.h"

#include <algorithm>

namespace imsearch {

unsigned replica_count(const Engine& engine, unsigned threads) {
  return engine.batch() > 1 ? std::min(2U, threads) : threads;
}

}  // namespace imsearch
