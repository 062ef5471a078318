#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hullmark-ci against a real Docker engine and real registries, without a server: what would it report?"""
import json
import os
import socket
import subprocess
import sys
import time
import unittest

import harness

# bcrypt of "open sesame"
PASSWORD_HASH = "$2b$04$SkdZ6B/chz4xaFjACvyfFeYFBL/dV.dLKEN.JFoIDLsE2/IaNvjEi"


class Job:
    """One pipeline job as GitHub's runner starts it, on an engine that may be shared."""

    count = 0

    def __init__(self, scratch, engine, environment=None):
        Job.count += 1
        folder = scratch.folder(f"job-{Job.count}")
        self.summary = folder / "summary.md"
        self.environment = {"PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": str(Job.count),
                            "GITHUB_JOB": "build", "RUNNER_TEMP": str(folder), "HULLMARK_DEADLINE": "60s",
                            "GITHUB_STEP_SUMMARY": str(self.summary), **engine.environment(), **(environment or {})}

    def run(self, *arguments):
        return subprocess.run([str(harness.program("hullmark-ci")), *arguments], capture_output=True, text=True,
                              env=self.environment, timeout=120)

    def start(self):
        done = self.run("start")
        assert done.returncode == 0 and "watching docker" in done.stdout, done.stdout + done.stderr

    def report(self):
        """What would be sent: ({reference: push}, log)."""
        done = self.run("report", "--dry-run", "--strict")
        assert done.returncode == 0, done.stderr
        pushes = json.loads(done.stdout)["pushes"]
        return {push["reference"]: push for push in pushes}, done.stderr


