"""Reads challenge.json, does every test of its plan, writes evidence.json and results/."""

import json
import os
import platform
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gridtie.adapters.probes.program import matrix, memory, model, network, peers, storage
from gridtie.adapters.probes.program.device import Device, devices
from gridtie.adapters.probes.program.recorder import Recorder
from gridtie.certification.generator import SUITE


def main(challenge_file: str) -> int:
    challenge: dict[str, Any] = json.loads(Path(challenge_file).read_text(encoding="utf-8"))
    if challenge["suite"] != SUITE:
        sys.stderr.write(f"this program is {SUITE}, the challenge wants {challenge['suite']}\n")
        return 2
    output = Path(os.environ.get("GRIDTIE_OUTPUT_DIR") or ".")
    recorder = Recorder(output)
    rank = int(os.environ.get("SKYPILOT_NODE_RANK", "0"))
    ranks = int(os.environ.get("SKYPILOT_NUM_NODES", "1"))
    found: list[Device] = []
    with recorder.test("program.start") as test:  # a framework takes seconds to load; no other test shall pay for it
        found = test.time(partial(_devices, challenge["plan"]))
    _alone(recorder, challenge, rank, found)
    _together(recorder, challenge, rank, ranks)
    evidence = {
        "suite": SUITE,
        "challenge": challenge["challenge"],
        "nonce": challenge["nonce"],
        "program_digest": challenge["program_digest"],
        "rank": rank,
        "ranks": ranks,
        "elapsed_s": recorder.elapsed_s,
        "host": _host(found),
        "phases": recorder.phases,
        "items": recorder.items,
    }
    draft = output / "evidence.json.new"
    draft.write_text(json.dumps(evidence, allow_nan=False), encoding="utf-8")
    draft.replace(output / "evidence.json")
    return 0


def _devices(plan: dict[str, Any]) -> list[Device]:
    """What is tested: the processor when that is what is sold, else as many accelerators as are claimed."""
    return devices(only_processor=True) if plan["chip"] == "cpu" else devices()[: plan["units"]]


def _alone(recorder: Recorder, challenge: dict[str, Any], rank: int, found: list[Device]) -> None:
    plan, nonce = challenge["plan"], bytes.fromhex(challenge["nonce"])
    for precision in plan["precisions"]:
        with recorder.test(f"matrix.{precision}") as test:
            matrix.matrix(test, plan, nonce, rank, found, precision)
    for kind in ("copy", "triad"):
        with recorder.test(f"memory.{kind}") as test:
            memory.bandwidth(test, plan, found, kind)
    with recorder.test("memory.capacity") as test:
        memory.capacity(test, plan, nonce, rank, found)
    with recorder.test("training.step") as test:
        model.training(test, plan, nonce, rank, found[0])
    with recorder.test("inference.step") as test:
        model.inference(test, plan, nonce, rank, found[0])
    with recorder.test("storage.write") as test:
        storage.write(test, plan, nonce, rank, recorder.folder.parent)
    with recorder.test("storage.read") as test:
        storage.read(test, plan, recorder.folder.parent)
    with recorder.test("exchange.latency") as test:
        network.latency(test, plan)
    with recorder.test("exchange.bandwidth") as test:
        network.bandwidth(test, plan)


def _together(recorder: Recorder, challenge: dict[str, Any], rank: int, ranks: int) -> None:
    plan, nonce, port = challenge["plan"], bytes.fromhex(challenge["nonce"]), challenge["base_port"]
    names = ("peers.meeting", "peers.latency", "peers.bandwidth", "peers.allreduce")
    if ranks < 2:
        for name in names:
            recorder.skip(name, "one machine only")
        return
    met: list[peers.Ring] = []
    with recorder.test(names[0]) as test:
        met.append(test.time(partial(peers.Ring, rank, ranks, port)))
    if not met:
        for name in names[1:]:
            recorder.skip(name, "the machines did not meet: see peers.meeting")
        return
    [ring] = met
    try:
        with recorder.test(names[1]) as test:
            peers.latency(test, ring, plan["latency_samples"])
        with recorder.test(names[2]) as test:
            peers.bandwidth(test, ring, plan["transfer_bytes"])
        with recorder.test(names[3]) as test:
            peers.all_reduce(test, ring, nonce, plan["transfer_bytes"], port + ranks)
    finally:
        ring.close()


def _host(found: list[Device]) -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "system": platform.release(),
        "devices": "; ".join(device.name for device in found)[:400],
        "threads": os.environ.get("OMP_NUM_THREADS", ""),
    }
