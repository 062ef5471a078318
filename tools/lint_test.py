#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that the checks catch what they are for: each rule has a text that must be refused and one that must pass."""
import unittest

import lint_house as house
import lint_layers as layers
import lint_source as source

ROOMS = source.read_rooms("""
# comment
base      src/base        -          fmt
net       src/base/net    base       openssl
graph     src/core/graph  base       boost-containers
api       src/api         graph,net  -
apps/prog apps/prog       api        cli11
""")
FILES = {"src/base/text.h", "src/base/net/http.h", "src/core/graph/graph.h", "src/api/api.h", "src/api/inner/x.h",
         "bench/help.h", "apps/prog/serve.h", "tests/live/peer.h"}
HEAD = "// SPDX-License-Identifier: Apache-2.0\n"


def layer_complaints(path, *includes):
    code = "".join(f"#include {include}\n" for include in includes)
    return [what for _, what in layers.check_file(ROOMS, path, code, FILES.__contains__)]


class Layers(unittest.TestCase):
    def test_arrows(self):
        for path, include in [("src/api/a.cpp", '"core/graph/graph.h"'), ("src/api/a.cpp", '"base/text.h"'),
                              ("apps/prog/main.cpp", '"base/net/http.h"'), ("src/base/a_test.cpp", '"base/text.h"'),
                              ("bench/a.cpp", '"api/api.h"'), ("bench/a.cpp", '"help.h"'),
                              ("apps/prog/main.cpp", '"serve.h"'),
                              ("bench/a.cpp", '"../tests/live/peer.h"'), ("tests/b/a.cpp", '"live/peer.h"'), ("src/base/a.cpp", "<vector>"),
                              ("src/base/a.cpp", "<sys/stat.h>")]:
            self.assertEqual(layer_complaints(path, include), [], (path, include))
        for path, include, what in [
                ("src/base/a.cpp", '"base/net/http.h"', "may not include net"),
                ("src/core/graph/a.h", '"base/net/http.h"', "may not include net"),
                ("src/base/net/a_test.cpp", '"api/api.h"', "may not include api"),
                ("src/api/a.cpp", '"api.h"', "no path from src/"),
                ("src/api/a.cpp", '"api/absent.h"', "no path from src/"),
                ("src/api/a.cpp", '"api/inner/x.h"', "stands in no room"),
                ("src/api/inner/x.h", '"base/text.h"', "no room of"),
                ("bench/a.cpp", '"absent.h"', "not in the tree")]:
            self.assertIn(what, "".join(layer_complaints(path, include)), (path, include))

    def test_libraries(self):
        for path, include in [("src/base/net/a.cpp", "<openssl/evp.h>"), ("src/api/a.cpp", "<fmt/format.h>"),
                              ("src/core/graph/a.h", "<boost/unordered/unordered_flat_map.hpp>"),
                              ("src/api/a_test.cpp", "<gtest/gtest.h>"), ("bench/a.cpp", "<benchmark/benchmark.h>"),
                              ("src/api/a_test.cpp", "<rapidcheck/gtest.h>"),
                              ("src/api/api_fixture.h", "<gtest/gtest.h>"), ("apps/prog/m.cpp", "<CLI/CLI.hpp>")]:
            self.assertEqual(layer_complaints(path, include), [], (path, include))
        for path, include, what in [
                ("src/api/a.cpp", "<openssl/evp.h>", "does not own the library openssl"),
                ("src/base/net/a.h", "<openssl/evp.h>", "stands in a header"),
                ("src/base/a.h", "<fmt/format.h>", "stands in a header"),
                ("src/api/a.cpp", "<boost/unordered/unordered_flat_map.hpp>", "does not own"),
                ("src/core/graph/a.cpp", "<boost/asio.hpp>", "does not own the library boost"),
                ("src/api/a.cpp", "<gtest/gtest.h>", "outside *_test.cpp and"),
                ("src/api/a.cpp", "<benchmark/benchmark.h>", "outside bench/"),
                ("src/api/a.cpp", "<nlohmann/json.hpp>", "belongs to no library")]:
            self.assertIn(what, "".join(layer_complaints(path, include)), (path, include))

    def test_comments_and_strings_are_no_includes(self):
        code = '// #include "base/net/http.h"\n/*\n#include "base/net/http.h"\n*/\nauto s = R"(\n#include "x")";\n'
        found = list(layers.check_file(ROOMS, "src/base/a.cpp", code, FILES.__contains__))
        self.assertEqual([line for line, _ in found if line < 5], [])

    def test_table(self):
        circle = source.read_rooms("a src/a b -\nb src/b c -\nc src/c a -\n")
        self.assertIn("in a circle", "".join(layers.check_table(circle)))
        self.assertIn("no room", "".join(layers.check_table(source.read_rooms("a src/a z -\n"))))
        self.assertEqual(list(layers.check_table(ROOMS)), [])


