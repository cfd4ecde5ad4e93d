"""What `gridtie dataset clean` refuses before anything is sent, the card it writes, and the jobs it asks for."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from gridtie.adapters.tables import load_places
from gridtie.cleaner.card import cleaned_card
from gridtie.cli.local.clean_dataset import _wait, job_text, readable
from gridtie.cli.main import main
from gridtie.data.cardfile import read_card
from gridtie.errors import InvalidInput

CARD = """title = "Chats \\"one\\""
description = "a\\nb"
licence = "CC0-1.0"
languages = ["zh"]
[terms]
places = ["CN"]
not_after = 2030-01-01T00:00:00Z
count = 3
[price]
kind = "access"
amount = "2.50"
[[source]]
name = "chats"
kind = "users"
licence = "own"
record = "form 7"
"""


def found(*paths: str, **more: Any) -> dict[str, Any]:
    parts = [{"path": path, "held_by": None} for path in paths]
    return {"name": "lab/chats", "delivery": "copy", "terms": {"derive": True}, "version": {"parts": parts}, **more}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["lab/chats", "--policy", "{policy}"], "name --name, or --job ID"),
        (["--policy", "{policy}", "--name", "x"], "name OWNER/NAME, or --job ID"),
        (["lab/chats", "--policy", "{policy}", "--name", "Bad Name"], "lower-case letters"),
        (["lab/chats", "--policy", "{policy}", "--name", "x", "--workers", "0"], "are 1 or more"),
        (["lab/chats", "--policy", "{policy}", "--name", "x"], "key k: there is no NO_SUCH_VARIABLE"),
    ],
)  # fmt: skip
def test_a_command_that_lacks_something_is_refused_before_any_call(
    given: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("GRIDTIE_HOME", str(tmp_path)), ("GRIDTIE_TOKEN", "t"),
                        ("GRIDTIE_EXCHANGE", "http://127.0.0.1:1")):  # fmt: skip
        monkeypatch.setenv(name, value)
    policy = tmp_path / "policy.toml"
    policy.write_text('[kinds]\nEMAIL = { action = "pseudonym", key = "k" }\n[keys]\n'
                      'k = { variable = "NO_SUCH_VARIABLE" }\n')  # fmt: skip
    assert main(["dataset", "clean", *(part.format(policy=policy) for part in given)]) == 2
    assert words in capsys.readouterr().err


def test_a_policy_with_a_detector_is_refused_for_no_site_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path))
    monkeypatch.setenv("GRIDTIE_TOKEN", "t")
    (tmp_path / "policy.toml").write_text('[detectors.ner]\nkinds = { PERSON = "NAME" }\n')
    assert main(["dataset", "clean", "lab/x", "--policy", str(tmp_path / "policy.toml"), "--name", "y"]) == 2
    assert "[detectors] are run by gridtie clean alone" in capsys.readouterr().err


def test_a_job_that_nothing_here_began_is_refused_with_what_begins_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path))
    monkeypatch.setenv("GRIDTIE_TOKEN", "t")
    assert main(["dataset", "clean", "--job", "job_01m8"]) == 2
    assert "job_01m8 belongs to no cleaning begun on this machine" in capsys.readouterr().err


def test_data_that_may_not_leave_or_be_derived_from_and_files_that_clash_are_refused_each_with_its_reason() -> None:
    def reason(own: bool = True, card: Path | None = None, called: Sequence[str] = (), **more: Any) -> str:
        with pytest.raises(InvalidInput) as refused:
            readable(found("a/x.jsonl", "a/x.ndjson", **more), own=own, card=card, called=called)
        return " ".join(str(problem) for problem in refused.value.problems)

    assert "a/x.jsonl and a/x.ndjson would have one result" in reason()
    assert "no copy of it may leave its site" in reason(delivery="compute")
    assert "called so" in reason(called=["called so"])
    other = reason(own=False, terms={"derive": False})
    assert "no data that is derived from it" in other
    assert "say with --card FILE" in other
    with pytest.raises(InvalidInput, match="picture"):
        readable(found("picture.png"), own=True, card=None)
    assert readable(found("b.jsonl", "a/b.jsonl"), own=True, card=None) == ["a/b.jsonl", "b.jsonl"]


def test_the_card_of_the_result_says_what_the_old_one_said_but_for_its_grade() -> None:
    from gridtie.data.documents import as_json
    from gridtie.views.dataset import price_view

    before = read_card(CARD, source="card", hubs=load_places().hubs)
    shown = {"card": as_json(before.card), "terms": as_json(before.terms), "open": before.open,
             "price": price_view(before.price)}  # fmt: skip
    after = read_card(cleaned_card(shown, "p"), source="cleaned", hubs=load_places().hubs)
    assert (after.terms, after.price, after.card.origins) == (before.terms, before.price, before.card.origins)
    assert after.card.title == 'Chats "one", cleaned'
    assert after.card.description == "a\nb\nCleaned by the policy p."


def test_more_records_ask_for_more_memory_where_all_are_compared() -> None:
    begun = {"workers": 3, "cpus": 2, "memory": None, "records": 2_000_000, "bytes": 10**9, "site": "aurora",
             "isolation": "sandbox", "purpose": "training", "max_total": 2.5, "name": "c", "dataset": "lab/chats",
             "version": "v2"}  # fmt: skip
    look, write = (yaml.safe_load(job_text(begun, step)) for step in ("look", "write"))
    assert (look["num_nodes"], write["num_nodes"]) == (3, 1)
    assert (look["resources"]["memory"], write["resources"]["memory"]) == ("1000MB", "4000MB")
    assert look["resources"]["infra"] == "gridtie/aurora"
    assert look["gridtie"]["data"] == [{"name": "lab/chats@v2", "to": "input"}]
    assert (write["gridtie"]["purpose"], write["gridtie"]["budget"]) == ("training", {"max_total": 2.5})


def test_what_its_job_does_is_told_on_a_terminal_without_the_code_of_a_colour_spelt_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Ended:
        data: ClassVar = {"id": "job_1", "name": "look", "state": "succeeded"}
        state = "succeeded"

        def refresh(self) -> "Ended":
            return self

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    asked_nothing: Any = None
    ended: Any = Ended()
    _wait(asked_nothing, ended, ranks=1)
    assert capsys.readouterr().err == "job_1  look  succeeded\n"
