// What the engines on libtorch share: they say what to compute (a Forward), and
// this makes an engine of it. Only they include it, since it shows libtorch's
// headers.
#pragma once

#include "base/error.h"
#include "embed/engine.h"

#include <ATen/ATen.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <string>

namespace imsearch {

/// "what: libtorch: reason", of a text that may hold a stack trace.
[[noreturn]] void fail_in_libtorch(const std::string& what,
                                   const std::string& text);

/// Whether the text says that there is no memory, on the CPU: libtorch has no
/// type for that.
bool says_out_of_memory(const std::string& text);

/// Calls `run` and turns libtorch's exceptions into Error, but a lack of memory
/// into std::bad_alloc: it is not the image's fault.
template <typename Run>
auto translated(const std::string& what, const Run& run) {
  try {
    return run();
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const c10::Error& e) {
    if (says_out_of_memory(e.what_without_backtrace())) throw std::bad_alloc();
    fail_in_libtorch(what, e.what_without_backtrace());
  } catch (const std::exception& e) {
    fail_in_libtorch(what, e.what());
  }
}

/// Makes `device` ready to be used. Throws Error if this libtorch has none.
at::Device use_device(Device device);

/// What a network computes: images (n, 3, side, side), channels last in memory,
/// on the engine's device, to rows (n, dim) of float32. Called by several
/// threads at a time.
using Forward = std::function<at::Tensor(const at::Tensor& images)>;

/// An engine that runs `forward`, `params.batch` images at a time: fewer are
/// padded, so that a row does not depend on how many come together. `name` is
/// for errors.
std::unique_ptr<Engine> make_forward_engine(const std::string& name,
                                            Forward forward, std::size_t dim,
                                            std::size_t side,
                                            const TorchParams& params);

}  // namespace imsearch
