// query's command line.
#pragma once

#include "common/cli11.h"
#include "common/index_options.h"
#include "common/options.h"
#include "query/answerer.h"
#include "query/operands.h"

#include "io/file.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct QueryOptions {
  std::vector<std::string> images;
  std::vector<std::size_t> ids;
  std::vector<std::string> likes;
  bool all = false;
  std::vector<std::string> plus;
  std::vector<std::string> minus;
  std::string vectors;
  std::string index = cli::kDefaultIndex;
  ServiceParams service;
  std::string sheet;
  std::string page;
  std::string preview;   // empty: none; "auto", or a protocol
  std::string distinct;  // empty: no; "auto", or a similarity
  AnswerParams params;
  std::string weights;
  std::string model;
  bool json = false;
  bool names = false;
  bool null = false;
  bool quiet = false;

  void add_to(CLI::App& app);

  /// Throws UsageError for what does not go together.
  void check() const;
  /// Throws UsageError if the sheet or the page would replace something that is
  /// read, Error if it has no folder to be in: before anything is asked.
  void check_outputs(const SearchIndex& opened) const;

  /// --plus and --minus. Throws UsageError.
  std::vector<Operand> operands() const;
  /// What --distinct leaves out, of vectors of this model. Throws UsageError
  /// where nobody has measured it.
  std::optional<float> distinct_from(const ModelIdentity& made_by) const;

  bool ef_given() const;
  bool images_from_input() const;
  /// Someone waits for each answer.
  bool stream() const { return images_from_input() || is_stream(vectors); }

 private:
  static void group(CLI::App& app);
  void add_questions_to(CLI::App& app);
  void add_outputs_to(CLI::App& app);
  void check_output(const SearchIndex& opened, const char* option,
                    const std::string& path) const;
  void add_models_to(CLI::App& app);
  void add_service_to(CLI::App& app);
  void check_service() const;

  const CLI::Option* ef_option_ = nullptr;
};

}  // namespace imsearch
