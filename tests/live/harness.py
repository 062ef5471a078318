# SPDX-License-Identifier: Apache-2.0
"""Real components in a scratch folder on loopback, for the live roads: a Docker engine, registries, the token issuer and
the server under test.  Everything a Scratch starts, it stops, whatever happens in between.

    with Scratch() as scratch:
        engine = Engine(scratch)
        registry = Registry(scratch, "a")
        engine.docker("push", registry.name("acme/shop:1"))

As a program it runs one command beside them, told where they are by DOCKER_HOST, DOCKER, REGISTRY_A, REGISTRY_B, …:

    python3 tests/live/harness.py --engine --registries 2 -- sh -c 'echo $DOCKER_HOST $REGISTRY_A'

Needs root (the engine) and Debian's docker.io, docker-registry, skopeo and busybox-static; standard library only.
"""
import argparse
import atexit
import base64
import contextlib
import ctypes
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

# Debian's by name: a machine may have another client first on its PATH.
DOCKER = "/usr/bin/docker"
DOCKERD = "/usr/sbin/dockerd"
REGISTRY = "/usr/bin/docker-registry"
SKOPEO = "/usr/bin/skopeo"
BUSYBOX = "/bin/busybox"
HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
PATIENCE = float(os.environ.get("HULLMARK_PATIENCE", "1"))  # times what an optimised build may take
SKIPPED = 77  # ctest's SKIP_RETURN_CODE for these tests


def missing():
    """Why the live roads cannot run here; empty when they can."""
    reasons = []
    if os.geteuid() != 0:
        reasons.append("not root (a Docker engine needs it)")
    packages = {DOCKER: "docker.io", DOCKERD: "docker.io", REGISTRY: "docker-registry", SKOPEO: "skopeo",
                BUSYBOX: "busybox-static", "/usr/bin/git": "git", "/usr/bin/openssl": "openssl"}
    absent = sorted({package for path, package in packages.items() if not os.access(path, os.X_OK)})
    if absent:
        reasons.append("not installed: " + " ".join(absent) + " (tools/install live test)")
    return reasons


def skip_unless_possible():
    reasons = missing()
    if reasons:
        print("SKIPPED: " + "; ".join(reasons))
        sys.exit(SKIPPED)


def program(name):
    """A program of ours: from HULLMARK_BIN (a folder), else from the usual build."""
    folder = pathlib.Path(os.environ.get("HULLMARK_BIN", TREE / "build" / "dev" / "bin"))
    path = folder / name
    if not path.exists():
        raise RuntimeError(f"{path} is missing: build it, or name its folder by HULLMARK_BIN")
    return path


