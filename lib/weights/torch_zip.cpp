#include "base/error.h"
#include "io/text.h"
#include "weights/torch_file.h"
#include "weights/zip_file.h"

namespace imsearch {
namespace {

constexpr std::string_view kPickleName = "/data.pkl";

class TorchZip : public TorchContainer {
 public:
  explicit TorchZip(std::string_view bytes) : zip_(bytes) {
    folder_ = find_folder();
    check_byte_order();
    // A TorchScript module has its code beside a pickle of the same name.
    if (zip_.has(folder_ + "/constants.pkl"))
      fail("a TorchScript module: run it by --model, or save its state_dict()");
    pickle_bytes_ = zip_.read(folder_ + std::string(kPickleName));
    object_ = std::make_unique<Pickle>(pickle_bytes_, torch_globals());
    storages_ = torch_storages(*object_);
  }

  const Pickle& object() const override { return *object_; }
  const TorchStorages& storages() const override { return storages_; }

  std::string_view read(std::string_view key) override {
    const auto storage = storages_.find(key);
    if (storage == storages_.end()) fail("no storage {}", printable(key));
    // Kept, since tensors that share a storage mostly follow each other.
    if (last_ != &storage->second) {
      last_ = nullptr;
      last_bytes_ = read_storage(storage->first, storage->second);
      last_ = &storage->second;
    }
    return last_bytes_;
  }

 private:
  /// The one at the top that has the pickle.
  std::string find_folder() const {
    std::string folder;
    for (const std::string& name : zip_.names()) {
      const std::size_t slash = name.find('/');
      if (slash == std::string::npos || name.substr(slash) != kPickleName)
        continue;
      if (!folder.empty()) fail("two data.pkl");
      folder = name.substr(0, slash);
    }
    if (folder.empty()) fail("a zip without data.pkl: not of torch.save");
    return folder;
  }

  void check_byte_order() const {
    const std::string name = folder_ + "/byteorder";
    if (!zip_.has(name)) return;  // before PyTorch 2.1
    const std::string order = zip_.read(name);
    if (order != "little") fail("byte order {}", printable(order));
  }

  std::string read_storage(std::string_view key,
                           const TorchStorage& storage) const {
    const std::string name = fmt::format("{}/data/{}", folder_, key);
    const std::uint64_t size = zip_.size_bytes(name);
    if (size != storage.size_bytes())
      fail("{} has {} bytes, its tensors expect {}", printable(name), size,
           storage.size_bytes());
    return zip_.read(name);
  }

  ZipFile zip_;
  std::string folder_;
  std::string pickle_bytes_;
  std::unique_ptr<Pickle> object_;
  TorchStorages storages_;
  const TorchStorage* last_ = nullptr;  // of storages_: read last
  std::string last_bytes_;
};

}  // namespace

std::unique_ptr<TorchContainer> open_torch_zip(std::string_view bytes) {
  return std::make_unique<TorchZip>(bytes);
}

}  // namespace imsearch
