"""`gridtie site policy`: what is named is changed, and nothing else."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gridtie.cli import site
from gridtie.errors import InvalidInput


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    client = Namespace(call=lambda *call: calls.append(call) or {})
    monkeypatch.setattr(site, "connect", lambda args: client)
    return calls


def run(*words: str) -> int:
    parser = ArgumentParser()
    site.register(parser.add_subparsers())
    args = parser.parse_args(["site", "policy", "aurora", *words])
    code: int = args.run(args)
    return code


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (("--reserve", "0"), {"reserved_percent": 0}),
        (("--allow", "a", "--allow", "b"), {"allowed_organisations": ["a", "b"]}),
        (("--allow-all", "--deny-purpose", "mining"), {"allowed_organisations": [], "denied_purposes": ["mining"]}),
        (("--deny-none",), {"denied_purposes": []}),
        (
            ("--hours", "mon-fri 19:00-07:00", "--hours", "sat 00:00-24:00", "--zone", "Asia/Shanghai"),
            {"open_hours": ["mon-fri 19:00-07:00", "sat 00:00-24:00"], "time_zone": "Asia/Shanghai"},
        ),
        (
            ("--close", "2026-12-24..2026-12-26", "--classes", "batch, gang"),
            {"closed_days": ["2026-12-24..2026-12-26"], "work_classes": ["batch", "gang"]},
        ),
        (("--classes", ""), {"work_classes": [""]}),  # refused by name there
        (("--hours-all", "--close-none", "--classes-all"), {"open_hours": [], "closed_days": [], "work_classes": []}),
    ],
)
def test_what_is_named_is_changed_and_nothing_else(
    sent: list[tuple[Any, ...]], words: tuple[str, ...], rules: dict[str, Any]
) -> None:
    assert run(*words) == 0
    assert sent == [("PATCH", "/v1/sites/aurora/policy", rules)]


def test_days_that_are_over_are_taken_and_named(
    sent: list[tuple[Any, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    assert run("--close", "2025-12-24..2025-12-26", "--close", ahead) == 0
    assert capsys.readouterr().err == "over already, so without effect: --close 2025-12-24..2025-12-26\n"
    assert run("--close", ahead) == 0
    assert not capsys.readouterr().err
    assert len(sent) == 2


def test_a_change_of_nothing_is_refused(sent: list[tuple[Any, ...]]) -> None:
    with pytest.raises(InvalidInput, match="site policy"):
        run()
    assert not sent


@pytest.mark.parametrize(
    "words",
    [("--allow", "a", "--allow-all"), ("--deny-purpose", "mining", "--deny-none"),
     ("--hours", "mon 1-2", "--hours-all"), ("--close", "2026-12-24", "--close-none"),
     ("--classes", "gang", "--classes-all")],
)  # fmt: skip
def test_some_and_none_together_are_refused(sent: list[tuple[Any, ...]], words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(*words)
    assert "not both" in str(refused.value.problems[0])
    assert not sent


def test_of_tests_that_failed_it_is_said_where_their_output_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    test = Namespace(data={"reason": "its command ended with exit code 1"})
    handle = Namespace(wait=lambda timeout_s: test)
    client = Namespace(call=lambda *call: {"job": "job_x", "certificate": None}, handle=lambda job: handle)
    monkeypatch.setattr(site, "connect", lambda args: client)
    parser = ArgumentParser()
    site.register(parser.add_subparsers())
    args = parser.parse_args(["resource", "certify", "aurora", "--wait"])
    assert args.run(args) == 1
    said = capsys.readouterr().err
    assert said.endswith("its command ended with exit code 1\nwhat they printed: gridtie logs job_x\n")
