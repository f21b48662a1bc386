// Any bytes either are a pickle whose values can all be looked at, or make its
// reader throw Error. Names that no state dict needs never come through.
#include "base/error.h"
#include "weights/pickle.h"
#include "weights/torch_state_dict.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace imsearch;
using Kind = PickleValue::Kind;

bool is_allowed(std::string_view name) {
  const auto& names = torch_globals();
  return name == "collections.OrderedDict" ||
         std::find(names.begin(), names.end(), name) != names.end();
}

void look_at_all(const Pickle& pickle, std::string_view bytes) {
  bool good = pickle.size_bytes() <= bytes.size() &&
              pickle.values().size() <= Pickle::kMaxValues;
  for (const PickleValue& value : pickle.values()) {
    if (value.kind == Kind::kGlobal || value.kind == Kind::kCall)
      good &= is_allowed(value.text);
    if (value.kind == Kind::kText)
      good &=
          value.text.data() >= bytes.data() &&
          value.text.data() + value.text.size() <= bytes.data() + bytes.size();
    if (value.kind == Kind::kDict) good &= value.items.size() % 2 == 0;
    if (value.kind == Kind::kPersistent) good &= value.items.size() == 1;
    for (const PickleValue* item : value.items) good &= item != nullptr;
  }
  if (!good) std::abort();
}

void read(std::string_view bytes) {
  try {
    const Pickle pickle(bytes, torch_globals());
    look_at_all(pickle, bytes);
    torch_tensors(pickle, torch_storages(pickle));
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  // Once more with the two bytes that every pickle begins with.
  read("\x80\x02" + bytes + ".");
  return 0;
}
