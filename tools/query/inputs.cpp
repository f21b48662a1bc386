// Looks at what was typed before anything is opened or loaded: a message about
// an index or weights that are missing must not hide that the image is.
#include "query/inputs.h"

#include "common/cli.h"

#include "archive/archive_name.h"
#include "archive/member_cursor.h"
#include "base/error.h"
#include "image/decode.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/glob.h"
#include "io/image_file.h"
#include "io/input_file.h"
#include "io/path_pattern.h"
#include "io/text.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace imsearch {
namespace {

bool is_named_stream(const std::string& path) {
  return path != "-" && is_stream(path);
}

/// "a red dress", and "dress": what nobody would call a file.
bool looks_like_words(const std::string& path) {
  const auto is_letter = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalpha(byte) != 0 || byte > 0x7F;
  };
  return path.find('/') == std::string::npos && ending_of(path).empty() &&
         path.find_first_of("._") == std::string::npos &&
         std::any_of(path.begin(), path.end(), is_letter);
}

/// "0.9", which was meant for an option.
bool is_number(const std::string& path) {
  float number = 0;
  const char* end = path.data() + path.size();
  const auto [stop, wrong] = std::from_chars(path.data(), end, number);
  return wrong == std::errc() && stop == end;
}

/// Whether the file begins as text does; not for what begins like an image.
bool begins_as_text(const std::string& beginning) {
  constexpr std::size_t kLongestCharacter = 4;
  if (beginning.empty()) return false;
  for (const char c : beginning) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F)
      return false;
  }
  // The last character may be cut.
  for (std::size_t cut = 0; cut < std::min(kLongestCharacter, beginning.size());
       ++cut)
    if (is_utf8(std::string_view(beginning).substr(0, beginning.size() - cut)))
      return true;
  return false;
}

std::string missing(const std::string& path, const std::string& reason) {
  if (path[0] == '-') return reason + ": options come before the --";
  if (has_wildcards(path)) return "no file matches this pattern";
  if (is_number(path))
    return reason +
           ": the number of --distinct comes behind a =, as in "
           "--distinct=" +
           path;
  if (looks_like_words(path))
    return reason +
           ": an image is looked for by an image, not by words: name a file, a "
           "folder or a pattern";
  return reason;
}

}  // namespace

std::vector<std::string> expand_images(const std::vector<std::string>& images,
                                       bool quiet) {
  std::vector<std::string> paths;
  InputRules rules;
  rules.looks_like_image = looks_like_image;
  for (const std::string& image : images) {
    const bool pattern = has_wildcards(image) && !file_exists(image);
    if (image.empty() || (!pattern && !is_directory(image))) {
      paths.push_back(image);
      continue;
    }
    const ExpandedInputs found = expand_inputs({image}, rules);
    if (found.paths.empty()) paths.push_back(image);
    paths.insert(paths.end(), found.paths.begin(), found.paths.end());
    if (quiet || found.paths.empty()) continue;
    for (const std::string& warning : found.warnings) cli::say(warning);
    for (const std::string& remark : found.remarks) cli::say(remark);
  }
  return paths;
}

std::string no_image(const std::string& path, bool streams) {
  if (path.empty()) return "an empty name is not that of an image";
  if (path.find('\0') != std::string::npos) return "not the path of a file";
  if (streams && is_named_stream(path)) return "";
  if (is_directory(path)) {
    try {
      image_file_facts(path);
    } catch (const Error& e) {
      if (!streams || std::string(e.what()) != "a directory, not an image")
        return e.what();
    }
    return "no images in this folder";
  }
  if (!file_exists(path)) {
    try {
      if (const auto member = member_path(path)) {
        facts_of_member(*member);
        return "";
      }
      image_file_facts(path);
    } catch (const Error& e) {
      return missing(path, e.what());
    }
  }
  constexpr std::size_t kBeginning = 64;
  constexpr std::size_t kBeginningOfArchive = 512;
  try {
    image_file_facts(path);
    const std::string beginning = read_prefix(path, kBeginning);
    if (!looks_like_image(beginning) && begins_as_text(beginning))
      return "a text, not an image";
    if (looks_like_archive(path, read_prefix(path, kBeginningOfArchive)))
      return "an archive: name an image in it, such as " + path + "/photo.jpg";
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::vector<Question> wrong_images(const std::vector<std::string>& paths,
                                   bool streams) {
  std::vector<Question> wrong;
  for (const std::string& path : paths) {
    if (path == "-") continue;
    Question question;
    question.text = path;
    question.picture = path;
    question.error = no_image(path, streams);
    if (!question.error.empty()) wrong.push_back(std::move(question));
  }
  return wrong;
}

PipedFile::PipedFile(const std::string& pipe)
    : memory_(::memfd_create("imsearch-image", MFD_CLOEXEC)) {
  if (!memory_.valid()) fail("memory for it: {}", errno_text(errno));
  InputFile input(pipe);
  constexpr std::size_t kAtOnce = std::size_t{1} << 20;
  std::vector<char> bytes(kAtOnce);
  std::size_t total = 0;
  while (const std::size_t count = input.read(bytes.data(), bytes.size())) {
    total += count;
    if (total > kMaxImageFileBytes)
      fail("more than {} MB, which is the most that an image may have",
           kMaxImageFileBytes / 1'000'000);
    for (std::size_t done = 0; done < count;) {
      const ssize_t written =
          ::write(memory_.get(), bytes.data() + done, count - done);
      if (written < 0) fail("memory for it: {}", errno_text(errno));
      done += static_cast<std::size_t>(written);
    }
  }
  // By the number of this process, for another to open it.
  path_ = fmt::format("/proc/{}/fd/{}", ::getpid(), memory_.get());
}

}  // namespace imsearch
