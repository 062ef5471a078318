// SPDX-License-Identifier: Apache-2.0
#include "base/telemetry/metrics.h"

#include <atomic>

namespace hullmark::telemetry {
namespace {

class NullSink final : public MetricSink {
 public:
  Counter& CounterOf(std::string_view, std::string_view, const Labels&) override {
    return counter_;
  }
  Gauge& GaugeOf(std::string_view, std::string_view, const Labels&) override { return gauge_; }
  Histogram& HistogramOf(std::string_view, std::string_view, const Labels&) override {
    return histogram_;
  }
  std::string Exposition() override { return {}; }

 private:
  struct NullCounter final : Counter {
    void Add(double) override {}
  } counter_;
  struct NullGauge final : Gauge {
    void Set(double) override {}
  } gauge_;
  struct NullHistogram final : Histogram {
    void Observe(double) override {}
  } histogram_;
};

std::atomic<MetricSink*> g_sink = nullptr;

}  // namespace

MetricSink& NullMetrics() {
  static NullSink sink;
  return sink;
}

void SetMetricSink(MetricSink* sink) { g_sink.store(sink, std::memory_order_release); }

MetricSink& Metrics() {
  MetricSink* sink = g_sink.load(std::memory_order_acquire);
  return sink != nullptr ? *sink : NullMetrics();
}

}  // namespace hullmark::telemetry
