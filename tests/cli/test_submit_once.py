"""One command is one job, however often its answer is lost; two commands side by side are two jobs."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gridtie.cli.job import submit_once
from gridtie.errors import SubmitUnanswered, Unreachable


class Exchange:
    """Remembers the keys it is sent, and may be out of reach."""

    url = "http://127.0.0.1:1"

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.away = False

    def submit(self, text: str, *, key: str, **_: Any) -> list[SimpleNamespace]:
        self.keys.append(key)
        if self.away:
            raise Unreachable(url=self.url, reason="no answer")
        return [SimpleNamespace(id=f"job_{key}")]


@pytest.fixture
def exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path))
    return Exchange()


def test_the_same_command_again_after_no_answer_has_the_same_key_and_a_third_has_another(exchange: Exchange) -> None:
    exchange.away = True
    with pytest.raises(SubmitUnanswered):
        submit_once(exchange, "run: x")  # type: ignore[arg-type]
    exchange.away = False
    for _ in range(2):
        submit_once(exchange, "run: x")  # type: ignore[arg-type]
    first, again, third = exchange.keys
    assert first == again != third


def test_the_key_of_a_command_that_is_still_at_work_is_not_taken(exchange: Exchange, tmp_path: Path) -> None:
    exchange.away = True
    with pytest.raises(SubmitUnanswered):
        submit_once(exchange, "run: x")  # type: ignore[arg-type]
    [kept] = tmp_path.rglob("unanswered/*")
    kept.rename(kept.with_suffix(f".{os.getppid()}"))  # which runs: it started this test
    exchange.away = False
    submit_once(exchange, "run: x")  # type: ignore[arg-type]
    assert len(set(exchange.keys)) == 2
