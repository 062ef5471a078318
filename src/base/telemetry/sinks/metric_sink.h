// SPDX-License-Identifier: Apache-2.0
//
// Metrics kept in a registry of prometheus-cpp and shown in its text format.  Thread-safe.
#pragma once
#include <memory>

#include "base/telemetry/metrics.h"

namespace hullmark::telemetry {

/// Asking twice for a name and labels gives the same metric.  Requires: a name is a valid
/// Prometheus name and always of one kind.
std::unique_ptr<MetricSink> MakePrometheusSink();

}  // namespace hullmark::telemetry
