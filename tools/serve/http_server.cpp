// libmicrohttpd calls the handler of a request when its headers are there, for
// each piece of its body, and when all of it is there. The Exchange is made
// before that, when the first line was read, and goes when the reply is sent or
// the connection lost.
//
// Connections are accepted by a thread of our own (acceptor.h): the library,
// told to accept no more while its threads are busy, aborts the program
// (0.9.75, MHD_quiesce_daemon() with epoll).
//
// While a request waits for its turn, its connection is suspended: the library
// does not look at it, and calls the handler again once it is resumed.
#include "serve/http_server.h"

#include "base/error.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <thread>
#include <utility>

namespace imsearch {
namespace {

constexpr unsigned kSilentSeconds = Connections::kIdleSeconds;
constexpr unsigned kConnectionsAhead = 256;  // that are not counted yet
constexpr std::size_t kReservedBytes = 1 << 20;
constexpr std::size_t kSmallAnswer = 64 << 10;
constexpr std::size_t kConnectionBytes = 32 << 10;  // headers, and to read into

std::string header(MHD_Connection* connection, const char* name) {
  const char* value =
      MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? "" : value;
}

/// Counts headers by which a proxy and we could read two different requests.
struct HeaderCounts {
  int lengths = 0;
  int encodings = 0;
  int hosts = 0;
};

MHD_Result count_header(void* counts, MHD_ValueKind, const char* key,
                        const char*) {
  auto& counted = *static_cast<HeaderCounts*>(counts);
  if (::strcasecmp(key, "Content-Length") == 0) ++counted.lengths;
  if (::strcasecmp(key, "Transfer-Encoding") == 0) ++counted.encodings;
  if (::strcasecmp(key, "Host") == 0) ++counted.hosts;
  return MHD_YES;
}

RequestHead read_head(MHD_Connection* connection, std::string target) {
  HeaderCounts counts;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &counts);
  RequestHead head;
  head.target = std::move(target);
  head.host = header(connection, "Host");
  head.origin = header(connection, "Origin");
  head.authorization = header(connection, "Authorization");
  head.has_host = counts.hosts > 0;
  head.has_origin = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                "Origin") != nullptr;
  const std::string packed = header(connection, "Content-Encoding");
  head.is_packed = !packed.empty() && packed != "identity";
  head.is_ambiguous = counts.hosts > 1 || counts.lengths + counts.encodings > 1;
  return head;
}

/// The bytes that Content-Length promises; 0 where there is none.
std::size_t promised_bytes(MHD_Connection* connection) {
  const std::string text = header(connection, "Content-Length");
  std::size_t bytes = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), bytes);
  static_cast<void>(end);
  return error == std::errc::result_out_of_range ? SIZE_MAX : bytes;
}

Reply too_large(std::size_t most) {
  return error_reply(
      413, "content_too_long_exception",
      fmt::format("the body is too large: at most {} bytes are taken", most));
}

Reply busy(const char* why) {
  Reply reply = error_reply(503, "rejected_execution_exception", why);
  reply.headers.emplace_back("Retry-After", "1");
  return reply;
}

}  // namespace