class Try(unittest.TestCase):
    def test_good_places(self):
        for code in ["HM_TRY(f());", "const auto x = HM_TRY(f());", "std::map<int, std::string> m = HM_TRY(f(1, g(2)));",
                     "return HM_TRY(f());", "x = HM_TRY(f());", "a.b[i] = HM_TRY(f());", "{ HM_TRY(f()); }",
                     "if (a(b)) HM_TRY(f());", "else HM_TRY(f());", "for (auto& x : y) HM_TRY(f(x));", "case 1: HM_TRY(f());",
                     "if (a) x = HM_TRY(f());", "else if (a(b)) return HM_TRY(f());", "case A::kB: x = HM_TRY(f());",
                     "default: HM_TRY(f());",
                     "// f(HM_TRY(x))\n", 'g("HM_TRY(x)", 1);', "#define HM_TRY(expr) x",
                     "HM_TRY(each([&]() -> Status { HM_TRY(f()); return {}; }));",
                     "auto x =\n    HM_TRY(f(\n        1));"]:
            self.assertEqual(list(house.check_try(code)), [], code)

    def test_bad_places(self):
        for code in ["f(HM_TRY(g()));", "X x{HM_TRY(g()), 1};", "return X{HM_TRY(g())};", "a + HM_TRY(g());",
                     "auto x = HM_TRY(f()).y;", "auto x = y + HM_TRY(f());", "return f(HM_TRY(g()));",
                     "auto x = HM_TRY(f()) + 1;", "if (HM_TRY(f())) g();", "auto x = c ? HM_TRY(f()) : 1;",
                     "auto x = HM_TRY(f(HM_TRY(g())));", "X x = {.a = HM_TRY(f()), .b = 1};", "x.push_back(HM_TRY(f()));",
                     "return HM_TRY(f()).x;", "while (HM_TRY(f())) {}", "x += HM_TRY(f());", "for (auto& x : HM_TRY(f())) {}"]:
            self.assertEqual(len(list(house.check_try(code))), 1, code)


class House(unittest.TestCase):
    def complaints(self, path, text):
        return "".join(what for _, what in house.check_file(path, text))

    def test_passes(self):
        self.assertEqual(self.complaints("src/a.cpp", HEAD + "int a;\n"), "")
        self.assertEqual(self.complaints("src/a.h", HEAD + "//\n// What it offers.\n#pragma once\n"), "")
        self.assertEqual(self.complaints("docs/a.md", "a  \n" * 500), "")
        self.assertEqual(self.complaints("src/a.cpp", HEAD + '// using namespace x\nauto s = "using namespace";\n'), "")
        self.assertEqual(self.complaints("a.py", "#!/usr/bin/env python3\n# SPDX-License-Identifier: Apache-2.0\n"), "")
        self.assertEqual(self.complaints("src/a.cpp", HEAD + 'Get("https://host/work/x");  // TODO(#7): later\n'), "")

    def test_refuses(self):
        home = "/ho" + "me/someone/"
        for path, text, what in [
                ("src/a.cpp", "int a;\n", "the first line"), ("src/a.h", HEAD + "#pragma once\n", "says what it offers"),
                ("src/a.h", HEAD + "//\n// A.\n", "#pragma once"), ("src/a.cpp", HEAD + "using  namespace std;\n", "hides"),
                ("src/a.cpp", HEAD + "int a;\n" * 400, "want at most 400"), ("src/a.h", HEAD * 151, "want at most 150"),
                ("tools/a.py", "import x\n", "one of the first two lines"), ("src/a.cpp", HEAD + "co_await x;\n", "coroutines"),
                ("docs/a.md", f"see {home}x\n", "a path of one machine"), ("a.txt", "<<<<<<< HEAD\n", "unfinished merge"),
                ("a.sh", "x \n", "blanks"), ("a.sh", "x", "does not end"), ("src/a.cpp", HEAD + "// TODO: x\n", "names its issue"),
                ("src/a.cpp", HEAD + "f(HM_TRY(x));\n", "larger expression")]:
            self.assertIn(what, self.complaints(path, text), (path, what))


if __name__ == "__main__":
    unittest.main()
