// Which model extract runs, on what: options for extract itself and for the
// tools that run it.
#pragma once

#include "common/cli11.h"

#include "image/preprocess.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// ModelIdentity::architecture of what --model runs.
inline constexpr const char* kTorchScript = "torchscript";

struct ModelOptions {
  std::string weights;         // --weights; empty: as find_weights() decides
  std::string model;           // --model, a TorchScript file instead of them
  std::string sha256;          // --model-sha256, of the one or the other
  bool exif = false;           // --exif
  std::string precision;       // --precision int8; empty: float32
  std::string engine;          // --engine; empty: one that can do it
  std::string device = "cpu";  // --device
  std::size_t batch = 0;       // --batch; 0: the default of the device
  // Defaults that were given all the same.
  bool given_float32 = false;
  bool given_device = false;

  /// What the images are for --model, but for exif. resize_to 0: as 256 for
  /// 224.
  Preprocessing preprocessing = of_torchvision();

  /// Adds all options but --model-sha256.
  void add_to(CLI::App& app);

  /// Throws UsageError for what does not go together.
  void check() const;

  bool on_cuda() const { return device == "cuda"; }
  /// Whether only libtorch can do it.
  bool needs_torch() const { return !model.empty() || on_cuda(); }
  /// What --model gets, with everything decided.
  Preprocessing model_preprocessing() const;

  /// These options as a command line of extract.
  std::vector<std::string> arguments() const;

 private:
  static Preprocessing of_torchvision();
  void add_preprocessing_to(CLI::App& app, CLI::Option* model_option);
};

}  // namespace imsearch
