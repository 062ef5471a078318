// SPDX-License-Identifier: Apache-2.0
//
// Laws, over random frames: the estate states what a naive reading of the rules states; its log,
// its current state, its follower and itself opened again agree; staging in slices is not to be
// told from applying at once.
#include <rapidcheck.h>

#include <map>
#include <optional>

#include "core/estate/sqlite/estate_test.h"

namespace hullmark::sqlite {
namespace {

using enum model::EntityKind;
using model::EdgeKind;
using model::PropertyId;
using model::Record;
using model::SourceKind;

// One frame in small numbers, so that frames meet each other.
struct Word {
  int what = 0;     // entity, edge, unchanged
  int subject = 0;  // which tag or image
  int object = 0;
  int value = 0;
};
struct Said {
  int source = 0;
  int extent = 0;
  int sequence = 0;  // steps from the last one taken; 0 and below are refused or repeated
  int at = 0;
  bool complete = false;
  std::vector<Word> words;
};

rc::Gen<Word> AnyWord() {
  return rc::gen::build<Word>(
      rc::gen::set(&Word::what, rc::gen::weightedElement<int>({{4, 0}, {4, 1}, {1, 2}})),
      rc::gen::set(&Word::subject, rc::gen::inRange(0, 5)),
      rc::gen::set(&Word::object, rc::gen::inRange(0, 4)),
      rc::gen::set(&Word::value, rc::gen::inRange(0, 3)));
}
rc::Gen<Said> AnySaid() {
  return rc::gen::build<Said>(
      rc::gen::set(&Said::source, rc::gen::inRange(0, 2)),
      rc::gen::set(&Said::extent, rc::gen::inRange(0, 2)),
      rc::gen::set(&Said::sequence,
                   rc::gen::weightedElement<int>({{8, 1}, {1, 0}, {1, -1}, {1, 3}})),
      rc::gen::set(&Said::at, rc::gen::inRange(0, 50)), rc::gen::set(&Said::complete),
      rc::gen::set(&Said::words, rc::gen::container<std::vector<Word>>(AnyWord())));
}

std::string TagKey(int n) { return "r/shop:" + std::to_string(n); }

model::PropertyMap Valued(int value) {
  if (value == 0) return {};
  return Props({{PropertyId::kUrl, std::string("v") + std::to_string(value)}});
}

Record RecordOf(const Word& word) {
  switch (word.what) {
    case 0:
      return Thing(kTag, TagKey(word.subject), Valued(word.value));
    case 1:
      return Edge(EdgeKind::kTagged, {kTag, TagKey(word.subject)},
                  {word.object % 2 == 0 ? kImage : kDigest, DigestText(word.object)},
                  word.value == 2 ? "q" : "", Valued(word.value % 2));
    default:
      return model::UnchangedRecord{{kTag, TagKey(word.subject)}};
  }
}

// The rules as one would say them, on maps.
class Naive {
 public:
  /// Whether the frame is taken.
  bool Take(const Said& said, std::uint64_t sequence, std::int64_t at) {
    Extent& extent = extents_[{said.source, said.extent}];
    if (sequence == 0 || sequence <= extent.sequence) return false;
    const std::int64_t time = std::max(at, extent.as_of);
    std::map<std::string, Fact> now = extent.facts;
    std::set<std::string> stated;
    for (const Word& word : said.words) {
      const std::string tag = TagKey(word.subject);
      if (word.what == 2) {
        if (!now.contains(tag)) return false;
        for (const auto& [key, fact] : now) {
          if (key == tag || key.starts_with(tag + " ")) stated.insert(key);
        }
        continue;
      }
      std::string key = tag;
      std::string words = estate::CodeProperties(Valued(word.value));
      if (word.what == 1) {
        words = estate::CodeProperties(Valued(word.value % 2));
        key += " -" + std::to_string(static_cast<int>(EdgeKind::kTagged)) + "-> " +
               DigestText(word.object) + " [" + (word.value == 2 ? "q" : "") + "]";
      }
      stated.insert(key);
      const auto at_key = now.find(key);
      if (at_key != now.end() && at_key->second.words == words) continue;
      now[key] = {words, time};
    }
    if (said.complete) {
      std::erase_if(now, [&](const auto& entry) { return !stated.contains(entry.first); });
    }
    extent = {sequence, time, std::move(now)};
    return true;
  }

  std::uint64_t SequenceOf(const Said& said) const {
    const auto at = extents_.find({said.source, said.extent});
    return at == extents_.end() ? 0 : at->second.sequence;
  }

  std::multiset<std::string> Words() const {
    std::multiset<std::string> out;
    for (const auto& [which, extent] : extents_) {
      for (const auto& [key, fact] : extent.facts) {
        out.insert("s" + std::to_string(which.first) + "/registry " + key + " since " +
                   std::to_string(fact.since) + " " + HexOf(AsBytes(fact.words)));
      }
    }
    return out;
  }

 private:
  struct Fact {
    std::string words;
    std::int64_t since = 0;
  };
  struct Extent {
    std::uint64_t sequence = 0;
    std::int64_t as_of = 0;
    std::map<std::string, Fact> facts;
  };
  std::map<std::pair<int, int>, Extent> extents_;
};

class LawStore : public EstateTest {
 public:
  explicit LawStore(std::size_t stage_above) {
    options_.stage_above = stage_above;
    Open();
  }
  void TestBody() override {}
  using EstateTest::Agreed;
  using EstateTest::Open;
  estate::Store& store() { return *store_; }
};

void CheckAgainstNaive(const std::vector<Said>& all, std::size_t stage_above) {
  LawStore law(stage_above);
  Naive naive;
  for (const Said& said : all) {
    const std::uint64_t last = naive.SequenceOf(said);
    const std::int64_t wanted = static_cast<std::int64_t>(last) + said.sequence;
    const std::uint64_t sequence = wanted < 0 ? 0 : static_cast<std::uint64_t>(wanted);
    std::vector<Record> records;
    for (const Word& word : said.words) records.push_back(RecordOf(word));
    const auto receipt = law.store().Submit(
        Frame("s" + std::to_string(said.source), SourceKind::kRegistry,
              "e" + std::to_string(said.extent), sequence, At(said.at), said.complete, records));
    const bool repeated = receipt && receipt->repeated;
    RC_ASSERT((receipt.has_value() && !repeated) == naive.Take(said, sequence, At(said.at).micros));
  }
  const State state = law.Agreed();
  RC_ASSERT(!testing::Test::HasFailure());
  RC_ASSERT(state.Words() == naive.Words());
  law.Open();
  RC_ASSERT(law.Agreed() == state);
  RC_ASSERT(!testing::Test::HasFailure());
}

TEST(EstateLaws, StatesWhatANaiveReadingStates) {
  const InMemoryScratch in_memory;
  EXPECT_TRUE(rc::check("direct", [] {
    CheckAgainstNaive(*rc::gen::container<std::vector<Said>>(AnySaid()), 5000);
  }));
}

TEST(EstateLaws, StagedFramesStateTheSame) {
  const InMemoryScratch in_memory;
  EXPECT_TRUE(rc::check(
      "staged", [] { CheckAgainstNaive(*rc::gen::container<std::vector<Said>>(AnySaid()), 3); }));
}

}  // namespace
}  // namespace hullmark::sqlite
