"""A Kubernetes API that is none: objects in memory, with the answers that the site's adapter relies on.

Lists by label and field, 404, 409, 422 for a name that cannot be (of an object, of a resource that a container asks
for), 404 for a namespace that is not, resource versions, merge patches, deletion with and without grace, eviction. It
validates nothing else, admits everything, and knows no watch, no RBAC, no TLS. `exec` is the kubelet's.
"""

import copy
import itertools
import json
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Key = tuple[str, str, str, str]  # API group and version, resource, namespace, name
CLUSTERED = frozenset({"namespaces", "nodes"})
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class MemoryApi:
    """`execute` answers an exec request: handler, namespace, pod, command. `refuse` is asked before each answer by
    HTTP: a status and a message in the place of ours. The kubelet's own calls are never refused."""

    def __init__(self, execute: Callable[[BaseHTTPRequestHandler, str, str, list[str]], None]) -> None:
        self._objects: dict[Key, dict[str, Any]] = {}
        self._versions, self._lock = itertools.count(1), threading.RLock()
        self.refuse: Callable[[str, str], tuple[int, str] | None] = lambda _method, _path: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, execute))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.must("POST", "/api/v1/namespaces", {"metadata": {"name": "kube-system"}})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def must(self, method: str, path: str, body: Any = None) -> Any:
        status, found = self.call(method, path, body)
        assert status in (200, 201), (method, path, status, found)
        return found

    def call(self, method: str, target: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(target)
        group, resource, namespace, name = _key(parts.path)
        with self._lock:
            if not name and method == "GET":
                return 200, self._list(group, resource, namespace, parse_qs(parts.query))
            if not name and method == "POST":
                return self._create(group, resource, namespace, copy.deepcopy(body))
            found = self._objects.get((group, resource, namespace, name))
            if found is None:
                return 404, _no(404, f'{resource} "{name}" not found')
            if method == "PATCH":
                _merge(found, copy.deepcopy(body))
                found["metadata"]["resourceVersion"] = str(next(self._versions))
            elif method == "POST" and parts.path.endswith("/eviction"):
                row = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}
                found["status"].setdefault("conditions", []).append(row)
                self._delete((group, resource, namespace, name), found, {})
            elif method == "DELETE":
                self._delete((group, resource, namespace, name), found, body or {})
            elif method != "GET":
                return 405, _no(405, f"{method} is not supported")
            return 200, copy.deepcopy(found)

    def _list(self, group: str, resource: str, namespace: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        wanted = [pair.split("=") for pair in ",".join(query.get("labelSelector", [])).split(",") if pair]
        fields = [pair.split("=") for pair in ",".join(query.get("fieldSelector", [])).split(",") if pair]
        found = [
            copy.deepcopy(item)
            for (a, b, c, _), item in self._objects.items()
            if (a, b) == (group, resource) and namespace in ("", c)
            and all(item["metadata"].get("labels", {}).get(key) == value for key, value in wanted)
            and all(_field(item, key.split(".")) == value for key, value in fields)
        ]  # fmt: skip
        return {"kind": "List", "metadata": {"resourceVersion": str(next(self._versions))}, "items": found}

    def _create(self, group: str, resource: str, namespace: str, item: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        name = str(item["metadata"].get("name"))
        if not _NAME.fullmatch(name):
            return 422, _no(422, f'{resource} "{name}" is invalid: metadata.name: Invalid value')
        if any(not name for table in _resources(item) for name in table):
            return 422, _no(422, f'{resource} "{name}" is invalid: resources.limits[]: name part must be non-empty')
        if namespace and ("/api/v1", "namespaces", "", namespace) not in self._objects:
            return 404, _no(404, f'namespaces "{namespace}" not found')
        if (group, resource, namespace, name) in self._objects:
            return 409, {**_no(409, f'{resource} "{name}" already exists'), "reason": "AlreadyExists"}
        version = str(next(self._versions))
        item["metadata"] |= {"uid": f"uid-{version}", "resourceVersion": version, "creationTimestamp": _now()}
        if namespace:
            item["metadata"]["namespace"] = namespace
        self._objects[group, resource, namespace, name] = item
        return 201, copy.deepcopy(item)

    def _delete(self, key: Key, found: dict[str, Any], options: Mapping[str, Any]) -> None:
        """A pod has time to end, as the kubelet sees it, unless none is given."""
        if key[1] == "pods" and options.get("gracePeriodSeconds") != 0:
            grace = timedelta(seconds=found["spec"].get("terminationGracePeriodSeconds", 30))
            found["metadata"].setdefault("deletionTimestamp", _now(grace))
        else:
            del self._objects[key]


def _resources(item: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """What a Job's containers ask for."""
    spec = item.get("spec", {}).get("template", {}).get("spec", {})
    return [table for one in spec.get("containers", ()) for table in one.get("resources", {}).values()]


def _field(item: Any, path: list[str]) -> Any:
    return _field(item.get(path[0], {}), path[1:]) if path else item


def _key(path: str) -> Key:
    """Of a path as `/apis/batch/v1/namespaces/a/jobs/b/status`: the object's key, its name '' for a list."""
    words = path.strip("/").split("/")
    deep = 2 if words[0] == "api" else 3
    group, rest = "/" + "/".join(words[:deep]), words[deep:]
    if rest[0] == "namespaces" and len(rest) > 2:
        return group, rest[2], rest[1], rest[3] if len(rest) > 3 else ""
    name = rest[1] if len(rest) > 1 else ""
    return group, rest[0], "", name


def _merge(target: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """RFC 7396."""
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            inner = target.setdefault(key, {})
            _merge(inner, value)
        else:
            target[key] = value


def _now(later: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + later).strftime("%Y-%m-%dT%H:%M:%SZ")


def _no(status: int, message: str) -> dict[str, Any]:
    reason = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 422: "Invalid"}.get(status, "")
    return {"kind": "Status", "status": "Failure", "code": status, "message": message, "reason": reason}


def _handler(api: MemoryApi, execute: Callable[..., None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.close_connection = True
            parts = urlsplit(self.path)
            words = parts.path.split("/")
            refused = api.refuse(self.command, parts.path)
            if words[-1] == "exec" and refused is None:
                execute(self, words[4], words[6], parse_qs(parts.query)["command"])
                return
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if refused is None:
                status, found = api.call(self.command, self.path, json.loads(text) if text else None)
            else:
                status, found = refused[0], _no(*refused)
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815  the standard library's names

        def log_message(self, *_: object) -> None:
            """Nothing on the tests' error output."""

    return Handler
