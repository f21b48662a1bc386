#include "embed/pickle.h"

#include "base/error.h"
#include "embed/pickle_machine.h"

namespace imsearch {

Pickle::Pickle(std::string_view bytes,
               const std::vector<std::string_view>& globals) {
  PickleMachine machine(bytes, globals, values_);
  try {
    root_ = machine.run();
  } catch (const Error& e) {
    fail("pickle, byte {}: {}", machine.opcode_at(), e.what());
  }
  size_bytes_ = machine.at();
}

const PickleValue* find_key(const PickleValue& dict, std::string_view key) {
  if (dict.kind != PickleValue::Kind::kDict) return nullptr;
  for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2)
    if (dict.items[i]->kind == PickleValue::Kind::kText &&
        dict.items[i]->text == key)
      return dict.items[i + 1];
  return nullptr;
}

}  // namespace imsearch
