// Turns images into questions: extract runs beside query and answers each path
// with a vector, while earlier answers are printed.
//
// Which network it runs is what the index records, down to the SHA-256 of the
// weights: vectors of two networks have nothing to do with each other, and
// comparing them would give answers that look right. --weights and --model only
// say where the file is.
#include "query/image_questions.h"

#include "common/cli.h"
#include "query/inputs.h"
#include "query/questions.h"

#include "base/parallel_for.h"
#include "image/preprocess_text.h"
#include "io/file.h"

#include <algorithm>

namespace imsearch {
namespace {

/// True if `path` can be sent: extract reads paths ended by NUL.
bool is_sendable(const std::string& path) {
  return !path.empty() && path.find('\0') == std::string::npos;
}

/// The question of `path`, with an error where the path alone shows that it is
/// not an image file.
Question question_of_path(const std::string& path) {
  Question question;
  question.text = path;
  question.picture = path;
  question.error = no_image(path, true);
  return question;
}

Question question_of_image(ExtractClient& extract, const std::string& path) {
  Question question = question_of_path(path);
  if (!is_sendable(path)) return question;
  try {
    const std::vector<float> feature = extract.receive();
    question.error.clear();  // it may be there by now
    set_feature(question, feature.data(), feature.size());
    question.own_pictures = {path};
  } catch (const ExtractDied&) {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    // What was typed says more than what a decoder says of it.
    if (question.error.empty()) question.error = e.what();
  }
  return question;
}

/// The module's file: --model, else where it was when the index was made.
std::string module_of(const SearchIndex& index, const ImageParams& params) {
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
                            const ImageParams& params) {
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

ModelOptions model_options(const SearchIndex& index,
                           const ImageParams& params) {
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
  options.exif = built.exif;
  return options;
}

/// Compares what extract says it runs with what the index was made by.
void check_model(const SearchIndex& index, const ExtractClient& extract) {
  const ModelIdentity& built = index.model();
  if (!same_model(built, extract.model()))
    fail("{}: made by {}, but these weights are {}: --weights names others",
         index.where(), describe(built), describe(extract.model()));
  if (extract.dim() != index.dim())
    fail("{}: rows of {} floats, but {} makes {}", index.where(), index.dim(),
         describe(extract.model()), extract.dim());
}

/// Runs extract with this model. Throws Error that says what the index was made
/// by where extract cannot find it.
std::unique_ptr<ExtractClient> start_extract(const SearchIndex& index,
                                             const ImageParams& params,
                                             unsigned threads) {
  try {
    return std::make_unique<ExtractClient>(model_options(index, params),
                                           threads);
  } catch (const NoModel& e) {
    if (!params.weights.empty() || !params.model.empty()) throw;
    const ModelIdentity& built = index.model();
    fail("{}: made by {}: {}{}", index.where(), describe(built), e.what(),
         built.architecture == kTorchScript ? ": name the file with --model"
                                            : "");
  }
}

}  // namespace

void ImageQuestions::start(std::size_t images) {
  // More threads than images would have nothing to do.
  const unsigned threads =
      params_.threads == 0 ? usable_cpus() : params_.threads;
  extract_ = start_extract(
      *index_, params_,
      static_cast<unsigned>(std::min<std::size_t>(threads, images)));
  check_model(*index_, *extract_);
}

/// A pipe as the file that its bytes are kept in: they can be read once alone,
/// and are wanted for the vector and for pictures of the answer.
std::vector<std::string> ImageQuestions::files_of(
    const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (path.empty() || path == "-" || !is_stream(path)) {
      files.push_back(path);
      continue;
    }
    std::unique_ptr<PipedFile>& piped = piped_[path];
    if (piped == nullptr) piped = std::make_unique<PipedFile>(path);
    files.push_back(piped->path());
  }
  return files;
}

void ImageQuestions::ask_each(const std::vector<std::string>& paths,
                              const Ask& ask) {
  if (paths.empty()) return;
  if (!extract_) {
    // A network that is missing must not hide that a path is wrong.
    std::vector<Question> wrong = wrong_images(paths, true);
    if (wrong.size() == paths.size()) {
      for (Question& question : wrong) ask({std::move(question)});
      return;
    }
    try {
      start(paths.size());
    } catch (const Interrupted&) {
      throw;
    } catch (const Error&) {
      for (Question& question : wrong) ask({std::move(question)});
      throw;
    }
  }
  const std::vector<std::string> files = files_of(paths);
  // Some are sent ahead, so that decoding goes on while an answer is printed.
  std::size_t sent = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (; sent < paths.size() && sent - i < ExtractClient::kMaxSubmitted;
         ++sent)
      if (is_sendable(files[sent])) extract_->submit(files[sent]);
    Question question = question_of_image(*extract_, files[i]);
    question.text = paths[i];
    ask({std::move(question)});
  }
}

}  // namespace imsearch
