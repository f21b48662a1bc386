// Turns images into questions: extract runs beside query and answers each path
// with a vector, while earlier answers are printed.
#include "query/image_questions.h"

#include "common/indexed_model.h"
#include "common/progress_line.h"
#include "query/inputs.h"
#include "query/questions.h"

#include "base/parallel_for.h"
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

}  // namespace

void ImageQuestions::start(std::size_t images) {
  // extract --serve says nothing on the terminal itself.
  const cli::ProgressLine line("loads the network", 0, params_.quiet);
  // More threads than images would have nothing to do.
  const unsigned threads =
      params_.threads == 0 ? usable_cpus() : params_.threads;
  extract_ = extract_for(
      *index_, params_.weights, params_.model,
      static_cast<unsigned>(std::min<std::size_t>(threads, images)));
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