struct HttpServer::Callbacks {
  static void* on_target(void*, const char* target, MHD_Connection*) {
    try {
      auto exchange = std::make_unique<Exchange>();
      exchange->head.target = target;
      return exchange.release();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection,
                               const char*, const char* method, const char*,
                               const char* data, std::size_t* size_bytes,
                               void** context) {
    auto& server = *static_cast<HttpServer*>(self);
    auto* exchange = static_cast<Exchange*>(*context);
    if (exchange == nullptr) return MHD_NO;  // no memory was left for it
    try {
      if (!exchange->has_begun)
        return MHD_Result(server.begin(connection, *exchange, method));
      if (*size_bytes > 0) {
        const bool taken = server.take_body(*exchange, data, *size_bytes);
        *size_bytes = 0;
        return taken ? MHD_YES : MHD_NO;
      }
      return MHD_Result(server.answer(connection, *exchange));
    } catch (const std::exception&) {
      return MHD_NO;  // it has no memory even for an error: the connection ends
    }
  }

  static void on_end(void* self, MHD_Connection* connection, void** context,
                     MHD_RequestTerminationCode) {
    static_cast<HttpServer*>(self)->end(connection,
                                        static_cast<Exchange*>(*context));
    *context = nullptr;
  }

  static void on_connection(void* self, MHD_Connection* connection, void**,
                            MHD_ConnectionNotificationCode code) {
    auto& connections = static_cast<HttpServer*>(self)->connections_;
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (code != MHD_CONNECTION_NOTIFY_STARTED) {
      connections.remove(connection);
      return;
    }
    try {
      connections.add(connection, info->connect_fd);
    } catch (const std::bad_alloc&) {
      // The library's own bound, for silence, is left.
    }
  }
};

HttpServer::HttpServer(int socket, const HttpParams& params, HttpHooks hooks)
    : hooks_(std::move(hooks)), line_(params.threads, params.line) {
  daemon_ = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
          MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC,
      0, nullptr, nullptr, Callbacks::on_request, this,
      MHD_OPTION_THREAD_POOL_SIZE, params.threads < 2 ? 0U : params.threads,
      MHD_OPTION_CONNECTION_LIMIT, params.connections + kConnectionsAhead,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionBytes,
      MHD_OPTION_CONNECTION_TIMEOUT, kSilentSeconds,
      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
      Callbacks::on_target, this, MHD_OPTION_NOTIFY_COMPLETED,
      Callbacks::on_end, this, MHD_OPTION_NOTIFY_CONNECTION,
      Callbacks::on_connection, this, MHD_OPTION_END);
  if (daemon_ == nullptr)
    fail("libmicrohttpd cannot be started: {}", errno_text(errno));
  acceptor_ = std::make_unique<Acceptor>(
      Descriptor(socket), [this, most = params.connections](int listening) {
        return accept_one(listening, most);
      });
}

bool HttpServer::accept_one(int listening, std::size_t most) {
  if (connections_.open() >= most) return false;
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  auto* peer = reinterpret_cast<sockaddr*>(&address);
  const int client =
      ::accept4(listening, peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client < 0) return false;
  // It closes the socket where it refuses it.
  MHD_add_connection(daemon_, client, peer, size);
  return true;
}

HttpServer::~HttpServer() {
  acceptor_.reset();
  MHD_stop_daemon(daemon_);
}

bool HttpServer::drain(std::chrono::seconds patience) {
  draining_ = true;
  acceptor_.reset();
  const auto end = std::chrono::steady_clock::now() + patience;
  const auto is_quiet = [&] {
    while (connections_.busy() > 0) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  };
  if (!is_quiet()) return false;
  // A connection that is kept may bring one more request at any time: from here
  // on none waits, so that the second look sees the last that does.
  stopping_ = true;
  return is_quiet();
}

int HttpServer::begin(MHD_Connection* connection, Exchange& exchange,
                      const char* method) {
  exchange.has_begun = true;
  exchange.watch = Stopwatch();
  connections_.set_stage(connection, Stage::kBody);
  exchange.head = read_head(connection, std::move(exchange.head.target));
  Request& request = exchange.request;
  request.method = method;
  request.content_type = header(connection, "Content-Type");
  request.accept = header(connection, "Accept");
  const auto refuse = [&](Reply reply) {
    exchange.reply = std::move(reply);
    exchange.is_refused = true;
    return send(connection, exchange);
  };
  try {
    read_target(exchange.head.target, request);
  } catch (const RequestError& e) {
    return refuse(error_reply(e.status, e.type, e.what()));
  }
  if (auto refusal = hooks_.admit(exchange)) return refuse(std::move(*refusal));
  if (exchange.head.is_packed)
    return refuse(error_reply(
        400, "illegal_argument_exception",
        "the body is packed (Content-Encoding), which is not supported here: "
        "send it as it is"));
  const std::size_t promised = promised_bytes(connection);
  const std::size_t most = hooks_.most_body_bytes(request);
  if (promised > most) return refuse(too_large(most));
  if (body_bytes_ + promised > kMostBodyBytes)
    return refuse(busy("too many large requests at once: ask again later"));
  // A promise is cheap: more is taken as it comes.
  request.body.reserve(std::min(promised, kReservedBytes));
  return MHD_YES;
}

