# SPDX-License-Identifier: Apache-2.0
"""The live road itself: two repositories, their pipeline jobs, two registries, a cluster's pods.  live_road.py travels it
and asks; everything here is real but the token issuer."""
import json
import os
import pathlib
import subprocess

import harness
import pods

AUDIENCE = "https://hullmark.example"
OWNER, OWNER_ID = "acme", "77"
ISSUER = "https://token.actions.githubusercontent.com"
WORKFLOW = ".github/workflows/build.yml"


class Repository:
    """A git repository made on the spot, with one commit."""

    def __init__(self, scratch, name, repository_id, files, actor, actor_id, owner=OWNER, owner_id=OWNER_ID):
        self.name, self.id, self.owner, self.owner_id = f"{owner}/{name}", repository_id, owner, owner_id
        self.actor, self.actor_id = actor, actor_id
        self.folder = scratch.folder(f"git/{owner}/{name}")
        self.git("init", "-q", "-b", "main")
        self.commit = self.change(files, "first")

    def git(self, *arguments):
        identity = {"GIT_AUTHOR_NAME": self.actor, "GIT_AUTHOR_EMAIL": f"{self.actor}@acme.example",
                    "GIT_COMMITTER_NAME": self.actor, "GIT_COMMITTER_EMAIL": f"{self.actor}@acme.example"}
        return subprocess.run(["git", "-C", self.folder, *arguments], check=True, capture_output=True, text=True,
                              env={**os.environ, **identity}).stdout.strip()

    def change(self, files, message):
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        self.commit = self.git("rev-parse", "HEAD")
        return self.commit

    @property
    def key(self):
        return f"github.com#{self.id}"


