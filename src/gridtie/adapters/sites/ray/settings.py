"""How one Ray cluster is used: what the operator writes at `gridtie agent join --scheduler ray --set …`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gridtie.errors import InvalidInput, Problem
from gridtie.values.quantity import parse_bytes

ABOUT: Mapping[str, str] = {
    "url": "the cluster's dashboard, e.g. http://10.0.0.5:8265 (needed)",
    "shared": "folder that this host and every node see under the same path (needed)",
    "token": "file with the cluster's token, read anew at each call, where it wants one",
    "cluster": "a name for the cluster that outlives a restart of its head (default: Ray's own id, which does not)",
    "nodes": "only these nodes, by name or address, with commas between",
    "chips": "chips.TYPE=CHIP: what an accelerator type of Ray (or gpu, npu, where it names none) is in the registry",
    "python": "Python that has Ray, on the head (default python3)",
    "disk": "scratch of one machine, as declared to buyers (default 20GB)",
    "timeout": "seconds that one call may take (default 20)",
    "every": "seconds between two looks at the queue (default 2)",
    "patience": "seconds that a run may wait in the queue before it goes elsewhere (default 600)",
}
_NEEDED = ("url", "shared")
_NUMBERS = ("timeout", "every", "patience")


@dataclass(frozen=True, slots=True, kw_only=True)
class RaySettings:
    url: str
    shared: Path
    chips: Mapping[str, str]
    token: str = ""
    cluster: str = ""
    nodes: str = ""
    python: str = "python3"
    disk: str = "20GB"
    timeout: float = 20.0
    every: float = 2.0
    patience: float = 600.0

    @property
    def disk_bytes(self) -> int:
        return parse_bytes(self.disk, default_unit="GB")

    @property
    def only(self) -> frozenset[str]:
        return frozenset(filter(None, (name.strip().lower() for name in self.nodes.split(","))))

    @staticmethod
    def read(data: Mapping[str, Any]) -> "RaySettings":
        """Raises InvalidInput naming every problem, and every key there is."""
        problems = [Problem(f"{key}: missing: {ABOUT[key]}", path=key) for key in _NEEDED if not data.get(key)]
        values: dict[str, Any] = {"chips": {}}
        for key, value in data.items():
            wrong = _wrong(key, value)
            if wrong:
                problems.append(Problem(f"{key}: {wrong}", path=key))
            else:
                values[key] = float(value) if key in _NUMBERS else value
        if problems:
            raise InvalidInput(source="the settings of ray", problems=problems)
        return RaySettings(**{**values, "shared": Path(values["shared"]), "url": values["url"].rstrip("/")})


def _wrong(key: str, value: Any) -> str:
    if key not in {field.name for field in fields(RaySettings)}:
        return f"no such setting; there are {', '.join(ABOUT)}"
    if key == "chips":
        fine = isinstance(value, Mapping) and all(isinstance(one, str) and one for one in value.values())
        return "" if fine else "write chips.TYPE=CHIP"
    if key in _NUMBERS:
        try:
            return "" if 0 < float(value) < 1e6 else "a number of seconds above 0"
        except (TypeError, ValueError):
            return "a number of seconds"
    if not isinstance(value, str) or not value.isprintable():
        return "one line of text"
    return _wrong_text(key, value)


def _wrong_text(key: str, value: str) -> str:
    if key == "url":
        return _wrong_url(value)
    if key in ("shared", "token") and value and not Path(value).is_absolute():
        return "an absolute path"
    if key == "disk":
        try:
            parse_bytes(value, default_unit="GB")
        except ValueError as cause:
            return str(cause)
    return ""


def _wrong_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")
    except ValueError:  # a port that is no number, a label that no name service can have
        fine = False
    if not fine:
        return f"{value!r} is no address: http://HOST:PORT"
    if parts.username or parts.query or parts.fragment:
        return "http://HOST:PORT alone: a token goes into a file (`token`)"
    return ""
