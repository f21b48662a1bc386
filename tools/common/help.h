// The look of --help: one aligned column of options, wrapped at 80 columns,
// without the noise of CLI11's own (types of numbers, validators, exclusions).
#pragma once

#include "common/cli11.h"

#include <memory>

namespace imsearch::cli {

/// The formatter that every tool's --help goes through.
std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace imsearch::cli
