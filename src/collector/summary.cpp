// SPDX-License-Identifier: Apache-2.0
#include "collector/summary.h"

#include "base/text.h"

namespace hullmark::collector {

namespace {

/// Text in a table's cell: nothing of it is markup.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      cell += ' ';
      continue;
    }
    if (std::string_view("\\`*_{}[]<>#|!&~").contains(c)) cell += '\\';
    cell += c;
  }
  return cell;
}

}  // namespace

std::vector<std::string> LogLines(const ci::ReportedPush& push) {
  std::vector<std::string> lines;
  lines.push_back(Cat({"  ", push.reference}));
  // `sha256:` and 12 of 64 characters are enough to find it again; the report has all.
  lines.push_back(Cat({"    ", push.digest.substr(0, 19), "  ", push.how,
                       push.certain ? "" : ", possibly another job's"}));
  if (!push.how_detail.empty()) lines.push_back(Cat({"    (", push.how_detail, ")"}));
  return lines;
}

std::string SummaryOf(const std::vector<ci::ReportedPush>& pushes,
                      const std::vector<std::string>& unresolved, std::string_view result) {
  std::string text = Cat({"### Hullmark\n\n", Cell(result), "\n\n"});
  if (!pushes.empty()) {
    text += "| image | digest | how | told from |\n| --- | --- | --- | --- |\n";
    for (const ci::ReportedPush& push : pushes) {
      text += Cat({"| ", Cell(push.reference), " | `", push.digest, "` | ", Cell(push.how),
                   push.certain ? "" : ", possibly another job's", " | ", Cell(push.how_detail),
                   " |\n"});
    }
    text += "\n";
  }
  for (const std::string& line : unresolved) text += Cat({"- not told: ", Cell(line), "\n"});
  if (!unresolved.empty()) text += "\n";
  return text;
}

}  // namespace hullmark::collector
