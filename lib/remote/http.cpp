// One connection by libcurl: access, time limits, and which failures may pass.
//
// A failure is either a ConnectionError, which callers wait out, or an Error,
// which ends the run. Were a failure put into the wrong class, a misspelt host
// would be retried for minutes, or a load of hours would die with a restarted
// name server. So some failures count as passing only once the host has
// answered.
#include "remote/http.h"

#include "base/interrupt.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>

namespace imsearch {
namespace {

constexpr long kConnectTimeoutMs = 10000;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

void append(HeaderList& list, const std::string& header) {
  list.reset(curl_slist_append(list.release(), header.c_str()));
}

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
      fail("libcurl cannot be started");
  });
}

// No exception may pass through libcurl: a count that is not the one given is
// an error to it.
constexpr std::size_t kNotTaken = 0;

std::size_t take_body(char* data, std::size_t size, std::size_t count,
                      void* to) {
  auto* body = static_cast<std::string*>(to);
  if (size * count > HttpResponse::kMaxBodyBytes - body->size())
    return kNotTaken;
  try {
    body->append(data, size * count);
    return size * count;
  } catch (const std::bad_alloc&) {
    return kNotTaken;
  }
}

std::size_t take_header(char* data, std::size_t size, std::size_t count,
                        void* to) {
  constexpr std::string_view kName = "x-elastic-product:";
  const std::string_view line(data, size * count);
  if (line.size() > kName.size() &&
      curl_strnequal(data, kName.data(), kName.size()) != 0) {
    const std::size_t begin = line.find_first_not_of(' ', kName.size());
    const std::size_t end = line.find_last_not_of("\r\n ");
    if (begin <= end) {
      try {
        static_cast<std::string*>(to)->assign(line, begin, end - begin + 1);
      } catch (const std::bad_alloc&) {
        return kNotTaken;
      }
    }
  }
  return size * count;
}

// libcurl calls this about once a second, also while nothing arrives.
int stop_if_interrupted(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupted() ? 1 : 0;
}

/// Failures after which another try may do better.
constexpr std::array kPassing = {
    CURLE_COULDNT_CONNECT,    CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING,
    CURLE_SEND_ERROR,         CURLE_RECV_ERROR,         CURLE_PARTIAL_FILE,
    CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2_STREAM};

/// Failures that may pass only where the same host has answered before: then a
/// name server is away, or a proxy that has just started does not encrypt yet.
constexpr std::array kPassingLater = {CURLE_COULDNT_RESOLVE_HOST,
                                      CURLE_COULDNT_RESOLVE_PROXY,
                                      CURLE_SSL_CONNECT_ERROR};

template <typename Codes>
bool is_among(const Codes& codes, CURLcode code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string without_newline(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

}  // namespace

struct HttpClient::Impl {
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };

  const Endpoint* endpoint;
  std::unique_ptr<CURL, Cleanup> curl;
  std::array<char, CURL_ERROR_SIZE> error{};
  bool answered = false;

  template <typename Value>
  void set(CURLoption option, Value value) const {
    if (curl_easy_setopt(curl.get(), option, value) != CURLE_OK)
      fail("libcurl refuses option {}", static_cast<int>(option));
  }

  void set_access() const;
  HeaderList headers_for(const HttpRequest& request) const;
  [[noreturn]] void fail_with(CURLcode code) const;
};

void HttpClient::Impl::set_access() const {
  const Access& access = endpoint->access;
  if (!access.ca_file.empty()) set(CURLOPT_CAINFO, access.ca_file.c_str());
  if (!access.api_key.empty()) return;  // a header of each request
  if (!access.aws.region.empty()) {
    const std::string provider =
        "aws:amz:" + access.aws.region + ":" + access.aws.service;
    set(CURLOPT_AWS_SIGV4, provider.c_str());
    set(CURLOPT_USERNAME, access.aws.key_id.c_str());
    set(CURLOPT_PASSWORD, access.aws.secret.c_str());
  } else if (!access.user.empty()) {
    set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set(CURLOPT_USERNAME, access.user.c_str());
    set(CURLOPT_PASSWORD, access.password.c_str());
  } else {
    set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
  }
}

