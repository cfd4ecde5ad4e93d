"""Names that nothing announces: a small linear model over hashed features of places where a name could stand.

Rules find the names that a form, a letter or a title announces. What is left is judged by the characters or words of
the name, what stands beside it, and what other personal data is near: `tagging.py` has the features.
"""

import base64
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from gridtie.cleaning import tagging
from gridtie.cleaning.beside import THICK, of_people, thick
from gridtie.cleaning.block import Block
from gridtie.cleaning.no_names import no_name
from gridtie.cleaning.spans import Span
from gridtie.errors import InvalidInput, Problem

FORM = "gridtie/names/2"
KIND = "NAME"
RULE = "names-tagger"
WIDE = 160  # code points to other personal data on the same line, within which a name is one of somebody concerned
CLOSE = tagging.BESIDE  # the same on the next line
SHORT, LONGEST = 2_000, 60  # code points of a text that is looked at whole, and of a name
HAN = "\u3000"  # characters before it are no Chinese ones
ALONE = 300  # what a name far from any must score more: most of those are of authors, actors, heads of state
EASE, EASE_HAN = 80, 15  # what a name beside other personal data, on its line and CLOSE to it, may score less
# A text is about people where it holds something else personal for every so many of its code points: there a name need
# not be close to any, and may score so much less.
THICK_HAN, EASE_THICK = 120, 50
# Names, and what parts them, that are company of each other.
ROW, PARTED = 3, re.compile(r"(?:[、，,；;/|和与及 　]|以及){1,4}")
SCORES, SURER = (50, 59), 16  # of a span, one more for every 16 above the limit: what a rule found is surer


@dataclass(frozen=True, slots=True)
class NamesModel:
    """Weights of `tagging.SIZE` features, and the sum from which a candidate is a name. `digest` names this file."""

    weights: tagging.Weights
    least: int
    digest: str
    made: str  # from what, in words

    @classmethod
    def read(cls, text: str, *, source: str) -> "NamesModel":
        """Raises InvalidInput: no model, or one of another version or size."""
        try:
            said = json.loads(text)
            if said["form"] != FORM:
                raise _no_model(source, said["form"])
            packed = base64.b64decode(said["weights"], validate=True)
            table = np.frombuffer(zlib.decompressobj().decompress(packed, tagging.SIZE + 1), np.int8)
            least, made = int(said["least"]), str(said["made"])
        except (ValueError, KeyError, TypeError, RecursionError, zlib.error):
            raise _no_model(source) from None
        if table.size != tagging.SIZE:
            raise _no_model(source)
        return cls(table, least, sha256(text.encode()).hexdigest(), made)


def _no_model(source: str, form: object = None) -> InvalidInput:
    how = "gridtie clean train LABELLED.jsonl --out MODEL"
    if isinstance(form, str) and form.startswith(FORM.rpartition("/")[0] + "/"):
        why = f"a model of names of another version of this software ({form}, not {FORM}): train it again with {how}"
    else:
        why = f"no model of names; make one with {how}"
    return InvalidInput(source=source, problems=[Problem(why)])


def written(weights: tagging.Weights, least: int, made: str) -> str:
    """A model file. A weight has one byte."""
    packed = base64.b64encode(zlib.compress(weights.tobytes(), 9)).decode()
    said = {"form": FORM, "least": least, "made": made, "weights": packed}
    return json.dumps(said, ensure_ascii=False, indent=0) + "\n"


