// SPDX-License-Identifier: Apache-2.0
#include "collector/history.h"

#include <gtest/gtest.h>

namespace hullmark::collector {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::string IdOf(char c) { return "sha256:" + std::string(64, c); }
ImageEvent Tag(char id, std::string name, int at) {
  return {"tag", IdOf(id), std::move(name), at * kSecond};
}
ImageEvent Push(std::string name, int at) { return {"push", std::move(name), "", at * kSecond}; }
ImageEvent Pull(std::string name, int at) { return {"pull", std::move(name), "", at * kSecond}; }
EngineImage Image(char id, std::vector<std::string> tags = {}, int created = 0) {
  EngineImage image;
  image.id = IdOf(id);
  image.tags = std::move(tags);
  if (created != 0) image.created = Timestamp::FromSeconds(created).ToString();
  return image;
}

struct HowCase {
  std::string name;
  std::vector<EngineImage> held;
  std::vector<ImageEvent> events;
  EngineImage pushed;  // as the engine knows it now
  std::string how;
  std::vector<std::pair<std::string, char>> pulled = {};  // what pulled references mean now
  bool started = true;
};

const std::vector<HowCase>& HowCases() {
  static const std::vector<HowCase> kCases = {
      {"new_image", {}, {Tag('a', "r.io/x:1", 1), Push("r.io/x:1", 2)}, Image('a', {}, 1), "built"},
      {"no_start",
       {},
       {Tag('a', "r.io/x:1", 1), Push("r.io/x:1", 2)},
       Image('a', {}, 1),
       "unknown",
       {},
       false},
      {"held",
       {Image('a', {"base:1"})},
       {Tag('a', "r.io/x:1", 1), Push("r.io/x:1", 2)},
       Image('a'),
       "republished"},
      {"pulled_and_retagged",
       {},
       {Pull("nginx:1", 5), Tag('a', "r.io/x:1", 6), Push("r.io/x:1", 7)},
       Image('a', {}, 1),
       "republished",
       {{"docker.io/library/nginx:1", 'a'}}},
      {"another_was_pulled",
       {},
       {Pull("nginx:1", 5), Tag('a', "r.io/x:1", 6), Push("r.io/x:1", 7)},
       Image('a', {}, 1),
       "built",
       {{"docker.io/library/nginx:1", 'b'}}},
      // docker pull app:latest; docker build --cache-from app:latest -t app:latest; docker push
      {"cache_from_and_new_layers",
       {},
       {Pull("r.io/app:latest", 5), Tag('a', "r.io/app:latest", 6), Push("r.io/app:latest", 7)},
       Image('a', {}, 6),
       "built"},
      {"cache_from_and_nothing_new",
       {},
       {Pull("r.io/app:latest", 5), Tag('a', "r.io/app:latest", 6), Push("r.io/app:latest", 7)},
       Image('a', {}, 1),
       "unknown"},
      {"pulled_then_removed",
       {},
       {Pull("nginx:1", 5), Tag('a', "r.io/x:1", 6), Push("r.io/x:1", 7)},
       Image('a', {}, 1),
       "unknown"},
      {"built_then_pulled_back",
       {},
       {Tag('a', "r.io/x:1", 1), Push("r.io/x:1", 2), Pull("r.io/x:1", 3), Push("r.io/x:1", 4)},
       Image('a', {}, 1),
       "built",
       {{"r.io/x:1", 'a'}}},
      {"pulled_after_the_push",
       {},
       {Tag('a', "r.io/x:1", 1), Push("r.io/x:1", 2), Pull("nginx:1", 3)},
       Image('a', {}, 1),
       "built"},
      {"pulled_by_digest",
       {},
       {Pull("r.io/y@" + IdOf('d'), 1), Tag('a', "r.io/x:1", 2), Push("r.io/x:1", 3)},
       Image('a', {}, 0),
       "republished",
       {{"r.io/y@" + IdOf('d'), 'a'}}},
      {"all_tags_pulled",
       {},
       {Pull("r.io/y", 5), Tag('a', "r.io/x:1", 6), Push("r.io/x:1", 7)},
       Image('a', {}, 1),
       "unknown"},
      {"loaded",
       {},
       {{"load", IdOf('a'), IdOf('a'), kSecond}, Tag('a', "r.io/x:1", 2), Push("r.io/x:1", 3)},
       Image('a', {}, 1),
       "unknown"},
      {"built_saved_and_loaded_back",
       {},
       {Tag('a', "r.io/x:1", 1), {"load", IdOf('a'), IdOf('a'), 2 * kSecond}, Push("r.io/x:1", 3)},
       Image('a', {}, 1),
       "built"},
      // `docker import` tells the tag before the import.
      {"imported",
       {},
       {Tag('a', "r.io/x:1", 1), {"import", IdOf('a'), IdOf('a'), kSecond}, Push("r.io/x:1", 3)},
       Image('a', {}, 1),
       "unknown"},
      // The engine's clock and the builder's may differ; a name that was never pulled says enough.
      {"old_date", {}, {Tag('a', "r.io/x:1", 5), Push("r.io/x:1", 6)}, Image('a', {}, 1), "built"},
  };
  return kCases;
}

class How : public testing::TestWithParam<HowCase> {};
TEST_P(How, IsToldFromWhatTheEngineHeldAndDid) {
  const HowCase& c = GetParam();
  State start;
  start.images = c.held;
  History history(c.started ? &start : nullptr, c.events, {});
  for (const auto& [reference, id] : c.pulled) history.SetPulled(reference, IdOf(id));
  ASSERT_FALSE(history.pushes().empty());
  const Told told = history.Tell(c.pushed, history.pushes().back().at_nanos);
  EXPECT_EQ(told.how, c.how) << told.detail;
  EXPECT_FALSE(told.detail.empty());
}
INSTANTIATE_TEST_SUITE_P(Cases, How, testing::ValuesIn(HowCases()),
                         [](const auto& i) { return i.param.name; });

struct PushCase {
  std::string name;
  std::vector<EngineImage> held;
  std::vector<ImageEvent> events;
  std::vector<EngineImage> now;
  std::vector<std::pair<std::string, std::string>> pushes;  // reference, image id or ""
};
const std::vector<PushCase>& PushCases() {
  static const std::vector<PushCase> kCases = {
      {"none", {}, {Tag('a', "x:1", 1), Pull("y:1", 2)}, {}, {}},
      {"twice_the_same",
       {},
       {Tag('a', "r.io/x:1", 1), Push("r.io/x:1", 2), Push("r.io/x:1", 3)},
       {},
       {{"r.io/x:1", IdOf('a')}}},
      {"rebuilt_between",
       {},
       {Tag('a', "r.io/x:1", 1), Push("r.io/x:1", 2), Tag('b', "r.io/x:1", 3), Push("r.io/x:1", 4),
        Tag('c', "r.io/x:1", 5)},
       {},
       {{"r.io/x:1", IdOf('a')}, {"r.io/x:1", IdOf('b')}}},
      {"tag_held_at_start",
       {Image('a', {"r.io/x:1"})},
       {Push("r.io/x:1", 2)},
       {},
       {{"r.io/x:1", IdOf('a')}}},
      {"pulled_tag",
       {Image('a', {"r.io/x:1"})},
       {Pull("r.io/x:1", 1), Push("r.io/x:1", 2)},
       {},
       {{"r.io/x:1", ""}}},
      {"no_tag_events_of_old_containerd_stores", {}, {Push("r.io/x:1", 2)}, {}, {{"r.io/x:1", ""}}},
      {"hub_names",
       {},
       {Tag('a', "acme/x:1", 1), Push("docker.io/acme/x:1", 2)},
       {},
       {{"docker.io/acme/x:1", IdOf('a')}}},
      // `docker push --all-tags` is one event without a tag.
      {"all_tags",
       {},
       {Tag('a', "r.io/x:1", 1), Tag('b', "r.io/x:2", 2), Tag('c', "r.io/xy:1", 3),
        Push("r.io/x", 4)},
       {Image('a', {"r.io/x:1"}), Image('b', {"r.io/x:2"}), Image('d', {"r.io/x:3", "r.io/xy:2"})},
       {{"r.io/x:1", IdOf('a')}, {"r.io/x:2", IdOf('b')}, {"r.io/x:3", IdOf('d')}}},
      {"unreadable_names", {}, {Push("::set-output name=x::", 1), Push("", 2)}, {}, {}},
  };
  return kCases;
}
class Pushes : public testing::TestWithParam<PushCase> {};
TEST_P(Pushes, AreWhatTheReferencesMeantThen) {
  const PushCase& c = GetParam();
  State start;
  start.images = c.held;
  const History history(&start, c.events, c.now);
  std::vector<std::pair<std::string, std::string>> pushes;
  for (const SeenPush& push : history.pushes()) {
    pushes.emplace_back(push.reference.ToString(), push.image_id);
  }
  EXPECT_EQ(pushes, c.pushes);
  EXPECT_EQ(History::NeedsImages(c.events), !c.now.empty());
}
INSTANTIATE_TEST_SUITE_P(Cases, Pushes, testing::ValuesIn(PushCases()),
                         [](const auto& i) { return i.param.name; });

}  // namespace
}  // namespace hullmark::collector
