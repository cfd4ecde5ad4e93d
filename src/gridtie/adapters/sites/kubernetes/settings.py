"""How one Kubernetes cluster is used: what the operator writes at `agent join --scheduler kubernetes --set …`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridtie.adapters.sites.reading import gathered
from gridtie.errors import InvalidInput, Problem
from gridtie.values.quantity import parse_bytes

ABOUT: Mapping[str, str] = {
    "state": "folder of the agent's host where runs are kept while they last (needed, an absolute path)",
    "image": "container image of the ranks, with bash, Python 3.8 or newer, and NumPy to be certified (needed)",
    "images": "yes: a job's own image is used instead, which then needs bash and Python too (default no)",
    "kubeconfig": "how the cluster is reached; without it, the service account of the pod the agent runs in",
    "context": "context of the kubeconfig (default its current one)",
    "prefix": "begin of the names of the tenants' namespaces (default gridtie)",
    "queue": "Kueue's LocalQueue, where Kueue is installed; it must exist in each tenant's namespace",
    "selector": "selector.LABEL=VALUE: lend only nodes with these labels",
    "chips": "chips.NODE-OR-PRODUCT=CHIP: what a node's accelerators are, where no label says so",
    "resources": "resources.CHIP=NAME: the device plugin's resource of a chip, where it is not the registry's; "
    "resources.CHIP/N=NAME: that of cards given out in N replicas, lent in so many parts, of nodes with one card",
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
    images: bool = False
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
        values, problems = gathered(data, about=ABOUT, needed=_NEEDED, tables=_TABLES, wrong_text=_wrong_text)
        if not problems:
            values["state"] = Path(str(values["state"]))
            values |= {key: int(values[key]) for key in ("uid",) if key in values}
            values["images"] = values.get("images") == "yes"
            if not values["state"].is_absolute():
                problems.append(Problem("state: an absolute path", path="state"))
        if problems:
            raise InvalidInput(source="the settings of kubernetes", problems=problems)
        return KubernetesSettings(**values)


def _wrong_text(key: str, value: str) -> str:
    if key == "images":
        return "" if value in ("yes", "no") else "yes or no"
    if key == "uid":
        return "" if value.isascii() and value.isdigit() and 0 < int(value) < 1 << 31 else "a number above 0"
    if key == "prefix":
        fine = 0 < len(value) <= 24 and value.isascii() and value.replace("-", "a").isalnum() and value == value.lower()
        return "" if fine and value[0].isalpha() else "up to 24 of a-z, 0-9 and -, a letter first"
    return ""