class Tagger:
    """A model made ready; may be used by any number of processes."""

    def __init__(self, model: NamesModel, *, everywhere: bool = False) -> None:
        """`everywhere`: a name far from other personal data needs no more than one near it. Handles such as `@name` are
        left to other rules always.
        """
        self.model = model
        self._everywhere = everywhere

    def spans(self, text: str, known: Sequence[Span]) -> list[Span]:
        """Names in the text without overlaps, in order of place. `known`: what rules found in it."""
        return self.spans_of(Block.of([text]), [known], frozenset()).get(0, [])

    def spans_of(self, block: Block, known: Sequence[Sequence[Span]], but: frozenset[int]) -> dict[int, list[Span]]:
        """The same of each text of a block but some, by number; without those that have none."""
        numbers: list[int] = []
        windows: list[tuple[int, int, int, int, int, int]] = []
        rows: list[tuple[int, int, bool]] = []
        starts = block.starts.tolist()
        for number, (text, own) in enumerate(zip(block.texts, known, strict=True)):
            whole = self._everywhere or len(text) <= SHORT or thick(text, of_people(own), THICK)
            if number in but or not (whole or own):
                continue
            first, begin, end = len(rows), starts[number], starts[number] + len(text)
            near = [(0, len(text))] if whole else _around(of_people(own), len(text))
            rows.extend((span.start, span.end, span.kind == KIND) for span in own if near)
            windows.extend((begin, end, low, high, first, len(rows)) for low, high in near)
            numbers.extend(number for _ in near)
        if not windows:
            return {}
        found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for window, *place in self._in_windows(block, windows, rows).tolist():
            found[numbers[window]].append((place[0], place[1], place[2]))
        named = {number: self._named(block.texts[number], found[number], known[number]) for number in found}
        return {number: names for number, names in named.items() if names}

    def _in_windows(self, block: Block, windows: object, rows: Sequence[object]) -> tagging.Words:
        company = np.array(rows, np.int32).reshape(-1, 3)
        out = np.empty((256, 4), np.int32)
        while True:
            count = tagging.in_windows(
                block.codes, np.array(windows, np.int32), company, tagging.FLAGS, tagging.KINDS, tagging.DOUBLES,
                tagging.PARTICLE_NUMBERS, self.model.weights, self.model.least - EASE, out,
            )  # fmt: skip
            if count <= len(out):
                return out[:count]
            out = np.empty((count, 4), np.int32)

    def _named(self, text: str, places: Sequence[tuple[int, int, int]], known: Sequence[Span]) -> list[Span]:
        likely, company = likeliest([one for one in places if not no_name(text[one[0] : one[1]])]), of_people(known)
        rows = self._rows(text, likely)
        return [
            Span(start, end, KIND, min(SCORES[1], SCORES[0] + max(0, score - self.model.least) // SURER), RULE)
            for start, end, score in likely
            if text[start - 1 : start] != "@" and (start in rows or self._counts(text, start, end, score, company))
        ]

    def _rows(self, text: str, likely: Sequence[tuple[int, int, int]]) -> set[int]:
        """Where those begin that stand in a row of names: `ROW` and more that are sure, and what stands among them."""
        made: set[int] = set()
        row: list[tuple[int, int, int]] = []
        for one in [*likely, (len(text) + 9, len(text) + 9, 0)]:
            if row and not PARTED.fullmatch(text, row[-1][1], one[0]):
                if sum(score >= self.model.least for _, _, score in row) >= ROW:
                    made.update(start for start, _, _ in row)
                row = []
            row.append(one)
        return made

    def _counts(self, text: str, start: int, end: int, score: int, company: Sequence[Span]) -> bool:
        own_line = text[start - 1 : start] in ("", "\n") and text[end : end + 1] in ("", "\n")
        sure = score >= self.model.least
        eased = score >= self.model.least - (EASE if text[start] < HAN else EASE_HAN)
        if (self._everywhere and sure) or (score >= self.model.least + ALONE and not own_line):
            return True
        for span in company:
            low, high = (span.end, start) if span.end <= start else (end, span.start)
            if high - low > (WIDE if sure else CLOSE) or not (sure or eased):
                continue
            if text.count("\n", low, high) <= (sure and high - low <= CLOSE):
                return True
        each = THICK if text[start] < HAN else THICK_HAN
        return score >= self.model.least - EASE_THICK and thick(text, company, each)

    def seen(self, text: str, known: Sequence[Span]) -> tuple[tagging.Words, tagging.Words]:
        """Every candidate of a text (start, end, score) and its features, for training."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        company = np.array([(span.start, span.end, span.kind == KIND) for span in known], np.int32).reshape(-1, 3)
        found = np.empty((len(text) * 4 + 16, 3), np.int32)  # a place begins at most four candidates
        features = np.empty((len(found), tagging.MOST), np.int32)
        count = tagging.candidates(
            codes, 0, len(text), company, tagging.FLAGS, tagging.KINDS, tagging.DOUBLES, tagging.PARTICLE_NUMBERS,
            self.model.weights, -(1 << 30), found, features,
        )  # fmt: skip
        return found[:count], features[:count]


def _around(company: Sequence[Span], size: int) -> list[tuple[int, int]]:
    """The windows, apart and in order, in which a name is near one of these."""
    made: list[tuple[int, int]] = []
    for span in sorted(company):
        low, high = max(0, span.start - WIDE - LONGEST), min(size, span.end + WIDE)
        if made and low <= made[-1][1]:
            made[-1] = (made[-1][0], max(high, made[-1][1]))
        else:
            made.append((low, high))
    return made


def likeliest(places: Sequence[Sequence[int]]) -> list[tuple[int, int, int]]:
    """Of candidates (start, end, score) that overlap, the likeliest, then the longest; in order of place."""
    kept: list[tuple[int, int, int]] = []
    taken: set[int] = set()
    for start, end, score in sorted(places, key=lambda one: (-one[2], one[0] - one[1], one[0])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            kept.append((start, end, score))
    return sorted(kept)
