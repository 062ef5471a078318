// SPDX-License-Identifier: Apache-2.0
#include "base/net/client/curl_handle.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/net/client/address_guard.h"
#include "base/net/redirect.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxHeaderBytes = 256 << 10;
constexpr long kConnectionsKept = 4;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

/// What one exchange has so far; libcurl's callbacks fill it.
struct Transfer {
  CURL* easy = nullptr;
  const HttpRequest* request = nullptr;
  HttpResponse response;
  std::size_t body_bytes = 0;
  std::size_t header_bytes = 0;
  bool head_whole = false;
  bool refused_address = false;
  std::optional<Error> failure;
  std::array<char, CURL_ERROR_SIZE> reason{};

  bool WillRedirect() const {
    return request->max_redirects > 0 && request->unix_socket.empty() &&
           IsRedirect(response.status) && response.headers.Find("Location") != nullptr;
  }
  void Stop(Errc code, std::string why) { failure.emplace(code, std::move(why)); }
};

// Called from C: nothing may be thrown through it.
std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size);
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.Stop(Errc::kResourceExhausted, "response head over 256 KiB");
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // an interim response, or a proxy's, came before
    transfer.response.headers = {};
    transfer.head_whole = false;
  } else if (Trim(line).empty()) {
    long status = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    transfer.head_whole = status >= 200;
  } else if (!transfer.head_whole) {  // later ones are trailers
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && colon > 0) {
      transfer.response.headers.Add(std::string(line.substr(0, colon)),
                                    std::string(Trim(line.substr(colon + 1))));
    }
  }
  return size;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const HttpRequest& request = *transfer.request;
  if (size > request.max_response_bytes - transfer.body_bytes) {
    transfer.Stop(Errc::kResourceExhausted,
                  Cat({"response over ", std::to_string(request.max_response_bytes), " bytes"}));
    return 0;
  }
  transfer.body_bytes += size;
  if (transfer.WillRedirect()) return size;  // nobody asked for that page
  const std::string_view piece(data, size);
  if (!request.on_body) {
    transfer.response.body.append(piece);
    return size;
  }
  try {
    if (request.on_body(piece)) return size;
    transfer.Stop(Errc::kCancelled, "the reader wants no more");
  } catch (const std::exception& failure) {
    transfer.Stop(Errc::kInternal, Cat({"the reader threw: ", failure.what()}));
  }
  return 0;
}

curl_socket_t OnOpenSocket(void* user, curlsocktype, curl_sockaddr* address) noexcept {
  if (IsForbiddenAddress(&address->addr, address->addrlen)) {
    static_cast<Transfer*>(user)->refused_address = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Result<HeaderList> ListOf(const Headers& headers) {
  HeaderList list;
  const auto add = [&list](const std::string& line) {
    curl_slist* grown = curl_slist_append(list.get(), line.c_str());
    HM_CHECK(grown != nullptr, "memory for a header line");
    list.release();
    list.reset(grown);
  };
  // libcurl would otherwise wait for "100 Continue", and name a type for every body.
  add("Expect:");
  if (headers.Find("Content-Type") == nullptr) add("Content-Type:");
  for (const auto& [name, value] : headers) {
    if (!IsSafeField(name, value)) {
      return Fail(Errc::kInvalidArgument, Cat({"bad header ", Quote(name)}));
    }
    add(value.empty() ? name + ";" : Cat({name, ": ", value}));
  }
  return list;
}

std::unexpected<Error> Failure(const Transfer& transfer, CURLcode code,
                               const CurlOptions& options) {
  if (transfer.failure) return std::unexpected(*transfer.failure);
  const std::string why =
      transfer.reason[0] != '\0' ? transfer.reason.data() : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return Fail(Errc::kDeadlineExceeded, "no answer in time");
    case CURLE_FILESIZE_EXCEEDED:
      return Fail(
          Errc::kResourceExhausted,
          Cat({"response over ", std::to_string(transfer.request->max_response_bytes), " bytes"}));
    case CURLE_URL_MALFORMAT:
      return Fail(Errc::kInvalidArgument, why);
    case CURLE_SSL_CACERT_BADFILE:
      return Fail(Errc::kInvalidArgument,
                  Cat({"ca file ", Quote(options.ca_file), " cannot be used: ", why}));
    case CURLE_PEER_FAILED_VERIFICATION:
      return Fail(Errc::kUnavailable,
                  Cat({"its certificate is not trusted: ", why,
                       "; for a private authority, give its certificate as the ca file"}));
    default:
      break;
  }
  if (transfer.refused_address) {
    return Fail(Errc::kPermissionDenied, "its address is link-local, where nothing may be asked");
  }
  return Fail(transfer.head_whole ? Errc::kDataLoss : Errc::kUnavailable, why);
}

}  // namespace

