#include "protocol/message.h"

#include "io/json_text.h"

#include <cstddef>

namespace imsearch {
namespace {

constexpr std::size_t kMaxParameters = 100;

/// The value of a hexadecimal digit, or -1.
int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char decoded_byte(std::string_view text, std::size_t at) {
  const int high = at + 1 < text.size() ? digit_value(text[at + 1]) : -1;
  const int low = at + 2 < text.size() ? digit_value(text[at + 2]) : -1;
  if (high < 0 || low < 0)
    fail_request("the URL has a % without two hexadecimal digits behind it");
  if (high == 0 && low == 0) fail_request("the URL has the character NUL");
  return static_cast<char>(16 * high + low);
}

void read_parameters(std::string_view text, Request& request) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    if (one.empty()) continue;
    if (request.parameters.size() == kMaxParameters)
      fail_request("the URL has more than {} parameters", kMaxParameters);
    const std::size_t equals = std::min(one.find('='), one.size());
    request.parameters.emplace_back(
        percent_decoded(one.substr(0, equals), true),
        percent_decoded(one.substr(std::min(one.size(), equals + 1)), true));
  }
}

}  // namespace

const std::string* Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return &value;
  return nullptr;
}

Reply error_reply(int status, const std::string& type,
                  const std::string& reason) {
  std::string cause = "\"type\":";
  append_string(cause, type);
  cause += ",\"reason\":";
  append_string(cause, reason);
  Reply reply;
  reply.status = status;
  reply.body =
      fmt::format(R"({{"error":{{"root_cause":[{{{0}}}],{0}}},"status":{1}}})",
                  cause, status);
  return reply;
}

std::string percent_decoded(std::string_view text, bool plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      decoded += decoded_byte(text, at);
      at += 2;
    } else {
      decoded += plus && text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

void read_target(std::string_view target, Request& request) {
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  request.path_ends_in_slash = path.size() > 1 && path.back() == '/';
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0)
      request.path.push_back(percent_decoded(path.substr(0, slash), false));
    path.remove_prefix(std::min(path.size(), slash + 1));
  }
  read_parameters(target.substr(std::min(target.size(), question + 1)),
                  request);
}

}  // namespace imsearch
