// SPDX-License-Identifier: Apache-2.0
#include "collector/events.h"

#include "base/codec/json.h"
#include "base/text.h"

namespace hullmark::collector {

namespace {
bool IsBoundary(char c) { return c == '\n' || c == '\x1e'; }
}  // namespace

bool EventParser::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (records_ >= limits_.max_events) return false;
    std::size_t end = 0;
    while (end < bytes.size() && !IsBoundary(bytes[end])) ++end;
    if (pending_.size() + end > limits_.max_record_bytes) too_long_ = true;
    if (!too_long_) pending_.append(bytes.substr(0, end));
    if (end == bytes.size()) return true;
    Finish();
    bytes.remove_prefix(end + 1);
  }
  return records_ < limits_.max_events;
}

void EventParser::Finish() {
  if (too_long_) {
    ++records_;
    ++unreadable_;
  } else {
    Record(Trim(pending_));
  }
  pending_.clear();
  too_long_ = false;
}

void EventParser::Record(std::string_view text) {
  if (text.empty()) return;
  ++records_;
  const auto document =
      codec::JsonDocument::Parse(text, {.max_bytes = limits_.max_record_bytes, .max_depth = 16});
  if (!document || !document->root().IsObject()) {
    ++unreadable_;
    return;
  }
  const codec::Json root = document->root();
  if (root["Type"].Text() != "image") return;
  ImageEvent event;
  event.action = root["Action"].Text();
  event.actor = root["Actor"]["ID"].Text();
  event.name = root["Actor"]["Attributes"]["name"].Text();
  event.at_nanos = root["timeNano"].Int().value_or(root["time"].Int().value_or(0) * 1'000'000'000);
  if (event.action.empty() || event.actor.empty()) {
    ++unreadable_;
    return;
  }
  events_.push_back(std::move(event));
}

}  // namespace hullmark::collector