class Collector(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = harness.Scratch()
        cls.addClassCleanup(cls.scratch.close)
        cls.engine = harness.Engine(cls.scratch)
        cls.a = harness.Registry(cls.scratch, "a")
        cls.base_id = cls.engine.make_base()

    def setUp(self):
        self.job = Job(self.scratch, self.engine)

    def name(self, reference):
        return self.a.name(reference)

    def test_built_by_either_builder(self):
        for buildkit in (False, True):
            with self.subTest(buildkit=buildkit):
                job = Job(self.scratch, self.engine)
                job.start()
                ref = self.name(f"built/x:{int(buildkit)}")
                image_id = self.engine.build(ref, f"FROM base:1\nRUN echo {time.time_ns()} > /x\n", buildkit=buildkit)
                self.engine.docker("push", "-q", ref)
                pushes, log = job.report()
                digest, media_type, manifest = self.a.manifest("built/x", str(int(buildkit)))
                push = pushes[ref]
                self.assertEqual(push["digest"], digest)
                self.assertEqual(push["media_type"], media_type)
                self.assertEqual(push["config_digest"], image_id)
                self.assertEqual(push["config_digest"], json.loads(manifest)["config"]["digest"])
                self.assertEqual(push["platform"], "linux/amd64")
                self.assertEqual(push["how"], "built", push)
                self.assertIn("1 push seen", log)
                self.assertEqual(len(pushes), 1)  # earlier jobs' pushes are not this one's

    def test_held_before_is_republished(self):
        self.job.start()
        ref = self.name("mirror/base:1")
        self.engine.docker("tag", "base:1", ref)
        self.engine.docker("push", "-q", ref)
        push = self.job.report()[0][ref]
        self.assertEqual((push["how"], push["config_digest"]), ("republished", self.base_id))

    def test_only_from_is_republished(self):
        self.job.start()
        ref = self.name("mirror/from:1")
        self.assertEqual(self.engine.build(ref, "FROM base:1\n"), self.base_id)
        self.engine.docker("push", "-q", ref)
        self.assertEqual(self.job.report()[0][ref]["how"], "republished")

    def foreign(self, reference):
        """An image in the registry that this engine does not hold."""
        ref = self.name(reference)
        self.engine.build(ref, f"FROM base:1\nRUN echo {time.time_ns()} > /foreign\n")
        self.engine.docker("push", "-q", ref)
        self.engine.docker("rmi", "-f", ref)
        return ref

    def test_pulled_is_republished(self):
        foreign = self.foreign("foreign/x:1")
        self.job.start()
        ref = self.name("mirror/x:1")
        self.engine.docker("pull", "-q", foreign)
        self.engine.docker("tag", foreign, ref)
        self.engine.docker("push", "-q", ref)
        pushes, _ = self.job.report()
        self.assertEqual(pushes[ref]["how"], "republished", pushes)
        # Even when the pulled name is gone, the copy is not said to be built here.
        self.engine.docker("rmi", foreign)
        self.assertEqual(self.job.report()[0][ref]["how"], "unknown")

    def test_cache_from_the_last_version(self):
        ref = self.foreign("cached/app:latest")
        self.job.start()
        self.engine.docker("pull", "-q", ref)
        self.engine.build(ref, f"FROM base:1\nRUN echo {time.time_ns()} > /app\n")
        self.engine.docker("push", "-q", ref)
        push = self.job.report()[0][ref]
        self.assertEqual(push["how"], "built", push)

    def test_loaded_is_not_said_to_be_built(self):
        foreign = self.foreign("foreign/loaded:1")
        archive = self.scratch.path / "loaded.tar"
        self.engine.docker("pull", "-q", foreign)
        self.engine.docker("save", "-o", archive, foreign)
        self.engine.docker("rmi", foreign)
        self.job.start()
        self.engine.docker("load", "-q", "-i", archive)
        self.engine.docker("push", "-q", foreign)
        self.assertEqual(self.job.report()[0][foreign]["how"], "unknown")

    def test_tag_that_moves_between_push_and_report(self):
        self.job.start()
        ref = self.name("moving/x:latest")
        first = self.engine.build(ref, f"FROM base:1\nRUN echo first {time.time_ns()} > /x\n")
        self.engine.docker("push", "-q", ref)
        digest = self.a.digest("moving/x", "latest")
        # Somebody else pushes another image to the tag; and this job rebuilds without pushing.
        harness.skopeo("copy", "--src-tls-verify=false", "--dest-tls-verify=false",
                       f"docker://{self.foreign('moving/other:1')}", f"docker://{ref}")
        self.assertNotEqual(self.a.digest("moving/x", "latest"), digest)
        self.engine.build(ref, f"FROM base:1\nRUN echo second {time.time_ns()} > /x\n")
        push = self.job.report()[0][ref]
        self.assertEqual((push["digest"], push["config_digest"]), (digest, first))
        self.assertIn("the tag has moved since", push["how_detail"])

    def test_image_removed_after_the_push(self):
        self.job.start()
        ref = self.name("removed/x:1")
        image_id = self.engine.build(ref, f"FROM base:1\nRUN echo {time.time_ns()} > /x\n")
        self.engine.docker("push", "-q", ref)
        self.engine.docker("rmi", "-f", ref)
        push = self.job.report()[0][ref]
        self.assertEqual((push["digest"], push["config_digest"], push["how"]),
                         (self.a.digest("removed/x", "1"), image_id, "built"))
        self.assertEqual(push["platform"], "linux/amd64")  # from the config in the registry

    def test_all_tags_in_one_push(self):
        self.job.start()
        ids = {}
        for tag in ("1", "2"):
            ref = self.name(f"many/x:{tag}")
            ids[ref] = self.engine.build(ref, f"FROM base:1\nRUN echo {tag} {time.time_ns()} > /x\n")
        self.engine.docker("push", "-q", "--all-tags", self.name("many/x"))
        pushes, _ = self.job.report()
        self.assertEqual({ref: push["config_digest"] for ref, push in pushes.items()}, ids)
        self.assertEqual({push["how"] for push in pushes.values()}, {"built"})

    def test_fifty_pushes_quickly(self):
        self.job.start()
        self.engine.build("fifty:1", f"FROM base:1\nRUN echo {time.time_ns()} > /x\n")
        for n in range(50):
            self.engine.docker("tag", "fifty:1", self.name(f"fifty/x:{n}"))
            self.engine.docker("push", "-q", self.name(f"fifty/x:{n}"))
        before = os.times()
        pushes, _ = self.job.report()
        after = os.times()
        self.assertEqual(len(pushes), 50)
        # Its own work, whatever else the machine does meanwhile.
        used = after.children_user + after.children_system - before.children_user - before.children_system
        self.assertLess(used, 1 * harness.PATIENCE)

    def test_without_start(self):
        ref = self.name("nostart/x:1")
        self.engine.build(ref, f"FROM base:1\nRUN echo {time.time_ns()} > /x\n")
        self.engine.docker("push", "-q", ref)
        push = self.job.report()[0][ref]
        self.assertEqual((push["how"], push["certain"]), ("unknown", False))

    def test_nothing_pushed(self):
        self.job.start()
        done = self.job.run("report", "--strict")
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "hullmark-ci: nothing pushed, nothing to report\n", ""))

    def test_registry_with_a_login(self):
        registry = harness.Registry(self.scratch, "private", users={"me": PASSWORD_HASH})
        self.engine.docker("login", "-u", "me", "--password-stdin", registry.host, stdin=b"open sesame")
        self.job.start()
        ref = registry.name("private/x:1")
        self.engine.build(ref, f"FROM base:1\nRUN echo {time.time_ns()} > /x\n")
        self.engine.docker("push", "-q", ref)
        push = self.job.report()[0][ref]
        self.assertIn("registry", push["confirmed_by"])
        # Without the login the engine's word is left.
        self.engine.docker("logout", registry.host)
        push = self.job.report()[0][ref]
        self.assertEqual((push["digest"][:7], push["confirmed_by"]), ("sha256:", ["engine-event", "engine-digest"]))

    def test_no_engine(self):
        job = Job(self.scratch, self.engine, {"DOCKER_HOST": "unix:///nonexistent/docker.sock"})
        for command in ("start", "report"):
            done = job.run(command)
            self.assertEqual(done.returncode, 0)
            self.assertIn("docker engine at unix:///nonexistent/docker.sock", done.stdout)
            self.assertEqual(job.run(command, "--strict").returncode, 4)

    def test_black_holed_server(self):
        # Takes the connection and never says a word.
        hole = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(hole.close)
        self.job.start()
        ref = self.name("hole/x:1")
        self.engine.build(ref, f"FROM base:1\nRUN echo {time.time_ns()} > /x\n")
        self.engine.docker("push", "-q", ref)
        self.job.environment["HULLMARK_SERVER"] = f"https://127.0.0.1:{hole.getsockname()[1]}"
        begin = time.monotonic()
        done = self.job.run("report", "--deadline", "2s")
        self.assertLess(time.monotonic() - begin, 2 + 2 * harness.PATIENCE)
        self.assertEqual(done.returncode, 0)
        self.assertIn("not reported", done.stdout)
        self.assertIn(ref, self.job.summary.read_text())


if __name__ == "__main__":
    harness.skip_unless_possible()
    unittest.main(verbosity=2)