HeaderList HttpClient::Impl::headers_for(const HttpRequest& request) const {
  const Access& access = endpoint->access;
  HeaderList list;
  const bool lines = !request.body.empty() && request.body.back() == '\n';
  if (!request.body.empty())
    append(list, lines ? "Content-Type: application/x-ndjson"
                       : "Content-Type: application/json");
  if (!access.api_key.empty())
    append(list, "Authorization: ApiKey " + access.api_key);
  if (!access.aws.session_token.empty())
    append(list, "X-Amz-Security-Token: " + access.aws.session_token);
  // libcurl 7.88 signs a header that is only taken away, but does not send it:
  // with a signature, large bodies wait for "100 Continue".
  if (access.aws.region.empty()) append(list, "Expect:");
  return list;
}

void HttpClient::Impl::fail_with(CURLcode code) const {
  check_interrupt();
  if (code == CURLE_WRITE_ERROR)
    fail("{}: an answer of more than {} bytes, or than there is memory for",
         endpoint->url.root, HttpResponse::kMaxBodyBytes);
  std::string why = without_newline(error.data());
  if (why.empty()) why = curl_easy_strerror(code);
  const std::string text = endpoint->url.root + ": " + why;
  if (is_among(kPassing, code) || (answered && is_among(kPassingLater, code)))
    throw ConnectionError(text);
  throw Error(text);
}

HttpClient::HttpClient(const Endpoint& endpoint, Host host)
    : impl_(std::make_unique<Impl>()) {
  start_curl();
  impl_->endpoint = &endpoint;
  impl_->answered = host == Host::kAnswered;
  impl_->curl.reset(curl_easy_init());
  if (impl_->curl == nullptr) fail("libcurl cannot be started");
  impl_->set(CURLOPT_ERRORBUFFER, impl_->error.data());
  impl_->set(CURLOPT_NOSIGNAL, 1L);  // timeouts in threads
  impl_->set(CURLOPT_PROTOCOLS_STR, "http,https");
  impl_->set(CURLOPT_TCP_KEEPALIVE, 1L);
  impl_->set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  impl_->set(CURLOPT_WRITEFUNCTION, &take_body);
  impl_->set(CURLOPT_HEADERFUNCTION, &take_header);
  impl_->set(CURLOPT_XFERINFOFUNCTION, &stop_if_interrupted);
  impl_->set(CURLOPT_NOPROGRESS, 0L);
  // Requests to this machine, and the passwords in them, do not go to a proxy.
  if (endpoint.url.is_this_machine()) impl_->set(CURLOPT_PROXY, "");
  impl_->set_access();
}

HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

const Endpoint& HttpClient::endpoint() const {
  return *impl_->endpoint;
}

HttpResponse HttpClient::send(const HttpRequest& request) {
  check_interrupt();
  const Impl& impl = *impl_;
  HttpResponse response;
  const HeaderList headers = impl.headers_for(request);
  const std::string url = impl.endpoint->url.root + request.path;
  impl.set(CURLOPT_URL, url.c_str());
  impl.set(CURLOPT_HTTPHEADER, headers.get());
  // The body is set for GET as well, which has none: the signature would be
  // that of the body before. For PUT, too, libcurl signs only a body that is
  // set so.
  impl.set(CURLOPT_POSTFIELDSIZE_LARGE,
           static_cast<curl_off_t>(request.body.size()));
  impl.set(CURLOPT_POSTFIELDS, request.body.data());
  if (request.method == "GET") impl.set(CURLOPT_HTTPGET, 1L);
  impl.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  impl.set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_s * 1000));
  impl.set(CURLOPT_WRITEDATA, &response.body);
  impl.set(CURLOPT_HEADERDATA, &response.product);
  impl_->error[0] = '\0';
  const CURLcode code = curl_easy_perform(impl.curl.get());
  if (code != CURLE_OK) impl.fail_with(code);
  impl_->answered = true;
  long status = 0;
  curl_easy_getinfo(impl.curl.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  return response;
}

}  // namespace imsearch
