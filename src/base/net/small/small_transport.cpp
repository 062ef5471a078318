// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/small_transport.h"

#include <fcntl.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdlib>
#include <mutex>

#include "base/net/redirect.h"
#include "base/net/small/dial.h"
#include "base/net/small/proxy.h"
#include "base/net/small/stream.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;
using Stream = std::unique_ptr<small::ByteStream>;

constexpr std::uint32_t kHeaderLimit = 64U << 10U;

const char* Variable(const char* name) { return std::getenv(name); }

bool IsToken(std::string_view text) {
  for (const char c : text) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    if (!good) return false;
  }
  return !text.empty();
}

/// Nothing that a caller hands in may end a field early.
Status CheckRequest(const HttpRequest& request) {
  if (!IsToken(request.method)) return Fail(Errc::kInvalidArgument, "method is no token");
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return Fail(Errc::kInvalidArgument, Cat({"header ", Quote(name), " cannot be sent"}));
    }
  }
  return {};
}

std::string HeadOf(const HttpRequest& request, const Url& url, std::string_view target,
                   std::string_view user_agent, const std::string& proxy_authorization) {
  std::string head = Cat({request.method, " ", target, " HTTP/1.1\r\nHost: ", url.Authority(),
                          "\r\nConnection: close\r\n"});
  if (request.headers.Find("User-Agent") == nullptr)
    head += Cat({"User-Agent: ", user_agent, "\r\n"});
  if (request.headers.Find("Accept") == nullptr) head += "Accept: */*\r\n";
  if (!proxy_authorization.empty())
    head += Cat({"Proxy-Authorization: ", proxy_authorization, "\r\n"});
  for (const auto& [name, value] : request.headers) head += Cat({name, ": ", value, "\r\n"});
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    head += Cat({"Content-Length: ", std::to_string(request.body.size()), "\r\n"});
  }
  return head + "\r\n";
}

/// Takes the body out of the parser as it grows, so that a stream is handed on at once and the
/// limit holds at once.
class BodyTaker {
 public:
  BodyTaker(const HttpRequest& request, HttpResponse& response)
      : request_(request), response_(response) {}

  Status Take(Parser& parser) {
    std::string& piece = parser.get().body();
    if (piece.empty()) return {};
    taken_ += piece.size();
    if (taken_ > request_.max_response_bytes) {
      return Fail(Errc::kResourceExhausted,
                  Cat({"the answer is larger than ", std::to_string(request_.max_response_bytes),
                       " bytes"}));
    }
    if (!request_.on_body) {
      response_.body += piece;
    } else if (!request_.on_body(piece)) {
      return Fail(Errc::kCancelled, "the reader had enough");
    }
    piece.clear();
    return {};
  }

 private:
  const HttpRequest& request_;
  HttpResponse& response_;
  std::size_t taken_ = 0;
};

Result<HttpResponse> ReadResponse(small::ByteStream& stream, const HttpRequest& request,
                                  Deadline deadline, const std::stop_token& stop) {
  Parser parser;
  parser.eager(true);
  parser.header_limit(kHeaderLimit);
  parser.body_limit(boost::none);  // ours holds, piece by piece
  parser.skip(request.method == "HEAD");
  HttpResponse response;
  BodyTaker taker(request, response);
  std::array<char, 16U << 10U> block{};
  std::string unread;  // bytes the parser wants to see again together with more
  boost::beast::error_code error;
  while (!parser.is_done()) {
    const std::size_t count = HM_TRY(stream.Read(block, deadline, stop));
    if (count == 0) {
      parser.put_eof(error);
      if (error || !parser.is_done()) {
        return Fail(parser.is_header_done() ? Errc::kDataLoss : Errc::kUnavailable,
                    parser.is_header_done() ? "the answer ended early"
                                            : "the connection closed without an answer");
      }
      break;
    }
    unread.append(block.data(), count);
    std::size_t used = 0;
    while (used < unread.size() && !parser.is_done()) {
      const std::size_t eaten =
          parser.put(boost::asio::buffer(unread.data() + used, unread.size() - used), error);
      used += eaten;
      if (error == http::error::need_more) break;
      if (error) return Fail(Errc::kUnavailable, "the answer is no HTTP: " + error.message());
      if (eaten == 0) break;
      HM_TRY(taker.Take(parser));
    }
    unread.erase(0, used);
    if (unread.size() > kHeaderLimit)
      return Fail(Errc::kUnavailable, "the answer's head is too large");
  }
  HM_TRY(taker.Take(parser));
  response.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    response.headers.Add(std::string(field.name_string()), std::string(field.value()));
  }
  return response;
}