class CurlHandle::Impl {
 public:
  Impl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    easy_.reset(curl_easy_init());
    multi_.reset(curl_multi_init());
    HM_CHECK(easy_ != nullptr && multi_ != nullptr, "memory for a curl handle");
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kConnectionsKept);
  }

  Result<HttpResponse> Exchange(const CurlOptions& options, const HttpRequest& request,
                                const Url& url, Deadline deadline, const std::stop_token& stop) {
    Transfer transfer;
    transfer.easy = easy_.get();
    transfer.request = &request;
    transfer.response.effective_url = url.ToString();
    const HeaderList headers = HM_TRY(ListOf(request.headers));
    curl_easy_reset(easy_.get());
    SetUpPeer(options, request, url, transfer);
    SetUpRequest(options, request, headers.get(), transfer);
    const Result<CURLcode> code = Run(deadline, stop);
    curl_easy_reset(easy_.get());  // what it points to ends here; connections stay
    if (!code) return std::unexpected(code.error());
    if (*code != CURLE_OK || transfer.failure) return Failure(transfer, *code, options);
    // libcurl is content with a head that breaks off.
    if (!transfer.head_whole) return Fail(Errc::kUnavailable, "closed within the response's head");
    return std::move(transfer.response);
  }

 private:
  template <class T>
  void Set(CURLoption option, T value) {
    HM_CHECK(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK, "a curl option is taken");
  }

  void SetUpPeer(const CurlOptions& options, const HttpRequest& request, const Url& url,
                 Transfer& transfer) {
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_URL, transfer.response.effective_url.c_str());
    Set(CURLOPT_PATH_AS_IS, 1L);
    Set(CURLOPT_NOSIGNAL, 1L);
    // A look-up that outlives its request must not hold up whoever ends the request.
    Set(CURLOPT_QUICK_EXIT, 1L);
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty()) {
      Set(CURLOPT_CAINFO, options.ca_file.c_str());
      Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    if (!request.unix_socket.empty()) {
      Set(CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    }
    if (!request.unix_socket.empty() || url.IsLoopback()) Set(CURLOPT_PROXY, "");
    Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    Set(CURLOPT_OPENSOCKETFUNCTION, &OnOpenSocket);
    Set(CURLOPT_OPENSOCKETDATA, &transfer);
  }

  void SetUpRequest(const CurlOptions& options, const HttpRequest& request, curl_slist* headers,
                    Transfer& transfer) {
    Set(CURLOPT_USERAGENT, options.user_agent.c_str());
    Set(CURLOPT_HTTPHEADER, headers);
    if (request.method == "HEAD") {
      Set(CURLOPT_NOBODY, 1L);
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
               request.method == "PATCH") {
      Set(CURLOPT_POST, 1L);
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      Set(CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method != "HEAD") Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    Set(CURLOPT_MAXFILESIZE_LARGE,
        static_cast<curl_off_t>(std::min<std::size_t>(request.max_response_bytes, PTRDIFF_MAX)));
    Set(CURLOPT_HEADERFUNCTION, &OnHeader);
    Set(CURLOPT_HEADERDATA, &transfer);
    Set(CURLOPT_WRITEFUNCTION, &OnBody);
    Set(CURLOPT_WRITEDATA, &transfer);
    Set(CURLOPT_ERRORBUFFER, transfer.reason.data());
  }

  // Runs the transfer that is set up, on this thread.
  Result<CURLcode> Run(Deadline deadline, const std::stop_token& stop) {
    CURLM* multi = multi_.get();
    HM_CHECK(curl_multi_add_handle(multi, easy_.get()) == CURLM_OK, "one transfer at a time");
    Result<CURLcode> outcome = Fail(Errc::kInternal, "curl ended without a result");
    {
      const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
      int running = 1;
      while (running != 0) {
        const auto left =
            std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        if (stop.stop_requested()) {
          outcome = Fail(Errc::kCancelled, "stopped");
          break;
        }
        if (left.count() <= 0) {
          outcome = Fail(Errc::kDeadlineExceeded, "no answer in time");
          break;
        }
        CURLMcode done = curl_multi_perform(multi, &running);
        const auto wait = static_cast<int>(std::min<std::int64_t>(left.count(), 60'000));
        if (done == CURLM_OK && running != 0) {
          done = curl_multi_poll(multi, nullptr, 0, wait, nullptr);
        }
        if (done != CURLM_OK) {
          outcome = Fail(Errc::kInternal, curl_multi_strerror(done));
          break;
        }
      }
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE) outcome = message->data.result;
    }
    curl_multi_remove_handle(multi, easy_.get());
    return outcome;
  }

  std::unique_ptr<CURL, FreeEasy> easy_;
  std::unique_ptr<CURLM, FreeMulti> multi_;  // after easy_: it goes first
};

CurlHandle::CurlHandle() : impl_(std::make_unique<Impl>()) {}
CurlHandle::~CurlHandle() = default;
Result<HttpResponse> CurlHandle::Exchange(const CurlOptions& options, const HttpRequest& request,
                                          const Url& url, Deadline deadline,
                                          const std::stop_token& stop) {
  return impl_->Exchange(options, request, url, deadline, stop);
}

}  // namespace hullmark::net
