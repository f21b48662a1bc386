// Turns images into questions: extract runs beside query and answers each path
// with a vector, while earlier answers are printed.
#include "query/image_questions.h"

#include "common/indexed_model.h"
#include "query/questions.h"

#include "base/parallel_for.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/glob.h"
#include "io/image_file.h"

#include <algorithm>

namespace imsearch {
namespace {

/// True if `path` can be sent: extract reads paths ended by NUL.
bool is_sendable(const std::string& path) {
  return !path.empty() && path.find('\0') == std::string::npos;
}

/// What else may have been meant by what is not an image file.
std::string remedy_for(const std::string& path) {
  if (is_directory(path))
    return ": " + join_path(path, "*.jpg") +
           ", without quotes, names those in it";
  if (has_wildcards(path) && !file_exists(path))
    return ": without quotes, the shell names the images of a pattern";
  return "";
}

/// The question of `path`, with an error where the path alone shows that it is
/// not an image file.
Question question_of_path(const std::string& path) {
  Question question;
  question.text = path;
  question.picture = path;
  try {
    if (path.empty()) fail("an empty name is not that of an image");
    if (!is_sendable(path)) fail("not the path of a file");
    image_file_facts(path);
  } catch (const Error& e) {
    question.error = e.what() + remedy_for(path);
  }
  return question;
}

/// The paths that cannot be images, as questions with an error.
std::vector<Question> wrong_paths(const std::vector<std::string>& paths) {
  std::vector<Question> wrong;
  for (const std::string& path : paths) {
    Question question = question_of_path(path);
    if (!question.error.empty()) wrong.push_back(std::move(question));
  }
  return wrong;
}

Question question_of_image(ExtractClient& extract, const std::string& path) {
  Question question;
  question.text = path;
  question.picture = path;
  if (!is_sendable(path)) return question_of_path(path);
  try {
    const std::vector<float> feature = extract.receive();
    set_feature(question, feature.data(), feature.size());
  } catch (const ExtractDied&) {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    question.error = e.what() + remedy_for(path);
  }
  return question;
}

}  // namespace

void ImageQuestions::start(std::size_t images) {
  // More threads than images would have nothing to do.
  const unsigned threads =
      params_.threads == 0 ? usable_cpus() : params_.threads;
  extract_ = extract_for(
      *index_, params_.weights, params_.model,
      static_cast<unsigned>(std::min<std::size_t>(threads, images)));
}

void ImageQuestions::ask_each(const std::vector<std::string>& paths,
                              const Ask& ask) {
  if (!extract_) {
    // A network that is missing must not hide that a path is wrong.
    std::vector<Question> wrong = wrong_paths(paths);
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
  // Some are sent ahead, so that decoding goes on while an answer is printed.
  std::size_t sent = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (; sent < paths.size() && sent - i < ExtractClient::kMaxSubmitted;
         ++sent)
      if (is_sendable(paths[sent])) extract_->submit(paths[sent]);
    ask({question_of_image(*extract_, paths[i])});
  }
}

}  // namespace imsearch
