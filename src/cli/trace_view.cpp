// SPDX-License-Identifier: Apache-2.0
#include "cli/trace_view.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"

namespace hullmark::cli {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 4;  // " ─▶ "

using Column = std::vector<std::string>;

std::string Clean(codec::Json value) { return Printable(value.Text()); }

std::string_view LastPart(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view WithoutPrefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

std::string ShortRef(std::string_view ref) {
  return std::string(WithoutPrefix(WithoutPrefix(ref, "refs/heads/"), "refs/tags/"));
}

Tone ToneOf(std::string_view level) {
  if (level == "verified" || level == "reported") return Tone::kGood;
  return level == "inferred" ? Tone::kWarn : Tone::kPlain;
}

/// "github.com/acme/shop": the host is told apart, since the rest tells more in few columns.
std::pair<std::string, std::string> SplitHost(const std::string& name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos || slash + 1 == name.size()) return {"", name};
  return {name.substr(0, slash), name.substr(slash + 1)};
}

Column SourceColumn(codec::Json origin) {
  const auto [host, path] = SplitHost(Clean(origin["repository"]["name"]));
  Column column{path};
  std::string commit = Clean(origin["commit"]).substr(0, 10);
  const std::string ref = ShortRef(Clean(origin["ref"]));
  if (!ref.empty()) commit += commit.empty() ? ref : " " + ref;
  if (!commit.empty()) column.push_back(std::move(commit));
  if (!host.empty()) column.push_back(host);
  return column;
}

Column RunColumn(codec::Json origin) {
  Column column{std::string(LastPart(Clean(origin["pipeline"])))};
  const codec::Json run = origin["run"];
  std::string id = "run " + Clean(run["id"]);
  if (const auto attempt = run["attempt"].Int(); attempt && *attempt > 1) {
    id += " try " + std::to_string(*attempt);
  }
  column.push_back(std::move(id));
  if (!run["actor"].Text().empty()) column.push_back("by " + Clean(run["actor"]));
  if (!run["event"].Text().empty()) column.push_back("on " + Clean(run["event"]));
  return column;
}

/// Host/path once, then the tags it has there.
Column RegistryColumn(codec::Json image) {
  std::map<std::string, std::set<std::string>> places;
  image["locations"].ForEachItem([&](codec::Json item) {
    std::string place = Clean(item);
    std::string tag;
    if (const std::size_t at = place.find('@'); at != std::string::npos) place.resize(at);
    const std::size_t slash = place.rfind('/');
    const std::size_t colon = place.rfind(':');
    if (colon != std::string::npos && (slash == std::string::npos || colon > slash)) {
      tag = place.substr(colon);
      place.resize(colon);
    }
    std::set<std::string>& tags = places[place];
    if (!tag.empty()) tags.insert(tag);
  });
  Column column;
  for (const auto& [place, tags] : places) {
    if (column.size() >= 5) break;
    const auto [host, path] = SplitHost(place);
    column.push_back(path);
    std::string line;
    for (const std::string& tag : tags) line += (line.empty() ? "" : " ") + tag;
    if (!line.empty()) column.push_back(std::move(line));
    if (!host.empty()) column.push_back(host);
  }
  if (column.empty()) column.emplace_back("(not seen there)");
  return column;
}

Column RuntimeColumn(codec::Json answer, std::string_view digest) {
  std::map<std::string, std::set<std::string>> workloads;
  answer["running"].ForEachItem([&](codec::Json item) {
    if (item["image"].Text() != digest) return;
    std::string workload = Clean(item["workload"]);
    if (workload.empty()) workload = "Pod/" + Clean(item["pod"]);
    workloads[Clean(item["cluster"]) + "/" + Clean(item["namespace"]) + "\n" + workload].insert(
        Clean(item["pod"]));
  });
  Column column;
  std::string last;
  for (const auto& [key, pods] : workloads) {
    if (column.size() >= 6) {
      column.emplace_back("…");
      break;
    }
    const std::size_t cut = key.find('\n');
    const std::string place = key.substr(0, cut);
    const std::string_view workload = std::string_view(key).substr(cut + 1);
    const std::size_t slash = workload.find('/');
    column.emplace_back(slash == std::string_view::npos ? workload : workload.substr(slash + 1));
    const std::string_view kind = slash == std::string_view::npos ? "" : workload.substr(0, slash);
    column.push_back(
        Cat({kind, ", ", std::to_string(pods.size()), pods.size() == 1 ? " pod" : " pods"}));
    if (place != last) column.push_back(place);
    last = place;
  }
  if (column.empty()) column.emplace_back("(not running)");
  return column;
}

std::string ShowColumns(const std::array<Column, 4>& columns, const Terminal& terminal) {
  const std::size_t room = std::min<std::size_t>(terminal.columns, 120) - kIndent - 3 * kGap;
  std::array<std::size_t, 4> needs{};
  std::array<std::size_t, 4> widths{};
  std::size_t spare = room;
  for (std::size_t i = 0; i < 4; ++i) {
    for (const std::string& line : columns[i]) needs[i] = std::max(needs[i], WidthOf(line));
    widths[i] = std::min(needs[i], room / 4);
    spare -= widths[i];
  }
  // What some columns do not need goes to the others, first to those that lack least.
  std::array<std::size_t, 4> order = {0, 1, 2, 3};
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return needs[i] - widths[i]; });
  for (const std::size_t i : order) {
    const std::size_t more = std::min(spare, needs[i] - widths[i]);
    widths[i] += more;
    spare -= more;
  }
  std::size_t height = 0;
  for (const Column& column : columns) height = std::max(height, column.size());
  std::string out;
  for (std::size_t row = 0; row < height; ++row) {
    std::string line(kIndent, ' ');
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string text = row < columns[i].size() ? columns[i][row] : "";
      const bool is_path = text.find('/') != std::string::npos;
      const std::string cell = is_path ? FitEnd(text, widths[i]) : Fit(text, widths[i]);
      const std::string padded = Pad(cell, widths[i]);
      line += row == 1 ? Paint(terminal, Tone::kStrong, padded)
                       : (row == 0 ? Paint(terminal, Tone::kQuiet, padded) : padded);
      if (i < 3) line += row == 1 ? " ─▶ " : "    ";
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
  }
  return out;
}

