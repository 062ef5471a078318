// SPDX-License-Identifier: Apache-2.0
#include "base/net/small/response_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/net/body_reader.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

/// Beast's parser for the head, filling an HttpResponse.
class Parser final : public http::basic_parser<false> {
 public:
  Parser(HttpResponse& response, bool head_only) : response_(response) {
    body_limit(boost::none);                                  // bodies are read by BodyReader
    header_limit(std::numeric_limits<std::uint32_t>::max());  // ours was checked
    skip(head_only);
    eager(false);
  }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code& ec) override {
    ec = http::error::bad_version;
  }
  void on_response_impl(int status, string_view, int, error_code& ec) override {
    response_.status = status;
    ec = {};
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code& ec) override {
    ec = {};
    response_.headers.Add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code& ec) override { ec = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& ec) override {
    ec = {};
  }
  std::size_t on_body_impl(string_view, error_code& ec) override {
    ec = http::error::unexpected_body;
    return 0;
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code& ec) override {
    ec = http::error::unexpected_body;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code& ec) override {
    ec = http::error::unexpected_body;
    return 0;
  }
  void on_finish_impl(error_code& ec) override { ec = {}; }

  HttpResponse& response_;
};

}  // namespace

class ResponseReader::Impl {
 public:
  Impl(const ResponseLimits& limits, bool head_only, OnBody on_body)
      : limits_(limits), head_only_(head_only), on_body_(std::move(on_body)) {
    Begin();
  }

  Status Feed(std::string_view bytes) {
    pending_.append(bytes);
    while (!body_) {
      const bool more = HM_TRY(ReadHead());
      if (!more) return {};
    }
    return ReadBody();
  }

  Status Finish() {
    if (!body_) {
      return Fail(Errc::kUnavailable, pending_.empty() ? "closed without an answer"
                                                       : "closed within the response's head");
    }
    if (!body_->Finish()) return Fail(Errc::kDataLoss, "the body broke off");
    return {};
  }

  bool done() const { return body_ && body_->state() == BodyReader::State::kDone; }
  bool keep_alive() const { return parser_->keep_alive() && pending_.empty(); }

  HttpResponse response_;

 private:
  void Begin() {
    response_ = {};
    parser_.emplace(response_, head_only_);
  }

  // False when more bytes are needed.
  Result<bool> ReadHead() {
    const std::size_t end = pending_.find("\r\n\r\n");
    if (std::min(end, pending_.size()) > limits_.head_bytes) {
      return Fail(Errc::kResourceExhausted,
                  Cat({"response head over ", std::to_string(limits_.head_bytes), " bytes"}));
    }
    // What does not begin like a response need not be waited for.
    constexpr std::string_view kStart = "HTTP/";
    if (std::string_view(pending_).substr(0, kStart.size()) != kStart.substr(0, pending_.size())) {
      return Fail(Errc::kUnavailable, Cat({"no HTTP response: ", Quote(pending_)}));
    }
    if (end == std::string::npos) return false;
    error_code ec;
    const std::size_t used = parser_->put(boost::asio::buffer(pending_.data(), end + 4), ec);
    if (ec || used != end + 4) {
      return Fail(Errc::kUnavailable, Cat({"bad HTTP response: ", ec.message()}));
    }
    pending_.erase(0, used);
    if (response_.status >= 200) {
      HM_TRY(BeginBody());
      return true;
    }
    if (response_.status < 100 || response_.status == 101 ||
        ++interim_ > limits_.interim_responses) {
      return Fail(Errc::kUnavailable,
                  Cat({"unexpected status ", std::to_string(response_.status)}));
    }
    Begin();
    return !pending_.empty();
  }

  Status BeginBody() {
    const std::vector<std::string_view> codings = response_.headers.All("Transfer-Encoding");
    if (codings.size() > 1 || (!codings.empty() && !EqualsIgnoreCase(codings[0], "chunked"))) {
      return Fail(Errc::kUnavailable, Cat({"unsupported transfer coding ", Quote(codings[0])}));
    }
    const BodyLimits limits{.body_bytes = limits_.body_bytes,
                            .line_bytes = limits_.chunk_head_bytes};
    if (parser_->is_done()) {
      body_ = BodyReader::OfLength(0, limits);
    } else if (parser_->chunked()) {
      body_ = BodyReader::Chunked(limits);
    } else if (const boost::optional<std::uint64_t> length = parser_->content_length()) {
      body_ = BodyReader::OfLength(*length, limits);
    } else {
      body_ = BodyReader::ToTheEnd(limits);
    }
    return {};
  }

  Status ReadBody() {
    bool wanted = true;
    pending_.erase(0, body_->Feed(pending_, [&](std::string_view piece) {
      wanted = wanted && on_body_(response_, piece);
    }));
    if (!wanted) return Fail(Errc::kCancelled, "the reader wants no more");
    if (body_->state() == BodyReader::State::kOverLimit) {
      return Fail(Errc::kResourceExhausted,
                  Cat({"response over ", std::to_string(limits_.body_bytes), " bytes"}));
    }
    if (body_->state() == BodyReader::State::kBad) {
      return Fail(Errc::kDataLoss, Cat({"bad body: ", body_->what()}));
    }
    return {};
  }

  const ResponseLimits limits_;
  const bool head_only_;
  const OnBody on_body_;
  std::string pending_;
  std::optional<Parser> parser_;
  std::optional<BodyReader> body_;  // once the head is whole
  int interim_ = 0;
};

ResponseReader::ResponseReader(const ResponseLimits& limits, bool head_only, OnBody on_body)
    : impl_(std::make_unique<Impl>(limits, head_only, std::move(on_body))) {}
ResponseReader::~ResponseReader() = default;

Status ResponseReader::Feed(std::string_view bytes) { return impl_->Feed(bytes); }
Status ResponseReader::Finish() { return impl_->Finish(); }
bool ResponseReader::done() const { return impl_->done(); }
bool ResponseReader::keep_alive() const { return impl_->keep_alive(); }
HttpResponse& ResponseReader::response() { return impl_->response_; }

}  // namespace hullmark::net
