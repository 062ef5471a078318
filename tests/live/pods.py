# SPDX-License-Identifier: Apache-2.0
"""A cluster as `kubectl get … -A -o json` prints it, from a few deployments.  Shapes by Kubernetes 1.30's API."""
import dataclasses
import uuid

CREATED = "2026-11-21T08:00:00Z"
CLUSTER_UID = "0d1f6e1c-6f3c-4c5f-9a53-6d6d1c0a9f10"


@dataclasses.dataclass
class Deployment:
    namespace: str
    name: str
    image: str
    image_id: str  # as the node's runtime reports it
    replicas: int = 1
    service: bool = False
    init: list = dataclasses.field(default_factory=list)  # (name, image, image id)
    ephemeral: list = dataclasses.field(default_factory=list)

    def pod_name(self, number=0):
        return f"{self.name}-5d4f8c7b9d-{'abcdefgh'[number]}x2lk"


def _uid(*words):
    return str(uuid.uuid5(uuid.UUID(CLUSTER_UID), "/".join(words)))


def _meta(kind, name, namespace=None, owner=None, labels=None):
    meta = {"name": name, "uid": CLUSTER_UID if (kind, name) == ("Namespace", "kube-system") else
            _uid(kind, namespace or "", name), "resourceVersion": "1", "creationTimestamp": CREATED}
    if namespace:
        meta["namespace"] = namespace
    if labels:
        meta["labels"] = labels
    if owner:
        kind_of_owner, name_of_owner = owner
        meta["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": kind_of_owner, "name": name_of_owner,
                                    "uid": _uid(kind_of_owner, namespace, name_of_owner), "controller": True,
                                    "blockOwnerDeletion": True}]
    return meta


def _status(name, image, image_id):
    return {"name": name, "image": image, "imageID": image_id, "containerID": f"containerd://{_uid(name, image)}",
            "ready": True, "restartCount": 0, "started": True, "state": {"running": {"startedAt": CREATED}}}


def _objects(d):
    labels = {"app": d.name}
    replica_set = f"{d.name}-5d4f8c7b9d"
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": d.name, "image": d.image}]}}
    spec = {"replicas": d.replicas, "selector": {"matchLabels": labels}, "template": template}
    yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _meta("Deployment", d.name, d.namespace),
           "spec": spec, "status": {"replicas": d.replicas}}
    yield {"apiVersion": "apps/v1", "kind": "ReplicaSet",
           "metadata": _meta("ReplicaSet", replica_set, d.namespace, ("Deployment", d.name), labels), "spec": spec}
    for number in range(d.replicas):
        pod = {"apiVersion": "v1", "kind": "Pod",
               "metadata": _meta("Pod", d.pod_name(number), d.namespace, ("ReplicaSet", replica_set), labels),
               "spec": {"nodeName": "node-1", "serviceAccountName": "default",
                        "containers": [{"name": d.name, "image": d.image}]},
               "status": {"phase": "Running", "startTime": CREATED,
                          "containerStatuses": [_status(d.name, d.image, d.image_id)]}}
        for field, statuses, extra in (("initContainers", "initContainerStatuses", d.init),
                                       ("ephemeralContainers", "ephemeralContainerStatuses", d.ephemeral)):
            if extra:
                pod["spec"][field] = [{"name": name, "image": image} for name, image, _ in extra]
                pod["status"][statuses] = [_status(*one) for one in extra]
        yield pod
    if d.service:
        port = {"port": 80, "targetPort": 8080, "protocol": "TCP"}
        yield {"apiVersion": "v1", "kind": "Service", "metadata": _meta("Service", d.name, d.namespace),
               "spec": {"type": "ClusterIP", "selector": labels, "ports": [port]}, "status": {"loadBalancer": {}}}
        backend = {"service": {"name": d.name, "port": {"number": 80}}}
        rule = {"host": f"{d.name}.acme.example",
                "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
        yield {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": _meta("Ingress", d.name, d.namespace),
               "spec": {"rules": [rule]}, "status": {"loadBalancer": {}}}


def cluster(deployments):
    """The List with every deployment, its namespace, a node, and kube-system, whose uid is the cluster's key."""
    names = ["kube-system"] + sorted({d.namespace for d in deployments})
    items = [{"apiVersion": "v1", "kind": "Namespace", "metadata": _meta("Namespace", name),
              "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}} for name in names]
    items.append({"apiVersion": "v1", "kind": "Node", "metadata": _meta("Node", "node-1"), "spec": {},
                  "status": {"nodeInfo": {"architecture": "amd64", "operatingSystem": "linux",
                                          "containerRuntimeVersion": "containerd://1.7.22", "kubeletVersion": "v1.30.4"}}})
    for deployment in deployments:
        items.extend(_objects(deployment))
    return {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items}
