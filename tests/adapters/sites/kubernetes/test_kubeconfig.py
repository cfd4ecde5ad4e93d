"""Which kubeconfig is taken, and what is said of one that is not."""

import base64
import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from gridtie.adapters.sites.kubernetes.kubeconfig import read_access
from gridtie.errors import InvalidInput

GOOD: dict[str, Any] = {
    "current-context": "c",
    "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}, {"name": "d", "context": {"cluster": "k"}}],
    "clusters": [{"name": "k", "cluster": {"server": "https://10.0.0.5:6443/k8s/"}}],
    "users": [{"name": "u", "user": {"token": "t1"}}],
}


def written(folder: Path, user: Any = None, cluster: Any = None, **top: Any) -> str:
    data = {**copy.deepcopy(GOOD), **top}
    data["users"][0]["user"] = user or data["users"][0]["user"]
    data["clusters"][0]["cluster"] |= cluster or {}
    path = folder / "config"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return str(path)


def test_server_context_and_token_are_read_and_a_token_file_anew_each_time(tmp_path: Path) -> None:
    access = read_access(written(tmp_path), "", {})
    assert (access.host, access.port, access.path, access.token()) == ("10.0.0.5", 6443, "/k8s", "t1")
    assert access.tls is not None
    assert read_access(written(tmp_path), "d", {}).token() == ""
    (tmp_path / "token").write_text("t2\n")
    rotated = read_access(written(tmp_path, {"tokenFile": "token"}), "", {})
    assert rotated.token() == "t2"
    (tmp_path / "token").write_text("t3\n")
    assert rotated.token() == "t3"
    plain = read_access(written(tmp_path, cluster={"server": "http://127.0.0.1"}), "", {})
    assert (plain.port, plain.tls) == (80, None)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"user": {"exec": {"command": "aws"}}}, "a credential plugin (exec) is not run by an agent; make a token"),
        ({"user": {"auth-provider": {"name": "gcp"}}}, "auth-provider is gone from Kubernetes"),
        ({"user": {"username": "a", "password": "b"}}, "a password is not accepted"),
        ({"cluster": {"insecure-skip-tls-verify": True}}, "tokens would go to whoever answers"),
        ({"cluster": {"server": "10.0.0.5:6443"}}, "write https://HOST:PORT"),
        ({"cluster": {"server": "https://10.0.0.5:99999"}}, "cannot be used: Port out of range"),
        ({"cluster": {"certificate-authority": "none.crt"}}, "none.crt"),
        ({"cluster": {"certificate-authority-data": "!"}}, "its certificates cannot be used"),
        ({"cluster": {"certificate-authority-data": base64.b64encode(b"\xff\xfe").decode()}}, "its certificates"),
        ({"user": {"client-key-data": "YQ=="}}, "client-certificate and client-key belong together"),
        ({"current-context": "生产"}, "no context '生产'; there are c, d"),
        ({"clusters": [{"name": "other", "cluster": {}}]}, "no cluster 'k'; there are other"),
        ({"contexts": "c"}, "no context 'c'; there are none"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, given: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_access(written(tmp_path, **given), "", {})
    assert says in refused.value.problems[0].message


@pytest.mark.parametrize("text", ["", "[1]", "a: [", "\x00", "\ud800"])
def test_a_file_that_is_no_kubeconfig_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InvalidInput) as refused:
        read_access(str(path), "", {})
    assert f"kubeconfig: {path} cannot be read: " in refused.value.problems[0].message


def test_without_a_file_the_agent_must_run_in_a_pod(tmp_path: Path) -> None:
    for given in ("", str(tmp_path / "none")):
        with pytest.raises(InvalidInput) as refused:
            read_access(given, "", {})
        assert ("does not run in a pod" in refused.value.problems[0].message) is (not given)
