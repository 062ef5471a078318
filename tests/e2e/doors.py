#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program `hullmark` as its users meet it: doors, tokens, imports, exit codes, messages.  Real processes on loopback;
only the token issuer stands in for a CI system."""
import hashlib
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from harness import Issuer, Process, Scratch, Server, http, program, wait_for  # noqa: E402
from reports import CLAIMS, IMAGE, config_for, post_report, report_for  # noqa: E402

OBSERVED = (
    '{"begin":{"version":1,"source":"script","source_kind":"import","extent":"all","sequence":%d,'
    '"observed_at":"2026-11-21T10:00:00Z","complete":true}}\n'
    '{"entity":{"kind":"CodeRepository","key":"git.example/acme/shop","properties":{"hullmark.unresolved":true}}}\n'
    '{"end":{"count":%d}}\n')


class Doors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.issuer = Issuer(cls.scratch, CLAIMS)
        cls.server = Server(cls.scratch, config_for(cls.issuer))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.close()

    def ask(self, method, path, token=None, body=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        status, _, answer = http(method, self.server.url + path, body, headers)
        return status, answer

    def test_admin_token_is_private_and_kept_only_as_a_hash(self):
        path = self.server.data / "admin-token"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        for file in self.server.data.iterdir():
            if file.name != "admin-token":
                self.assertNotIn(self.server.token.encode(), file.read_bytes(), file)
        self.assertNotIn(self.server.token, self.server.process.output())

    def test_open_doors_need_nothing(self):
        for path in ("/healthz", "/readyz", "/api/v1/ci/config", "/openapi.json", "/"):
            self.assertEqual(self.ask("GET", path)[0], 200, path)

    def test_all_else_needs_a_role(self):
        for method, path in (("GET", "/metrics"), ("GET", "/api/v1/trace?ref=x"), ("GET", "/api/v1/sources"),
                             ("POST", "/api/v1/imports"), ("POST", "/api/v1/observations"),
                             ("POST", "/api/v1/sources"), ("GET", "/api/v1/tokens"), ("GET", "/api/v1/schema")):
            status, body = self.ask(method, path, body=b"{}" if method == "POST" else None)
            self.assertEqual(status, 401, (path, body))
            self.assertEqual(json.loads(body)["type"], "urn:hullmark:error:unauthenticated")
            self.assertEqual(self.ask(method, path, "hmt_" + "A" * 43)[0], 401, path)

    def test_roles_include_those_below(self):
        tokens = {}
        for role in ("viewer", "operator"):
            _, output, _ = self.server.hullmark("token", "create", f"a-{role}", "--role", role)
            tokens[role] = output.strip()
        self.assertEqual(self.ask("GET", "/api/v1/sources", tokens["viewer"])[0], 200)
        status, body = self.ask("POST", "/api/v1/observations", tokens["viewer"], (OBSERVED % (1, 1)).encode())
        self.assertEqual(status, 403, body)
        self.assertEqual(self.ask("GET", "/api/v1/tokens", tokens["operator"])[0], 403)
        status, body = self.ask("POST", "/api/v1/observations", tokens["operator"], (OBSERVED % (1, 1)).encode())
        self.assertEqual(status, 200, body)
        self.server.hullmark("token", "revoke", "a-viewer")
        self.assertEqual(self.ask("GET", "/api/v1/sources", tokens["viewer"])[0], 401)

    def test_an_import_may_not_speak_as_a_pipeline(self):
        frame = (OBSERVED % (1, 1)).replace('"import"', '"ci-report"')
        status, body = self.ask("POST", "/api/v1/observations", self.server.token, frame.encode())
        self.assertEqual(status, 422, body)
        self.assertIn("source_kind", json.loads(body)["detail"])

    def test_a_bad_record_is_refused_with_its_place_and_nothing_of_its_frame_stays(self):
        bad = ((OBSERVED % (7, 2)).replace('"script"', '"bad-script"').replace(
            '{"end"', '{"entity":{"kind":"Imgae","key":"x"}}\n{"end"'))
        code, output, errors = self.server.hullmark("import", "-", "--as", "observations", stdin=bad.encode(),
                                                    check=False)
        self.assertEqual(code, 3, output + errors)
        self.assertRegex(errors, r"\$\.entity\.kind")
        self.assertIn("Image", errors)  # the mend: what was probably meant
        _, output, _ = self.server.hullmark("sources", "--json")
        self.assertNotIn("bad-script", output)

    def test_reports_are_idempotent_and_replays_refused(self):
        token = self.issuer_token()
        body = report_for(IMAGE)
        first = post_report(self.server.url, token, body)
        self.assertEqual(first[0], 200, first)
        self.assertEqual(post_report(self.server.url, token, body), first)
        status, answer = post_report(self.server.url, token, report_for("sha256:" + "b" * 64))
        self.assertEqual(status, 409, answer)
        code, output, _ = self.server.hullmark("trace", IMAGE, "--json")
        self.assertEqual(code, 0)
        origin = json.loads(output)["origins"][0]
        self.assertEqual((origin["level"], origin["repository"]["key"], origin["commit"], origin["run"]["actor"]),
                         ("reported", "github.com#101", CLAIMS["sha"], CLAIMS["actor"]))
        self.assertEqual(origin["evidence"][0]["binding"], {"push": "named", "body": False})

    def test_another_audience_is_refused(self):
        status, answer = post_report(self.server.url, self.issuer_token("https://other.example"), report_for(IMAGE))
        self.assertEqual(status, 401, answer)

    def test_metrics_count_reports(self):
        post_report(self.server.url, self.issuer_token(), report_for(IMAGE))
        status, body = self.ask("GET", "/metrics", self.server.token)
        self.assertEqual(status, 200)
        self.assertRegex(body.decode(), r'hullmark_ci_reports_total\{outcome="accepted"\} [1-9]')

    def test_an_unknown_reference_exits_1_and_says_the_mend(self):
        code, output, _ = self.server.hullmark("trace", "sha256:" + "e" * 64, check=False)
        self.assertEqual(code, 1)
        self.assertIn("mend:", output)
        for line in output.splitlines():
            self.assertLessEqual(len(line), 100, line)

    def test_a_token_of_an_ambiguous_name_is_revoked_by_the_id_that_the_list_shows(self):
        for _ in range(2):
            self.server.hullmark("token", "create", "twin")
        code, _, errors = self.server.hullmark("token", "revoke", "twin", check=False)
        self.assertEqual(code, 3, errors)
        _, output, _ = self.server.hullmark("token", "list")
        ids = [line.split()[2] for line in output.splitlines() if line.startswith("twin ")]
        self.assertEqual(len(ids), 2, output)
        for each in ids:
            self.server.hullmark("token", "revoke", each)

    def test_what_is_no_readable_file_is_told_and_not_taken_for_no_match(self):
        for argument in ("/", "/nonexistent"):
            code, _, errors = self.server.hullmark("import", argument, check=False)
            self.assertIn(code, (2, 4), errors)
            self.assertIn("cannot", errors)
        for arguments, want in ((("serve", "--config", "/nonexistent", "--check-config"), 3),
                                (("serve", "--tls-cert", "/nonexistent", "--tls-key", "/nonexistent",
                                  "--check-config"), 3)):
            done = subprocess.run([program("hullmark"), *arguments], capture_output=True, timeout=60, check=False)
            self.assertEqual(done.returncode, want, done.stderr)

    def test_the_data_folders_token_goes_to_no_other_machine(self):
        environment = {k: v for k, v in os.environ.items()
                       if k != "HULLMARK_TOKEN" and k.lower() != "no_proxy"}
        with socket.create_server(("127.0.0.1", 0)) as proxy:
            environment["http_proxy"] = f"http://127.0.0.1:{proxy.getsockname()[1]}"
            asking = subprocess.Popen([program("hullmark"), "--data", str(self.server.data), "--server",
                                       "http://other.example", "sources"], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, env=environment)
            proxy.settimeout(30)
            connection, _ = proxy.accept()
            with connection:
                connection.settimeout(30)
                request = connection.recv(65536).decode()
                connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            asking.wait(60)
        self.assertIn("http://other.example/api/v1/sources", request)
        self.assertNotIn("authorization", request.lower())

    def test_no_server_exits_4(self):
        done = subprocess.run([program("hullmark"), "trace", "x/y:z", "--server", "http://127.0.0.1:9"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("hullmark serve", done.stderr)

    def test_a_taken_port_says_what_to_do(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = subprocess.run([program("hullmark"), "serve", "--data", self.scratch.folder("taken"), "--listen",
                                   f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(str(port), done.stderr)
        self.assertIn("--listen", done.stderr)

    def test_a_second_server_on_the_same_data_is_refused(self):
        done = subprocess.run([program("hullmark"), "serve", "--data", self.server.data, "--listen", "127.0.0.1:0"],
                              capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(self.server.data), done.stderr)

    def test_check_config_names_line_and_mend(self):
        bad = self.scratch.write("bad.yaml", "data: x\nlistne: 127.0.0.1:1\n")
        done = subprocess.run([program("hullmark"), "serve", "--check-config", "--config", bad], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"bad\.yaml: line 2.*did you mean listen")

    def test_the_second_door_takes_reports_only(self):
        server = Server(self.scratch, config_for(self.issuer) + "listen_ci: 127.0.0.1:0\n", name="two-doors")
        url = re.search(r"reports on (\S+)", server.process.output()).group(1)
        self.assertEqual(http("GET", url + "/api/v1/ci/config")[0], 200)
        self.assertEqual(http("GET", url + "/api/v1/sources", None, {"Authorization": f"Bearer {server.token}"})[0], 404)
        self.assertEqual(post_report(url, self.issuer_token(), report_for(IMAGE))[0], 200)
        server.process.stop()

    def test_tls_with_an_authority_of_ones_own(self):
        folder = self.scratch.folder("tls")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out",
                        folder / "cert.pem"], check=True, capture_output=True)
        process = Process(self.scratch, "tls-server", [
            program("hullmark"), "serve", "--data", folder / "data", "--listen", "127.0.0.1:0", "--tls-cert",
            folder / "cert.pem", "--tls-key", folder / "key.pem"])
        url = wait_for(lambda: process.find(r"listening on (https://\S+)"), 60, "the TLS server").group(1)
        command = [program("hullmark"), "sources", "--server", url, "--token-file", folder / "data" / "admin-token"]
        good = subprocess.run([*command, "--server-ca", folder / "cert.pem"], capture_output=True, text=True)
        self.assertEqual(good.returncode, 0, good.stderr)
        bad = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(bad.returncode, 4, bad.stdout)
        process.stop()

    def test_dist_hands_out_the_collector_with_its_checksum(self):
        dist = self.scratch.folder("dist")
        (dist / "hullmark-ci").write_bytes(b"a program")
        server = Server(self.scratch, config_for(self.issuer) + f"dist: {dist}\n", name="dist-server")
        self.assertEqual(http("GET", server.url + "/dist/hullmark-ci")[2], b"a program")
        checksum = http("GET", server.url + "/dist/hullmark-ci.sha256")[2].decode()
        self.assertEqual(checksum, hashlib.sha256(b"a program").hexdigest() + "  hullmark-ci\n")
        for path in ("/dist/../estate.db", "/dist/..%2fhullmark.yaml", "/dist/hullmark-ci%00", "/dist/hullmark-cx"):
            self.assertIn(http("GET", server.url + path)[0], (400, 404), path)
        server.process.stop()

    def test_what_run_shows(self):
        data = self.scratch.folder("shown")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HULLMARK_") or k == "HULLMARK_BIN"}
        done = subprocess.run([pathlib.Path(__file__).resolve().parents[2] / "tools/show", "--listen", "127.0.0.1:0"],
                              capture_output=True, text=True, timeout=120,
                              env={**environment, "HULLMARK_DATA": str(data), "HULLMARK_SHOW_ONCE": "1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"Hullmark is up:\s+http://127\.0\.0\.1:[0-9]+")
        self.assertIn(f"{data}/admin-token", done.stdout)
        self.assertEqual(done.stdout.count("$ hullmark trace"), 2)
        self.assertIn("reported", done.stdout)
        self.assertIn("inferred", done.stdout)

    def test_a_graceful_stop_and_the_store_without_a_server(self):
        server = Server(self.scratch, config_for(self.issuer), name="stopped")
        self.assertEqual(post_report(server.url, self.issuer_token(), report_for(IMAGE))[0], 200)
        server.process.child.send_signal(signal.SIGTERM)
        self.assertEqual(server.process.child.wait(20), 0)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HULLMARK_")}
        done = subprocess.run([program("hullmark"), "trace", IMAGE, "--data", server.data], capture_output=True,
                              text=True, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("github.com/acme/shop", done.stdout)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        with sqlite3.connect(f"file:{server.data}/estate.db?mode=ro", uri=True) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")

    def issuer_token(self, audience="https://hullmark.test"):
        request = self.issuer.environment()
        status, _, body = http("GET", request["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=" + audience, None,
                               {"Authorization": "bearer " + request["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]})
        self.assertEqual(status, 200, body)
        return json.loads(body)["value"]


if __name__ == "__main__":
    unittest.main(verbosity=2)
