#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of a server under load, twenty times: what was acknowledged is found whole, nothing is half applied."""
import hashlib
import http.client
import json
import pathlib
import random
import sqlite3
import sys
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from harness import Issuer, Scratch, Server, http as ask  # noqa: E402
from reports import AUDIENCE, CLAIMS, config_for, report_for  # noqa: E402

ROUNDS = 20
WRITERS = 4


def digest_of(name):
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


class Writer(threading.Thread):
    """Posts reports one after the other until the server is gone; keeps what was acknowledged."""

    def __init__(self, url, tokens, names):
        super().__init__(daemon=True)
        self.address = urllib.parse.urlparse(url).netloc
        self.tokens, self.names, self.acknowledged = tokens, names, []

    def run(self):
        connection = http.client.HTTPConnection(self.address, timeout=20)
        for token, name in zip(self.tokens, self.names):
            try:
                connection.request("POST", "/api/v1/ci/reports", report_for(digest_of(name)),
                                   {"Authorization": f"Bearer {token}"})
                response = connection.getresponse()
                body = response.read()
                if response.status != 200:
                    raise AssertionError(f"{response.status} {body!r}")
                self.acknowledged.append(name)
            except (OSError, http.client.HTTPException):
                return


class Kill(unittest.TestCase):
    def test_twenty_times(self):
        random.seed(20261121)
        with Scratch() as scratch:
            issuer = Issuer(scratch, CLAIMS)
            # One token serves a round's reports: signing thousands would be most of the test.
            config = config_for(issuer).replace("      jwks_file", "      reuse: job\n      jwks_file")
            acknowledged = []
            for round_number in range(ROUNDS):
                server = self.start(scratch, config)
                self.check_found(server, acknowledged)
                token = self.token(issuer)
                writers = [Writer(server.url, [token] * 4000, [f"{round_number}-{w}-{i}" for i in range(4000)])
                           for w in range(WRITERS)]
                for writer in writers:
                    writer.start()
                time.sleep(random.uniform(0.02, 0.6))
                server.process.child.kill()
                server.process.child.wait()
                for writer in writers:
                    writer.join(30)
                    acknowledged += writer.acknowledged
                self.check_whole(server.data)
            server = self.start(scratch, config)
            self.check_found(server, acknowledged)
            self.assertGreater(len(acknowledged), ROUNDS * WRITERS)
            print(f"{len(acknowledged)} acknowledged over {ROUNDS} kills, all found")

    def start(self, scratch, config):
        (scratch.path / "server.log").unlink(missing_ok=True)  # the last one's says where that one listened
        return Server(scratch, config, name="server")

    def token(self, issuer):
        request = issuer.environment()
        _, _, body = ask("GET", request["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=" + AUDIENCE, None,
                          {"Authorization": "bearer " + request["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]})
        return json.loads(body)["value"]

    def check_found(self, server, acknowledged):
        """The last ones, which a lost write would have taken, and some of the others."""
        sample = acknowledged[-30:] + random.sample(acknowledged, min(10, len(acknowledged)))
        for name in sample:
            status, body = server.get("/api/v1/trace?ref=" + urllib.parse.quote(digest_of(name)))
            self.assertEqual(status, 200)
            origins = json.loads(body)["origins"]
            self.assertEqual(len(origins), 1, f"{name} was acknowledged and is not found whole: {body!r}")
            self.assertEqual(origins[0]["commit"], CLAIMS["sha"])
            self.assertEqual(origins[0]["run"]["actor"], CLAIMS["actor"])

    def check_whole(self, data):
        with sqlite3.connect(f"file:{data}/estate.db", uri=True) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")


if __name__ == "__main__":
    unittest.main(verbosity=2)
