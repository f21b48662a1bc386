// The harmless part of Python's pickles: the values that they describe.
//
// A pickle is a program for a machine with a stack, which may name and call
// anything that Python can import. This reader runs the opcodes of protocol 2
// that data needs, and knows no others. A call is kept as a value, which says
// what would be called with what; nothing is ever called, and what is not in
// the list of names allowed can't even be named.
// Specification of the opcodes: CPython, Lib/pickletools.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace imsearch {

struct PickleValue {
  enum class Kind {
    kNone,
    kBool,        // number: 0 or 1
    kInt,         // number
    kFloat,       // its value is not kept
    kText,        // text: the bytes
    kTuple,       // items
    kList,        // items
    kDict,        // items: key, value, key, value …; an OrderedDict too
    kGlobal,      // text: "module.name"
    kCall,        // text: what would be called; items: its arguments
    kPersistent,  // items: one, the id of something outside the pickle
  };

  Kind kind = Kind::kNone;
  std::int64_t number = 0;
  std::string_view text;
  std::vector<const PickleValue*> items;
};

/// One pickle, read. Values may be shared and even hold themselves: callers
/// that walk them bound the walk. Memory is in proportion to the bytes read,
/// and at most kMaxValues values. Movable; what it gave out stays valid.
class Pickle {
 public:
  static constexpr std::size_t kMaxValues = 200'000;

  /// Reads the pickle that `bytes` begins with; texts are views of `bytes`.
  /// `globals`: the names allowed, as "module.name", beside
  /// collections.OrderedDict; they must outlive this. Throws Error saying at
  /// which byte what is wrong.
  Pickle(std::string_view bytes, const std::vector<std::string_view>& globals);

  const PickleValue& root() const { return *root_; }
  /// Everything that was made on the way, in order.
  const std::deque<PickleValue>& values() const { return values_; }
  /// How many of the bytes it took.
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  std::deque<PickleValue> values_;  // never moves a value
  const PickleValue* root_ = nullptr;
  std::size_t size_bytes_ = 0;
};

/// The value of `key` in a dict; nullptr if it is not there, or `dict` is
/// not a dict.
const PickleValue* find_key(const PickleValue& dict, std::string_view key);

}  // namespace imsearch
