"""What another tool finds is held to the texts, called by our kinds, and joined with ours where it is surer."""

from collections import Counter
from typing import Any

import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.decide import Counts, counting, decided
from gridtie.cleaning.detectors import FORM, Detection, Hello, read_answer
from gridtie.cleaning.look import Look
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.spans import Span
from gridtie.errors import InvalidInput

TEXT = "Dear Ana Lind, ana@x.org"
POLICY = """\
[kinds]
EMAIL = "keep"
[detectors.other]
score = 40
[detectors.other.kinds]
PERSON = "NAME"
MAIL = "EMAIL"
"""


def policy(text: str = POLICY) -> Policy:
    return Policy.read(text, source="p.toml", kinds=load_rules().kinds)


def span(**changed: Any) -> dict[str, Any]:
    return {"text": 0, "start": 5, "end": 13, "found": "Ana Lind", "entity": "PERSON", "score": 0.85} | changed


def told(start: int, end: int, entity: str = "PERSON", score: int = 85) -> Detection:
    return Detection(0, start, end, "other", entity, score)


def test_an_answer_is_read_by_text() -> None:
    said = {"batch": 3, "spans": [span(text=1), span(text=1, start=15, end=24, found="ana@x.org", entity="MAIL")]}
    found = read_answer(said, batch=3, texts=["", TEXT], detector="other")
    assert found == [[], [told(5, 13), told(15, 24, "MAIL")]]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([], "something else"),
        ({"batch": 2, "spans": []}, "asked for batch 1 and answers for 2"),
        ({"batch": 1, "spans": [3]}, "is no object"),
        ({"batch": 1, "spans": [span(text=1)]}, "speaks of text 1, and there are 1"),
        ({"batch": 1, "spans": [span(end=25)]}, "5 to 25 is no part of a text of 24 code points"),
        ({"batch": 1, "spans": [span(end=5)]}, "5 to 5 is no part"),
        ({"batch": 1, "spans": [span(start=True)]}, "True to 13"),
        ({"batch": 1, "spans": [span(start=4, end=12)]}, "are offsets code points"),
        ({"batch": 1, "spans": [span(found=None)]}, "are offsets code points"),
        ({"batch": 1, "spans": [span(entity="")]}, "not a name"),
        ({"batch": 1, "spans": [span(entity="Ana Lind")]}, "no name of a kind"),
        ({"batch": 1, "spans": [span(entity="Ana" * 30)]}, "no name of a kind"),
        ({"batch": "Ana", "spans": []}, "answers for a str"),
        ({"batch": 1, "spans": [span(text="Ana")]}, "speaks of text a str"),
        ({"batch": 1, "spans": [span(start="Ana")]}, "a str to 13 is no part"),
        ({"batch": 1, "spans": [span(score=85)]}, "score is 85, not a number from 0 to 1"),
        ({"batch": 1, "spans": [span(score="Ana")]}, "score is a str"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_of_the_text_is_said(said: object, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        read_answer(said, batch=1, texts=[TEXT], detector="other")
    assert "Ana" not in str(refused.value)


@pytest.mark.parametrize("said", [{}, {"form": FORM}, {"form": FORM, "tool": "t", "version": 2}, "hello"])
def test_a_detector_that_does_not_say_what_it_is_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="does not"):
        Hello.read(said)


def test_the_surer_finding_counts_and_every_finding_has_its_fate() -> None:
    look = Look(
        size=24, spans=((0, Span(15, 24, "EMAIL", 90, "email")),),
        told=(told(5, 13), told(5, 13), told(0, 4, score=39), told(15, 24, "MAIL"), told(15, 20, "URL")),
    )  # fmt: skip
    said = policy()
    assert counting(look, said) == [
        (0, Span(5, 13, "NAME", 85, "other:PERSON")),
        (0, Span(15, 24, "EMAIL", 90, "email")),
    ]
    decision = decided(look, "", said)
    assert decision.done == (("NAME", "placeholder"), ("EMAIL", "keep"))
    counts = Counts()
    counts.count(look, decision)
    assert counts.told == Counter(
        {("other", "PERSON", "NAME"): 1, ("other", "PERSON", "covered"): 1, ("other", "PERSON", "unsure"): 1,
         ("other", "MAIL", "covered"): 1, ("other", "URL", "unknown"): 1}
    )  # fmt: skip
    assert Counts.of_json(counts.as_json()) == counts


def test_another_tool_that_is_surer_takes_the_place_of_ours() -> None:
    look = Look(size=24, spans=((0, Span(5, 10, "LOCAL_NUMBER", 55, "x")),), told=(told(5, 13),))
    assert [span.kind for _, span in counting(look, policy())] == ["NAME"]


def test_the_least_sureness_of_a_detector_is_that_of_the_policy_where_it_says_none() -> None:
    said = policy('[defaults]\nscore = 70\n[detectors.other]\nkinds = { PERSON = "NAME" }\n')
    assert said.detectors["other"].score == 70


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ('[detectors.other.kinds]\nPERSON = "NAME"\nMAIL = "MAILBOX"\n', (3, 1), "'MAILBOX' is no kind of ours"),
        ('[detectors.other]\nkinds = { MAIL = "MAILBOX" }\n', (2, 1), "MAIL: 'MAILBOX' is no kind of ours"),
        ('[detectors.other]\nscore = 0\n[detectors.other.kinds]\nMAIL = "EMAIL"\n', (2, 1), "from 1 to 100"),
        ("[detectors.other]\nscore = 50\n", (1, 1), "says what its names mean"),
        ('[detectors.other]\nleast = 50\n[detectors.other.kinds]\nMAIL = "EMAIL"\n', (2, 1), "'least' has no meaning"),
        ("[detectors]\nother = 3\n", (0, 0), "says what its names mean"),
    ],
)  # fmt: skip
def test_a_wrong_detector_of_a_policy_is_refused_at_its_place(text: str, place: tuple[int, int], why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        policy(text)
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == place
    assert why in problem.message
