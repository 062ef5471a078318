// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/small_transport.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/net/redirect.h"
#include "base/net/small/channel.h"
#include "base/net/small/proxy.h"
#include "base/net/small/resolver.h"
#include "base/net/small/response_reader.h"
#include "base/net/small/tls_channel.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kIdleChannels = 8;
// Servers close idle connections after a minute or so; well before that, a new one is surer.
constexpr std::chrono::seconds kLongestIdle{15};
// Below it, copying costs less than another packet.
constexpr std::size_t kOneWrite = 64 << 10;
constexpr std::size_t kProxyHeadLimit = 16 << 10;

/// Where a request goes, and how it is asked for there.
struct Route {
  std::string key;  // requests with the same one may share a connection
  std::optional<Proxy> proxy;
  bool tunnel = false;  // CONNECT first
};

/// Channels that may serve another request, last used last.
class IdleChannels {
 public:
  std::unique_ptr<Channel> Take(const std::string& key) {
    return idle_.With([&](auto& idle) -> std::unique_ptr<Channel> {
      const auto oldest = std::chrono::steady_clock::now() - kLongestIdle;
      std::erase_if(idle, [&](const Idle& one) { return one.since < oldest || HasNews(one); });
      const auto match =
          std::find_if(idle.rbegin(), idle.rend(), [&](const Idle& one) { return one.key == key; });
      if (match == idle.rend()) return nullptr;
      std::unique_ptr<Channel> taken = std::move(match->channel);
      idle.erase(std::next(match).base());
      return taken;
    });
  }
  void Return(std::string key, std::unique_ptr<Channel> channel) {
    idle_.With([&](auto& idle) {
      if (idle.size() == kIdleChannels) idle.erase(idle.begin());
      idle.push_back({std::move(key), std::move(channel), std::chrono::steady_clock::now()});
    });
  }

 private:
  struct Idle {
    std::string key;
    std::unique_ptr<Channel> channel;
    Deadline since;
  };
  // Nothing is expected: bytes are nobody's answer, and an end is an end.
  static bool HasNews(const Idle& one) {
    pollfd ready{.fd = one.channel->fd(), .events = POLLIN, .revents = 0};
    return poll(&ready, 1, 0) != 0;
  }
  Guarded<std::vector<Idle>> idle_;
};

bool IsIdempotent(std::string_view method) {
  constexpr std::array<std::string_view, 5> kIdempotent = {"GET", "HEAD", "PUT", "DELETE",
                                                           "OPTIONS"};
  return std::ranges::find(kIdempotent, method) != kIdempotent.end();
}

class SmallTransport final : public HttpTransport {
 public:
  explicit SmallTransport(SmallOptions options)
      : options_(std::move(options)), roots_(options_.ca_file) {}

  Result<HttpResponse> Send(const HttpRequest& request, Deadline deadline,
                            std::stop_token stop) override {
    const Patience patience(deadline, stop);
    std::optional<HttpRequest> redirected;
    while (true) {
      const HttpRequest& current = redirected ? *redirected : request;
      const Url url = HM_TRY(Url::Parse(current.url));
      Result<HttpResponse> response = SendOnce(current, url, patience);
      if (!response) {
        // Without the query: it may hold a signature.
        const std::string where =
            Cat({current.method, " ", url.scheme, "://", url.Authority(), url.path});
        return Fail(std::move(response).error(), where);
      }
      Result<std::optional<HttpRequest>> next = FollowRedirect(current, *response);
      if (!next) return std::unexpected(std::move(next).error());
      if (!next->has_value()) {
        if (redirected && IsRedirect(response->status) && current.max_redirects == 0) {
          return Fail(Errc::kUnavailable,
                      Cat({request.method, " ", request.url, ": too many redirects"}));
        }
        return response;
      }
      redirected = *std::move(next);
    }
  }

