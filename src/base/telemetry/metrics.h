// SPDX-License-Identifier: Apache-2.0
//
// Counters, gauges and histograms by name; where they are kept is the sink's affair
// (telemetry/sinks).  Names follow Prometheus: hullmark_<what>_total, _seconds.  Thread-safe; a
// metric is looked up once and kept.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hullmark::telemetry {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Add(double amount = 1) = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double value) = 0;
};

class MetricSink {
 public:
  virtual ~MetricSink() = default;
  virtual Counter& CounterOf(std::string_view name, std::string_view help,
                             const Labels& labels) = 0;
  virtual Gauge& GaugeOf(std::string_view name, std::string_view help, const Labels& labels) = 0;
  virtual Histogram& HistogramOf(std::string_view name, std::string_view help,
                                 const Labels& labels) = 0;
  /// The Prometheus text exposition format, version 0.0.4.
  virtual std::string Exposition() = 0;
};

/// A sink that keeps nothing: what every room uses until the program installs another.
MetricSink& NullMetrics();
/// Borrowed; set once, before threads start.
void SetMetricSink(MetricSink* sink);
MetricSink& Metrics();

}  // namespace hullmark::telemetry
