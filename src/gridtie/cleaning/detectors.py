"""What another tool finds in texts, such as Presidio or GLiNER: read, held to the texts, and called by our kinds.

[detectors.presidio]        a name, by which the command line says what runs
score = 50                  how sure it must be, of 100; else that of [defaults]

[detectors.presidio.kinds]  what it calls things, and the kind of ours that they are; all else of it is counted and left
PERSON = "NAME"
EMAIL_ADDRESS = "EMAIL"
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridtie.cleaning.table_policy import TableReader

FORM = "gridtie/detector/1"
LONGEST = 64  # characters of a name of a kind


@dataclass(frozen=True, slots=True)
class Detection:
    """`start` and `end` in code points of the text at `place` among a record's texts; `score` of 100."""

    place: int
    start: int
    end: int
    detector: str
    entity: str
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorPolicy:
    score: int
    kinds: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a detector says of itself first. `model`: what it goes by, '' for what has none."""

    tool: str
    version: str
    model: str = ""

    @classmethod
    def read(cls, said: object) -> "Hello":
        """Raises ValueError."""
        if not isinstance(said, Mapping) or said.get("form") != FORM:
            raise ValueError(f'does not begin with a line {{"form": "{FORM}", "tool": …, "version": …}}')
        parts = {name: said.get(name, "") for name in ("tool", "version", "model")}
        if not all(isinstance(part, str) for part in parts.values()) or not parts["tool"] or not parts["version"]:
            raise ValueError("does not say, as texts, which tool and which version it is")
        return cls(**parts)


def read_answer(said: object, *, batch: int, texts: Sequence[str], detector: str) -> list[list[Detection]]:
    """Of each text what was found in it, every place of a Detection 0.

    Each finding repeats what it found: offsets in bytes or UTF-16 units would else cut texts in the wrong places.

    Raises:
        ValueError: saying what is wrong, and nothing of the texts.
    """
    if not isinstance(said, Mapping) or not isinstance(said.get("spans"), list):
        raise ValueError('answers with something else than {"batch": …, "spans": […]}')
    if said.get("batch") != batch:
        raise ValueError(f"was asked for batch {batch} and answers for {_shown(said.get('batch'))}")
    made: list[list[Detection]] = [[] for _ in texts]
    for number, span in enumerate(said["spans"]):
        at = f"batch {batch}, span {number}"
        if not isinstance(span, Mapping):
            raise ValueError(f"{at}: is no object")
        text, start, end = (span.get(name) for name in ("text", "start", "end"))
        if type(text) is not int or not 0 <= text < len(texts):
            raise ValueError(f"{at}: speaks of text {_shown(text)}, and there are {len(texts)}, counted from 0")
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(texts[text]):
            raise ValueError(
                f"{at}: {_shown(start)} to {_shown(end)} is no part of a text of {len(texts[text])} code points"
            )
        if span.get("found") != texts[text][start:end]:
            raise ValueError(f"{at}: what it says it found is not what stands from {start} to {end}: are offsets "
                             "code points of the text as it was given?")  # fmt: skip
        entity, score = span.get("entity"), span.get("score")
        if not isinstance(entity, str) or not entity:
            raise ValueError(f"{at}: entity is {_shown(entity)}, not a name")
        if entity == span["found"] or len(entity) > LONGEST:  # for the report counts by these names
            raise ValueError(
                f"{at}: entity is what it found, or longer than {LONGEST} characters, and no name of a kind"
            )
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            raise ValueError(f"{at}: score is {_shown(score)}, not a number from 0 to 1")
        made[text].append(Detection(0, start, end, detector, entity, round(score * 100)))
    return made


def _shown(value: object) -> str:
    """A value that should be another may be anything, a text too."""
    return repr(value) if isinstance(value, int | float | None) else f"a {type(value).__name__}"


class DetectorReader(TableReader):
    def read_detectors(self, kinds: Collection[str], score: int) -> dict[str, DetectorPolicy]:
        return {name: self._detector(name, said, kinds, score) for name, said in self.table("detectors").items()}

    def _detector(self, name: str, said: object, kinds: Collection[str], score: int) -> DetectorPolicy:
        table = f"detectors.{name}"
        given: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
        self.only(given, ("score", "kinds"), table)
        mapped = given.get("kinds", {})
        if not isinstance(mapped, Mapping) or not mapped:
            self.wrong(f'{name} says what its names mean: [{table}.kinds], such as PERSON = "NAME"', table)
            mapped = {}
        for entity, kind in mapped.items():
            if kind not in kinds:
                self._wrong_kind(f"{table}.kinds", entity, kind, kinds)
        least = int(self._number(given.get("score", score), 1, 100, table, "score"))
        return DetectorPolicy(score=least, kinds={entity: str(kind) for entity, kind in mapped.items()})

    def _wrong_kind(self, table: str, entity: str, kind: object, kinds: Collection[str]) -> None:
        inline = self.place(table, entity) == (0, 0)  # kinds = { … }
        where = (table.removesuffix(".kinds"), "kinds") if inline else (table, entity)
        self.wrong(f"{entity}: {kind!r} is no kind of ours; one of {', '.join(sorted(kinds))}", *where)
