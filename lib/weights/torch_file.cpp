// What torch.save wrote: the two containers, and tensors read out of either.
//
// Both containers hold a pickle, which says which tensors there are and which
// part of which storage each is a view of, and the storages, runs of numbers
// that several tensors may share. They differ in where these lie: in entries of
// a zip archive, or end to end in the file. The classes below find them and
// know nothing of the file's name; TorchFile, which opened it, puts it before
// their errors.
#include "weights/torch_file.h"

#include "base/error.h"
#include "io/text.h"
#include "weights/numbers.h"
#include "weights/zip_file.h"

#include <string_view>
#include <utility>

namespace imsearch {

/// Where the parts of a file lie. One thread at a time. Every function throws
/// Error with the reason alone.
class TorchContainer {
 public:
  virtual ~TorchContainer() = default;

  /// The saved object. Valid as long as this.
  virtual const Pickle& object() const = 0;

  /// torch_storages(object()).
  virtual const TorchStorages& storages() const = 0;

  /// The elements of one of them, all of them. Valid until the next call.
  virtual std::string_view read(std::string_view key) = 0;
};

namespace {

constexpr std::string_view kPickleName = "/data.pkl";

/// NAME/data.pkl, NAME/data/KEY and NAME/byteorder in a zip archive.
class TorchZip final : public TorchContainer {
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

// torch/serialization.py, PROTOCOL_VERSION: the only one there has been.
constexpr std::int64_t kProtocol = 1001;

/// Five pickles, then the storages, end to end.
class TorchLegacy final : public TorchContainer {
 public:
  explicit TorchLegacy(std::string_view bytes)
      : rest_(bytes.substr(kTorchLegacyMagic.size())) {
    // The first pickle, the magic number, told the container. The order of the
    // others is fixed, and each begins where the one before it ended.
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

/// Calls `body`, and puts the path before the text of what it throws.
template <typename Body>
auto naming(const std::string& path, const Body& body) {
  try {
    return body();
  } catch (const Error& e) {
    fail("{}: {}", path, e.what());
  }
}

std::unique_ptr<TorchContainer> open_container(const MappedFile& file) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()),
                               file.size());
  if (bytes.substr(0, kTorchZipMagic.size()) == kTorchZipMagic)
    return std::make_unique<TorchZip>(bytes);
  if (bytes.substr(0, kTorchLegacyMagic.size()) == kTorchLegacyMagic)
    return std::make_unique<TorchLegacy>(bytes);
  fail("not written by torch.save");
}

/// The tensor's elements, row-major, out of those of its storage.
template <typename T>
std::vector<float> gather(const TorchTensor& tensor, std::string_view storage) {
  std::size_t count = 1;
  for (const std::size_t extent : tensor.shape) count *= extent;
  std::vector<float> values(count);
  std::vector<std::size_t> index(tensor.shape.size());
  std::uint64_t at = tensor.offset;
  // `index` counts as an odometer does, its last place first, and `at` goes
  // along: a step along an axis adds its stride, and going back to 0 takes off
  // all its steps. check_bounds() (torch_state_dict.cpp) has seen that no
  // element lies outside.
  for (float& value : values) {
    value = float_at<T>(storage.data(), at);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      at += tensor.stride[axis];
      if (++index[axis] < tensor.shape[axis]) break;
      at -= tensor.stride[axis] * tensor.shape[axis];
      index[axis] = 0;
    }
  }
  return values;
}

}  // namespace

TorchFile::TorchFile(const std::string& path) : file_(path) {
  naming(path, [&] {
    container_ = open_container(file_);
    tensors_ = torch_tensors(container_->object(), container_->storages());
  });
}

TorchFile::~TorchFile() = default;

std::vector<float> TorchFile::floats(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) fail("{}: no tensor {}", path(), name);
  const TorchTensor& tensor = found->second;
  return naming(path() + ": " + name, [&] {
    const TorchDtype& dtype = *container_->storages().at(tensor.storage).dtype;
    const std::string_view storage = container_->read(tensor.storage);
    switch (dtype.kind) {
      case TorchDtype::Kind::kFloat32:
        return gather<float>(tensor, storage);
      case TorchDtype::Kind::kFloat64:
        return gather<double>(tensor, storage);
      case TorchDtype::Kind::kFloat16:
        return gather<Half>(tensor, storage);
      case TorchDtype::Kind::kBfloat16:
        return gather<Bfloat16>(tensor, storage);
      case TorchDtype::Kind::kOther:
        break;
    }
    fail("{}, expected floating point numbers", dtype.storage);
  });
}

}  // namespace imsearch
