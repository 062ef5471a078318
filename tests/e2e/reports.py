# SPDX-License-Identifier: Apache-2.0
"""Claims, reports and the configuration that the end-to-end tests share."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from harness import http  # noqa: E402

IMAGE = "sha256:" + "a" * 64
AUDIENCE = "https://hullmark.test"

CLAIMS = {
    "sub": "repo:acme@77/shop@101:ref:refs/heads/main",
    "repository": "acme/shop", "repository_id": "101", "repository_owner": "acme", "repository_owner_id": "77",
    "repository_visibility": "private", "ref": "refs/heads/main", "ref_type": "branch", "sha": "3f" * 20,
    "event_name": "push", "workflow": "build", "workflow_ref": "acme/shop/.github/workflows/build.yml@refs/heads/main",
    "workflow_sha": "3f" * 20, "job_workflow_ref": "acme/shop/.github/workflows/build.yml@refs/heads/main",
    "job_workflow_sha": "3f" * 20, "run_id": "1001", "run_number": "12", "run_attempt": "1", "check_run_id": "5001",
    "actor": "octocat", "actor_id": "5", "runner_environment": "self-hosted",
}


def config_for(issuer, extra=""):
    return f"""trust:
  audience: {AUDIENCE}
  issuers:
    - issuer: {issuer.issuer}
      provider: github
      owners: [{{login: acme, id: 77}}]
      jwks_file: {issuer.jwks_file}
{extra}"""


def report_for(digest, reference="registry.example/acme/shop:v1", how="built"):
    return json.dumps({"version": 1, "collector": "test/1", "job": {"name": "build"},
                       "pushes": [{"reference": reference, "digest": digest, "how": how, "certain": True,
                                   "media_type": "application/vnd.oci.image.manifest.v1+json"}]}).encode()


def post_report(url, token, body):
    status, _, answer = http("POST", url + "/api/v1/ci/reports", body,
                             {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    return status, answer
