"""A host whose cards are lent in parts: what it declares, and two runs of a real process site on one card."""

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.devices.probe import read_host
from gridtie.adapters.tables import load_chips
from gridtie.agent.declaration import Slices, declare
from gridtie.cli.main import main
from gridtie.dispatch.run import RunTask
from gridtie.errors import InvalidInput

QUERY = Path(__file__).parents[1] / "golden/devices/nvidia/h100.query.txt"
MB = 1 << 20


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """So many H100 as far as anybody can tell who asks nvidia-smi."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\ncase "$1" in --query*) cat {shlex.quote(str(QUERY))};; esac\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    return len(QUERY.read_text().splitlines()) - 1


def test_each_card_is_a_machine_with_all_of_its_parts(cards: int) -> None:
    slices = Slices(parts=4, cpus=1, memory_bytes=MB)
    [pool] = declare(read_host(load_chips()), slices, isolation="sandbox")["resources"]
    assert pool["chip"] == "nv-h100/4"
    assert [machine["accelerators"] for machine in pool["machines"]] == [4] * cards
    for few in (1, 2):
        some = Slices(parts=4, machines=few, cpus=1, memory_bytes=MB)
        [pool] = declare(read_host(load_chips()), some, isolation="sandbox")["resources"]
        assert len(pool["machines"]) == few


@pytest.mark.parametrize(
    ("slices", "words"),
    [
        (Slices(parts=6), "a card is lent in 2, 3, 4, 5, 7, 8, 10 parts, not 6"),
        (Slices(parts=0), "not 0"),
        (Slices(parts=2, accelerators=2), "machines of their own"),
        (Slices(parts=2, machines=100), "100 cards are more than"),
    ],
)
def test_what_cannot_be_lent_in_parts_is_said(cards: int, slices: Slices, words: str) -> None:
    with pytest.raises(InvalidInput, match="parts") as refused:
        declare(read_host(load_chips()), slices, isolation="sandbox")
    assert words in refused.value.problems[0].message


def test_two_runs_have_a_part_each_of_the_card_that_is_their_machine_and_are_told_which(cards: int, world: Any) -> None:
    world.agent(slices=Slices(parts=10, cpus=1, memory_bytes=MB << 8))

    def task(parts: int) -> tuple[RunTask, ...]:
        return (RunTask(rank=0, machine="m1", cpus=1, memory_bytes=MB << 8, disk_bytes=MB << 6, accelerators=parts,
                        share=10),)  # fmt: skip

    tell = 'echo "$CUDA_VISIBLE_DEVICES $GRIDTIE_ACCELERATOR_PARTS $CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"'
    first = world.run(f"{tell}; until test -e sky_workdir/enough -o $SECONDS -gt 20; do sleep 0.1; done", tasks=task(6))
    world.until(lambda: b"6/10" in first.logs.get(0, b""))
    second = world.run(tell, tasks=task(4))
    assert world.ended(second)["event"] == "succeed"
    assert second.logs[0].decode().split() == ["1", "4/10", "40"]
    assert first.logs[0].decode().split() == ["1", "6/10", "60"]
    assert not first.over  # both lay on the card at once
    first.cancel = True
    world.ended(first)


def test_parts_of_a_schedulers_cards_are_asked_for_in_its_own_settings(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["agent", "join", "-", "--exchange", "http://127.0.0.1:9", "--scheduler", "slurm", "--parts", "4"]
    assert main(given) == 2
    assert "how slurm lends parts of cards is one of its own settings" in capsys.readouterr().err