class Job:
    """One run of a repository's pipeline, with the environment and the token claims that GitHub gives."""

    def __init__(self, road, repository, run_id, attempt=1, new_subject=False):
        self.road, self.repository, self.run_id, self.attempt = road, repository, str(run_id), attempt
        self.commit = repository.commit
        self.folder = road.scratch.folder(f"job-{run_id}-{attempt}")
        self.summary = self.folder / "summary.md"
        self.name = f"run{run_id}-{attempt}"
        name = repository.name
        subject = f"repo:{name}:ref:refs/heads/main"
        if new_subject:  # repositories made or renamed since July 2026
            owner, short = name.split("/")
            subject = f"repo:{owner}@{repository.owner_id}/{short}@{repository.id}:ref:refs/heads/main"
        workflow_ref = f"{name}/{WORKFLOW}@refs/heads/main"
        road.issuer.set_job(self.name, {
            "sub": subject, "repository": name, "repository_id": repository.id, "repository_owner": repository.owner,
            "repository_owner_id": repository.owner_id, "repository_visibility": "private", "ref": "refs/heads/main",
            "ref_type": "branch", "sha": self.commit, "event_name": "push", "workflow": "build",
            "workflow_ref": workflow_ref, "workflow_sha": self.commit, "job_workflow_ref": workflow_ref,
            "job_workflow_sha": self.commit, "run_id": self.run_id, "run_number": "12", "run_attempt": str(attempt),
            "check_run_id": str(900000 + int(run_id)), "actor": repository.actor, "actor_id": repository.actor_id,
            "runner_environment": "self-hosted"})
        self.environment = {
            "PATH": os.environ["PATH"], "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": name, "GITHUB_RUN_ID": self.run_id,
            "GITHUB_RUN_ATTEMPT": str(attempt), "GITHUB_JOB": "image", "RUNNER_TEMP": str(self.folder),
            "GITHUB_STEP_SUMMARY": str(self.summary), "HULLMARK_SERVER": road.server.url, "HULLMARK_DEADLINE": "60s",
            **road.engine.environment(), **road.issuer.environment(self.name)}

    @property
    def url(self):
        return f"https://github.com/{self.repository.name}/actions/runs/{self.run_id}"

    def ci(self, *arguments):
        """(exit code, what it said) of hullmark-ci in this job."""
        done = subprocess.run([str(harness.program("hullmark-ci")), *arguments], capture_output=True, text=True,
                              env=self.environment, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def start(self):
        code, said = self.ci("start")
        if code != 0 or "watching docker" not in said:
            raise RuntimeError(f"hullmark-ci start: exit {code}\n{said}")

    def build_and_push(self, reference, buildkit=False, platform=None):
        options = [f"--platform={platform}"] if platform else []
        self.road.engine.docker("build", "-q", "--network=none", *options, "-t", reference, self.repository.folder,
                                environment={"DOCKER_BUILDKIT": "1" if buildkit else "0"})
        self.road.engine.docker("push", "-q", reference)

    def report(self, *arguments):
        code, said = self.ci("report", *arguments)
        if code != 0 or "reported to" not in said:
            raise RuntimeError(f"hullmark-ci report: exit {code}\n{said}")
        return said


class Road:
    """What one machine needs for the whole road; `say` tells a person about each step."""

    def __init__(self, scratch, say=lambda *_: None):
        self.scratch, self.say = scratch, say
        self.engine = harness.Engine(scratch)
        self.a, self.b = harness.Registry(scratch, "a"), harness.Registry(scratch, "b")
        self.issuer = harness.Issuer(scratch, {}, ISSUER)
        self.server = harness.Server(scratch, "\n".join([
            "trust:", f"  audience: {AUDIENCE}", "  issuers:", f"    - issuer: {ISSUER}", "      provider: github",
            f"      owners: [{{login: {OWNER}, id: {OWNER_ID}}}]", '      repositories: ["*"]',
            f"      jwks_file: {self.issuer.jwks_file}", ""]))
        self.engine.make_base()
        self.shop = Repository(scratch, "shop", "101", {
            "Dockerfile": "FROM base:1\nCOPY shop.sh /bin/shop\nRUN chmod 0755 /bin/shop\nCMD [\"/bin/shop\"]\n",
            "shop.sh": "#!/bin/sh\necho welcome to the shop\n"}, "alice", "5001")
        self.tools = Repository(scratch, "tools", "102", {
            "Dockerfile": "FROM base:1\nCOPY tool.sh /bin/tool\nLABEL org.opencontainers.image.title=tools\n",
            "tool.sh": "#!/bin/sh\necho a tool\n"}, "bob", "5002")
        self.jobs = {}

    # -- the main stretch ------------------------------------------------------------------------------------------

    def connect(self):
        for registry in (self.a, self.b):
            self.server.hullmark("connect", "registry", registry.url)
        self.sync()
        self.say("connected both registries")

    def sync(self):
        self.server.hullmark("sources", "sync")

    def run_job(self, name, repository, run_id, reference, **options):
        job = Job(self, repository, run_id, new_subject=options.pop("new_subject", False))
        job.start()
        job.build_and_push(reference, **options)
        self.say(f"{repository.name} run {run_id}: built and pushed", reference)
        said = job.report()
        self.say("hullmark-ci report said:", *said.splitlines())
        self.jobs[name] = job
        return job

    def run_jobs(self):
        self.run_job("shop", self.shop, 7001, self.a.name("acme/shop:1.4"))
        self.run_job("tools", self.tools, 7002, self.a.name("acme/tools:2.0"), buildkit=True, new_subject=True)

    def copy(self):
        harness.skopeo("copy", "--src-tls-verify=false", "--dest-tls-verify=false",
                       f"docker://{self.a.name('acme/shop:1.4')}", f"docker://{self.b.name('mirror/shop:1.4')}")
        self.say("copied with skopeo to", self.b.name("mirror/shop:1.4"))

    def digests(self, registry, repository, reference):
        """(manifest digest, config digest) as the registry holds them."""
        digest, _, body = registry.manifest(repository, reference)
        return digest, json.loads(body)["config"]["digest"]

    def diff_ids(self, registry, repository, reference):
        _, config = self.digests(registry, repository, reference)
        return json.loads(registry.blob(repository, config))["rootfs"]["diff_ids"]

    def run_pods(self):
        """A cluster's pods as kubectl prints them, with the digests that really are in the registries."""
        shop, _ = self.digests(self.a, "acme/shop", "1.4")
        _, tools_config = self.digests(self.a, "acme/tools", "2.0")
        document = pods.cluster([
            pods.Deployment("shop", "web", self.a.name("acme/shop:1.4"), f"{self.a.name('acme/shop')}@{shop}", replicas=2,
                            service=True),
            pods.Deployment("shop", "mirror", self.b.name("mirror/shop:1.4"),
                            f"docker-pullable://{self.b.name('mirror/shop')}@{shop}"),
            pods.Deployment("ops", "toolbox", self.a.name("acme/tools:2.0"), tools_config,
                            init=[("prepare", self.a.name("acme/shop:1.4"), f"{self.a.name('acme/shop')}@{shop}")],
                            ephemeral=[("debugger", "base:1", "docker://sha256:" + "0" * 64)]),
        ])
        _, said, _ = self.server.hullmark("import", "-", "--cluster", "prod", "--environment", "production",
                                          stdin=json.dumps(document).encode("utf-8"))
        self.say("imported the cluster's pods")
        return said

    def main_stretch(self):
        self.connect()
        self.run_jobs()
        self.copy()
        self.sync()
        self.run_pods()

    def trace(self, reference):
        """(exit code, answer) of `hullmark trace REFERENCE --json`."""
        code, output, errors = self.server.hullmark("trace", reference, "--json", check=False)
        if not output.strip():
            raise RuntimeError(f"hullmark trace {reference}: exit {code}\n{errors}")
        return code, json.loads(output)

    # -- detours ---------------------------------------------------------------------------------------------------

    def recompress(self):
        """A really recompressed copy in B: the config is re-serialised, so its digest changes; the diff ids stay."""
        folder = self.scratch.path / "recompress"
        harness.skopeo("copy", "--src-tls-verify=false", "--dest-decompress", f"docker://{self.a.name('acme/shop:1.4')}",
                       f"dir:{folder}")
        harness.skopeo("copy", "--dest-tls-verify=false", "--dest-compress-format", "zstd", f"dir:{folder}",
                       f"docker://{self.b.name('zstd/shop:1.4')}")

    def push_unreported(self, reference, dockerfile, buildkit=False):
        """Somebody without a pipeline: builds and pushes, tells nobody."""
        self.engine.build(reference, dockerfile, buildkit=buildkit)
        self.engine.docker("push", "-q", reference)

    def push_index(self):
        """Two platforms from two roots, built by one job, then made one index by `docker manifest`."""
        data = os.environ.get("HULLMARK_TESTDATA")
        roots = {"amd64": "alpine-minirootfs-3.20.3-x86_64.tar.gz", "arm64": "alpine-minirootfs-20240923-aarch64.tar.gz"}
        repository = Repository(self.scratch, "multi", "103", {"README": "two platforms\n"}, "carol", "5003")
        for platform, archive in roots.items():
            path = pathlib.Path(data, archive) if data else None
            (repository.folder / platform).mkdir()
            if path and path.exists():
                (repository.folder / platform / "root.tar.gz").write_bytes(path.read_bytes())
                text = f"FROM scratch\nADD {platform}/root.tar.gz /\nLABEL platform={platform}\n"
            else:
                (repository.folder / platform / "busybox").write_bytes(pathlib.Path(harness.BUSYBOX).read_bytes())
                text = f"FROM scratch\nCOPY {platform}/busybox /bin/busybox\nLABEL platform={platform}\n"
            (repository.folder / platform / "Dockerfile").write_text(text)
        repository.change({}, "roots")
        job = Job(self, repository, 7003)
        job.start()
        names = [self.a.name(f"acme/multi:{platform}") for platform in roots]
        for name, platform in zip(names, roots):
            self.engine.docker("build", "-q", "--network=none", f"--platform=linux/{platform}", "-t", name, "-f",
                               repository.folder / platform / "Dockerfile", repository.folder,
                               environment={"DOCKER_BUILDKIT": "1"})
            self.engine.docker("push", "-q", name)
        index = self.a.name("acme/multi:1")
        self.engine.docker("manifest", "create", "--insecure", index, *names)
        self.engine.docker("manifest", "push", "--insecure", index)
        job.report()
        self.jobs["multi"] = job
        return job