 private:
  Result<HttpResponse> SendOnce(const HttpRequest& request, const Url& url,
                                const Patience& patience) {
    const Route route = HM_TRY(RouteOf(request, url));
    const std::string head = HM_TRY(HeadOf(request, url, route));
    // A connection that idled may have been closed while we write: only what may be sent twice
    // goes over one.
    if (IsIdempotent(request.method)) {
      if (std::unique_ptr<Channel> channel = idle_.Take(route.key)) {
        bool answered = false;
        Result<HttpResponse> response =
            Exchange(request, url, route, head, std::move(channel), patience, answered);
        const bool stale = !response && !answered &&
                           response.error().code() != Errc::kDeadlineExceeded &&
                           response.error().code() != Errc::kCancelled;
        if (!stale) return response;
      }
    }
    std::unique_ptr<Channel> channel = HM_TRY(Open(request, url, route, patience));
    bool answered = false;
    return Exchange(request, url, route, head, std::move(channel), patience, answered);
  }

  Result<Route> RouteOf(const HttpRequest& request, const Url& url) const {
    Route route;
    if (request.unix_socket.empty()) {
      route.proxy = HM_TRY(ProxyFor(url, ProcessEnvironment));
    }
    route.tunnel = route.proxy.has_value() && url.scheme == "https";
    const std::string via = route.proxy ? route.proxy->url.ToString() : "";
    // Over a plain proxy, requests to all hosts share a connection.
    const std::string to =
        route.proxy && !route.tunnel ? "" : Cat({url.scheme, "://", url.Authority()});
    route.key = Cat({request.unix_socket, "\n", via, "\n", to});
    return route;
  }

  Result<std::string> HeadOf(const HttpRequest& request, const Url& url, const Route& route) const {
    if (!IsSafeField(request.method, "")) {
      return Fail(Errc::kInvalidArgument, Cat({"bad method ", Quote(request.method)}));
    }
    const bool absolute = route.proxy && !route.tunnel;
    std::string head =
        Cat({request.method, " ", absolute ? Cat({url.scheme, "://", url.Authority()}) : "",
             url.path, url.query.empty() ? "" : "?", url.query, " HTTP/1.1\r\n"});
    const auto add_default = [&](std::string_view name, std::string_view value) {
      if (request.headers.Find(name) == nullptr) head += Cat({name, ": ", value, "\r\n"});
    };
    add_default("Host", url.Authority());
    add_default("User-Agent", options_.user_agent);
    add_default("Accept", "*/*");
    if (absolute && !route.proxy->authorization.empty()) {
      head += Cat({"Proxy-Authorization: ", route.proxy->authorization, "\r\n"});
    }
    const bool takes_body =
        request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (takes_body || !request.body.empty()) {
      head += Cat({"Content-Length: ", std::to_string(request.body.size()), "\r\n"});
    }
    for (const auto& [name, value] : request.headers) {
      const bool ours =
          EqualsIgnoreCase(name, "Content-Length") || EqualsIgnoreCase(name, "Transfer-Encoding");
      if (ours || !IsSafeField(name, value)) {
        return Fail(Errc::kInvalidArgument, Cat({"bad header ", Quote(name)}));
      }
      head += Cat({name, ": ", value, "\r\n"});
    }
    return head + "\r\n";
  }

  Result<std::unique_ptr<Channel>> Open(const HttpRequest& request, const Url& url,
                                        const Route& route, const Patience& patience) {
    if (!request.unix_socket.empty()) return DialUnix(request.unix_socket, patience);
    const Url& first = route.proxy ? route.proxy->url : url;
    Result<std::unique_ptr<Channel>> channel = DialHost(first, patience);
    if (!route.proxy) return channel;
    if (channel && route.tunnel) channel = Tunnel(*std::move(channel), url, *route.proxy, patience);
    if (!channel) {
      return Fail(std::move(channel).error(), Cat({"proxy ", route.proxy->url.Authority()}));
    }
    if (route.tunnel) return roots_.Wrap(*std::move(channel), url.host, patience);
    return channel;
  }

