// Pickles of protocol 2 for tests, put together from their parts: each function
// gives the opcodes that make one value. Written after Lib/pickletools.py, not
// after the reader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace imsearch::test {

using Parts = std::vector<std::string>;

/// `value` in so many bytes, lowest first.
std::string little(std::uint64_t value, int bytes);

std::string text(const std::string& bytes);
std::string number(std::int64_t value);  // the shortest opcode that fits
std::string boolean(bool value);
std::string global(const std::string& module, const std::string& name);
std::string tuple(const Parts& items);
std::string list(const Parts& items);
/// key, value, key, value …
std::string dict(const Parts& items);
/// As Python 3 writes it: a call without arguments, filled afterwards.
std::string ordered_dict(const Parts& items);
/// As Python 2 writes it: a call with a list of pairs.
std::string ordered_dict_of_pairs(const Parts& items);
std::string call(const std::string& function, const Parts& arguments);
std::string persistent(const std::string& id);
/// `value` with its attributes set from a dict.
std::string built(const std::string& value, const std::string& attributes);

inline const std::string kNone = "N";

/// The whole: protocol, value, stop.
std::string pickled(const std::string& value);

}  // namespace imsearch::test
