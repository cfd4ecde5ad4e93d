"""How one Slurm cluster is used: what the operator writes at `gridtie agent join --scheduler slurm --set …`."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gridtie.adapters.sites.reading import gathered, wrong_url
from gridtie.adapters.sites.slurm.parse import nodes_of
from gridtie.errors import InvalidInput, Problem
from gridtie.registry.parts import SHARES
from gridtie.values.quantity import parse_bytes

ABOUT: Mapping[str, str] = {
    "shared": "folder that this host and every node see under the same path (needed)",
    "partition": "partition that is lent (needed)",
    "users": "users.ORGANISATION=LOCALUSER: whose account an organisation's jobs run under (as root)",
    "chips": "chips.GRESTYPE=CHIP: what a GRES type is in the chip registry, where its name does not say",
    "account": "account to charge",
    "qos": "quality of service",
    "reservation": "reservation to run in",
    "nodes": "only these nodes of the partition, as Slurm writes them: n[01-16]",
    "conf": "slurm.conf, where it is not the default one",
    "parts": "in how many equal parts cards are lent, of nodes with one GPU and so many shards (default 1)",
    "python": "Python (3.8 or newer, with NumPy for certification) on the nodes (default /usr/bin/python3)",
    "images": "command that runs a program in a container image on a node, with {image} and {home} for it to fill in",
    "disk": "scratch of one machine, as declared to buyers (default 20GB)",
    "url": "slurmrestd, e.g. http://127.0.0.1:6820; without it the commands of this host are used",
    "token": "file with the token for slurmrestd, read anew at each call",
    "token_user": "whose token it is (default root)",
    "timeout": "seconds that one call may take (default 20)",
    "every": "seconds between two looks at the queue (default 2)",
    "patience": "seconds that a run may wait in the queue before it goes elsewhere (default 600)",
}
_NEEDED = ("shared", "partition")
_TABLES = ("users", "chips")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlurmSettings:
    shared: Path
    partition: str
    users: Mapping[str, str]
    chips: Mapping[str, str]
    account: str = ""
    qos: str = ""
    reservation: str = ""
    nodes: str = ""
    conf: str = ""
    parts: str = "1"
    python: str = "/usr/bin/python3"
    images: str = ""
    disk: str = "20GB"
    url: str = ""
    token: str = ""
    token_user: str = "root"  # noqa: S105  a name
    timeout: float = 20.0
    every: float = 2.0
    patience: float = 600.0

    @property
    def disk_bytes(self) -> int:
        return parse_bytes(self.disk, default_unit="GB")

    @property
    def share(self) -> int:
        return int(self.parts)

    @staticmethod
    def read(data: Mapping[str, Any]) -> "SlurmSettings":
        """Raises InvalidInput naming every problem, and every key there is."""
        values, problems = gathered(data, about=ABOUT, needed=_NEEDED, tables=_TABLES, wrong_text=_any_line)
        if not problems:
            values["shared"] = Path(str(values["shared"]))
            if not values["shared"].is_absolute():
                problems.append(Problem("shared: an absolute path", path="shared"))
        if values.get("url") and not values.get("token"):
            problems.append(Problem("token: slurmrestd wants one: " + ABOUT["token"], path="token"))
        if problems:
            raise InvalidInput(source="the settings of slurm", problems=problems)
        return SlurmSettings(**values)


def _any_line(key: str, value: str) -> str:
    if key == "parts" and value not in {"1", *map(str, SHARES)}:
        return f"1, {', '.join(map(str, SHARES))}"
    if key == "url" and value:
        return wrong_url(value) or ("http://HOST:PORT alone: no path" if urlsplit(value).path.strip("/") else "")
    if key == "nodes":
        return _wrong_nodes(value)
    if key != "images":
        return ""
    try:
        words = shlex.split(value)
    except ValueError as cause:
        return str(cause)
    lacking = [part for part in ("{image}", "{home}") if not any(part in word for word in words)]
    return f"it says nowhere {' and '.join(lacking)}" if lacking else ""


def _wrong_nodes(value: str) -> str:
    try:
        nodes_of(value)
    except ValueError:
        return f"{value[:60]!r} is no list of nodes, such as n[01-16],m3"
    return ""
