// SPDX-License-Identifier: Apache-2.0
//
// The objects of a cluster's API as they stand in a list, and strict reading of their members: what
// is absent or null is missing, what has another type than the API gives it is an error that names
// the JSON path.  Private to this room.  Borrowed: documents outlive what is read from them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/bulk/bulk_json.h"
#include "base/result.h"

namespace hullmark::reports {

enum class KubeKind : std::uint8_t {
  kNamespace,
  kNode,
  kPod,
  kDeployment,
  kReplicaSet,
  kStatefulSet,
  kDaemonSet,
  kJob,
  kCronJob,
  kService,
  kIngress,
  kNetworkPolicy,
};
inline constexpr std::size_t kKubeKindCount = 12;

struct KubeKindInfo {
  KubeKind kind;
  std::string_view name;       ///< "Pod"
  std::string_view plural;     ///< "pods", as kubectl is asked
  std::string_view group;      ///< of the API; empty: the core
  std::string_view old_group;  ///< where it stood before; empty: nowhere
  bool namespaced;
  bool workload;
};
std::span<const KubeKindInfo> KubeKinds();
inline const KubeKindInfo& InfoOf(KubeKind kind) {
  return KubeKinds()[static_cast<std::size_t>(kind)];
}
/// Null for kinds that are not read.  The group tells a Kubernetes Service from others' of that
/// name (serving.knative.dev).
const KubeKindInfo* FindKubeKind(std::string_view api_version, std::string_view kind);

/// One object, its identity checked.
struct KubeItem {
  bulk::BulkValue value;
  KubeKind kind = KubeKind::kPod;
  std::size_t document = 0;  ///< in the stream, from 1; 0: there is only one
  std::size_t index = 0;     ///< in its list
  std::string_view name;
  std::string_view space;  ///< its namespace; empty: it has none
  std::string_view uid;

  /// `item 17 (Pod shop/web-1)`, for errors.
  std::string Label() const;
};

std::string ItemLabel(std::size_t document, std::size_t index, std::string_view kind,
                      std::string_view space, std::string_view name);

/// Reads and checks kind, name, namespace and uid.
Result<KubeItem> ReadIdentity(bulk::BulkValue value, const KubeKindInfo& kind);

// Members of `parent`; a missing parent has none.
Result<bulk::BulkValue> ObjectIn(bulk::BulkValue parent, std::string_view key);
Result<bulk::BulkValue> ArrayIn(bulk::BulkValue parent, std::string_view key);
Result<std::string_view> TextIn(bulk::BulkValue parent, std::string_view key);  ///< or empty
Result<std::string_view> NeedTextIn(bulk::BulkValue parent, std::string_view key,
                                    std::string_view mend);
Result<std::optional<std::int64_t>> IntIn(bulk::BulkValue parent, std::string_view key);
Result<bool> FlagIn(bulk::BulkValue parent, std::string_view key);  ///< or false
/// An object of strings as `key=value`, sorted.
Result<std::vector<std::string>> PairsIn(bulk::BulkValue parent, std::string_view key);
/// The item of an array, which must be an object.
Status CheckObject(bulk::BulkValue item);

/// "path: what", the form of every refusal here.
std::unexpected<Error> RefuseAt(std::string_view path, std::string_view what);

}  // namespace hullmark::reports
