// SPDX-License-Identifier: Apache-2.0
#include "base/net/server/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/net/body_reader.h"
#include "base/net/server/request_head.h"
#include "base/text.h"

namespace hullmark::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

/// Beast's parser for the head, filling a ServerRequest.
class Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(ServerRequest& request) : request_(request) {
    body_limit(boost::none);
    eager(false);
  }

 private:
  void on_request_impl(http::verb, boost::beast::string_view method, boost::beast::string_view, int,
                       error_code& ec) override {
    request_.method.assign(method.data(), method.size());
    ec = {};
  }
  void on_response_impl(int, boost::beast::string_view, int, error_code& ec) override {
    ec = http::error::bad_version;
  }
  void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                     error_code& ec) override {
    ec = {};
    request_.headers.Add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code& ec) override { ec = {}; }
  // Bodies are read by BodyReader.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& ec) override {
    ec = {};
  }
  std::size_t on_body_impl(boost::beast::string_view, error_code& ec) override {
    ec = http::error::unexpected_body;
    return 0;
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code& ec) override {
    ec = http::error::unexpected_body;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view,
                                 error_code& ec) override {
    ec = http::error::unexpected_body;
    return 0;
  }
  void on_finish_impl(error_code& ec) override { ec = {}; }

  ServerRequest& request_;
};

}  // namespace

class RequestReader::Impl {
 public:
  explicit Impl(const ReaderLimits& limits) : limits_(limits) { Begin(); }

  void Feed(std::string_view bytes) {
    if (state_ == State::kRefused) return;
    pending_.append(bytes);
    if (state_ == State::kHead) ReadHead();
    if (state_ == State::kBody) ReadBody();
  }

  void Admit(std::size_t max_body_bytes) {
    HM_CHECK(state_ == State::kAdmit, "a request is admitted once, when its head is whole");
    const BodyLimits limits{.body_bytes = max_body_bytes, .line_bytes = limits_.chunk_head_bytes};
    max_body_ = max_body_bytes;
    body_ = parser_->chunked()
                ? BodyReader::Chunked(limits)
                : BodyReader::OfLength(parser_->content_length().value_or(0), limits);
    state_ = State::kBody;
    ReadBody();
  }

  void Next() {
    HM_CHECK(state_ == State::kDone, "the request before is finished");
    Begin();
    ReadHead();
  }

  // The parser keeps a reference to request_, so that a taken request leaves a usable one behind.
  ServerRequest Take() {
    HM_CHECK(state_ == State::kDone, "a request is taken when it is whole");
    return std::exchange(request_, {});
  }

  bool has_body() const { return !parser_->is_done() || !request_.body.empty(); }
  bool awaits_continue() const {
    return state_ == State::kBody && expects_continue_ && pending_.empty() && request_.body.empty();
  }
  bool keep_alive() const { return keep_alive_; }

  State state_ = State::kHead;
  std::string pending_;  // bytes that no request has consumed
  ServerRequest request_;
  Refusal refusal_;

 private:
  void Begin() {
    request_ = {};
    parser_.emplace(request_);
    state_ = State::kHead;
    line_checked_ = false;
    expects_continue_ = false;
    keep_alive_ = false;
  }

  void Refuse(Refusal refusal) {
    refusal_ = std::move(refusal);
    state_ = State::kRefused;
    keep_alive_ = false;
    pending_.clear();
    pending_.shrink_to_fit();
  }

  void ReadHead() {
    // RFC 9112 §2.2: an empty line before a request is ignored.
    std::size_t empty_lines = 0;
    while (std::string_view(pending_).substr(empty_lines).starts_with("\r\n")) empty_lines += 2;
    if (!line_checked_) pending_.erase(0, empty_lines);
    if (pending_.empty()) return;
    if (!line_checked_ && !CheckLine()) return;
    const std::size_t end = pending_.find("\r\n\r\n", search_from_);
    if (end == std::string::npos || end + 4 > limits_.head_bytes) {
      if (pending_.size() > limits_.head_bytes) {
        return Refuse({431, "the head is over " + std::to_string(limits_.head_bytes) + " bytes"});
      }
      // The end may begin in what is here.
      search_from_ = pending_.size() - std::min<std::size_t>(pending_.size(), 3);
      return;
    }
    ParseHead(end + 4);
  }

