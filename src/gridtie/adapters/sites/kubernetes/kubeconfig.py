"""Where a cluster's API is and who we are there: from a kubeconfig, or from the pod the agent runs in."""

import base64
import binascii
import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from gridtie.errors import InvalidInput, Problem

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_REFUSED = {
    "exec": "a credential plugin (exec) is not run by an agent; make a token: kubectl create token, or in-cluster",
    "auth-provider": "auth-provider is gone from Kubernetes; make a token: kubectl create token",
    "username": "a password is not accepted; use a token or a client certificate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`token` is asked anew at each call: service account tokens are rotated in their file."""

    host: str
    port: int
    path: str
    tls: ssl.SSLContext | None
    token: Callable[[], str]


def read_access(kubeconfig: str, context: str, environment: Mapping[str, str]) -> Access:
    """Raises InvalidInput naming what is wrong with the file, or that there is none and this is no pod."""
    if kubeconfig:
        return _from_file(Path(kubeconfig), context)
    host, port = environment.get("KUBERNETES_SERVICE_HOST", ""), environment.get("KUBERNETES_SERVICE_PORT", "443")
    if not host or not (ACCOUNT / "token").exists():
        raise _wrong("kubeconfig", "missing, and the agent does not run in a pod with a service account")
    tls = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    return Access(host=host, port=int(port), path="", tls=tls, token=_token_file(ACCOUNT / "token"))


def _wrong(path: str, words: str) -> InvalidInput:
    return InvalidInput(source="the settings of kubernetes", problems=[Problem(f"{path}: {words}", path=path)])


def _token_file(path: Path) -> Callable[[], str]:
    return lambda: path.read_text(encoding="ascii").strip()


def _from_file(path: Path, context: str) -> Access:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise ValueError("no mapping")
    except (OSError, ValueError, yaml.YAMLError) as cause:
        raise _wrong("kubeconfig", f"{path} cannot be read: {cause}") from cause
    chosen = context or str(data.get("current-context") or "")
    found = _named(data, "contexts", "context", chosen)
    cluster = _named(data, "clusters", "cluster", str(found.get("cluster")))
    user = _named(data, "users", "user", str(found.get("user"))) if found.get("user") else {}
    for key, words in _REFUSED.items():
        if user.get(key):
            raise _wrong("kubeconfig", words)
    parts = urlsplit(str(cluster.get("server", "")))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _wrong("kubeconfig", f"server of its cluster is {cluster.get('server')!r}: write https://HOST:PORT")
    secure = parts.scheme == "https"
    try:
        tls = _tls(cluster, user, path.parent) if secure else None
        port = parts.port or (443 if secure else 80)
    except (OSError, ValueError, binascii.Error) as cause:
        raise _wrong("kubeconfig", f"its certificates cannot be used: {cause}") from cause
    token = str(user.get("token") or "")
    read = _token_file(path.parent / str(user["tokenFile"])) if user.get("tokenFile") else lambda: token
    return Access(host=parts.hostname, port=port, path=parts.path.rstrip("/"), tls=tls, token=read)


def _named(data: Mapping[str, Any], table: str, key: str, name: str) -> Mapping[str, Any]:
    rows = [row for row in data.get(table) or () if isinstance(row, dict)]
    for row in rows:
        if row.get("name") == name and isinstance(row.get(key), dict):
            return dict(row[key])
    raise _wrong("kubeconfig", f"no {key} {name!r}; there are {', '.join(str(r.get('name')) for r in rows) or 'none'}")


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any], folder: Path) -> ssl.SSLContext:
    text = _content(cluster, "certificate-authority", folder)
    tls = ssl.create_default_context(cadata=text.decode() if text else None)
    if cluster.get("insecure-skip-tls-verify"):
        raise ValueError("insecure-skip-tls-verify: tokens would go to whoever answers; give certificate-authority")
    certificate, key = _content(user, "client-certificate", folder), _content(user, "client-key", folder)
    if bool(certificate) != bool(key):
        raise ValueError("client-certificate and client-key belong together, and one is missing")
    if certificate:
        # ssl reads files only: one in memory that is gone once loaded
        handle = os.memfd_create("client")
        with os.fdopen(handle, "wb") as file:
            file.write(certificate + b"\n" + key)
            file.flush()
            tls.load_cert_chain(f"/proc/self/fd/{handle}")
    return tls


def _content(table: Mapping[str, Any], name: str, folder: Path) -> bytes:
    if table.get(f"{name}-data"):
        return base64.b64decode("".join(str(table[f"{name}-data"]).split()), validate=True)
    return (folder / str(table[name])).read_bytes() if table.get(name) else b""
