"""How one Kubernetes cluster is used: what the operator writes at `agent join --scheduler kubernetes --set …`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gridtie.errors import InvalidInput, Problem
from gridtie.values.quantity import parse_bytes

ABOUT: Mapping[str, str] = {
    "state": "folder of the agent's host where runs are kept while they last (needed, an absolute path)",
    "image": "container image of the ranks, with bash and Python 3.8 or newer (needed)",
    "kubeconfig": "how the cluster is reached; without it, the service account of the pod the agent runs in",
    "context": "context of the kubeconfig (default its current one)",
    "prefix": "begin of the names of the tenants' namespaces (default gridtie)",
    "queue": "Kueue's LocalQueue, where Kueue is installed; it must exist in each tenant's namespace",
    "selector": "selector.LABEL=VALUE: lend only nodes with these labels",
    "chips": "chips.NODE-OR-PRODUCT=CHIP: what a node's accelerators are, where no label says so",
    "resources": "resources.CHIP=NAME: the device plugin's resource of a chip, where it is not the registry's",
    "quota": "quota.NAME=QUANTITY: ResourceQuota of each tenant's namespace, e.g. quota.requests.cpu=64",
    "python": "Python in the image (default python3)",
    "disk": "ephemeral storage of a node as declared, where the node does not say (default 20GB)",
    "uid": "user and group number of the ranks, never 0 (default 65532)",
    "timeout": "seconds that one call may take (default 20)",
    "every": "seconds between two looks (default 2)",
    "patience": "seconds that a run may wait in the queue before it goes elsewhere (default 600)",
}
_NEEDED = ("state", "image")
_TABLES = ("selector", "chips", "resources", "quota")
_NUMBERS = ("timeout", "every", "patience")


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesSettings:
    state: Path
    image: str
    selector: Mapping[str, str]
    chips: Mapping[str, str]
    resources: Mapping[str, str]
    quota: Mapping[str, str]
    kubeconfig: str = ""
    context: str = ""
    prefix: str = "gridtie"
    queue: str = ""
    python: str = "python3"
    disk: str = "20GB"
    uid: int = 65532
    timeout: float = 20.0
    every: float = 2.0
    patience: float = 600.0

    @property
    def disk_bytes(self) -> int:
        return parse_bytes(self.disk, default_unit="GB")

    @staticmethod
    def read(data: Mapping[str, Any]) -> "KubernetesSettings":
        """Raises InvalidInput naming every problem, and every key there is."""
        problems = [Problem(f"{key}: missing: {ABOUT[key]}", path=key) for key in _NEEDED if not data.get(key)]
        values: dict[str, Any] = {table: {} for table in _TABLES}
        for key, value in data.items():
            wrong = _wrong(key, value)
            if wrong:
                problems.append(Problem(f"{key}: {wrong}", path=key))
            else:
                values[key] = float(value) if key in _NUMBERS else int(value) if key == "uid" else value
        if not problems:
            values["state"] = Path(str(values["state"]))
            if not values["state"].is_absolute():
                problems.append(Problem("state: an absolute path", path="state"))
        if problems:
            raise InvalidInput(source="the settings of kubernetes", problems=problems)
        return KubernetesSettings(**values)


def _wrong(key: str, value: Any) -> str:
    if key not in {field.name for field in fields(KubernetesSettings)}:
        return f"no such setting; there are {', '.join(ABOUT)}"
    if key in _TABLES:
        fine = isinstance(value, Mapping) and all(isinstance(one, str) and one for one in value.values())
        return "" if fine else f"write {ABOUT[key].partition(':')[0]}"
    if key in _NUMBERS:
        try:
            return "" if 0 < float(value) < 1e6 else "a number of seconds above 0"
        except (TypeError, ValueError):
            return "a number of seconds"
    if not isinstance(value, str) or "\n" in value or "\0" in value:
        return "one line of text"
    if key == "uid":
        return "" if value.isascii() and value.isdigit() and 0 < int(value) < 1 << 31 else "a number above 0"
    if key == "prefix":
        fine = 0 < len(value) <= 24 and value.isascii() and value.replace("-", "a").isalnum() and value == value.lower()
        return "" if fine and value[0].isalpha() else "up to 24 of a-z, 0-9 and -, a letter first"
    if key == "disk":
        try:
            parse_bytes(value, default_unit="GB")
        except ValueError as cause:
            return str(cause)
    return ""
