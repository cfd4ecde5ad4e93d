"""Reads challenge.json, measures each item of its plan in order, writes evidence.json and results/."""

import json
import os
import platform
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

NO_NETWORK = "no network"


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("usage: probe.py challenge.json\n")
        return 2
    start = time.perf_counter_ns()
    here = Path.cwd()
    challenge = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    plan = challenge["plan"]
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(plan["cpus"])  # read when NumPy is imported, which is from here on
    from .compute import Backend

    backend = Backend(accelerator=plan["chip"] != "cpu", threads=plan["cpus"])
    rank = int(os.environ.get("SKYPILOT_NODE_RANK", "0"))
    evidence = {
        "format": "gridtie-evidence/1",
        "challenge": challenge["challenge"],
        "nonce": challenge["nonce"],
        "rank": rank,
        "program": _program_digests(),
        "software": {"python": platform.python_version(), **backend.describe()},
        "items": Run(challenge, backend, rank, here).all(),
        "elapsed_ns": time.perf_counter_ns() - start,
    }
    fresh = here / "evidence.json.new"
    fresh.write_text(json.dumps(evidence, allow_nan=False), encoding="utf-8")
    fresh.replace(here / "evidence.json")
    print(f"rank {rank}: {len(evidence['items'])} items in {evidence['elapsed_ns'] / 1e9:.2f} s")  # noqa: T201
    return 0


def _program_digests() -> dict[str, str]:
    """What ran, as this copy of it says."""
    folder = Path(__file__).parent
    return {f"program/{path.name}": sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.py"))}


class Run:
    """The items of one machine."""

    def __init__(self, challenge: dict[str, Any], backend: Any, rank: int, here: Path) -> None:
        self.plan, self.port = challenge["plan"], int(challenge["port"])
        self.nonce = bytes.fromhex(challenge["nonce"])
        self.backend, self.rank, self.here = backend, rank, here
        self.url = os.environ.get("GRIDTIE_EXCHANGE_URL", "")
        self.ips = os.environ.get("SKYPILOT_NODE_IPS", "").split()
        self.ring: Any = None

    def all(self) -> list[dict[str, Any]]:
        from .numbers import NotMeasured, missing

        found: list[dict[str, Any]] = []
        for entry in self.plan["items"]:
            for device in range(self._devices(entry["kind"])):
                try:
                    result = self._measure(entry["name"], entry["kind"], entry["params"], device)
                    found += result if isinstance(result, list) else [result]
                except NotMeasured as reason:
                    found.append(missing(entry["name"], str(reason), device=device))
                except MemoryError:
                    found.append(missing(entry["name"], "out of memory", device=device))
        if self.ring is not None:
            self.ring.close()
        return found

    def _devices(self, kind: str) -> int:
        per_device = kind == "matmul" or kind.startswith("device-")
        return int(self.backend.devices) if per_device else 1

    def _measure(self, name: str, kind: str, params: dict[str, Any], device: int) -> Any:
        from . import compute, memory, model, network
        from .numbers import NotMeasured

        own: dict[str, Any] = {"name": name, "nonce": self.nonce, "rank": self.rank}
        match kind:
            case "matmul":
                if self.backend.reason:
                    raise NotMeasured(self.backend.reason)
                return compute.measure(self.backend, params, **own, device=device, folder=self.here / "results")
            case "memory-bandwidth":
                return memory.bandwidth(params, **own)
            case "memory-capacity":
                return memory.capacity(params, **own)
            case "device-memory-bandwidth":
                return memory.device_bandwidth(self.backend, params, name=name, device=device)
            case "device-memory-capacity":
                return memory.device_capacity(self.backend, params, **own, device=device)
            case "storage":
                return memory.storage(params, **own, folder=self.here)
            case "exchange":
                if not self.url:
                    raise NotMeasured(NO_NETWORK)
                return network.exchange(self.url, params, name=name)
            case "link":
                return network.link(self._ring(), params, name=name, nonce=self.nonce)
            case "all-reduce":
                return network.all_reduce(self._ring(), params, name=name, nonce=self.nonce)
            case "training" | "inference":
                return model.measure(self.backend, params, **own)
        raise NotMeasured(f"this program does not know {kind}")

    def _ring(self) -> Any:
        from .network import Ring
        from .numbers import NotMeasured

        if self.ring is None:
            if not self.url:  # set where the run has the host's network, and only there
                raise NotMeasured(NO_NETWORK)
            if len(self.ips) != self.plan["machines"]:
                raise NotMeasured(f"{len(self.ips)} addresses for {self.plan['machines']} machines")
            self.ring = Ring(self.ips, self.rank, self.port)
        return self.ring