  Result<std::unique_ptr<Channel>> DialHost(const Url& url, const Patience& patience) {
    const std::vector<SocketAddress> addresses = HM_TRY(Resolve(url.host, url.port, patience));
    std::unique_ptr<Channel> channel = HM_TRY(Dial(addresses, patience));
    if (url.scheme == "https") return roots_.Wrap(std::move(channel), url.host, patience);
    return channel;
  }

  // RFC 9110 §9.3.6.
  static Result<std::unique_ptr<Channel>> Tunnel(std::unique_ptr<Channel> channel, const Url& url,
                                                 const Proxy& proxy, const Patience& patience) {
    const std::string host = url.host.contains(':') ? Cat({"[", url.host, "]"}) : url.host;
    const std::string target = Cat({host, ":", std::to_string(url.port)});
    std::string head = Cat({"CONNECT ", target, " HTTP/1.1\r\nHost: ", target, "\r\n"});
    if (!proxy.authorization.empty()) {
      head += Cat({"Proxy-Authorization: ", proxy.authorization, "\r\n"});
    }
    HM_TRY(channel->Write(head + "\r\n", patience));
    ResponseReader reader({.head_bytes = kProxyHeadLimit}, true, [](auto&, auto) { return true; });
    while (!reader.done()) {
      // Byte by byte: what follows the head is not ours to read.
      std::array<char, 1> byte;
      const std::size_t n = HM_TRY(channel->Read(byte, patience));
      if (n == 0) return Fail(Errc::kUnavailable, "closed without an answer");
      HM_TRY(reader.Feed({byte.data(), n}));
    }
    const int status = reader.response().status;
    if (status / 100 != 2) {
      return Fail(Errc::kUnavailable,
                  Cat({"answered ", std::to_string(status), " to CONNECT ", target,
                       status == 407 ? ": it wants a user name and password" : ""}));
    }
    return channel;
  }

  // `answered`: a byte of a response came.
  Result<HttpResponse> Exchange(const HttpRequest& request, const Url& url, const Route& route,
                                const std::string& head, std::unique_ptr<Channel> channel,
                                const Patience& patience, bool& answered) {
    std::string body;
    ResponseReader reader({.body_bytes = request.max_response_bytes}, request.method == "HEAD",
                          [&](const HttpResponse& so_far, std::string_view piece) {
                            const bool page_of_redirect =
                                IsRedirect(so_far.status) && request.max_redirects > 0 &&
                                so_far.headers.Find("Location") != nullptr;
                            if (page_of_redirect) return true;
                            if (request.on_body) return request.on_body(piece);
                            body.append(piece);
                            return true;
                          });
    // A server may answer and close before it has read all: its answer is worth more than EPIPE.
    Status sent = request.body.size() <= kOneWrite ? channel->Write(head + request.body, patience)
                                                   : channel->Write(head, patience);
    if (sent && request.body.size() > kOneWrite) sent = channel->Write(request.body, patience);
    if (!sent && sent.error().code() != Errc::kUnavailable) return std::unexpected(sent.error());
    std::array<char, 16 << 10> buffer;
    while (!reader.done()) {
      Result<std::size_t> n = channel->Read(buffer, patience);
      if (!n && !sent) return std::unexpected(sent.error());
      if (!n && answered && n.error().code() == Errc::kUnavailable) {
        return Fail(Errc::kDataLoss, n.error().message());
      }
      if (!n) return std::unexpected(n.error());
      if (*n == 0) {
        if (!answered && !sent) return std::unexpected(sent.error());
        HM_TRY(reader.Finish());
        break;
      }
      answered = true;
      HM_TRY(reader.Feed({buffer.data(), *n}));
    }
    HttpResponse response = std::move(reader.response());
    response.body = std::move(body);
    response.effective_url = url.ToString();
    if (sent && reader.done() && reader.keep_alive()) idle_.Return(route.key, std::move(channel));
    return response;
  }

  const SmallOptions options_;
  TlsRoots roots_;
  IdleChannels idle_;
};

}  // namespace

std::unique_ptr<HttpTransport> MakeSmallTransport(SmallOptions options) {
  return std::make_unique<SmallTransport>(std::move(options));
}

}  // namespace hullmark::net
