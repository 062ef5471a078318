// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace hullmark::cli {
namespace {

TEST(Fit, KeepsBothEndsAndTheWidth) {
  EXPECT_EQ(Fit("short", 10), "short");
  EXPECT_EQ(Fit("abcdefghij", 5), "ab…ij");
  EXPECT_EQ(WidthOf(Fit("größenwahnsinnig", 7)), 7U);
  EXPECT_EQ(Fit("abc", 1), "…");
  EXPECT_EQ(Fit("abc", 0), "");
}

TEST(FitEnd, KeepsTheEnd) {
  EXPECT_EQ(FitEnd("acme/shop", 9), "acme/shop");
  EXPECT_EQ(FitEnd("acme/shop", 6), "…/shop");
  EXPECT_EQ(FitEnd("acme/shop", 0), "");
}

TEST(Printable, DisarmsEscapesAndBrokenText) {
  EXPECT_EQ(Printable("a\x1b[31mred\x1b[0m"), "a?[31mred?[0m");
  EXPECT_EQ(Printable("line\nbreak\ttab"), "line?break?tab");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "?31m");  // U+009B starts a control sequence too
  EXPECT_EQ(Printable("broken \xff"), "broken ?");
  EXPECT_EQ(Printable("größe"), "größe");
}

TEST(Wrap, BreaksBetweenWordsOnly) {
  EXPECT_EQ(Wrap("one two three", 9, 2), "  one two\n  three\n");
  EXPECT_EQ(Wrap("unbreakable-word", 5, 0), "unbreakable-word\n");
}

TEST(Paint, IsPlainWithoutColour) {
  EXPECT_EQ(Paint(Terminal{}, Tone::kBad, "x"), "x");
  EXPECT_EQ(Paint(Terminal{.interactive = true, .color = true}, Tone::kBad, "x"),
            "\x1b[31mx\x1b[0m");
}

TEST(TextTable, AlignsAndCutsOnlyOnATerminal) {
  TextTable table({"NAME", "WHAT"});
  table.Add({"a", "something that is long"});
  table.Add({"longer", "x"});
  EXPECT_EQ(table.Render(Terminal{}), "NAME    WHAT\na       something that is long\nlonger  x\n");
  EXPECT_EQ(table.Render(Terminal{.interactive = true, .columns = 16}),
            "NAME    WHAT\na       some…ong\nlonger  x\n");
}

}  // namespace
}  // namespace hullmark::cli
