// SPDX-License-Identifier: Apache-2.0
#include "base/telemetry/sinks/metric_sink.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "base/guarded.h"

namespace hullmark::telemetry {
namespace {

// Seconds; from a cache hit to a scan that is too slow.
const prometheus::Histogram::BucketBoundaries kBuckets = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

class CounterOfPrometheus final : public Counter {
 public:
  explicit CounterOfPrometheus(prometheus::Counter& inner) : inner_(inner) {}
  void Add(double amount) override { inner_.Increment(amount); }

 private:
  prometheus::Counter& inner_;
};

class GaugeOfPrometheus final : public Gauge {
 public:
  explicit GaugeOfPrometheus(prometheus::Gauge& inner) : inner_(inner) {}
  void Set(double value) override { inner_.Set(value); }

 private:
  prometheus::Gauge& inner_;
};

class HistogramOfPrometheus final : public Histogram {
 public:
  explicit HistogramOfPrometheus(prometheus::Histogram& inner) : inner_(inner) {}
  void Observe(double value) override { inner_.Observe(value); }

 private:
  prometheus::Histogram& inner_;
};

using Key = std::pair<std::string, prometheus::Labels>;

Key KeyOf(std::string_view name, const Labels& labels) {
  return {std::string(name), prometheus::Labels(labels.begin(), labels.end())};
}

class PrometheusSink final : public MetricSink {
 public:
  Counter& CounterOf(std::string_view name, std::string_view help, const Labels& labels) override {
    return Find<CounterOfPrometheus>(counters_, KeyOf(name, labels), [&](const Key& key) -> auto& {
      return prometheus::BuildCounter()
          .Name(key.first)
          .Help(std::string(help))
          .Register(registry_)
          .Add(key.second);
    });
  }
  Gauge& GaugeOf(std::string_view name, std::string_view help, const Labels& labels) override {
    return Find<GaugeOfPrometheus>(gauges_, KeyOf(name, labels), [&](const Key& key) -> auto& {
      return prometheus::BuildGauge()
          .Name(key.first)
          .Help(std::string(help))
          .Register(registry_)
          .Add(key.second);
    });
  }
  Histogram& HistogramOf(std::string_view name, std::string_view help,
                         const Labels& labels) override {
    return Find<HistogramOfPrometheus>(histograms_, KeyOf(name, labels),
                                       [&](const Key& key) -> auto& {
                                         return prometheus::BuildHistogram()
                                             .Name(key.first)
                                             .Help(std::string(help))
                                             .Register(registry_)
                                             .Add(key.second, kBuckets);
                                       });
  }
  std::string Exposition() override {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, registry_.Collect());
    return std::move(out).str();
  }

 private:
  template <class T>
  using Kept = Guarded<std::map<Key, std::unique_ptr<T>>>;

  // A reference may leave the guard: a metric, once made, stays as long as the sink.
  template <class T, class Make>
  static T& Find(Kept<T>& kept, Key key, Make make) {
    return *kept.With([&](auto& all) {
      std::unique_ptr<T>& slot = all[key];
      if (slot == nullptr) slot = std::make_unique<T>(make(key));
      return slot.get();
    });
  }

  prometheus::Registry registry_;
  Kept<CounterOfPrometheus> counters_;
  Kept<GaugeOfPrometheus> gauges_;
  Kept<HistogramOfPrometheus> histograms_;
};

}  // namespace

std::unique_ptr<MetricSink> MakePrometheusSink() { return std::make_unique<PrometheusSink>(); }

}  // namespace hullmark::telemetry