  // False when there is nothing more to do now.
  bool CheckLine() {
    // What cannot become a request line (TLS on a plain port) need not be waited for.
    const auto first = static_cast<unsigned char>(pending_[0]);
    if (first != '\r' && (first <= ' ' || first > '~')) {
      Refuse({400, "this is no HTTP request"});
      return false;
    }
    const std::size_t end = pending_.find('\n');
    if (end == std::string::npos) {
      if (pending_.size() > limits_.head_bytes) Refuse({414, "the request line is too long"});
      return false;
    }
    RequestLine line;
    const std::string_view text = std::string_view(pending_).substr(0, end);
    std::optional<Refusal> bad;
    if (text.ends_with('\r')) {
      bad = CheckRequestLine(text.substr(0, end - 1), line);
    } else {
      bad = Refusal{400, "a line that does not end with CR LF"};
    }
    if (!bad && end > limits_.head_bytes) bad = Refusal{414, "the request line is too long"};
    if (bad) {
      Refuse(*std::move(bad));
      return false;
    }
    minor_version_ = line.minor_version;
    line_checked_ = true;
    fields_from_ = end + 1;
    search_from_ = end - 1;  // the line's own CR LF may begin the end of the head
    return true;
  }

  void ParseHead(std::size_t head_size) {
    const std::string_view head = std::string_view(pending_).substr(0, head_size);
    const std::string_view fields = head.substr(fields_from_, head_size - 2 - fields_from_);
    if (std::optional<Refusal> bad = CheckFieldLines(fields, limits_)) {
      return Refuse(*std::move(bad));
    }
    error_code ec;
    parser_->header_limit(std::numeric_limits<std::uint32_t>::max());  // ours was checked
    const std::size_t used = parser_->put(boost::asio::buffer(head.data(), head.size()), ec);
    if (ec || !parser_->is_header_done() || used != head_size) {
      return Refuse({400, Cat({"bad request: ", ec ? ec.message() : "incomplete head"})});
    }
    if (std::optional<Refusal> bad = CheckFraming(request_.headers, minor_version_)) {
      return Refuse(*std::move(bad));
    }
    const std::string_view line = head.substr(0, fields_from_);
    const std::size_t from = line.find(' ') + 1;
    if (auto bad = ReadTarget(line.substr(from, line.rfind(' ') - from), request_)) {
      return Refuse(*std::move(bad));
    }
    expects_continue_ = minor_version_ == 1 && request_.headers.Find("Expect") != nullptr;
    keep_alive_ = minor_version_ == 1 && parser_->keep_alive();
    pending_.erase(0, head_size);
    state_ = State::kAdmit;
  }

  void ReadBody() {
    pending_.erase(
        0, body_->Feed(pending_, [this](std::string_view piece) { request_.body.append(piece); }));
    switch (body_->state()) {
      case BodyReader::State::kMore:
        return;
      case BodyReader::State::kDone:
        state_ = State::kDone;
        return;
      case BodyReader::State::kOverLimit:
        return Refuse(
            {413, "the body is over the limit of " + std::to_string(max_body_) + " bytes"});
      case BodyReader::State::kBad:
        return Refuse({400, Cat({"bad request body: ", body_->what()})});
    }
  }

  const ReaderLimits limits_;
  std::optional<Parser> parser_;
  std::optional<BodyReader> body_;
  bool line_checked_ = false;
  int minor_version_ = 1;
  std::size_t fields_from_ = 0;
  std::size_t search_from_ = 0;
  std::size_t max_body_ = 0;
  bool expects_continue_ = false;
  bool keep_alive_ = false;
};

RequestReader::RequestReader(const ReaderLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::state() const { return impl_->state_; }
void RequestReader::Feed(std::string_view bytes) { impl_->Feed(bytes); }
bool RequestReader::started() const {
  return impl_->state_ != State::kHead || !impl_->pending_.empty();
}
const ServerRequest& RequestReader::request() const { return impl_->request_; }
void RequestReader::Admit(std::size_t max_body_bytes) { impl_->Admit(max_body_bytes); }
bool RequestReader::has_body() const { return impl_->has_body(); }
bool RequestReader::awaits_continue() const { return impl_->awaits_continue(); }
bool RequestReader::keep_alive() const { return impl_->keep_alive(); }
ServerRequest RequestReader::Take() { return impl_->Take(); }
void RequestReader::Next() { impl_->Next(); }
const Refusal& RequestReader::refusal() const { return impl_->refusal_; }

}  // namespace hullmark::net
