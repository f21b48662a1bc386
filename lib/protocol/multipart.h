// A file within a form, as browsers send it (RFC 7578).
#pragma once

#include "protocol/message.h"

#include <string>
#include <string_view>

namespace imsearch {

struct PostedFile {
  std::string_view bytes;  // within the request's body
  std::string name;        // as the client calls it; may be empty
};

/// The body itself, or the part of a form that is a file. Throws RequestError:
/// an empty body, a form without a file or with two, a form that ends early.
PostedFile posted_file(const Request& request);

}  // namespace imsearch
