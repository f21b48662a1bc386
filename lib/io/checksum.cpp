#include "io/checksum.h"

#include <xxhash.h>

#include <new>

namespace imsearch {

struct Checksum::State {
  XXH3_state_t* xxh3 = XXH3_createState();
  State() {
    if (xxh3 == nullptr) throw std::bad_alloc();
    XXH3_64bits_reset(xxh3);
  }
  ~State() { XXH3_freeState(xxh3); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Checksum::Checksum() : state_(std::make_unique<State>()) {}
Checksum::~Checksum() = default;

void Checksum::add(const void* data, std::size_t size_bytes) {
  if (size_bytes > 0) XXH3_64bits_update(state_->xxh3, data, size_bytes);
}

std::uint64_t Checksum::value() const {
  return XXH3_64bits_digest(state_->xxh3);
}

std::uint64_t checksum_of(const void* data, std::size_t size_bytes) {
  Checksum checksum;
  checksum.add(data, size_bytes);
  return checksum.value();
}

}  // namespace imsearch
