// A sidecar as part of other JSON. Apart from io/sidecar.h, so that only who
// has such JSON needs the library.
#pragma once

#include "io/sidecar.h"

#include <nlohmann/json.hpp>

#include <string>

namespace imsearch {

/// As sidecar_from_json(), of what has been parsed.
Sidecar sidecar_in(const nlohmann::ordered_json& object,
                   const std::string& where);

}  // namespace imsearch
