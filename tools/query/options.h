// query's command line.
#pragma once

#include "common/cli11.h"
#include "common/index_options.h"
#include "common/options.h"
#include "query/answerer.h"

#include "io/file.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

struct QueryOptions {
  std::vector<std::string> images;
  std::vector<std::size_t> ids;
  std::vector<std::string> likes;
  std::string vectors;
  std::string index = cli::kDefaultIndex;
  ServiceParams service;
  std::string sheet;
  AnswerParams params;
  std::string weights;
  std::string model;
  bool json = false;
  bool null = false;
  bool quiet = false;

  void add_to(CLI::App& app);

  /// Throws UsageError for what does not go together.
  void check() const;
  /// Throws UsageError if the sheet would replace something that is read, Error
  /// if it has no folder to be in: before anything is asked.
  void check_sheet(const SearchIndex& opened) const;

  bool ef_given() const;
  bool images_from_input() const;
  /// Someone waits for each answer.
  bool stream() const { return images_from_input() || is_stream(vectors); }

 private:
  static void group(CLI::App& app);
  void add_questions_to(CLI::App& app);
  void add_models_to(CLI::App& app);
  void add_service_to(CLI::App& app);
  void check_service() const;

  const CLI::Option* ef_option_ = nullptr;
};

}  // namespace imsearch
