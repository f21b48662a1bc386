// Finds the tensors in an unpickled state dict: which storage, where in it,
// which shape and strides, all checked against the storages that are there. In
// the pickle a tensor is a call, torch._utils._rebuild_tensor_v2(storage,
// offset, size, stride, …), which is read here and never made; every number in
// it may be a lie.
#include "weights/torch_state_dict.h"

#include "base/error.h"
#include "io/text.h"

#include <optional>

namespace imsearch {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter =
    "torch._utils._rebuild_parameter";

// The types of PyTorch 1.13's storages. Whole numbers are never read as
// weights, but files hold some (num_batches_tracked), and their sizes must be
// known to pass them.
constexpr TorchDtype kDtypes[] = {
    {"torch.FloatStorage", TorchDtype::Kind::kFloat32, 4},
    {"torch.DoubleStorage", TorchDtype::Kind::kFloat64, 8},
    {"torch.HalfStorage", TorchDtype::Kind::kFloat16, 2},
    {"torch.BFloat16Storage", TorchDtype::Kind::kBfloat16, 2},
    {"torch.LongStorage", TorchDtype::Kind::kOther, 8},
    {"torch.IntStorage", TorchDtype::Kind::kOther, 4},
    {"torch.ShortStorage", TorchDtype::Kind::kOther, 2},
    {"torch.CharStorage", TorchDtype::Kind::kOther, 1},
    {"torch.ByteStorage", TorchDtype::Kind::kOther, 1},
    {"torch.BoolStorage", TorchDtype::Kind::kOther, 1}};

const TorchDtype* find_dtype(const PickleValue& value) {
  if (value.kind != Kind::kGlobal) return nullptr;
  for (const TorchDtype& dtype : kDtypes)
    if (dtype.storage == value.text) return &dtype;
  return nullptr;
}

/// A number that is not negative.
std::uint64_t size_of(const PickleValue& value) {
  if (value.kind != Kind::kInt || value.number < 0) fail("no size");
  return static_cast<std::uint64_t>(value.number);
}

std::vector<std::uint64_t> sizes_of(const PickleValue& value) {
  constexpr std::size_t kMaxRank = 64;  // as in PyTorch's own loops
  if (value.kind != Kind::kTuple) fail("no tuple of sizes");
  if (value.items.size() > kMaxRank)
    fail("{} dimensions, at most {} are expected", value.items.size(),
         kMaxRank);
  std::vector<std::uint64_t> sizes;
  for (const PickleValue* item : value.items) sizes.push_back(size_of(*item));
  return sizes;
}

/// A persistent id: ("storage", class, key, device, elements), and in the old
/// container None, or which part of another storage it is.
struct StorageId {
  std::string_view key;
  TorchStorage storage;
};

StorageId storage_id(const PickleValue& value) {
  constexpr std::size_t kParts = 5;
  if (value.kind != Kind::kPersistent || value.items[0]->kind != Kind::kTuple)
    fail("no storage");
  const auto& parts = value.items[0]->items;
  if (parts.size() < kParts || parts[0]->text != "storage" ||
      parts[2]->kind != Kind::kText)
    fail("no storage");
  // Old files could have a storage within another. Nobody publishes weights so.
  for (std::size_t i = kParts; i < parts.size(); ++i)
    if (parts[i]->kind != Kind::kNone)
      fail("storage {} is a part of another", printable(parts[2]->text));
  const TorchDtype* dtype = find_dtype(*parts[1]);
  if (dtype == nullptr) fail("a storage of no known type");
  return {parts[2]->text, {dtype, size_of(*parts[4])}};
}

/// Throws Error unless every element lies within a storage of so many.
void check_bounds(const TorchTensor& tensor, std::uint64_t storage_elements) {
  std::uint64_t count = 1;
  std::uint64_t last = tensor.offset;
  bool overflow = false;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const std::uint64_t extent = tensor.shape[i];
    if (extent == 0) return;  // no element at all
    std::uint64_t span = 0;
    overflow |= __builtin_mul_overflow(count, extent, &count);
    overflow |= __builtin_mul_overflow(extent - 1, tensor.stride[i], &span);
    overflow |= __builtin_add_overflow(last, span, &last);
  }
  if (overflow) fail("shape or strides too large");
  if (last >= storage_elements)
    fail("reaches element {} of a storage of {}", last, storage_elements);
  // A stride of 0 makes any number of values out of one.
  if (count > storage_elements)
    fail("{} values out of a storage of {}", count, storage_elements);
}