std::string Labelled(std::string_view label, std::string_view text) {
  return Cat({"  ", Pad(label, 10), text, "\n"});
}

std::string ShowOrigin(codec::Json answer, codec::Json origin, codec::Json image,
                       const Terminal& terminal) {
  std::array<Column, 4> columns = {SourceColumn(origin), RunColumn(origin), RegistryColumn(image),
                                   RuntimeColumn(answer, origin["image"].Text())};
  constexpr std::array<std::string_view, 4> kTitles = {"Source", "Pipeline run", "Registry",
                                                       "Runtime"};
  for (std::size_t i = 0; i < 4; ++i)
    columns[i].insert(columns[i].begin(), std::string(kTitles[i]));

  std::string out = ShowColumns(columns, terminal) + "\n";
  const std::string level = Clean(origin["level"]);
  out += Cat(
      {"  ", Paint(terminal, ToneOf(level), Pad(level, 10)), "how: ", Clean(origin["how"]), "\n"});
  out += Wrap(Clean(origin["why"]), terminal.columns, 12);
  out += Labelled("commit", Clean(origin["commit"]));
  out += Labelled("run", Clean(origin["run"]["url"]));
  if (!origin["job"].Text().empty()) out += Labelled("job", Clean(origin["job"]));
  origin["via"].ForEachItem([&](codec::Json via) {
    out += Labelled(
        "via", Cat({Clean(via["rule"]), " from ", ShortDigest(Clean(via["from"])),
                    via["layers_checked"].Bool().value_or(false) ? "" : ", layers not checked"}));
  });
  origin["evidence"].ForEachItem([&](codec::Json item) {
    const std::string push = Clean(item["binding"]["push"]);
    out += Labelled("evidence",
                    Cat({Clean(item["kind"]), " (", Clean(item["level"]),
                         push.empty() ? "" : ", push ", push, ") ", Clean(item["observed_at"])}));
    out += Wrap("from " + Clean(item["source"]) + " about " + ShortDigest(Clean(item["subject"])),
                terminal.columns, 12);
    if (!item["detail"].Text().empty()) out += Wrap(Clean(item["detail"]), terminal.columns, 12);
  });
  return out;
}

