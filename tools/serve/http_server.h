// HTTP/1.1 by libmicrohttpd: sockets on one side, Exchange on the other.
//
// As many threads as there are cores read requests and answer what is quick;
// what is not goes into a line (work_line.h), while its connection waits.
#pragma once

#include "serve/acceptor.h"
#include "serve/connections.h"
#include "serve/exchange.h"
#include "serve/work_line.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

struct MHD_Connection;
struct MHD_Daemon;

namespace imsearch {

/// What is done with a request. Called by any thread; none may throw.
struct HttpHooks {
  /// Looks at the headers alone; a reply refuses the request.
  std::function<std::optional<Reply>(const Exchange&)> admit;
  /// The most bytes that its body may have.
  std::function<std::size_t(const Request&)> most_body_bytes;
  /// The reply; none where it takes long: then answer() is called, in turn.
  std::function<std::optional<Reply>(const Request&)> answer_at_once;
  std::function<Reply(const Request&)> answer;
  /// Adds headers to a reply that is about to be sent.
  std::function<void(const RequestHead&, Reply&)> finish;
  /// What was answered: for logs and counts.
  std::function<void(const Exchange&)> answered;
};

struct HttpParams {
  unsigned threads = 2;
  unsigned connections = 4096;  // at once; others wait to be accepted
  std::size_t line = 256;       // requests that may wait for their turn
};

class HttpServer {
 public:
  /// Bytes of all bodies that are held at once.
  static constexpr std::size_t kMostBodyBytes = std::size_t{256} << 20;

  /// Bytes of all large answers that are being sent.
  static constexpr std::size_t kMostAnswerBytes = std::size_t{256} << 20;

  /// Serves the listening `socket`, which it closes. Throws Error.
  HttpServer(int socket, const HttpParams& params, HttpHooks hooks);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Accepts nothing more, and waits until what is running is answered. False
  /// where it was not within that time: then nothing may be destroyed.
  bool drain(std::chrono::seconds patience);

  std::size_t open_connections() const { return connections_.open(); }
  std::size_t waiting() const { return line_.waiting(); }
  std::size_t working() const { return line_.working(); }

  struct Callbacks;  // what libmicrohttpd calls

 private:
  bool accept_one(int listening, std::size_t most);
  int begin(MHD_Connection* connection, Exchange& exchange, const char* method);
  bool take_body(Exchange& exchange, const char* data, std::size_t size_bytes);
  int answer(MHD_Connection* connection, Exchange& exchange);
  void take_answer_bytes(Exchange& exchange);
  int send(MHD_Connection* connection, Exchange& exchange);
  void end(MHD_Connection* connection, Exchange* exchange);

  HttpHooks hooks_;
  std::atomic<bool> draining_{false};  // connections end with their answer
  std::atomic<bool> stopping_{false};  // no request may wait any more
  std::atomic<std::size_t> body_bytes_{0};
  std::atomic<std::size_t> answer_bytes_{0};
  Connections connections_;
  WorkLine line_;
  MHD_Daemon* daemon_ = nullptr;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace imsearch
