// Which network is run is what the index records, down to the SHA-256 of the
// weights: vectors of two networks have nothing to do with each other, and
// comparing them would give answers that look right. --weights and --model only
// say where the file is.
#include "common/indexed_model.h"

#include "common/cli.h"

#include "image/preprocess_text.h"
#include "io/file.h"

namespace imsearch {
namespace {

/// What the user says about where the file is.
struct ModelFiles {
  const std::string& weights;
  const std::string& model;
};

/// The module's file: --model, else where it was when the index was made.
std::string module_of(const SearchIndex& index, const ModelFiles& params) {
  if (!params.model.empty()) return params.model;
  const ModelIdentity& built = index.model();
  const std::string& recorded = built.weights_path;
  // A relative path would mean a file of whoever asks, not of who extracted.
  const bool usable =
      params.weights.empty() && !recorded.empty() && recorded.front() == '/';
  if (usable && is_regular_file(recorded)) return recorded;
  fail("{}: made by {}{}: name this file with --model", index.where(),
       describe(built), usable ? ", and " + recorded + " is not there" : "");
}

/// The module, with the pixels that the index records.
ModelOptions script_options(const SearchIndex& index,
                            const ModelFiles& params) {
  const ModelIdentity& built = index.model();
  if (!built.known())
    fail("{}: does not say which model made it, so --model can't be checked",
         index.where());
  if (built.architecture != kTorchScript)
    fail("{}: made by {}, not by a model of --model", index.where(),
         describe(built));
  const std::string model = module_of(index, params);
  // A module has no pixels of its own: without the same ones as at indexing its
  // vectors would be slightly others.
  const auto preprocessing =
      preprocessing_of(built.preprocessing, built.input_size);
  if (!preprocessing)
    fail("{}: made from images of {} pixels by '{}', which is not known here",
         index.where(), built.input_size, built.preprocessing);
  ModelOptions options;
  options.model = model;
  options.sha256 = built.weights_sha256;
  options.preprocessing = *preprocessing;
  options.exif = built.exif;
  return options;
}

ModelOptions model_options(const SearchIndex& index, const ModelFiles& params) {
  const ModelIdentity& built = index.model();
  if (!params.model.empty() || built.architecture == kTorchScript)
    return script_options(index, params);
  if (!built.known() && params.weights.empty())
    fail("{}: does not say which model made it: name its weights by --weights",
         index.where());
  ModelOptions options;
  options.weights = params.weights;
  if (params.weights.empty()) {
    options.weights = built.weights_path;
    options.sha256 = built.weights_sha256;
  }
  options.precision = built.precision;
  options.exif = built.exif;
  return options;
}

/// Compares what extract says it runs with what the index was made by.
void check_model(const SearchIndex& index, const ExtractClient& extract) {
  const ModelIdentity& built = index.model();
  if (!same_model(built, extract.model()))
    fail("{}: made by {}, but these weights are {}: --weights names others",
         index.where(), describe_beside(extract.model(), built),
         describe_beside(built, extract.model()));
  if (extract.dim() != index.dim())
    fail("{}: rows of {} floats, but {} makes {}", index.where(), index.dim(),
         describe(extract.model()), extract.dim());
}

}  // namespace

std::unique_ptr<ExtractClient> extract_for(const SearchIndex& index,
                                           const std::string& weights,
                                           const std::string& model,
                                           unsigned threads) {
  std::unique_ptr<ExtractClient> extract;
  try {
    extract = std::make_unique<ExtractClient>(
        model_options(index, {weights, model}), threads);
  } catch (const NoModel& e) {
    if (!weights.empty() || !model.empty()) throw;
    const ModelIdentity& built = index.model();
    fail("{}: made by {}: {}{}", index.where(), describe(built), e.what(),
         built.architecture == kTorchScript ? ": name the file with --model"
                                            : "");
  }
  check_model(index, *extract);
  return extract;
}

}  // namespace imsearch
