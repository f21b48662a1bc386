#include "weights/torch_file.h"

#include "base/error.h"
#include "io/text.h"
#include "weights/little_endian.h"

#include <utility>

namespace imsearch {
namespace {

constexpr std::int64_t kProtocol = 1001;

class TorchLegacy : public TorchContainer {
 public:
  explicit TorchLegacy(std::string_view bytes)
      : rest_(bytes.substr(kTorchLegacyMagic.size())) {
    check_protocol(take_pickle());
    check_machine(take_pickle());
    object_ = std::make_unique<Pickle>(take_pickle());
    storages_ = torch_storages(*object_);
    place_storages(take_pickle());
  }

  const Pickle& object() const override { return *object_; }
  const TorchStorages& storages() const override { return storages_; }

  std::string_view read(std::string_view key) override {
    const auto found = places_.find(key);
    if (found == places_.end()) fail("no storage {}", printable(key));
    return found->second;
  }

 private:
  Pickle take_pickle() {
    Pickle pickle(rest_, torch_globals());
    rest_.remove_prefix(pickle.size_bytes());
    return pickle;
  }

  static void check_protocol(const Pickle& pickle) {
    if (pickle.root().kind != PickleValue::Kind::kInt ||
        pickle.root().number != kProtocol)
      fail("version {} of the container, only {} is read", pickle.root().number,
           kProtocol);
  }

  static void check_machine(const Pickle& pickle) {
    const PickleValue* little = find_key(pickle.root(), "little_endian");
    if (little == nullptr || little->kind != PickleValue::Kind::kBool)
      fail("does not say its byte order");
    if (little->number == 0) fail("written on a big-endian machine");
  }

  void place_storages(const Pickle& keys) {
    if (keys.root().kind != PickleValue::Kind::kList)
      fail("no list of storages");
    for (const PickleValue* key : keys.root().items) {
      if (key->kind != PickleValue::Kind::kText) fail("no key of a storage");
      place_storage(key->text);
    }
  }

  void place_storage(std::string_view key) {
    const auto storage = storages_.find(key);
    if (storage == storages_.end())
      fail("storage {} is of no tensor", printable(key));
    const std::uint64_t count = little_endian(take(sizeof(std::int64_t)));
    if (count != storage->second.elements)
      fail("storage {} has {} elements, its tensors expect {}", printable(key),
           count, storage->second.elements);
    // Keyed by the object's view, which stays.
    const std::string_view place = take(storage->second.size_bytes());
    if (!places_.emplace(storage->first, place).second)
      fail("storage {} stands twice", printable(key));
  }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size())
      fail("truncated: {} bytes of storage in the last {} of the file", size,
           rest_.size());
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;  // of the file, not read yet
  std::unique_ptr<Pickle> object_;
  TorchStorages storages_;
  std::map<std::string_view, std::string_view> places_;
};

}  // namespace

std::unique_ptr<TorchContainer> open_torch_legacy(std::string_view bytes) {
  return std::make_unique<TorchLegacy>(bytes);
}

}  // namespace imsearch
