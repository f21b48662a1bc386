// One request on its way through the program, with what the protocol below it
// said, and its reply.
#pragma once

#include "protocol/message.h"

#include "base/stopwatch.h"

#include <atomic>
#include <string>

namespace imsearch {

/// What the headers say, for those who decide whether a request is answered.
struct RequestHead {
  std::string target;  // as sent: "/photos/_search?size=1"
  std::string host;
  std::string origin;
  std::string authorization;
  bool has_host = false;
  bool has_origin = false;
  bool is_packed = false;     // its body is, by gzip or the like
  bool is_ambiguous = false;  // its length could be read in two ways
};

struct Exchange {
  RequestHead head;
  Request request;
  Reply reply;
  /// Time from the first of its headers to the last of its reply.
  Stopwatch watch;

  bool has_begun = false;   // its headers were looked at
  bool is_refused = false;  // there is a reply, whatever the body
  bool is_answered = false;
  bool is_too_large = false;     // its body, whose length nobody promised
  std::size_t budget_bytes = 0;  // taken for its body
  std::size_t answer_bytes = 0;  // and for its answer
};

}  // namespace imsearch
