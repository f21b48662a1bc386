#include "weights/pickle_writer.h"

namespace imsearch::test {
namespace {

std::string joined(const Parts& parts) {
  std::string all;
  for (const std::string& part : parts) all += part;
  return all;
}

}  // namespace

std::string little(std::uint64_t value, int bytes) {
  std::string all;
  for (int i = 0; i < bytes; ++i)
    all += static_cast<char>(value >> (8 * i) & 0xff);
  return all;
}

std::string text(const std::string& bytes) {
  return "X" + little(bytes.size(), 4) + bytes;
}

std::string number(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= 0 && value < 0x100) return "K" + little(bits, 1);
  if (value >= 0 && value < 0x10000) return "M" + little(bits, 2);
  if (value >= INT32_MIN && value <= INT32_MAX) return "J" + little(bits, 4);
  return "\x8a\x08" + little(bits, 8);
}

std::string boolean(bool value) {
  return value ? "\x88" : "\x89";
}

std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

std::string tuple(const Parts& items) {
  switch (items.size()) {
    case 0:
      return ")";
    case 1:
      return joined(items) + "\x85";
    case 2:
      return joined(items) + "\x86";
    case 3:
      return joined(items) + "\x87";
    default:
      return "(" + joined(items) + "t";
  }
}

std::string list(const Parts& items) {
  return "](" + joined(items) + "e";
}

std::string dict(const Parts& items) {
  return "}(" + joined(items) + "u";
}

std::string ordered_dict(const Parts& items) {
  return global("collections", "OrderedDict") + ")R(" + joined(items) + "u";
}

std::string ordered_dict_of_pairs(const Parts& items) {
  Parts pairs;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2)
    pairs.push_back("]" + items[i] + "a" + items[i + 1] + "a");
  return call(global("collections", "OrderedDict"), {list(pairs)});
}

std::string call(const std::string& function, const Parts& arguments) {
  return function + tuple(arguments) + "R";
}

std::string persistent(const std::string& id) {
  return id + "Q";
}

std::string built(const std::string& value, const std::string& attributes) {
  return value + attributes + "b";
}

std::string pickled(const std::string& value) {
  return "\x80\x02" + value + ".";
}

}  // namespace imsearch::test
