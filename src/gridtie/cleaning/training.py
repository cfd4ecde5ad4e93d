"""A model of names made from labelled texts, on top of another: the same texts in the same order give the same file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridtie.cleaning import tagging
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.spans import Span
from gridtie.cleaning.tagger import SCORES, NamesModel, Tagger, likeliest, written
from gridtie.errors import InvalidInput, Problem
from gridtie.tomltext import MOST

ROUNDS, BY, MARGIN = 5, 4, 80
MOST_WEIGHT = 127
HELD_OUT = 5  # every fifth text judges, and does not teach
ENOUGH = 20  # names in the texts that judge, to set the limit by them
LABELS = ("NAME", "PER", "PERSON")


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    names: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Trained:
    """`found` of `names` in the texts that judged, and how many more that are none; of what no rule announces."""

    model: str
    texts: int
    judging: int
    names: int
    found: int
    false: int


def labelled(records: Iterable[tuple[int, Any, str]], *, source: str) -> list[Labelled]:
    """Of (line, value, problem): `text`, and `labels` as [start, end, type, …] in code points; types other than names
    count as no name.

    Raises:
        InvalidInput: with the line of everything that is wrong.
    """
    made, problems = [], []
    for number, said, problem in records:
        if problem:
            problems.append(Problem(f"cannot be read: {problem}", line=number, column=1))
            continue
        if why := _wrong(said):
            problems.append(Problem(why, line=number, column=1))
            continue
        names = frozenset((start, end) for start, end, kind, *_ in said["labels"] if kind in LABELS)
        made.append(Labelled(said["text"], names))
    if not problems and not any(one.names for one in made):
        problems.append(Problem(f"no text has a label of the type {' or '.join(LABELS)}"))
    if len(problems) > MOST:
        problems[MOST:] = [Problem(f"and {len(problems) - MOST} more lines", line=problems[MOST].line, column=1)]
    if problems:
        raise InvalidInput(source=source, problems=problems)
    return made


def _wrong(said: Any) -> str:
    """What a labelled text lacks, in words; '' for nothing."""
    if (
        not isinstance(said, Mapping)
        or not isinstance(said.get("text"), str)
        or not isinstance(said.get("labels"), list)
    ):
        return 'needs {"text": "…", "labels": [[start, end, "NAME"], …]}'
    size = len(said["text"])
    for number, label in enumerate(said["labels"], start=1):
        shaped = isinstance(label, list) and len(label) >= 3 and type(label[0]) is type(label[1]) is int
        if not shaped or not isinstance(label[2], str):
            return f'label {number} is not [start, end, "NAME"], with whole numbers of code points'
        if not 0 <= label[0] < label[1] <= size:
            return f"label {number}, {label[0]} to {label[1]}, is no part of its text of {size} code points"
    return ""


def train(texts: Sequence[Labelled], scanner: Scanner, base: NamesModel, *, precision: float, made: str) -> Trained:
    """`precision`: share of what the model finds in the texts that judge that must be names; the limit is the lowest
    that keeps it. With too few names there, the limit of `base` stays.
    """
    tagger = Tagger(base)
    features, names, judging = [], [], []
    for number, one in enumerate(texts):
        known = scanner.by_rules(one.text)
        places, seen = tagger.seen(one.text, known)
        if number % HELD_OUT == HELD_OUT - 1:
            judging.append((one, known, places, seen))
        else:
            features.append(seen)
            names.append(np.array([(start, end) in one.names for start, end, _ in places.tolist()], np.bool_))
    size = sum(map(len, features))
    weights = base.weights
    if size:
        learned = tagging.learn(
            np.concatenate(features), np.concatenate(names), weights.astype(np.int64), ROUNDS, BY, MARGIN
        )
        weights = np.clip(np.rint(learned / (ROUNDS * size)), -MOST_WEIGHT, MOST_WEIGHT).astype(np.int8)
    asked, right, wrong = _judged(judging, weights)
    least = _limit(right, wrong, precision) if asked >= ENOUGH else base.least
    return Trained(
        model=written(weights, least, made), texts=len(texts), judging=len(judging), names=asked,
        found=sum(score >= least for score in right), false=sum(score >= least for score in wrong),
    )  # fmt: skip


def _judged(
    judging: Sequence[tuple[Labelled, Sequence[Span], tagging.Words, tagging.Words]], weights: tagging.Weights
) -> tuple[int, list[int], list[int]]:
    """Of names that no rule announces: how many there are, the scores of those found, and of what is no name."""
    asked, right, wrong = 0, list[int](), list[int]()
    for one, known, places, seen in judging:
        places[:, 2] = np.where(seen >= 0, weights[seen], 0).sum(axis=1, dtype=np.int32)
        apart = [span for span in known if span.score > SCORES[1]]
        asked += sum(not _touched(*name, apart) for name in one.names)
        for start, end, score in likeliest(places.tolist()):
            if not _touched(start, end, apart):
                (right if (start, end) in one.names else wrong).append(score)
    return asked, right, wrong


def _touched(start: int, end: int, spans: Sequence[Span]) -> bool:
    return any(span.start < end and start < span.end for span in spans)


def _limit(right: Sequence[int], wrong: Sequence[int], precision: float) -> int:
    """The lowest limit from which at least this share is right, halfway to the next score below, for names among other
    words; above all that is wrong where no limit keeps it."""
    scored = sorted([(score, True) for score in right] + [(score, False) for score in wrong], reverse=True)
    limit, good = max(wrong, default=0) + 1, 0
    for place, (score, name) in enumerate(scored, start=1):
        good += name
        ends = place == len(scored) or scored[place][0] < score
        if ends and good >= precision * place:
            below = scored[place][0] if place < len(scored) else score
            limit = (score + below) // 2 + (below < score)
    return limit
