// SPDX-License-Identifier: Apache-2.0
//
// Why nothing is known of an image, a container or a place, and the step that would mend it.  Pure
// functions.
#pragma once
#include <string>
#include <string_view>

#include "core/graph/snapshot.h"
#include "core/origin/trace.h"

namespace hullmark::origin {

/// The image has no origin at all.
UnknownSubject WhyNoOrigin(const graph::Snapshot& snapshot, model::NodeId image);
/// The container runs nothing that could be traced.
UnknownSubject WhyNoImage(const graph::Snapshot& snapshot, model::NodeId container);
/// A tag or place on `host` was not found.
UnknownSubject WhyNotInRegistry(const graph::Snapshot& snapshot, std::string_view kind,
                                std::string_view key, std::string_view host);

/// Whether a registry connector has looked at the registry.
bool IsConnected(const graph::Snapshot& snapshot, std::string_view host);
inline constexpr std::string_view kReportMend =
    "add a `hullmark-ci report` step to the pipeline job that pushes it";

}  // namespace hullmark::origin