/// _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks).
TorchTensor rebuild_tensor(const PickleValue& call,
                           const TorchStorages& storages) {
  constexpr std::size_t kArguments = 6;
  if (call.items.size() < kArguments)
    fail("a tensor of {} arguments, expected {}", call.items.size(),
         kArguments);
  TorchTensor tensor;
  tensor.storage = storage_id(*call.items[0]).key;
  tensor.offset = size_of(*call.items[1]);
  tensor.shape = sizes_of(*call.items[2]);
  tensor.stride = sizes_of(*call.items[3]);
  if (tensor.shape.size() != tensor.stride.size())
    fail("{} extents with {} strides", tensor.shape.size(),
         tensor.stride.size());
  // It is among the storages: those are found by the very same ids.
  check_bounds(tensor, storages.at(tensor.storage).elements);
  return tensor;
}

/// Nothing if the value is not a tensor. A parameter,
/// _rebuild_parameter(tensor, requires_grad, hooks), is its tensor.
std::optional<TorchTensor> tensor_of(const PickleValue& value,
                                     const TorchStorages& storages) {
  const PickleValue* call = &value;
  if (call->kind == Kind::kCall && call->text == kRebuildParameter) {
    if (call->items.empty()) fail("a parameter without a tensor");
    call = call->items[0];
  }
  if (call->kind != Kind::kCall || call->text != kRebuildTensor) return {};
  return rebuild_tensor(*call, storages);
}

/// The dict of tensors: the whole file, or a part of what a training script
/// saved beside its epoch and the state of its optimizer.
const PickleValue& state_dict_in(const PickleValue& root) {
  for (const char* key : {"state_dict", "model"}) {
    const PickleValue* inner = find_key(root, key);
    if (inner != nullptr && inner->kind == Kind::kDict) return *inner;
  }
  if (root.kind != Kind::kDict) fail("holds no dict of tensors");
  return root;
}

}  // namespace

std::uint64_t TorchStorage::size_bytes() const {
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(elements, dtype->bytes, &bytes))
    fail("a storage of {} elements", elements);
  return bytes;
}

const std::vector<std::string_view>& torch_globals() {
  static const std::vector<std::string_view> globals = [] {
    std::vector<std::string_view> names = {kRebuildTensor, kRebuildParameter};
    for (const TorchDtype& dtype : kDtypes) names.push_back(dtype.storage);
    return names;
  }();
  return globals;
}

TorchStorages torch_storages(const Pickle& pickle) {
  TorchStorages storages;
  // All values that were made are looked at: a storage may be spoken of where
  // no tensor of the dict is, and the old container lists it all the same.
  for (const PickleValue& value : pickle.values()) {
    if (value.kind != Kind::kPersistent) continue;
    const StorageId id = storage_id(value);
    const TorchStorage& known =
        storages.emplace(id.key, id.storage).first->second;
    if (known.dtype != id.storage.dtype ||
        known.elements != id.storage.elements)
      fail("storage {} stands twice, and differently", printable(id.key));
  }
  return storages;
}

std::map<std::string, TorchTensor> torch_tensors(
    const Pickle& pickle, const TorchStorages& storages) {
  constexpr std::string_view kModule = "module.";
  const PickleValue& dict = state_dict_in(pickle.root());
  std::map<std::string, TorchTensor> tensors;
  for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    if (dict.items[i]->kind != Kind::kText) continue;
    std::string_view name = dict.items[i]->text;
    if (name.substr(0, kModule.size()) == kModule)
      name.remove_prefix(kModule.size());
    try {
      auto tensor = tensor_of(*dict.items[i + 1], storages);
      if (tensor && !tensors.emplace(name, std::move(*tensor)).second)
        fail("stands twice");
    } catch (const Error& e) {
      fail("{}: {}", printable(name), e.what());
    }
  }
  return tensors;
}

}  // namespace imsearch
