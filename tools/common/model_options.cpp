// Which network: --weights, or --model with the preprocessing it was trained
// with, and how these options are handed on to extract.
//
// The options exist twice, as a command line and as this struct, since the
// tools that need a network (query, bench) run extract for it: arguments()
// turns the one back into the other.
#include "common/model_options.h"
#include "common/completion.h"

#include "common/cli.h"
#include "common/options.h"

#include "image/preprocess_text.h"
#include "io/sidecar.h"

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string_view>

namespace imsearch {
namespace {

using Resize = Preprocessing::Resize;

constexpr std::size_t kMaxBatch = 4096;

/// --resize; the others of Resize belong to weights.
const std::map<std::string, Resize> kResizes = {
    {"crop", Resize::kCropPillow}, {"squash", Resize::kSquashPillow}};

const char* resize_name(Resize resize) {
  return resize == Resize::kCropPillow ? "crop" : "squash";
}

/// An option of three numbers, such as --mean 0.5,0.5,0.5, which `read` takes
/// apart; it sets `rgb`, which must outlive the parsing.
CLI::Option* add_rgb(CLI::App& app, const char* name, Rgb& rgb,
                     std::optional<Rgb> (*read)(std::string_view),
                     const std::string& help) {
  const auto set = [&rgb, name, read](const std::string& text) {
    const auto value = read(text);
    if (!value)
      throw CLI::ValidationError(
          name, fmt::format("{} is not three numbers R,G,B{}", text,
                            read == deviation_of ? " above 0" : ""));
    rgb = *value;
  };
  return app.add_option_function<std::string>(name, set, help)
      ->type_name("R,G,B");
}

}  // namespace

Preprocessing ModelOptions::of_torchvision() {
  Preprocessing preprocessing;
  preprocessing.resize = Resize::kCropPillow;
  preprocessing.scale = Preprocessing::Scale::kMeanStd;
  // Decided in model_preprocessing(): it depends on --input-size.
  preprocessing.resize_to = 0;
  return preprocessing;
}

void ModelOptions::add_to(CLI::App& app) {
  CLI::Option* weights_option =
      app.add_option("--weights", weights,
                     "demo, keras, torchvision or a file (default: "
                     "IMSEARCH_WEIGHTS, else demo)")
          ->type_name("NAME|FILE")
          ->check(cli::weights_name());
  CLI::Option* model_option =
      app.add_option("--model", model,
                     "Run this TorchScript module, on libtorch, instead of "
                     "the built-in network")
          ->type_name("FILE")
          ->excludes(weights_option);
  add_preprocessing_to(app, model_option);
  app.add_flag("--exif", exif, "Turn images as their EXIF orientation says");
  app.add_option_function<std::string>(
         "--precision",
         [this](const std::string& name) {
           precision = name == kInt8Precision ? kInt8Precision : "";
           given_float32 = precision.empty();
         },
         "Of the built-in network's arithmetic: float32, or int8, which is "
         "faster and a little less exact (default: float32)")
      ->check(cli::one_of({"float32", "int8"}))
      ->type_name("NAME");
  app.add_option("--engine", engine,
                 "What runs the built-in network: onednn, or torch, the slower "
                 "reference (default: onednn)")
      ->check(cli::one_of({"onednn", "torch"}))
      ->type_name("NAME");
  app.add_option("--device", device,
                 "Where: cpu, or cuda, for which libtorch must have CUDA")
      ->check(cli::one_of({"cpu", "cuda"}))
      ->each([this](const std::string&) { given_device = true; })
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--batch", batch,
                 "Images at a time with --device cuda (default: 64)")
      ->check(cli::whole(1, kMaxBatch));
  cli::completes(app, {"--weights"}, cli::kWeightsFiles);
  cli::completes(app, {"--model"}, cli::kModelFiles);
  cli::put_under(app, cli::Group::kOften, {"--weights"});
  cli::put_under(app, cli::Group::kImages, {"--exif"});
  cli::put_under(
      app, cli::Group::kModels,
      {"--model", "--input-size", "--resize", "--resize-to", "--mean", "--std",
       "--precision", "--engine", "--device", "--batch"});
}

