// SPDX-License-Identifier: Apache-2.0
#include "collector/resolve.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/text.h"

namespace hullmark::collector {

namespace {

constexpr std::size_t kMaxChildren = 100;

/// One push while it is being found out about.
class Resolution {
 public:
  Resolution(const ResolveContext& context, const SeenPush& push)
      : context_(context), push_(push) {}

  Result<ci::ReportedPush> Run();

 private:
  Status AskEngine();
  Status ChooseDigest();
  Status ChooseWithoutEngine(Result<oci::FetchedDocument> by_tag);
  void Take(oci::FetchedDocument document, std::string_view confirmed_by);
  void Describe();
  void DescribeChildren(const oci::Index& index);
  void Say(std::string_view words) {
    if (!report_.how_detail.empty()) report_.how_detail += "; ";
    report_.how_detail += words;
  }
  bool IsClassic() const { return context_.info.store == ImageStore::kClassic; }

  const ResolveContext& context_;
  const SeenPush& push_;
  std::optional<EngineImage> image_;         // what the engine holds of it now
  std::vector<std::string> engine_digests_;  // of the same repository
  std::optional<oci::FetchedDocument> document_;
  ci::ReportedPush report_;
};

Result<ci::ReportedPush> Resolution::Run() {
  report_.reference = push_.reference.ToString();
  report_.certain = context_.certain;
  report_.pushed_at = Timestamp{push_.at_nanos / 1000}.ToString();
  report_.confirmed_by.emplace_back("engine-event");
  HM_TRY(AskEngine());
  HM_TRY(ChooseDigest());
  Describe();
  return report_;
}

Status Resolution::AskEngine() {
  const std::string name = push_.image_id.empty() ? report_.reference : push_.image_id;
  image_ = HM_TRY(context_.engine.Inspect(name));
  EngineImage subject = image_.value_or(EngineImage());
  if (subject.id.empty()) subject.id = push_.image_id;
  if (image_) {
    for (const std::string& text : image_->digests) {
      const auto digest = codec::ImageReference::Parse(text);
      if (digest && digest->digest && digest->Repository() == push_.reference.Repository()) {
        engine_digests_.push_back(digest->digest->ToString());
      }
    }
  }
  if (subject.id.empty()) {
    report_.how = "unknown";
    Say("the engine no longer holds the image");
    return {};
  }
  Told told = context_.history.Tell(subject, push_.at_nanos);
  report_.how = std::move(told.how);
  Say(told.detail);
  return {};
}

void Resolution::Take(oci::FetchedDocument document, std::string_view confirmed_by) {
  report_.digest = document.digest.ToString();
  report_.media_type = document.media_type;
  report_.confirmed_by.emplace_back(confirmed_by);
  document_ = std::move(document);
}

Status Resolution::ChooseDigest() {
  auto by_tag = context_.registries.Get(push_.reference, push_.reference.tag);
  if (engine_digests_.empty()) return ChooseWithoutEngine(std::move(by_tag));

  const auto is_known = [&](const Digest& digest) {
    return std::ranges::find(engine_digests_, digest.ToString()) != engine_digests_.end();
  };
  report_.confirmed_by.emplace_back("engine-digest");
  if (by_tag && is_known(by_tag->digest)) {
    Take(*std::move(by_tag), "registry");
    return {};
  }
  // The tag means something else by now; what was pushed is there by its digest.
  for (const std::string& digest : engine_digests_) {
    auto by_digest = context_.registries.Get(push_.reference, digest);
    if (!by_digest) continue;
    Take(*std::move(by_digest), "registry");
    if (by_tag) Say("the tag has moved since");
    break;
  }
  if (report_.digest.empty()) {
    report_.digest = engine_digests_.front();
    const bool gone = !by_tag && by_tag.error().code() == Errc::kNotFound;
    Say(by_tag || gone ? "the registry no longer has it" : "the registry did not answer");
  }
  if (engine_digests_.size() > 1) {
    // One image pushed to one repository as several manifests, and the tag tells none of them.
    report_.certain = false;
    Say("the engine knows several digests of it");
  }
  return {};
}

Status Resolution::ChooseWithoutEngine(Result<oci::FetchedDocument> by_tag) {
  if (!by_tag) {
    // The engine may reach what we cannot: its own roots, its own login.
    const Error why = std::move(by_tag).error();
    const oci::Credentials credentials = context_.registries.CredentialsFor(push_.reference.host);
    auto told =
        context_.engine.Distribution(push_.reference, credentials.username, credentials.password);
    if (!told || told->digest.empty()) return Fail(why, report_.reference);
    report_.digest = told->digest;
    report_.media_type = told->media_type;
    if (told->platforms.size() == 1) report_.platform = told->platforms.front();
    report_.confirmed_by.emplace_back("engine-distribution");
    report_.certain = false;
    Say("the digest is the tag's, asked for after the push");
    return {};
  }
  const auto* manifest = std::get_if<oci::Manifest>(&by_tag->document);
  const std::string own_id = manifest != nullptr && IsClassic() ? manifest->config.digest.ToString()
                                                                : by_tag->digest.ToString();
  if (!push_.image_id.empty() && own_id != push_.image_id) {
    return Fail(Errc::kNotFound, report_.reference +
                                     ": the tag has moved since, and the engine no longer holds "
                                     "what was pushed");
  }
  if (push_.image_id.empty()) {
    report_.certain = false;
    Say("the digest is the tag's, asked for after the push");
  }
  Take(*std::move(by_tag), "registry");
  return {};
}

void Resolution::Describe() {
  if (image_) report_.platform = image_->platform;
  if (!document_) {
    if (IsClassic() && image_) report_.config_digest = image_->id;
    return;
  }
  if (const auto* index = std::get_if<oci::Index>(&document_->document)) {
    report_.platform.clear();
    DescribeChildren(*index);
    return;
  }
  const auto& manifest = std::get<oci::Manifest>(document_->document);
  report_.config_digest = manifest.config.digest.ToString();
  if (report_.platform.empty() && manifest.IsImage()) {
    report_.platform = context_.registries.Platform(push_.reference, manifest).value_or("");
  }
}

void Resolution::DescribeChildren(const oci::Index& index) {
  bool all_existed = true;
  for (const oci::Descriptor& child : index.manifests) {
    if (child.IsAttestation()) continue;
    if (report_.manifests.size() == kMaxChildren) break;
    ci::ReportedManifest reported;
    reported.digest = child.digest.ToString();
    reported.media_type = child.media_type;
    reported.platform = child.platform;
    if (const auto document = context_.registries.Get(push_.reference, reported.digest)) {
      if (const auto* manifest = std::get_if<oci::Manifest>(&document->document)) {
        reported.config_digest = manifest->config.digest.ToString();
      }
    }
    all_existed = all_existed && context_.history.Existed(reported.digest);
    report_.manifests.push_back(std::move(reported));
  }
  if (report_.how == "built" && all_existed && !report_.manifests.empty()) {
    report_.how = "assembled";
    report_.how_detail.clear();
    Say("a new index around images that existed before the job");
  }
}

}  // namespace

Result<ci::ReportedPush> Resolve(const ResolveContext& context, const SeenPush& push) {
  return Resolution(context, push).Run();
}

}  // namespace hullmark::collector
