#include "serve/photos.h"

#include "common/indexed_model.h"

#include "image/decode.h"
#include "protocol/message.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace imsearch {
namespace {

/// A nameless file in memory, which another program of ours opens by number.
Descriptor file_of(std::string_view bytes) {
  Descriptor file(::memfd_create("photo", MFD_CLOEXEC));
  if (!file.valid()) fail("memfd_create: {}", errno_text(errno));
  while (!bytes.empty()) {
    const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0) fail("memfd: {}", errno_text(errno));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return file;
}

[[noreturn]] void fail_image(int status, const std::string& why) {
  throw RequestError(status, "image_exception", why);
}

/// Throws RequestError for what is no image, or too large a one: by its header
/// alone, since nothing is decoded without memory.
void check_image(std::string_view image) {
  try {
    decode_image(image, "", Reference::kTensorflow, 0);
  } catch (const NeedsMemory& e) {
    if (e.width * e.height <= Photos::kMostPixels) return;
    fail_image(413, fmt::format("{} x {} pixels: at most {} are taken", e.width,
                                e.height, Photos::kMostPixels));
  } catch (const Error& e) {
    fail_image(400, e.what());
  }
}

}  // namespace

std::optional<Photos::Program> Photos::take_idle(const ModelIdentity& model) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(
      idle_.rbegin(), idle_.rend(),
      [&](const Program& program) { return same_model(program.model, model); });
  if (found == idle_.rend()) return std::nullopt;
  Program program = std::move(*found);
  idle_.erase(std::next(found).base());
  return program;
}

Photos::Program Photos::start(const OpenedIndex& opened) const {
  Program program = {opened.index().info().model,
                     extract_for(opened.local(), weights_, model_, 1)};
  program.client->set_patience(kPatience);
  return program;
}

void Photos::give_back(Program program) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(program));
  forget_old_networks();
}

void Photos::forget_old_networks() {
  std::vector<ModelIdentity> latest;
  const auto runs = [](const ModelIdentity& model) {
    return [&model](const auto& other) { return same_model(other, model); };
  };
  for (auto program = idle_.rbegin(); program != idle_.rend(); ++program)
    if (std::none_of(latest.begin(), latest.end(), runs(program->model)))
      latest.push_back(program->model);
  if (latest.size() <= networks_) return;
  // It was for an index that has been replaced.
  idle_.erase(std::remove_if(idle_.begin(), idle_.end(),
                             [&](const Program& program) {
                               return same_model(program.model, latest.back());
                             }),
              idle_.end());
}

std::vector<float> Photos::feature_by(Program program,
                                      const std::string& path) {
  try {
    std::vector<float> feature = program.client->embed(path);
    give_back(std::move(program));
    return feature;
  } catch (const ExtractDied&) {
    throw;
  } catch (const Error& e) {
    // The image's fault: the program goes on.
    give_back(std::move(program));
    fail_image(400, e.what());
  }
}

std::vector<float> Photos::feature(const OpenedIndex& opened,
                                   std::string_view image) {
  check_image(image);
  const Descriptor file = file_of(image);
  const std::string path =
      fmt::format("/proc/{}/fd/{}", ::getpid(), file.get());
  try {
    if (auto idle = take_idle(opened.index().info().model)) {
      try {
        return feature_by(std::move(*idle), path);
      } catch (const ExtractLate&) {
        throw;
      } catch (const ExtractDied&) {
        // Whatever ended it may have done so long before this image came.
      }
    }
    return feature_by(start(opened), path);
  } catch (const ExtractDied& e) {
    fail_image(500, fmt::format("the image could not be read: {}", e.what()));
  }
}

}  // namespace imsearch
