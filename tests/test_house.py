"""The documents say what the code does, and nothing stands in the house that nobody uses."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from gridtie.cli.examples import NOUN_AND_VERB, ONE_COMMAND
from gridtie.errors import GridtieError, NotFound, all_errors
from gridtie.lifecycle import RUN
from gridtie.settings import Settings

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "gridtie"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def used_outside(name: str, home: str) -> bool:
    word = re.compile(rf"\b{name}\b")
    files = [path for path in SOURCE.rglob("*.py") if path != SOURCE / home]
    return any(word.search(path.read_text(encoding="utf-8")) for path in files)


def test_the_diagram_of_a_runs_states_is_its_table() -> None:
    assert RUN.diagram() in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    named = set(re.findall(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|md|csv|toml|yaml))`", text))
    roots = (ROOT, SOURCE, SOURCE / "adapters" / "probes", document.parent)
    missing = {name for name in named if not any((root / name).exists() for root in roots)}
    assert not missing - {"src/gridtie/adapters/probes/program/sort.py"}  # the example of add-a-probe


def test_every_package_has_its_row_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert not {name for name in packages if f"`{name}/`" not in text and f"{name}/`" not in text}


@pytest.mark.parametrize("name", [entry.name for entry in fields(Settings)])
def test_every_setting_is_read(name: str) -> None:
    assert used_outside(name, "settings.py")


@pytest.mark.parametrize("error", [cls for cls in all_errors() if cls is not GridtieError], ids=lambda cls: cls.code)
def test_every_error_is_met_somewhere(error: type[GridtieError]) -> None:
    assert used_outside(error.__name__, "errors.py")


def test_every_command_that_an_error_advises_exists() -> None:
    said = {fix for cls in all_errors() for fix in (cls.fix, *NotFound._LISTED_BY.values()) if "{noun}" not in fix}
    nouns = set(re.findall(r'NotFound\(noun="(\w+)"', "".join(p.read_text("utf-8") for p in SOURCE.rglob("*.py"))))
    said |= {f"`gridtie {noun} list`" for noun in nouns - NotFound._LISTED_BY.keys()}
    words = {tuple(found.split()[:2]) for fix in said for found in re.findall(r"gridtie ([a-z-]+(?: [a-z-]+)?)", fix)}
    wrong = {pair for pair in words if pair[0] not in ONE_COMMAND and pair[-1] not in NOUN_AND_VERB.get(pair[0], {})}
    assert not wrong
