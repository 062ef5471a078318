#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for a CI system's OIDC token issuer on the live roads: its own RSA key, a key set, and the request-URL
protocol of GitHub Actions.  Nothing else on those roads is made up.

  token_issuer.py --dir D --issuer URL --claims claims.json [--port 0]
      makes (or takes again) D/key.pem, writes D/jwks.json, D/request-token and, once it listens, D/port; then answers
        GET /token?api-version=2.0[&job=NAME]&audience=X   Authorization: bearer <D/request-token>  ->  {"value": JWT}
        GET /.well-known/openid-configuration, GET /.well-known/jwks
      D/jobs/NAME.json, when the URL has job=NAME, is laid over the claims.  Both files are read for each token.
      ACTIONS_ID_TOKEN_REQUEST_URL is therefore http://127.0.0.1:<port>/token?api-version=2.0[&job=NAME].
  token_issuer.py --dir D --issuer URL --claims claims.json --print --audience X [--job NAME]
      prints one token and ends.

iss, aud, iat, nbf, exp and jti are set here unless the claims have them (null takes one away).  With `--issuer self`
the issuer is the server's own loopback address, so that discovery can be tried.
"""
import argparse
import base64
import http.server
import json
import os
import pathlib
import secrets
import signal
import subprocess
import sys
import time
import urllib.parse
import uuid


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def write_whole(path, text, mode=0o644):
    """Writes so that a reader sees all of it or nothing."""
    temporary = path.with_name(path.name + ".new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as f:
        f.write(text)
    temporary.rename(path)


class Issuer:
    def __init__(self, arguments):
        self.dir = pathlib.Path(arguments.dir)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.claims_file = pathlib.Path(arguments.claims)
        self.issuer = arguments.issuer
        self.lifetime = arguments.lifetime
        self.key = self.dir / "key.pem"
        if not self.key.exists():
            self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(self.key))
            self.key.chmod(0o600)
        line = self.openssl("rsa", "-in", str(self.key), "-noout", "-modulus").decode("ascii").strip()
        modulus = bytes.fromhex(line.removeprefix("Modulus="))
        self.key_id = modulus.hex()[:16]
        jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id, "n": base64url(modulus), "e": "AQAB"}
        self.jwks = json.dumps({"keys": [jwk]}, indent=1) + "\n"
        write_whole(self.dir / "jwks.json", self.jwks)
        token_file = self.dir / "request-token"
        if not token_file.exists():
            write_whole(token_file, secrets.token_urlsafe(24), 0o600)
        self.request_token = token_file.read_text(encoding="utf-8")

    @staticmethod
    def openssl(*arguments, stdin=b""):
        return subprocess.run(["openssl", *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=True).stdout

    def token(self, audience, job=None):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": audience, "jti": str(uuid.uuid4()), "iat": now, "nbf": now - 600,
                  "exp": now + self.lifetime}
        claims.update(json.loads(self.claims_file.read_text(encoding="utf-8")))
        if job:
            if not job.replace("-", "").replace("_", "").isalnum():
                raise ValueError(f"job {job!r}: letters, digits, - and _ only")
            claims.update(json.loads((self.dir / "jobs" / f"{job}.json").read_text(encoding="utf-8")))
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"typ": "JWT", "alg": "RS256", "kid": self.key_id}
        parts = [base64url(json.dumps(part, separators=(",", ":")).encode("utf-8")) for part in (header, claims)]
        signing_input = ".".join(parts)
        signature = self.openssl("dgst", "-sha256", "-sign", str(self.key), stdin=signing_input.encode("ascii"))
        return signing_input + "." + base64url(signature)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    issuer = None

    def answer(self, status, document):
        body = document.encode("utf-8") if isinstance(document, str) else json.dumps(document).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/.well-known/openid-configuration":
            here = f"http://127.0.0.1:{self.server.server_address[1]}"
            return self.answer(200, {"issuer": self.issuer.issuer, "jwks_uri": here + "/.well-known/jwks"})
        if url.path == "/.well-known/jwks":
            return self.answer(200, self.issuer.jwks)
        if url.path != "/token":
            return self.answer(404, {"message": "no such path"})
        scheme, _, credential = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secrets.compare_digest(credential.encode(), self.issuer.request_token.encode()):
            return self.answer(401, {"message": "the request token is not the one in request-token"})
        try:
            # GitHub's default audience is the URL of the repository's owner.
            audience = query.get("audience", ["https://github.com/acme"])[0]
            return self.answer(200, {"count": 1, "value": self.issuer.token(audience, query.get("job", [None])[0])})
        except (OSError, ValueError) as error:
            return self.answer(400, {"message": str(error)})

    def log_message(self, format, *arguments):  # quiet: a token's query string is nobody's business
        pass


def main():
    parser = argparse.ArgumentParser(description="Stands in for a CI system's OIDC token issuer.")
    parser.add_argument("--dir", required=True)
    parser.add_argument("--issuer", required=True, help="the iss claim, or self")
    parser.add_argument("--claims", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--lifetime", type=int, default=300, help="seconds from iat to exp")
    parser.add_argument("--print", action="store_true", dest="print_one")
    parser.add_argument("--audience")
    parser.add_argument("--job")
    arguments = parser.parse_args()
    issuer = Issuer(arguments)
    if arguments.print_one:
        if not arguments.audience or arguments.issuer == "self":
            parser.error("--print needs --audience, and an --issuer that is a URL")
        print(issuer.token(arguments.audience, arguments.job))
        return 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Handler)
    port = server.server_address[1]
    if issuer.issuer == "self":
        issuer.issuer = f"http://127.0.0.1:{port}"
    Handler.issuer = issuer
    write_whole(issuer.dir / "port", f"{port}\n")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
