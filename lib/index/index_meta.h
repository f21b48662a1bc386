// The section `meta`: what the index was built from and by, as JSON.
#pragma once

#include "index/index.h"

#include <string>
#include <string_view>

namespace imsearch {

/// Sources, model and tool version of `info` as JSON; its other members stand
/// in the header of the file. Equal content gives equal bytes.
std::string meta_to_json(const IndexInfo& info);

/// Fills in what meta_to_json() wrote; `info` has its rows. `where` names the
/// index in errors. Throws Error on malformed text.
void meta_from_json(std::string_view text, const std::string& where,
                    IndexInfo& info);

}  // namespace imsearch
