"""What a pod answers is its job's word: nonsense is said of that run alone, and ends no look at all the others."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.adapters.sites.contract import Bench

from gridtie.adapters.sites.kubernetes.courier import Courier
from gridtie.dispatch.site import Looked
from gridtie.errors import SchedulerAway

SOUND = {"log": 0, "files": [], "gone": [], "more": False, "result": None, "ready": True, "set_up": False}


def answering(folder: Path, line: bytes) -> Callable[[], None]:
    """One look at a pod that answers so."""

    def away(reason: str) -> SchedulerAway:
        return SchedulerAway(scheduler="Kubernetes", reason=reason, look="kubectl get pods")

    api: Any = SimpleNamespace(execute=lambda *_: line + b"\n", away=away)
    settings: Any = SimpleNamespace(state=folder, python="python3", timeout=5.0)
    (folder / "run").mkdir()
    (folder / "run" / "places.json").write_text(json.dumps([[str(folder / "home"), str(folder)]]))
    (folder / "run" / "lease").write_text("0")
    site: Any = SimpleNamespace()
    plan = Bench(lambda: site, site, ("m0",)).plan("true")
    pod: Any = SimpleNamespace(index=0, phase="Running", ended=None, ip="10.0.0.1", name="pod", namespace="space")
    return lambda: Courier(api, settings).visit("run", Looked(plan=plan, asked="", patient=True), [pod])


def test_a_sound_answer_is_taken(tmp_path: Path) -> None:
    answering(tmp_path, json.dumps(SOUND).encode())()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"[" * 4000,
        b'{"log": 1e400}',
        json.dumps({name: value for name, value in SOUND.items() if name != "set_up"}).encode(),
        json.dumps({**SOUND, "files": [["home/checkpoints/a", 1, 1, 1, 1 << 70, 0]]}).encode(),
        json.dumps({**SOUND, "files": [["checkpoints/a", 1, 1, 1, 1 << 70, 0]]}).encode(),
    ],
)
def test_an_answer_that_cannot_be_read_is_said_of_its_pod(tmp_path: Path, line: bytes) -> None:
    with pytest.raises(SchedulerAway, match="pod answers what cannot be read"):
        answering(tmp_path, line)()
