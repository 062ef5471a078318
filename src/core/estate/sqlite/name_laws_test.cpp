// SPDX-License-Identifier: Apache-2.0
//
// Laws of names, over random frames that name, rename, refer by name and merge: whatever comes, the
// log, the current state, the follower and the estate opened again agree, and a name names one
// entity.
#include <rapidcheck.h>

#include "core/estate/sqlite/estate_test.h"

namespace hullmark::sqlite {
namespace {

using enum model::EntityKind;
using model::EdgeKind;
using model::PropertyId;
using model::Record;
using model::SourceKind;

struct Word {
  int what = 0;
  int id = 0;
  int name = 0;
};
struct Said {
  int source = 0;
  int at = 0;
  bool complete = false;
  std::vector<Word> words;
};

// How rapidcheck shows a case that fails.
std::ostream& operator<<(std::ostream& os, const Said& said) {
  os << "\n s" << said.source << " at " << said.at << (said.complete ? " complete" : "") << ":";
  for (const Word& word : said.words) {
    os << " (" << word.what << " id" << word.id << " r" << word.name << ")";
  }
  return os;
}

rc::Gen<Said> AnySaid() {
  const auto word = rc::gen::build<Word>(rc::gen::set(&Word::what, rc::gen::inRange(0, 6)),
                                         rc::gen::set(&Word::id, rc::gen::inRange(0, 4)),
                                         rc::gen::set(&Word::name, rc::gen::inRange(0, 4)));
  return rc::gen::build<Said>(
      rc::gen::set(&Said::source, rc::gen::inRange(0, 3)),
      rc::gen::set(&Said::at, rc::gen::inRange(0, 30)), rc::gen::set(&Said::complete),
      rc::gen::set(&Said::words, rc::gen::container<std::vector<Word>>(word)));
}

Record RecordOf(const Word& word) {
  const std::string id = "github.com#" + std::to_string(word.id);
  const std::string name = "github.com/acme/r" + std::to_string(word.name);
  const model::PropertyMap unresolved = Props({{PropertyId::kUnresolved, true}});
  switch (word.what) {
    case 0:
      return Thing(kCodeRepository, id, {}, {name});
    case 1:
      return Thing(kCodeRepository, id);
    case 2:
      return Thing(kCodeRepository, name, unresolved);
    case 3:
      return Thing(kCodeRepository, name, unresolved,
                   {"github.com/acme/r" + std::to_string(word.id)});
    case 4:
      return Edge(EdgeKind::kContains, {kCodeOrganization, "github.com#1"},
                  {kCodeRepository, name});
    default:
      return Edge(EdgeKind::kContains, {kCodeRepository, name},
                  {kCommit, id + "@" + std::string(40, 'a')});
  }
}

class NameLaw : public EstateTest {
 public:
  explicit NameLaw(std::size_t stage_above) {
    options_.stage_above = stage_above;
    Open();
  }
  void TestBody() override {}

  void Check(const std::vector<Said>& all) {
    std::uint64_t sequence = 0;
    for (const Said& said : all) {
      std::vector<Record> records;
      for (const Word& word : said.words) records.push_back(RecordOf(word));
      const auto receipt =
          store_->Submit(Frame("s" + std::to_string(said.source), SourceKind::kScm, "x", ++sequence,
                               At(said.at), said.complete, std::move(records)));
      RC_ASSERT(receipt.has_value());
    }
    const State state = Agreed();
    RC_ASSERT(!testing::Test::HasFailure());
    std::map<std::string, int> holders;
    for (const auto& [node, name] : state.names) RC_ASSERT(++holders[name] == 1);
    Open();
    RC_ASSERT(Agreed() == state);
    RC_ASSERT(!testing::Test::HasFailure());
  }
};

TEST(NameLaws, AllViewsAgree) {
  const InMemoryScratch in_memory;
  EXPECT_TRUE(rc::check("direct", [] {
    NameLaw law(5000);
    law.Check(*rc::gen::container<std::vector<Said>>(AnySaid()));
  }));
}

TEST(NameLaws, AllViewsAgreeWhenStaged) {
  const InMemoryScratch in_memory;
  EXPECT_TRUE(rc::check("staged", [] {
    NameLaw law(2);
    law.Check(*rc::gen::container<std::vector<Said>>(AnySaid()));
  }));
}

}  // namespace
}  // namespace hullmark::sqlite
