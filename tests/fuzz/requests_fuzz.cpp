// Any bytes are a target, a body of a search, of several, of ids, or a form:
// read, or refused by RequestError. What is read is within its bounds.
#include "protocol/message.h"
#include "protocol/multipart.h"
#include "protocol/name_query.h"
#include "protocol/search_request.h"
#include "protocol/similar.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace imsearch;

const ServedFields kFields = {"fvec", 3};

template <typename Read>
void try_to(const Read& read) {
  try {
    read();
  } catch (const RequestError& e) {
    if (e.status < 400 || e.status > 599) std::abort();
    error_reply(e.status, e.type, e.what());
  }
}

void read_one(const Request& request) {
  const SearchRequest search = read_search(request, kFields);
  if (search.k < 1 || search.k > kMostHits ||
      search.size + search.from > kMostHits ||
      (search.is_nearest() && search.vector.size() != kFields.dim))
    std::abort();
  NameMatcher(search.filter).matches(7, "a/b.jpg");
  NameMatcher(search.filter).matches(7, "\xFF");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  Request request;
  // Its first line is the target, the rest the body.
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  request.body = text.substr(std::min(text.size(), line + 1));
  try_to([&] { read_target(text.substr(0, line), request); });
  try_to([&] { read_one(request); });
  try_to([&] {
    for (SearchLine& search : read_search_lines(request.body)) {
      Request one;
      one.body = search.body;
      read_one(one);
    }
  });
  try_to([&] { read_ids(request); });
  try_to([&] { read_count(request, kFields); });
  try_to([&] { read_similar(request, 256); });
  request.content_type = "multipart/form-data; boundary=x";
  try_to([&] {
    const PostedFile file = posted_file(request);
    if (file.bytes.data() < request.body.data() ||
        file.bytes.data() + file.bytes.size() >
            request.body.data() + request.body.size())
      std::abort();
  });
  return 0;
}