bool HttpServer::take_body(Exchange& exchange, const char* data,
                           std::size_t size_bytes) {
  std::string& body = exchange.request.body;
  if (exchange.is_too_large) return true;
  // Only a body in chunks, whose length nobody promised, gets here. A client
  // reads no answer before it has sent all: the rest is passed over, for as
  // long as bodies may take.
  if (body.size() + size_bytes > hooks_.most_body_bytes(exchange.request)) {
    exchange.is_too_large = true;
    body_bytes_ -= std::exchange(exchange.budget_bytes, 0);
    std::string().swap(body);
    return true;
  }
  if (body_bytes_.fetch_add(size_bytes) + size_bytes > kMostBodyBytes) {
    body_bytes_ -= size_bytes;
    return false;
  }
  exchange.budget_bytes += size_bytes;
  body.append(data, size_bytes);
  return true;
}

int HttpServer::answer(MHD_Connection* connection, Exchange& exchange) {
  if (exchange.is_answered) return send(connection, exchange);
  connections_.set_stage(connection, Stage::kWork);
  if (exchange.is_too_large) {
    exchange.reply = too_large(hooks_.most_body_bytes(exchange.request));
    exchange.is_refused = true;
    return send(connection, exchange);
  }
  if (auto reply = hooks_.answer_at_once(exchange.request)) {
    exchange.reply = std::move(*reply);
    return send(connection, exchange);
  }
  if (stopping_) {
    exchange.reply = busy("the service ends: ask again later");
    return send(connection, exchange);
  }
  // Suspended before anybody can resume it.
  MHD_suspend_connection(connection);
  const bool taken = line_.take([this, connection, &exchange] {
    try {
      exchange.reply = hooks_.answer(exchange.request);
    } catch (const std::exception&) {
      exchange.reply.status = 503;  // no memory was left for the error's text
    }
    exchange.is_answered = true;
    MHD_resume_connection(connection);
  });
  if (taken) return MHD_YES;
  exchange.reply = busy("too many requests wait already: ask again later");
  exchange.is_answered = true;
  MHD_resume_connection(connection);
  return MHD_YES;
}

void HttpServer::take_answer_bytes(Exchange& exchange) {
  const std::size_t bytes = exchange.reply.body.size();
  if (bytes <= kSmallAnswer) return;
  exchange.answer_bytes = bytes;
  if (answer_bytes_.fetch_add(bytes) + bytes > kMostAnswerBytes)
    exchange.reply =
        busy("too many large answers at once: ask again later, or for less");
}

int HttpServer::send(MHD_Connection* connection, Exchange& exchange) {
  take_answer_bytes(exchange);
  hooks_.finish(exchange.head, exchange.reply);
  const Reply& reply = exchange.reply;
  connections_.set_stage(connection, Stage::kSending);
  // The bytes stay in the exchange, which outlives the response.
  MHD_Response* response = MHD_create_response_from_buffer(
      reply.body.size(), const_cast<char*>(reply.body.data()),
      MHD_RESPMEM_PERSISTENT);
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, "Content-Type", reply.content_type.c_str());
  for (const auto& [name, value] : reply.headers)
    MHD_add_response_header(response, name.c_str(), value.c_str());
  if (draining_ || exchange.is_refused)
    MHD_add_response_header(response, "Connection", "close");
  const MHD_Result queued = MHD_queue_response(
      connection, static_cast<unsigned>(reply.status), response);
  MHD_destroy_response(response);
  return queued;
}

void HttpServer::end(MHD_Connection* connection, Exchange* exchange) {
  connections_.set_stage(connection, Stage::kIdle);
  if (exchange == nullptr) return;
  const std::unique_ptr<Exchange> owned(exchange);
  body_bytes_ -= exchange->budget_bytes;
  answer_bytes_ -= exchange->answer_bytes;
  if (!exchange->has_begun) return;
  try {
    hooks_.answered(*exchange);
  } catch (const std::exception&) {
    // No memory for a line of the log.
  }
}

}  // namespace imsearch