codec::Json FindImage(codec::Json answer, std::string_view digest) {
  codec::Json found;
  answer["images"].ForEachItem([&](codec::Json image) {
    if (found.missing() && image["digest"].Text() == digest) found = image;
  });
  return found;
}

std::string ShowMatched(codec::Json answer, const Terminal& terminal) {
  std::string out = Paint(terminal, Tone::kStrong, Clean(answer["ref"])) + "\n";
  answer["matched"].ForEachItem([&](codec::Json item) {
    const std::string by = Cat({"  by ", Clean(item["by"]), ": ", Clean(item["kind"])});
    const std::string key = Clean(item["key"]);
    const bool fits = WidthOf(by) + 1 + WidthOf(key) <= terminal.columns;
    out += Cat({by, fits ? " " : "\n    ", key, "\n"});
  });
  return out;
}

std::string ShowProblems(codec::Json answer, const Terminal& terminal) {
  std::string out;
  answer["conflicts"].ForEachItem([&](codec::Json item) {
    out += "\n" + Paint(terminal, Tone::kBad, "contested") + "  " +
           ShortDigest(Clean(item["image"])) + "\n";
    out += Wrap(Clean(item["why"]), terminal.columns, 11);
    item["repositories"].ForEachItem(
        [&](codec::Json repository) { out += "           " + Clean(repository["name"]) + "\n"; });
  });
  answer["unknown"].ForEachItem([&](codec::Json item) {
    out += "\n" + Paint(terminal, Tone::kWarn, "unknown") + "    " +
           Clean(item["subject"]["kind"]) + " " + Clean(item["subject"]["key"]) + "\n";
    out += Wrap(Clean(item["reason"]), terminal.columns, 11);
    out += Wrap("mend: " + Clean(item["mend"]), terminal.columns, 11);
  });
  return out;
}

/// To the second: fractions tell a reader nothing.
std::string ShortTime(std::string time) {
  const std::size_t dot = time.find('.');
  if (dot != std::string::npos && time.ends_with('Z')) time.replace(dot, std::string::npos, "Z");
  return time;
}

std::string ShowFreshness(codec::Json answer, const Terminal& terminal) {
  std::string out;
  answer["freshness"].ForEachItem([&](codec::Json item) {
    // Reports are events: none of them is the whole of anything.
    const bool partial =
        !item["complete"].Bool().value_or(false) && !item["source"].Text().starts_with("ci:");
    out += Cat({"\n  ", Clean(item["source"]), " as of ", ShortTime(Clean(item["as_of"])),
                partial ? " (partial)" : ""});
  });
  return out.empty() ? out : Paint(terminal, Tone::kQuiet, "\nSeen by" + out) + "\n";
}

}  // namespace

std::string ShowTrace(codec::Json answer, const Terminal& terminal) {
  std::string out = ShowMatched(answer, terminal);
  std::string previous;
  answer["origins"].ForEachItem([&](codec::Json origin) {
    const std::string digest = Clean(origin["image"]);
    const codec::Json image = FindImage(answer, digest);
    if (digest != previous) {
      out += Cat({"\nimage ", digest, "\n"});
      if (!image["platform"].Text().empty()) out += Cat({"      ", Clean(image["platform"]), "\n"});
    }
    previous = digest;
    out += "\n" + ShowOrigin(answer, origin, image, terminal);
  });
  out += ShowProblems(answer, terminal);
  const auto total = answer["total"].Int().value_or(0);
  if (static_cast<std::size_t>(total) > answer["origins"].size()) {
    out += Cat({"\n", std::to_string(answer["origins"].size()), " of ", std::to_string(total),
                " origins; the rest: --cursor ", Clean(answer["cursor"]), "\n"});
  }
  return out + ShowFreshness(answer, terminal);
}

}  // namespace hullmark::cli