/// Asks the proxy for a tunnel (RFC 9110 §9.3.6).  Read byte by byte: what follows belongs to TLS.
Status OpenTunnel(small::ByteStream& stream, const Url& url, const small::Proxy& proxy,
                  Deadline deadline, const std::stop_token& stop) {
  const std::string host =
      url.host.find(':') == std::string::npos ? url.host : Cat({"[", url.host, "]"});
  const std::string authority = Cat({host, ":", std::to_string(url.port)});
  std::string head = Cat({"CONNECT ", authority, " HTTP/1.1\r\nHost: ", authority, "\r\n"});
  if (!proxy.authorization.empty())
    head += Cat({"Proxy-Authorization: ", proxy.authorization, "\r\n"});
  HM_TRY(stream.Write(head + "\r\n", deadline, stop));
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    std::array<char, 1> byte{};
    const std::size_t count = HM_TRY(stream.Read(byte, deadline, stop));
    if (count == 0 || answer.size() > kHeaderLimit) {
      return Fail(Errc::kUnavailable, "the proxy closed without an answer");
    }
    answer += byte[0];
  }
  if (!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.0 2")) {
    return Fail(Errc::kUnavailable,
                Cat({"the proxy refused: ", Quote(answer.substr(0, answer.find('\r')))}));
  }
  return {};
}

class SmallTransport final : public HttpTransport {
 public:
  explicit SmallTransport(SmallOptions options) : options_(std::move(options)) {}

  Result<HttpResponse> Send(const HttpRequest& request, Deadline deadline,
                            std::stop_token stop) override {
    HM_TRY(CheckRequest(request));
    HttpRequest current = request;
    while (true) {
      const Result<Url> url = Url::Parse(current.url);
      if (!url) return Fail(Errc::kInvalidArgument, url.error().message());
      Result<HttpResponse> response = SendOnce(current, *url, deadline, stop);
      if (!response) return response;
      response->effective_url = current.url;
      if (!IsRedirect(response->status) || current.max_redirects <= 0) return response;
      std::optional<HttpRequest> next = HM_TRY(FollowRedirect(current, *response));
      if (!next) return response;
      current = std::move(*next);
    }
  }

 private:
  Result<HttpResponse> SendOnce(const HttpRequest& request, const Url& url, Deadline deadline,
                                const std::stop_token& stop) {
    std::string target = url.path;
    if (!url.query.empty()) target += "?" + url.query;
    std::string proxy_authorization;
    Stream stream;
    if (!request.unix_socket.empty()) {
      UniqueFd fd = HM_TRY(small::DialUnix(request.unix_socket));
      stream = small::MakePlainStream(std::move(fd));
    } else {
      const std::optional<small::Proxy> proxy = HM_TRY(small::ProxyFor(url, &Variable));
      stream = HM_TRY(Open(url, proxy, deadline, stop));
      if (proxy && url.scheme == "http") {
        target = url.ToString();
        proxy_authorization = proxy->authorization;
      }
    }
    HM_TRY(stream->Write(HeadOf(request, url, target, options_.user_agent, proxy_authorization),
                         deadline, stop));
    // A server that refuses early closes while we still send; its answer is worth reading.
    const Status sent = stream->Write(request.body, deadline, stop);
    Result<HttpResponse> response = ReadResponse(*stream, request, deadline, stop);
    if (!response && !sent && sent.error().code() == Errc::kUnavailable)
      return std::unexpected(sent.error());
    return response;
  }

  Result<Stream> Open(const Url& url, const std::optional<small::Proxy>& proxy, Deadline deadline,
                      const std::stop_token& stop) {
    UniqueFd fd = HM_TRY(small::DialTcp(proxy ? proxy->host : url.host,
                                        proxy ? proxy->port : url.port, deadline, stop));
    if (url.scheme == "http") return small::MakePlainStream(std::move(fd));
    if (proxy) {
      UniqueFd for_proxy(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
      if (!for_proxy) return Fail(Errc::kUnavailable, "no more file descriptors");
      const Stream plain = small::MakePlainStream(std::move(for_proxy));
      HM_TRY(OpenTunnel(*plain, url, *proxy, deadline, stop));
    }
    const std::shared_ptr<small::TlsContext> tls = HM_TRY(Tls());
    return tls->Connect(std::move(fd), url.host, deadline, stop);
  }

  Result<std::shared_ptr<small::TlsContext>> Tls() {
    const std::lock_guard lock(mutex_);
    if (!tls_) tls_ = HM_TRY(small::TlsContext::Make(options_.ca_file));
    return tls_;
  }

  const SmallOptions options_;
  std::mutex mutex_;
  std::shared_ptr<small::TlsContext> tls_;  // guarded by mutex_; made when first needed
};

}  // namespace

std::unique_ptr<HttpTransport> MakeSmallTransport(SmallOptions options) {
  return std::make_unique<SmallTransport>(std::move(options));
}

}  // namespace hullmark::net
