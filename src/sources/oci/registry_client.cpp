// SPDX-License-Identifier: Apache-2.0
#include "sources/oci/registry_client.h"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

#include "base/codec/json.h"
#include "base/crypto/hash.h"
#include "base/text.h"
#include "sources/oci/requester.h"

namespace hullmark::oci {
namespace {

constexpr std::string_view kPageSize = "1000";
constexpr std::string_view kCatalogScope = "registry:catalog:*";

bool IsLowerAlnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool IsPathComponent(std::string_view text) {
  std::size_t i = 0;
  const auto letters = [&] {
    const std::size_t begin = i;
    while (i < text.size() && IsLowerAlnum(text[i])) ++i;
    return i > begin;
  };
  if (!letters()) return false;
  while (i < text.size()) {
    if (text.substr(i).starts_with("__")) {
      i += 2;
    } else if (text[i] == '.' || text[i] == '_') {
      ++i;
    } else {
      const std::size_t begin = i;
      while (i < text.size() && text[i] == '-') ++i;
      if (i == begin) return false;
    }
    if (!letters()) return false;
  }
  return true;
}

Result<net::Url> JudgeBaseUrl(const RegistryOptions& options) {
  net::Url url = HM_TRY(net::Url::Parse(options.base_url));
  if (url.scheme != "https" && !url.IsLoopback() && !options.insecure) {
    return Fail(Errc::kInvalidArgument,
                Cat({Quote(options.base_url),
                     " is plain http; use https, or say that this registry is insecure"}));
  }
  url.path = "/";
  url.query.clear();
  return url;
}

std::string PullScope(std::string_view repository) {
  return Cat({"repository:", repository, ":pull"});
}

// The digest that a response says it has.  Nothing when it says none, or one of another algorithm.
Result<std::optional<Digest>> SaidDigest(const net::HttpResponse& response) {
  const std::string* said = response.headers.Find("Docker-Content-Digest");
  if (said == nullptr || !said->starts_with("sha256:")) return std::optional<Digest>();
  Result<Digest> digest = Digest::Parse(*said);
  if (!digest) {
    return Fail(Errc::kDataLoss, Cat({"Docker-Content-Digest: ", digest.error().message()}));
  }
  return std::optional(*digest);
}

std::string MediaTypeOf(const Document& document) {
  return std::visit([](const auto& alternative) { return alternative.media_type; }, document);
}

}  // namespace

bool IsRepositoryName(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  return std::ranges::all_of(Split(text, '/'), IsPathComponent);
}

bool IsTagName(std::string_view text) {
  if (text.empty() || text.size() > 128 || text[0] == '.' || text[0] == '-') return false;
  return std::ranges::all_of(text, [](char c) {
    return IsLowerAlnum(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
  });
}

class RegistryClient::Impl {
 public:
  Impl(net::HttpTransport& transport, RegistryOptions options) : options_(std::move(options)) {
    Result<net::Url> url = JudgeBaseUrl(options_);
    if (url) {
      authority_ = url->Authority();
      requester_.emplace(transport, *std::move(url), options_);
    } else {
      unusable_ = std::move(url).error();
    }
  }

  const RegistryOptions& options() const { return options_; }

  Result<net::HttpResponse> Send(const Ask& ask, const std::stop_token& stop) {
    if (!requester_) return std::unexpected(*unusable_);
    Result<net::HttpResponse> response = requester_->Send(ask, stop);
    if (!response) return std::unexpected(InContext(std::move(response).error(), ask));
    return response;
  }

  Error InContext(Error error, const Ask& ask) const {
    error.Add(Cat({ask.method, " ", ask.target}));
    error.Add(Cat({"registry ", authority_}));
    return error;
  }

  Result<std::vector<std::string>> List(Ask ask, std::string_view member,
                                        bool (*is_name)(std::string_view),
                                        const std::stop_token& stop);

 private:
  Result<net::HttpResponse> SendPage(Ask& ask, bool first, const std::stop_token& stop);
  Result<std::optional<std::string>> NextTarget(const net::HttpResponse& page) const;

  const RegistryOptions options_;
  std::string authority_;
  std::optional<Requester> requester_;
  std::optional<Error> unusable_;
};

// distribution answers 400 where `n` is beyond its maximum; then it chooses.
Result<net::HttpResponse> RegistryClient::Impl::SendPage(Ask& ask, bool first,
                                                         const std::stop_token& stop) {
  if (!first) return Send(ask, stop);
  const std::string plain = ask.target;
  ask.target = Cat({plain, "?n=", kPageSize});
  Result<net::HttpResponse> page = Send(ask, stop);
  if (page || page.error().code() != Errc::kInvalidArgument) return page;
  ask.target = plain;
  return Send(ask, stop);
}

// A next page on another host is none of this registry's.  Its scheme is ours, whatever the link
// says: registries behind a proxy that ends TLS write http into it.
Result<std::optional<std::string>> RegistryClient::Impl::NextTarget(
    const net::HttpResponse& page) const {
  for (const std::string_view field : page.headers.All("Link")) {
    const std::optional<std::string> link = net::FindLink(field, "next");
    if (!link) continue;
    const net::Url next = HM_TRY(net::ResolveUrl(requester_->registry(), *link));
    if (next.host != requester_->registry().host) {
      return Fail(Errc::kInputRefused,
                  Cat({"the next page is said to be on another host: ", Quote(*link)}));
    }
    return std::optional(next.query.empty() ? next.path : Cat({next.path, "?", next.query}));
  }
  return std::optional<std::string>();
}

namespace {

Status AppendPage(const std::string& body, std::string_view member, std::size_t max_bytes,
                  bool (*is_name)(std::string_view), std::vector<std::string>& names) {
  const codec::JsonDocument json =
      HM_TRY(codec::JsonDocument::Parse(body, {.max_bytes = max_bytes}));
  const codec::Json list = json.root()[member];
  if (list.IsNull()) return {};  // how a Go program writes an empty list
  if (!list.IsArray()) return Fail(Errc::kInputRefused, Cat({member, ": want a list of names"}));
  std::string wrong;
  list.ForEachItem([&](codec::Json name) {
    if (is_name(name.Text())) {
      names.emplace_back(name.Text());
    } else {
      wrong = name.Dump();
    }
  });
  if (!wrong.empty()) return Fail(Errc::kInputRefused, Cat({member, ": no name: ", Quote(wrong)}));
  return {};
}

}  // namespace

Result<std::vector<std::string>> RegistryClient::Impl::List(Ask ask, std::string_view member,
                                                            bool (*is_name)(std::string_view),
                                                            const std::stop_token& stop) {
  const ListLimits& limits = options_.list_limits;
  ask.accept = "application/json";
  ask.max_bytes = limits.max_page_bytes;
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (bool first = true;; first = false) {
    const net::HttpResponse page = HM_TRY(SendPage(ask, first, stop));
    seen.insert(ask.target);
    if (Status read = AppendPage(page.body, member, limits.max_page_bytes, is_name, names); !read) {
      return std::unexpected(InContext(std::move(read).error(), ask));
    }
    Result<std::optional<std::string>> next = NextTarget(page);
    if (!next) return std::unexpected(InContext(std::move(next).error(), ask));
    if (!*next) break;
    if (names.size() > limits.max_entries || seen.size() >= limits.max_pages) {
      return std::unexpected(InContext(
          Error(Errc::kResourceExhausted, "more entries or pages than the limits allow"), ask));
    }
    if (seen.contains(**next)) {
      return std::unexpected(
          InContext(Error(Errc::kInputRefused, "its pages go round in a circle"), ask));
    }
    ask.target = **std::move(next);
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  if (names.size() > limits.max_entries) {
    return std::unexpected(
        InContext(Error(Errc::kResourceExhausted, "more entries than the limits allow"), ask));
  }
  return names;
}

RegistryClient::RegistryClient(net::HttpTransport& transport, RegistryOptions options)
    : impl_(std::make_unique<Impl>(transport, std::move(options))) {}
RegistryClient::~RegistryClient() = default;

Status RegistryClient::Ping(const std::stop_token& stop) {
  HM_TRY(impl_->Send({.target = "/v2/", .max_bytes = 1 << 20}, stop));
  return {};
}

Result<std::vector<std::string>> RegistryClient::Catalog(const std::stop_token& stop) {
  Result<std::vector<std::string>> names =
      impl_->List({.target = "/v2/_catalog", .scope = std::string(kCatalogScope)}, "repositories",
                  IsRepositoryName, stop);
  if (names) return names;
  switch (names.error().code()) {
    case Errc::kNotFound:
    case Errc::kPermissionDenied:
    case Errc::kUnauthenticated:
    case Errc::kUnsupported:
      return Fail(Errc::kUnsupported, Cat({"the registry does not list its repositories to us (",
                                           names.error().message(),
                                           "); log in with an account that may, or name the "
                                           "repositories to read"}));
    default:
      return names;
  }
}

Result<std::vector<std::string>> RegistryClient::Tags(std::string_view repository,
                                                      const std::stop_token& stop) {
  if (!IsRepositoryName(repository)) {
    return Fail(Errc::kInvalidArgument, Cat({Quote(repository), " is no repository's name"}));
  }
  return impl_->List(
      {.target = Cat({"/v2/", repository, "/tags/list"}), .scope = PullScope(repository)}, "tags",
      IsTagName, stop);
}

namespace {

Result<Ask> ManifestAsk(std::string_view method, std::string_view repository,
                        std::string_view reference, std::size_t max_bytes) {
  if (!IsRepositoryName(repository)) {
    return Fail(Errc::kInvalidArgument, Cat({Quote(repository), " is no repository's name"}));
  }
  if (!IsTagName(reference) && !Digest::Parse(reference)) {
    return Fail(Errc::kInvalidArgument, Cat({Quote(reference), " is neither a tag nor a digest"}));
  }
  return Ask{.method = std::string(method),
             .target = Cat({"/v2/", repository, "/manifests/", reference}),
             .scope = PullScope(repository),
             .accept = std::string(kManifestAccept),
             .max_bytes = max_bytes};
}

// Over the exact bytes served, against the digest asked for and the one the response says.
Result<Digest> CheckedDigest(const net::HttpResponse& response, std::string_view reference) {
  const Digest digest = crypto::Sha256Of(response.body);
  if (reference.starts_with("sha256:") && digest.ToString() != reference) {
    return Fail(Errc::kDataLoss, Cat({"its bytes hash to ", digest.ToString()}));
  }
  const std::optional<Digest> said = HM_TRY(SaidDigest(response));
  if (said && *said != digest) {
    return Fail(Errc::kDataLoss, Cat({"the response says ", said->ToString(),
                                      " and its bytes hash to ", digest.ToString()}));
  }
  return digest;
}

}  // namespace

Result<std::optional<Digest>> RegistryClient::Head(std::string_view repository,
                                                   std::string_view reference,
                                                   const std::stop_token& stop) {
  const Ask ask = HM_TRY(ManifestAsk("HEAD", repository, reference, 1 << 20));
  Result<net::HttpResponse> response = impl_->Send(ask, stop);
  if (!response) {
    if (response.error().code() == Errc::kUnsupported) return std::optional<Digest>();
    return std::unexpected(std::move(response).error());
  }
  Result<std::optional<Digest>> said = SaidDigest(*response);
  if (!said) return std::unexpected(impl_->InContext(std::move(said).error(), ask));
  return said;
}

Result<FetchedDocument> RegistryClient::GetDocument(std::string_view repository,
                                                    std::string_view reference,
                                                    const std::stop_token& stop) {
  const ManifestLimits& limits = impl_->options().limits;
  const Ask ask = HM_TRY(ManifestAsk("GET", repository, reference, limits.max_bytes));
  net::HttpResponse response = HM_TRY(impl_->Send(ask, stop));
  Result<Digest> digest = CheckedDigest(response, reference);
  if (!digest) return std::unexpected(impl_->InContext(std::move(digest).error(), ask));
  const std::string* content_type = response.headers.Find("Content-Type");
  Result<Document> document =
      ParseDocument(response.body, content_type ? *content_type : "", limits);
  if (!document) return std::unexpected(impl_->InContext(std::move(document).error(), ask));
  std::string media_type = MediaTypeOf(*document);
  return FetchedDocument{.digest = *digest,
                         .media_type = std::move(media_type),
                         .bytes = std::move(response.body),
                         .document = *std::move(document)};
}

Result<std::string> RegistryClient::GetBlob(std::string_view repository, const Digest& digest,
                                            std::size_t max_bytes, const std::stop_token& stop) {
  if (!IsRepositoryName(repository)) {
    return Fail(Errc::kInvalidArgument, Cat({Quote(repository), " is no repository's name"}));
  }
  const Ask ask{.target = Cat({"/v2/", repository, "/blobs/", digest.ToString()}),
                .scope = PullScope(repository),
                .max_bytes = max_bytes};
  net::HttpResponse response = HM_TRY(impl_->Send(ask, stop));
  if (const Digest got = crypto::Sha256Of(response.body); got != digest) {
    return std::unexpected(
        impl_->InContext(Error(Errc::kDataLoss, Cat({"its bytes hash to ", got.ToString()})), ask));
  }
  return std::move(response.body);
}

}  // namespace hullmark::oci
