// Shards are blocks of the list, not every n-th image: their files put behind
// each other are those of one run.
#include "extract/job.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <string_view>

namespace imsearch {
namespace {

/// 0 where `text` is not a number.
std::size_t number(std::string_view text) {
  std::size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? value : 0;
}

}  // namespace

// Products of 64 bits: kMaxShards keeps them from overflowing.
std::size_t Shard::begin(std::size_t size) const {
  return static_cast<std::size_t>(std::uint64_t{index - 1} * size / count);
}

std::size_t Shard::end(std::size_t size) const {
  return static_cast<std::size_t>(std::uint64_t{index} * size / count);
}

std::string Shard::text() const {
  return fmt::format("{}/{}", index, count);
}

std::string Shard::suffix() const {
  // Padded to the width of the last, since shells sort names by character.
  const std::string last = std::to_string(count);
  return fmt::format(".{:0{}}-of-{}", index, last.size(), last);
}

std::optional<Shard> parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::string_view parts = text;
  const Shard shard = {number(parts.substr(0, slash)),
                       number(parts.substr(slash + 1))};
  if (shard.index == 0 || shard.index > shard.count || shard.count > kMaxShards)
    return std::nullopt;
  return shard;
}

}  // namespace imsearch