void ModelOptions::add_preprocessing_to(CLI::App& app,
                                        CLI::Option* model_option) {
  app.add_option("--input-size", preprocessing.input_size,
                 "Pixels on each side of what --model takes")
      ->check(cli::whole(1, kMaxInputSize))
      ->capture_default_str()
      ->needs(model_option);
  app.add_option("--resize", preprocessing.resize,
                 "How images get there: crop, the centre after resizing, or "
                 "squash, all of it (default: crop)")
      ->transform(CLI::CheckedTransformer(kResizes))
      // Added last, this looks first.
      ->transform(cli::one_of({"crop", "squash"}))
      ->type_name("NAME")
      ->needs(model_option);
  app.add_option("--resize-to", preprocessing.resize_to,
                 "The shorter side before the crop (default: 8/7 of the input "
                 "size: 256 for 224)")
      ->check(cli::whole(1, kMaxResizeTo))
      ->needs(model_option);
  add_rgb(app, "--mean", preprocessing.mean, rgb_of,
          "What --model wants subtracted from values of 0 to 1 (default: "
          "ImageNet's, " +
              text_of(kImageNetMean) + ")")
      ->needs(model_option);
  add_rgb(app, "--std", preprocessing.deviation, deviation_of,
          "What it wants them then divided by (default: ImageNet's, " +
              text_of(kImageNetDeviation) + ")")
      ->needs(model_option);
}

void ModelOptions::check() const {
  if (engine == "onednn" && needs_torch())
    cli::fail_usage("--engine onednn runs the built-in network on a CPU only");
  if (!precision.empty() && (needs_torch() || engine == "torch"))
    cli::fail_usage(
        "--precision int8 is for the built-in network on a CPU, by --engine "
        "onednn");
  if (batch != 0 && !on_cuda())
    cli::fail_usage(
        "--batch is for --device cuda: a CPU works on one image at a time");
  const std::size_t resize_to = preprocessing.resize_to;
  if (resize_to == 0) return;
  if (preprocessing.resize != Resize::kCropPillow)
    cli::fail_usage("--resize-to is for --resize crop");
  if (resize_to < preprocessing.input_size)
    cli::fail_usage("--resize-to {} is less than the input size, {}", resize_to,
                    preprocessing.input_size);
}

Preprocessing ModelOptions::model_preprocessing() const {
  Preprocessing decided = preprocessing;
  decided.exif = exif;
  if (decided.resize_to == 0) decided.resize_to = decided.input_size * 8 / 7;
  return decided;
}

std::vector<std::string> ModelOptions::arguments() const {
  std::vector<std::string> arguments;
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) arguments.push_back(option + ("=" + value));
  };
  add("--weights", weights);
  add("--model", model);
  add("--model-sha256", sha256);
  if (exif) arguments.emplace_back("--exif");
  add("--precision",
      precision.empty() && given_float32 ? "float32" : precision);
  add("--engine", engine);
  // Defaults are left out, so that messages of extract name only what was
  // given.
  if (on_cuda() || given_device) add("--device", device);
  if (batch != 0) add("--batch", std::to_string(batch));
  // Built-in weights bring their own preprocessing: extract refuses these
  // options without --model.
  if (model.empty()) return arguments;
  add("--input-size", std::to_string(preprocessing.input_size));
  add("--resize", resize_name(preprocessing.resize));
  if (preprocessing.resize == Resize::kCropPillow)
    add("--resize-to", std::to_string(model_preprocessing().resize_to));
  add("--mean", text_of(preprocessing.mean));
  add("--std", text_of(preprocessing.deviation));
  return arguments;
}

}  // namespace imsearch
