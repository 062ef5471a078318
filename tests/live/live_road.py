#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job on real input: two pipeline jobs build with a real Docker engine, push to a real registry and report with
their OIDC tokens; the registries are read, the cluster's pods are loaded, and `hullmark trace` leads from every digest,
tag and pod back to repository, commit, run and person.

    live_road.py            the tests
    live_road.py --show     the same road as a story for people (what ./run --live prints)
"""
import sys
import textwrap
import time
import unittest

import harness
import pods
from road import OWNER_ID, WORKFLOW, Job, Repository, Road


class LiveRoad(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.scratch = harness.Scratch()
        cls.addClassCleanup(cls.scratch.close)
        cls.road = Road(cls.scratch)
        cls.road.main_stretch()
        cls.a, cls.b = cls.road.a, cls.road.b
        cls.shop, cls.shop_config = cls.road.digests(cls.a, "acme/shop", "1.4")
        cls.tools, cls.tools_config = cls.road.digests(cls.a, "acme/tools", "2.0")

    def origins_of(self, reference):
        code, answer = self.road.trace(reference)
        self.assertEqual(code, 0, answer)
        return answer, answer["origins"]

    def assert_origin(self, reference, job, how="built", level="reported"):
        """`reference` leads to the job, by that level; the answer."""
        answer, origins = self.origins_of(reference)
        mine = [o for o in origins if o["run"]["id"].endswith(job.run_id) and o["run"]["attempt"] == job.attempt]
        self.assertEqual(len(mine), 1, answer)
        origin = mine[0]
        self.assertEqual(origin["repository"], {"key": job.repository.key, "name": f"github.com/{job.repository.name}"})
        self.assertEqual((origin["level"], origin["how"]), (level, how), origin)
        self.assertEqual((origin["commit"], origin["ref"]), (job.commit, "refs/heads/main"))
        self.assertEqual(origin["pipeline"], WORKFLOW)
        self.assertEqual((origin["run"]["actor"], origin["run"]["event"]), (job.repository.actor, "push"))
        self.assertTrue(origin["run"]["url"].startswith(job.url), origin["run"])
        self.assertTrue(origin["why"])
        self.assertIn("ci-report", [e["kind"] for e in origin["evidence"]])
        return answer

    # -- the main stretch

    def test_by_tag(self):
        answer = self.assert_origin(self.a.name("acme/shop:1.4"), self.road.jobs["shop"])
        self.assertIn({"kind": "Tag", "key": self.a.name("acme/shop:1.4"), "by": "tag"}, answer["matched"])
        self.assertEqual(answer["origins"][0]["image"], self.shop)
        self.assertEqual(answer["version"], 1)
        self.assertEqual(answer["conflicts"], [])
        self.assert_origin(self.a.name("acme/tools:2.0"), self.road.jobs["tools"])

    def test_by_every_digest(self):
        for job, digest, config in (("shop", self.shop, self.shop_config), ("tools", self.tools, self.tools_config)):
            for reference in (digest, config, config.removeprefix("sha256:"), self.a.name(f"acme/{job}@{digest}")):
                with self.subTest(reference=reference):
                    answer = self.assert_origin(reference, self.road.jobs[job])
                    self.assertEqual({o["image"] for o in answer["origins"]}, {digest})
        tagged = self.a.name(f"acme/shop:1.4@{self.shop}")
        self.assert_origin(tagged, self.road.jobs["shop"])

    def test_what_the_answer_says_of_the_image(self):
        _, answer = self.road.trace(self.shop)
        image = next(i for i in answer["images"] if i["digest"] == self.shop)
        self.assertEqual((image["config_digest"], image["platform"]), (self.shop_config, "linux/amd64"))
        for place in (self.a.name("acme/shop:1.4"), self.b.name("mirror/shop:1.4")):
            self.assertIn(place, image["locations"])
        self.assertTrue(all(f["as_of"] for f in answer["freshness"]))

    def test_by_pod(self):
        web = pods.Deployment("shop", "web", "", "")
        for reference in (f"shop/{web.pod_name()}", f"pod:prod/shop/{web.pod_name(1)}"):
            with self.subTest(reference=reference):
                answer = self.assert_origin(reference, self.road.jobs["shop"])
                running = [r for r in answer["running"] if r["workload"] == "Deployment/web"]
                self.assertTrue(running, answer["running"])
                self.assertEqual((running[0]["namespace"], running[0]["container"]), ("shop", "web"))

    def test_by_pod_of_a_copy_and_of_a_bare_image_id(self):
        self.assert_origin(f"shop/{pods.Deployment('shop', 'mirror', '', '').pod_name()}", self.road.jobs["shop"])
        toolbox = f"ops/{pods.Deployment('ops', 'toolbox', '', '').pod_name()}"
        self.assert_origin(toolbox, self.road.jobs["tools"])  # its container, by config digest
        answer = self.assert_origin(toolbox, self.road.jobs["shop"])  # its init container
        self.assertTrue(any(u["reason"] and u["mend"] for u in answer["unknown"]), answer["unknown"])  # the debugger

    def test_by_commit_and_run(self):
        job = self.road.jobs["shop"]
        for reference in (job.commit, f"github.com/acme/shop@{job.commit}", job.url):
            with self.subTest(reference=reference):
                self.assert_origin(reference, job)

    def test_copy_in_another_registry_keeps_its_origin(self):
        answer = self.assert_origin(self.b.name("mirror/shop:1.4"), self.road.jobs["shop"])
        self.assertEqual(answer["origins"][0]["image"], self.shop)

    def test_for_people(self):
        _, text, _ = self.road.server.hullmark("trace", self.a.name("acme/shop:1.4"))
        for word in ("github.com/acme/shop", self.road.jobs["shop"].commit[:7], "alice", "reported"):
            self.assertIn(word, text)
        self.assertLessEqual(max(len(line) for line in text.splitlines()), 80, text)

    def test_unknown_says_why_and_what_to_do(self):
        for reference in ("sha256:" + "e" * 64, self.a.name("acme/nothing:1")):
            code, answer = self.road.trace(reference)
            self.assertEqual((code, answer["matched"]), (1, []), answer)
            self.assertTrue(answer["unknown"][0]["reason"] and answer["unknown"][0]["mend"])

    def test_summary_of_the_job(self):
        text = self.road.jobs["shop"].summary.read_text()
        self.assertIn(f"| {self.a.name('acme/shop:1.4')} | `{self.shop}` | built |", text)

    # -- detours

    def test_diff_ids(self):
        diff_ids = self.road.diff_ids(self.a, "acme/shop", "1.4")
        self.assert_origin(diff_ids[-1], self.road.jobs["shop"])
        _, answer = self.road.trace(diff_ids[0])  # the base's: both images have it, nobody's origin follows
        self.assertEqual(answer["origins"], [], answer)
        self.assertIn(self.shop, [i["digest"] for i in answer["images"]])

    def test_recompressed_copy_is_inferred_by_fingerprint(self):
        self.road.recompress()
        self.road.sync()
        digest, config = self.road.digests(self.b, "zstd/shop", "1.4")
        self.assertNotEqual(digest, self.shop)
        self.assertNotEqual(config, self.shop_config)  # re-serialised
        answer = self.assert_origin(self.b.name("zstd/shop:1.4"), self.road.jobs["shop"], level="inferred")
        via = [v for o in answer["origins"] for v in o["via"]]
        self.assertEqual([(v["rule"], v["from"], v["layers_checked"]) for v in via],
                         [("config-fingerprint", self.shop, False)])

    def test_child_with_one_label_more_is_not_the_parents(self):
        child = self.a.name("other/child:1")
        self.road.push_unreported(child, f"FROM {self.a.name('acme/shop:1.4')}\nLABEL team=other\n")
        self.road.sync()
        self.assertEqual(self.road.diff_ids(self.a, "other/child", "1"), self.road.diff_ids(self.a, "acme/shop", "1.4"))
        code, answer = self.road.trace(child)
        self.assertEqual((code, answer["origins"]), (1, []), answer)
        self.assertTrue(answer["unknown"][0]["mend"], answer)

    def test_only_from_keeps_whose_it_was(self):
        # Another repository's job pushes the shop's image under its own name: it did not build it.
        job = Job(self.road, self.road.tools, 7004)
        job.start()
        reference = self.a.name("acme/from-shop:1")
        self.road.engine.build(reference, f"FROM {self.a.name('acme/shop:1.4')}\n")
        self.road.engine.docker("push", "-q", reference)
        job.report()
        self.road.sync()
        answer, origins = self.origins_of(reference)
        best = origins[0]
        self.assertEqual((best["repository"]["key"], best["how"]), (self.road.shop.key, "built"), answer)
        republished = [o for o in origins if o["how"] == "republished"]
        self.assertEqual([o["repository"]["key"] for o in republished], [self.road.tools.key], answer)
        self.assertEqual(answer["conflicts"], [], answer)

    def test_index_of_two_platforms(self):
        job = self.road.push_index()
        self.road.sync()
        index = self.a.digest("acme/multi", "1")
        children = {platform: self.a.digest("acme/multi", platform) for platform in ("amd64", "arm64")}
        for reference in (self.a.name("acme/multi:1"), index):
            answer, origins = self.origins_of(reference)
            self.assertIn("ImageIndex", [m["kind"] for m in answer["matched"]] if reference == index else ["ImageIndex"])
            platforms = {i["platform"]: i["digest"] for i in answer["images"]}
            self.assertEqual(platforms, {f"linux/{p}": d for p, d in children.items()})
            self.assertTrue(all(index in i["indexes"] for i in answer["images"]))
            self.assertEqual({o["image"] for o in origins}, set(children.values()))
            self.assertEqual({o["repository"]["key"] for o in origins}, {job.repository.key})
        for digest in children.values():
            self.assert_origin(digest, job)

    def test_two_runs_that_pushed_the_same_digest(self):
        reference = self.a.name("acme/twice:1")
        first = Job(self.road, self.road.shop, 7010)
        first.start()
        self.road.engine.build(reference, f"FROM base:1\nRUN echo {time.time_ns()} > /twice\n")
        self.road.engine.docker("push", "-q", reference)
        first.report()
        second = Job(self.road, self.road.shop, 7011)
        second.start()
        self.road.engine.docker("push", "-q", reference)
        second.report()
        self.road.sync()
        digest = self.a.digest("acme/twice", "1")
        self.assert_origin(digest, first, how="built")
        self.assert_origin(digest, second, how="republished")

    def test_report_twice_is_once(self):
        job = Job(self.road, self.road.shop, 7020)
        job.start()
        reference = self.a.name("acme/again:1")
        self.road.engine.build(reference, f"FROM base:1\nRUN echo {time.time_ns()} > /again\n")
        self.road.engine.docker("push", "-q", reference)
        job.report()
        job.report()
        self.assert_origin(self.a.digest("acme/again", "1"), job)

    def test_visible_at_once(self):
        """From the acknowledged report to the answer: no sync, no waiting."""
        job = Job(self.road, self.road.shop, 7021)
        job.start()
        reference = self.a.name("acme/fresh:1")
        self.road.engine.build(reference, f"FROM base:1\nRUN echo {time.time_ns()} > /fresh\n")
        self.road.engine.docker("push", "-q", reference)
        digest = self.a.digest("acme/fresh", "1")
        job.report()
        begin = time.monotonic()
        self.assert_origin(digest, job)
        self.assertLess(time.monotonic() - begin, 5 * harness.PATIENCE)

    def test_nothing_pushed(self):
        job = Job(self.road, self.road.shop, 7030)
        job.start()
        self.assertEqual(job.ci("report", "--strict"), (0, "hullmark-ci: nothing pushed, nothing to report\n"))
        self.assertFalse(job.summary.exists())

    def test_refused_token_fails_nobody_but_the_strict(self):
        evil = Repository(self.scratch, "shop", "666", {"Dockerfile": "FROM base:1\n"}, "mallory", "6660", owner="evil",
                          owner_id="66")
        job = Job(self.road, evil, 7040)
        job.start()
        reference = self.a.name("evil/shop:1")
        self.road.engine.build(reference, f"FROM base:1\nRUN echo {time.time_ns()} > /evil\n")
        self.road.engine.docker("push", "-q", reference)
        code, said = job.ci("report")
        self.assertEqual(code, 0, said)
        self.assertIn("hullmark-ci: not reported: ", said)
        self.assertIn("evil", said)
        self.assertEqual(job.ci("report", "--strict")[0], 6)
        self.assertIn("Not reported", job.summary.read_text())
        self.assertEqual(self.road.trace(self.a.digest("evil/shop", "1"))[1]["origins"], [])

    def test_recycled_owner_name_is_refused(self):
        job = Job(self.road, Repository(self.scratch, "shop2", "104", {"x": "x"}, "eve", "6661", owner_id="78"), 7041)
        self.assertNotEqual(OWNER_ID, "78")
        job.start()
        reference = self.a.name("acme/recycled:1")
        self.road.engine.build(reference, f"FROM base:1\nRUN echo {time.time_ns()} > /recycled\n")
        self.road.engine.docker("push", "-q", reference)
        code, said = job.ci("report", "--strict")
        self.assertEqual(code, 6, said)

    def test_no_secret_in_any_output(self):
        secrets = [self.road.issuer.request_token, self.road.server.token]
        for path in self.scratch.path.glob("*.log"):
            text = path.read_text(errors="replace")
            for secret in secrets:
                self.assertNotIn(secret, text, path.name)
            self.assertNotIn("eyJ", text, path.name)  # the beginning of every JSON Web Token


def lead_of(answer, wanted):
    """One line of where a trace leads to."""
    for origin in answer["origins"]:
        if origin["repository"]["key"] == wanted.repository.key:
            name = origin["repository"]["name"].removeprefix("github.com/")
            run = origin["run"]
            return f"{name} {origin['commit'][:7]} run {wanted.run_id} by {run['actor']} ({origin['level']})"
    return None


def show():
    """The main stretch, told to a person; at most 80 columns."""
    def say(first, *more):
        for line in textwrap.wrap(first, 78, initial_indent="* ", subsequent_indent="  "):
            print(line, flush=True)
        for line in more:
            print("    " + line[:76], flush=True)

    with harness.Scratch() as scratch:
        print("Starting a Docker engine, two registries and Hullmark in a scratch folder …\n", flush=True)
        road = Road(scratch, say)
        say(f"engine {road.engine.docker('version', '-f', '{{.Server.Version}}')}; registries {road.a.host} and {road.b.host}; "
            f"Hullmark at {road.server.url}")
        road.main_stretch()

        first = road.a.name("acme/shop:1.4")
        print(f"\n$ hullmark trace {first}", flush=True)
        _, output, errors = road.server.hullmark("trace", first, check=False)
        print(output + errors, flush=True)

        shop, shop_config = road.digests(road.a, "acme/shop", "1.4")
        tools, tools_config = road.digests(road.a, "acme/tools", "2.0")
        questions = [
            ("shop", "tag", first), ("shop", "tag of the copy", road.b.name("mirror/shop:1.4")),
            ("shop", "manifest digest", shop), ("shop", "config digest", shop_config),
            ("shop", "pod", f"shop/{pods.Deployment('shop', 'web', '', '').pod_name()}"),
            ("shop", "pod of the copy", f"shop/{pods.Deployment('shop', 'mirror', '', '').pod_name()}"),
            ("tools", "tag", road.a.name("acme/tools:2.0")), ("tools", "manifest digest", tools),
            ("tools", "config digest", tools_config),
            ("tools", "pod by image id", f"ops/{pods.Deployment('ops', 'toolbox', '', '').pod_name()}")]
        lost = 0
        for job, what, reference in questions:
            _, answer = road.trace(reference)
            lead = lead_of(answer, road.jobs[job])
            lost += lead is None
            print(f"  {what:<16} {reference if len(reference) < 60 else reference[:26] + '…'}\n"
                  f"  {'':<16} leads to {lead or 'NOTHING'}", flush=True)
        print(f"\n{lost} of {len(questions)} led nowhere." if lost else
              "\nEvery tag, digest and pod leads to its repository, commit, run and person.")
        return 1 if lost else 0


if __name__ == "__main__":
    harness.skip_unless_possible()
    if "--show" in sys.argv[1:]:
        sys.exit(show())
    unittest.main(verbosity=2)
