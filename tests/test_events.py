"""The journal's vocabulary holds: no verb notes a kind that is not explained."""

import ast
from importlib.resources import files
from pathlib import Path

from gridtie.events import KINDS
from gridtie.lifecycle import CONTRACT, DATASET, JOB, OFFER, RUN

FLOW = Path(str(files("gridtie"))) / "flow"
STATES = {"run": RUN, "job": JOB, "offer": OFFER, "contract": CONTRACT, "dataset": DATASET}
# A job starts and is placed by its run, which is noted; queued and waiting are said by job.queued.
NOT_NOTED = {"job.placed", "job.running"}


def noted() -> set[str]:
    """Every kind that some verb hands to `note`, with f-strings such as f'run.{state}' spelled out."""
    kinds: set[str] = set()
    for path in sorted(FLOW.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                kind = node.args[0]
            elif isinstance(node.func, ast.Name) and node.func.id == "_note":  # notes it for both sides of a contract
                kind = node.args[1]
            else:
                continue
            if isinstance(kind, ast.Constant):
                kinds.add(str(kind.value))
            elif isinstance(kind, ast.JoinedStr) and isinstance(kind.values[0], ast.Constant):
                noun = str(kind.values[0].value).rstrip(".")
                kinds |= {f"{noun}.{state}" for state in STATES[noun].states}
    return kinds - NOT_NOTED


def test_every_noted_kind_is_explained() -> None:
    assert len(noted()) > 20
    assert noted() - set(KINDS) == set()


def test_a_kind_is_noun_dot_past_and_its_sentence_ends() -> None:
    for kind, sentence in KINDS.items():
        assert kind.count(".") == 1
        assert sentence.endswith(".")