def wait_for(condition, seconds, what):
    """The first true answer of `condition`, asked again and again; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: nothing after {seconds} s")
        time.sleep(0.05)


def http(method, url, body=None, headers=None, timeout=30):
    """(status, headers, body) of any answer, errors included."""
    data = body.encode("utf-8") if isinstance(body, str) else body
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: a killed test leaves no engine behind


class Scratch:
    """A folder that goes away at the end, with everything started for it."""

    def __init__(self, keep=False):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="hullmark-live-"))
        self.keep = keep
        self._stack = contextlib.ExitStack()
        atexit.register(self.close)
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, lambda *_: sys.exit(143))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def at_end(self, function, *arguments):
        self._stack.callback(function, *arguments)

    def close(self):
        self._stack.close()
        if not self.keep:
            shutil.rmtree(self.path, ignore_errors=True)

    def folder(self, name):
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path


class Process:
    """A background program with its output in a file."""

    def __init__(self, scratch, name, command, environment=None):
        self.name = name
        self.log = scratch.path / f"{name}.log"
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          env={**os.environ, **(environment or {})}, preexec_fn=_die_with_parent)
        scratch.at_end(self.stop)

    @property
    def pid(self):
        return self.child.pid

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def find(self, pattern):
        """The first match of `pattern` in the output; fails when the program has ended."""
        found = re.search(pattern, self.output())
        if not found and self.child.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.child.returncode}:\n" + self.output()[-2000:])
        return found

    def stop(self, seconds=20):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


class Engine:
    """A Docker engine of its own: own data, own containerd, no network for containers, nothing of the machine's."""

    def __init__(self, scratch, name="engine"):
        self.scratch = scratch
        self.root = scratch.folder(name)
        self.socket = self.root / "docker.sock"
        self.host = f"unix://{self.socket}"
        self.config = scratch.folder(f"{name}/client")
        scratch.write(f"{name}/daemon.json", "{}")
        # The engine writes /etc/docker/key.json whatever its data root is: give it an /etc/docker of its own.
        script = ('mkdir -p /etc/docker && mount -t tmpfs tmpfs /etc/docker && exec "$@"')
        scratch.at_end(self._stop_containerd)
        self.process = Process(scratch, name, [
            "unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", DOCKERD,
            "--config-file", self.root / "daemon.json", "--data-root", self.root / "data",
            "--exec-root", self.root / "exec", "--pidfile", self.root / "pid", "--host", self.host,
            "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs"])

        def ready():
            self.process.find("API listen on")
            return subprocess.run([DOCKER, "-H", self.host, "version"], capture_output=True).returncode == 0
        wait_for(ready, 120, "the Docker engine")

    def _stop_containerd(self):
        # Only where the engine was killed: a clean stop takes its containerd along.
        pid_file = self.root / "exec" / "containerd" / "containerd.pid"
        if pid_file.exists():
            with contextlib.suppress(ValueError, ProcessLookupError):
                os.kill(int(pid_file.read_text()), signal.SIGKILL)

    def environment(self):
        return {"DOCKER_HOST": self.host, "DOCKER_CONFIG": str(self.config)}

    def docker(self, *arguments, stdin=None, check=True, environment=None):
        """Debian's client against this engine; its standard output without the last newline."""
        done = subprocess.run([DOCKER, *[str(a) for a in arguments]], input=stdin, capture_output=True,
                              env={**os.environ, **self.environment(), **(environment or {})})
        if check and done.returncode != 0:
            raise RuntimeError(f"docker {' '.join(map(str, arguments))}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "replace").rstrip("\n")

    def build(self, tag, dockerfile, files=None, labels=None, buildkit=False):
        """Builds `tag` from a Dockerfile's text and {name: bytes}; no network.  The image id."""
        context = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        for name, content in {**(files or {}), "Dockerfile": dockerfile}.items():
            path = context / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
            path.chmod(0o755)
        options = [f"--label={key}={value}" for key, value in (labels or {}).items()]
        self.docker("build", "-q", "--network=none", "-t", tag, *options, context,
                    environment={"DOCKER_BUILDKIT": "1" if buildkit else "0"})
        return self.image_id(tag)

    def image_id(self, reference):
        return self.docker("image", "inspect", "-f", "{{.Id}}", reference)

    def make_base(self, tag="base:1"):
        """A small root around the static busybox, as base image of the others."""
        return self.build(tag, 'FROM scratch\nCOPY busybox /bin/busybox\n'
                               'RUN ["/bin/busybox", "--install", "-s", "/bin"]\nCMD ["/bin/sh"]\n',
                          {"busybox": pathlib.Path(BUSYBOX).read_bytes()})


class Registry:
    """Debian's docker-registry (distribution) on a port the system picks; deleting allowed."""

    def __init__(self, scratch, name, users=None):
        self.root = scratch.folder(f"registry-{name}")
        lines = ["version: 0.1", "log: {level: info, accesslog: {disabled: true}}",
                 f"storage: {{filesystem: {{rootdirectory: {self.root}/data}}, delete: {{enabled: true}}}}",
                 f"http: {{addr: '127.0.0.1:0', secret: {os.urandom(16).hex()}}}"]
        if users:  # {name: bcrypt hash}
            scratch.write(f"registry-{name}/htpasswd", "".join(f"{u}:{h}\n" for u, h in users.items()))
            lines.append(f"auth: {{htpasswd: {{realm: hullmark, path: {self.root}/htpasswd}}}}")
        config = scratch.write(f"registry-{name}/config.yml", "\n".join(lines) + "\n")
        self.process = Process(scratch, f"registry-{name}", [REGISTRY, "serve", config])
        found = wait_for(lambda: self.process.find(r"listening on (127\.0\.0\.1:[0-9]+)"), 120, f"registry {name}")
        self.host = found.group(1)
        self.url = f"http://{self.host}"

    def name(self, reference):
        return f"{self.host}/{reference}"

    def manifest(self, repository, reference):
        """(digest, media type, bytes) as the registry serves it."""
        accept = ", ".join(["application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
                            "application/vnd.docker.distribution.manifest.list.v2+json",
                            "application/vnd.docker.distribution.manifest.v2+json"])
        status, headers, body = http("GET", f"{self.url}/v2/{repository}/manifests/{reference}", None, {"Accept": accept})
        if status != 200:
            raise RuntimeError(f"{repository}:{reference}: {status} {body[:200]!r}")
        return "sha256:" + hashlib.sha256(body).hexdigest(), headers.get_content_type(), body

    def digest(self, repository, reference):
        return self.manifest(repository, reference)[0]

    def blob(self, repository, digest):
        status, _, body = http("GET", f"{self.url}/v2/{repository}/blobs/{digest}")
        if status != 200:
            raise RuntimeError(f"{repository}@{digest}: {status} {body[:200]!r}")
        return body

    def put_manifest(self, repository, reference, document, media_type):
        """Puts a document (bytes, or something to write as JSON); its digest."""
        body = document if isinstance(document, bytes) else json.dumps(document, separators=(",", ":")).encode("utf-8")
        status, _, answer = http("PUT", f"{self.url}/v2/{repository}/manifests/{reference}", body,
                                 {"Content-Type": media_type})
        if status != 201:
            raise RuntimeError(f"put {repository}:{reference}: {status} {answer[:200]!r}")
        return "sha256:" + hashlib.sha256(body).hexdigest()

    def delete_manifest(self, repository, digest):
        status, _, body = http("DELETE", f"{self.url}/v2/{repository}/manifests/{digest}")
        if status != 202:
            raise RuntimeError(f"delete {repository}@{digest}: {status} {body[:200]!r}")


class Issuer:
    """token_issuer.py: the only thing on the road that stands in for something."""

    def __init__(self, scratch, claims, issuer="https://token.actions.githubusercontent.com", name="issuer"):
        self.root = scratch.folder(name)
        self.jobs = scratch.folder(f"{name}/jobs")
        self.claims_file = scratch.write(f"{name}/claims.json", json.dumps(claims))
        self.issuer = issuer
        self.process = Process(scratch, name, [sys.executable, HERE / "token_issuer.py", "--dir", self.root, "--issuer",
                                               issuer, "--claims", self.claims_file])
        wait_for(lambda: self.process.find("^") and (self.root / "port").exists(), 120, "the token issuer")
        self.port = int((self.root / "port").read_text())
        self.jwks_file = self.root / "jwks.json"
        self.request_token = (self.root / "request-token").read_text()

    def set_job(self, job, claims):
        (self.jobs / f"{job}.json").write_text(json.dumps(claims))

    def environment(self, job=None):
        """What GitHub's runner gives a job with `id-token: write`."""
        suffix = f"&job={job}" if job else ""
        return {"ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{self.port}/token?api-version=2.0{suffix}",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.request_token}


class Server:
    """`hullmark serve` on data of its own; `config` is its YAML configuration as text."""

    def __init__(self, scratch, config, name="server", environment=None):
        self.data = scratch.folder(f"{name}/data")
        self.config_file = scratch.write(f"{name}/hullmark.yaml", config)
        self.environment_extra = environment or {}
        self.process = Process(scratch, name, [program("hullmark"), "serve", "--data", self.data, "--listen",
                                               "127.0.0.1:0", "--config", self.config_file], environment)
        found = wait_for(lambda: self.process.find(r"listening on (http://127\.0\.0\.1:[0-9]+)"), 120, "hullmark serve")
        self.url = found.group(1)
        self.token = (self.data / "admin-token").read_text().strip()

    def environment(self):
        return {"HULLMARK_SERVER": self.url, "HULLMARK_TOKEN": self.token}

    def hullmark(self, *arguments, stdin=None, check=True):
        """(exit code, output, errors) of the CLI as this server's admin."""
        done = subprocess.run([str(program("hullmark")), *[str(a) for a in arguments]], input=stdin,
                              capture_output=True, env={**os.environ, **self.environment(), **self.environment_extra})
        output, errors = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        if check and done.returncode != 0:
            raise RuntimeError(f"hullmark {' '.join(map(str, arguments))}: exit {done.returncode}\n{output}{errors}")
        return done.returncode, output, errors

    def get(self, path):
        status, _, body = http("GET", self.url + path, None, {"Authorization": f"Bearer {self.token}"})
        return status, body


def skopeo(*arguments):
    """skopeo with a blob-info cache of its own: as root it keeps one for the machine, whatever HOME says, and would put
    blobs that it remembers in place of those it should make."""
    script = 'mkdir -p /var/lib/containers && mount -t tmpfs tmpfs /var/lib/containers && exec "$@"'
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", SKOPEO,
                           *[str(a) for a in arguments]], capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"skopeo {' '.join(map(str, arguments))}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode("utf-8", "replace")


def token_claims(token):
    """The claims of a token, unproven; for tests."""
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def main():
    parser = argparse.ArgumentParser(description="Runs a command beside a Docker engine and registries of its own.")
    parser.add_argument("--engine", action="store_true", help="start an engine: DOCKER_HOST, DOCKER_CONFIG, DOCKER")
    parser.add_argument("--registries", type=int, default=0, metavar="N", help="start N: REGISTRY_A, REGISTRY_B, …")
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    if not command:
        parser.error("no command to run")
    if arguments.engine:
        skip_unless_possible()
    with Scratch(keep=arguments.keep) as scratch:
        environment = {**os.environ, "SCRATCH": str(scratch.path)}
        if arguments.engine:
            environment.update(Engine(scratch).environment(), DOCKER=DOCKER)
        for index in range(arguments.registries):
            letter = "ABCDEFGHIJ"[index]
            environment[f"REGISTRY_{letter}"] = Registry(scratch, letter.lower()).host
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
