// Each option that several tools have, registered in one place, so that its
// name, help, range and default cannot differ from tool to tool.
//
// Ranges are checked by whole() and between() instead of CLI11's own Range,
// which says "not in range" even where the text is not a number.
#include "common/options.h"
#include "common/completion.h"

#include "common/cli11.h"
#include "common/nearest_name.h"

#include "io/file.h"
#include "io/fvecs.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace imsearch::cli {

CLI::Validator between(double low, double high) {
  const auto check = [low, high](const std::string& text) -> std::string {
    double value = 0;
    if (is_decimal(text) && CLI::detail::lexical_cast(text, value) &&
        value >= low && value <= high)
      return "";
    return fmt::format("{} is not a number from {} to {}", text, low, high);
  };
  return CLI::Validator(check, "");
}

CLI::Validator whole(std::uint64_t low, std::uint64_t high) {
  const auto check = [low, high](const std::string& text) -> std::string {
    // from_chars takes neither signs nor spaces, and reports what 64 bits
    // cannot hold.
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && stop == end && value >= low && value <= high)
      return "";
    return fmt::format("{} is not a whole number from {} to {}",
                       text.empty() ? "an empty text" : text, low, high);
  };
  return CLI::Validator(check, "");
}

CLI::Validator one_of(std::initializer_list<const char*> words) {
  const std::vector<std::string> list(words.begin(), words.end());
  const auto check = [list](const std::string& text) -> std::string {
    if (std::find(list.begin(), list.end(), text) != list.end()) return "";
    return fmt::format("{} is not one of {}{}", text, fmt::join(list, ", "),
                       did_you_mean(text, list));
  };
  // In braces completions find them.
  return CLI::Validator(check, fmt::format("{{{}}}", fmt::join(list, ",")));
}

CLI::Validator weights_name() {
  const auto check = [](const std::string& text) -> std::string {
    const std::vector<std::string> names = {"demo", "keras", "torchvision"};
    const bool known =
        std::find(names.begin(), names.end(), text) != names.end();
    const std::string meant = did_you_mean(text, names);
    if (known || meant.empty() || file_exists(text)) return "";
    return text + ": no such file" + meant;
  };
  return CLI::Validator(check, "");
}

void add_dim(CLI::App& app, std::size_t& dim) {
  app.add_option("--dim", dim,
                 "Floats per vector, where no sidecar says it (default: 1280)")
      ->check(whole(1, 65536));
}

void add_threads(CLI::App& app, unsigned& threads) {
  app.add_option("-j,--threads", threads, "Threads (default: all CPUs)")
      ->check(whole(1, 1024));
}

void add_quiet(CLI::App& app, bool& quiet) {
  app.add_flag("-q,--quiet", quiet, "Only errors and warnings on stderr");
}

void add_json(CLI::App& app, bool& json) {
  app.add_flag("--json", json, "JSON Lines instead of tab-separated text");
}

void add_null(CLI::App& app, bool& null) {
  app.add_flag("-0,--null", null, "Names end with NUL instead of newline");
}

void add_seed(CLI::App& app, std::uint64_t& seed) {
  // CLI11 takes -1 for the greatest number.
  const auto check = [](const std::string& text) -> std::string {
    if (text.find_first_not_of("0123456789") == std::string::npos) return "";
    return text + " is not a whole number from 0";
  };
  app.add_option("--seed", seed, "Seed of every random choice")
      ->check(CLI::Validator(check, ""))
      ->capture_default_str();
}

void add_index(CLI::App& app, std::string& index) {
  app.add_option("-i,--index", index, "Index file")->capture_default_str();
  completes(app, {"--index"}, kIndexFiles);
}

}  // namespace imsearch::cli
