// SPDX-License-Identifier: Apache-2.0
#include "core/origin/unknown.h"

#include <algorithm>
#include <vector>

#include "base/codec/image_reference.h"
#include "base/text.h"
#include "core/model/schema.h"
#include "core/origin/names.h"

namespace hullmark::origin {

using graph::Snapshot;
using model::EdgeKind;
using model::EntityKind;
using model::NodeId;
using model::PropertyId;

namespace {

UnknownSubject Subject(const Snapshot& snapshot, NodeId node) {
  return {std::string(model::InfoOf(snapshot.KindOf(node)).name),
          std::string(snapshot.KeyOf(node)),
          {},
          {}};
}

std::string ConnectMend(std::string_view host) {
  return Cat({"hullmark connect registry https://", host});
}

bool HasSource(const Snapshot& snapshot, model::SourceKind kind) {
  return std::ranges::any_of(snapshot.SourceList(),
                             [kind](const graph::SourceIdentity& s) { return s.kind == kind; });
}

/// host/path of a place that holds the digest; empty when none is known.
std::string PlaceOf(const Snapshot& snapshot, NodeId digest) {
  const NodeId repository =
      ParentOf(snapshot, digest, EdgeKind::kContains, EntityKind::kImageRepository);
  if (repository.value != 0) return std::string(snapshot.KeyOf(repository));
  for (const NodeId index : snapshot.In(digest, EdgeKind::kIncludes)) {
    const NodeId of_index =
        ParentOf(snapshot, index, EdgeKind::kContains, EntityKind::kImageRepository);
    if (of_index.value != 0) return std::string(snapshot.KeyOf(of_index));
  }
  return {};
}

/// The host a container's image was asked from.
std::string HostOf(const Snapshot& snapshot, NodeId container) {
  const auto reference =
      codec::ImageReference::Parse(snapshot.Text(container, PropertyId::kContainerImage));
  return reference ? reference->host : std::string();
}

/// Fills in why a digest that runs is not known as anybody's image.
void ExplainUnseen(const Snapshot& snapshot, std::string_view host, UnknownSubject& subject) {
  if (host.empty()) {
    subject.reason = "no source has seen what this digest is";
    subject.mend = "connect the registry that it was pulled from: hullmark connect registry URL";
  } else if (!IsConnected(snapshot, host)) {
    subject.reason =
        Cat({"the registry ", host, " is not connected, so what this digest is was never seen"});
    subject.mend = ConnectMend(host);
  } else {
    subject.reason = Cat({"the registry ", host, " was read, and this digest was not in it"});
    subject.mend =
        "look again with `hullmark sources sync`; an image that was deleted there, or that was "
        "loaded "
        "on the node without a registry, stays unknown";
  }
}

}  // namespace

bool IsConnected(const Snapshot& snapshot, std::string_view host) {
  const auto registry = snapshot.Find(EntityKind::kRegistry, host);
  if (!registry) return false;
  return std::ranges::any_of(
      snapshot.StatementsOf(*registry), [&](const graph::StatementView& statement) {
        const graph::SourceIdentity* source = snapshot.Source(statement.source);
        return source != nullptr && source->kind == model::SourceKind::kRegistry;
      });
}

UnknownSubject WhyNoOrigin(const Snapshot& snapshot, NodeId image) {
  UnknownSubject subject = Subject(snapshot, image);
  const std::string place = PlaceOf(snapshot, image);
  if (!place.empty()) {
    subject.reason =
        HasSource(snapshot, model::SourceKind::kCiReport)
            ? Cat({"it is in ", place, ", and no pipeline has reported that it pushed it"})
            : Cat({"it is in ", place, ", and no pipeline has reported to this server yet"});
    subject.mend =
        Cat({"if it is yours, add a `hullmark-ci report` step to the pipeline job that pushes to ",
             place});
    return subject;
  }
  std::string host;
  for (const NodeId container : snapshot.In(image, EdgeKind::kIsRunning)) {
    host = HostOf(snapshot, container);
    if (!host.empty()) break;
  }
  ExplainUnseen(snapshot, host, subject);
  return subject;
}

UnknownSubject WhyNoImage(const Snapshot& snapshot, NodeId container) {
  UnknownSubject subject = Subject(snapshot, container);
  const std::vector<NodeId> digests = snapshot.Out(container, EdgeKind::kIsRunning);
  if (digests.empty()) {
    const std::string_view asked = snapshot.Text(container, PropertyId::kContainerImage);
    subject.reason = asked.empty()
                         ? "the node has not reported an image id for it: nothing was pulled yet"
                         : Cat({"the node has not reported an image id for ", asked,
                                ": nothing was pulled yet"});
    subject.mend = "import the cluster's pods again once the container has started";
    return subject;
  }
  ExplainUnseen(snapshot, HostOf(snapshot, container), subject);
  subject.reason =
      Cat({"it runs ", ShortDigest(snapshot.KeyOf(digests.front())), "; ", subject.reason});
  return subject;
}

UnknownSubject WhyNotInRegistry(const Snapshot& snapshot, std::string_view kind,
                                std::string_view key, std::string_view host) {
  UnknownSubject subject{std::string(kind), std::string(key), {}, {}};
  if (IsConnected(snapshot, host)) {
    subject.reason = Cat({"the registry ", host, " was read, and has no such tag"});
    subject.mend = "check its name, or look again with `hullmark sources sync`";
  } else {
    subject.reason =
        Cat({"the registry ", host, " is not connected, and no pipeline reported a push there"});
    subject.mend = ConnectMend(host);
  }
  return subject;
}

}  // namespace hullmark::origin
