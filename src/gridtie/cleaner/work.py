"""The two steps over one part: look at every record, then write what is kept. Each is whole or not there.

A look is kept beside the text and says nothing of its values, so another policy for the same kinds needs no new one.
"""

import json
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files as resources
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from gridtie.adapters.tables import load_rules
from gridtie.cleaner.detector import hellos, running, told
from gridtie.cleaner.files import Part, Read, Writer, digest_of, put, read, scratch_of, settle
from gridtie.cleaning.audit import MachineSample
from gridtie.cleaning.block import MOST as BLOCK
from gridtie.cleaning.decide import Counts, counting, decided, drawn, of_each, rank
from gridtie.cleaning.detectors import Detection
from gridtie.cleaning.document import Leaves, leaves, main_text, with_leaves
from gridtie.cleaning.duplicates import Shingles, Signatures, shingles
from gridtie.cleaning.look import NOTHING, Look, Looker
from gridtie.cleaning.policy import SHAPED, Policy
from gridtie.cleaning.rule import RuleSet
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.spans import Span
from gridtie.cleaning.tagger import NamesModel, Tagger
from gridtie.cleaning.treat import treated
from gridtie.cleaning.words import WordFinder, WordLibrary
from gridtie.errors import InputChanged

BATCH = 10_000  # records that are looked at together, at most


@cache
def code_digest() -> str:
    """Of every file that decides what a cleaning does."""
    made = sha256()
    for package in ("gridtie.cleaning", "gridtie.cleaner"):
        for file in sorted(resources(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                made.update(file.name.encode() + b"\0" + file.read_bytes())
    return made.hexdigest()


@cache
def _scanner(own_rules: tuple[tuple[str, str], ...], names_text: str, everywhere: bool) -> Scanner:
    """Made once a process: that costs as much as some megabytes of text."""
    rules = load_rules(dict(own_rules))
    if not names_text:
        return Scanner(rules)
    return Scanner(rules, Tagger(NamesModel.read(names_text, source="names"), everywhere=everywhere))


@cache
def _policy(text: str, source: str, own_rules: tuple[tuple[str, str], ...]) -> Policy:
    """Read once a process: a run asks for it a dozen times, and that costs as much as a megabyte of text."""
    return Policy.read(text, source=source, kinds=load_rules(dict(own_rules)).kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every worker is handed: texts and settings, from which it makes the same tools.

    `detectors`: what runs for each that the policy names; none where looks are only read."""

    out: Path
    policy_text: str
    policy_source: str
    words_text: str
    names_text: str  # of the model of names; empty for none
    text_field: str
    aside: bool
    keys: Mapping[str, bytes]
    own_rules: Mapping[str, str] = field(default_factory=dict)  # texts of rule files, by what the policy calls them
    detectors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rules(self) -> RuleSet:
        return load_rules(self.own_rules)

    def policy(self) -> Policy:
        return _policy(self.policy_text, self.policy_source, tuple(self.own_rules.items()))

    def scanner(self) -> Scanner:
        return _scanner(tuple(self.own_rules.items()), self.names_text, self.policy().names_everywhere)

    def looker(self) -> Looker:
        words = WordFinder(WordLibrary.read(self.words_text, source="words")) if self.words_text else None
        return Looker(scanner=self.scanner(), policy=self.policy(), words=words, text_field=self.text_field)

    def look_key(self, part: Part, input_digest: str) -> str:
        """Names a look by all that it depends on, the code too: what another version did is done anew."""
        policy = self.policy()
        said = [
            code_digest(), input_digest, part.form, part.packing, part.start, part.end, self.rules().digest,
            self.text_field, sorted(policy.limits.items()), policy.languages,
            sha256(self.words_text.encode()).hexdigest(),
            policy.near > 0, policy.score,
            sha256(self.names_text.encode()).hexdigest(), policy.names_everywhere,
            *sorted(self.detectors.items()),
        ]  # fmt: skip
        return sha256(json.dumps(said).encode()).hexdigest()[:24]


def looked(task: Task, _part: Part, key: str) -> dict[str, Any] | None:
    return whole_look(task, key)


def whole_look(task: Task, key: str) -> dict[str, Any] | None:
    """What `look_at` counted, where its look is still what it left."""
    files = _look(task, key)
    before = marked(_mark_of_look(task, key), *files)
    if not before or before.get("files", ()) not in ((), [digest_of(path) for path in files]):
        return None
    return before  # versions before kept no digests: there it stands as it is


def mark_of_look(task: Task, _part: Part, key: str) -> Path:
    return _mark_of_look(task, key)


def _mark_of_look(task: Task, key: str) -> Path:
    return task.out / "work" / "looks" / f"{key}.done.json"


def _look(task: Task, key: str) -> tuple[Path, ...]:
    endings = ("jsonl", "npy") if task.policy().near else ("jsonl",)
    return tuple(task.out / "work" / "looks" / f"{key}.{ending}" for ending in endings)


def named_by_people(task: Task, names: Iterable[str]) -> list[str]:
    """Which names of files hold what the policy would treat, in words that do not repeat it."""
    told = []
    for name in names:
        if found := _personal(task, name):
            kinds = ", ".join(sorted({span.kind for span in found}))
            told.append(f"{veiled(task, name)} has personal data in its name ({kinds}), which results and report would "
                        "repeat: rename it")  # fmt: skip
    return told


def veiled(task: Task, text: str) -> str:
    """With stars for what the policy would treat."""
    for span in _personal(task, text):
        text = text[: span.start] + "*" * (span.end - span.start) + text[span.end :]
    return text


def _personal(task: Task, text: str) -> list[Span]:
    policy = task.policy()
    found = task.scanner().scan(text)
    return [span for span in found if span.score >= policy.score and policy.treatment(span.kind).action != "keep"]


def look_at(task: Task, part: Part, key: str) -> dict[str, Any]:
    """Looks at every record of a part, and says what it counted."""
    kept, *compared = _look(task, key)
    looker, counts = task.looker(), Counter[str]()
    detectors = running(task.detectors)
    with ExitStack() as files:
        out, *signatures = (files.enter_context(scratch_of(path).open("wb")) for path in (kept, *compared))
        for file in signatures:
            _begin_signatures(file, 0)
        for found, look in _looks_at(looker, told(detectors, read(part))):
            counts["records"] += 1
            counts["bytes"] += look.size
            out.write(_line(found, look))
            for file in signatures:
                file.write(look.signature.data)
        for file in signatures:
            file.seek(0)
            _begin_signatures(file, counts["records"])
        for file in (*signatures, out):
            settle(file)
    for path in (*compared, kept):
        scratch_of(path).replace(path)
    said = {"records": counts["records"], "bytes": counts["bytes"], "detectors": hellos(detectors),
            "files": [digest_of(path) for path in (kept, *compared)]}  # fmt: skip
    return mark(_mark_of_look(task, key), said)


def _begin_signatures(file: IO[bytes], many: int) -> None:
    """As long for any number of them."""
    said = {"descr": np.lib.format.dtype_to_descr(NOTHING.dtype), "fortran_order": False, "shape": (many, NOTHING.size)}
    np.lib.format.write_array_header_1_0(file, said)


def _looks_at(looker: Looker, records: Iterable[tuple[Read, tuple[Detection, ...]]]) -> Iterator[tuple[Read, Look]]:
    """Every record with its look, as many together as make up a block; so memory stays flat."""
    batch: list[tuple[Read, tuple[Detection, ...], Leaves]] = []
    size = 0
    for found, others in records:
        texts = [] if found.problem else leaves(found.value)
        own = sum(len(text) + 1 for _, text in texts)
        if batch and (size + own > BLOCK or len(batch) >= BATCH):
            yield from _looked(looker, batch)
            batch, size = [], 0
        batch.append((found, others, texts))
        size += own
    yield from _looked(looker, batch)


def _looked(looker: Looker, batch: Sequence[tuple[Read, tuple[Detection, ...], Leaves]]) -> Iterator[tuple[Read, Look]]:
    readable = [(found.value, texts) for found, _, texts in batch if not found.problem]
    made = iter(looker.looks([texts for _, texts in readable], [record for record, _ in readable]))
    for found, others, _ in batch:
        look = Look(size=0, problem=found.problem) if found.problem else next(made)
        yield found, replace(look, told=others) if others else look


def looks(task: Task, key: str) -> Iterator[Look]:
    """What was kept, in the order of the records; without signatures."""
    with (task.out / "work" / "looks" / f"{key}.jsonl").open("rb") as file:
        for line in file:
            _, size, digest, language, problem, risks, spans, *others = orjson.loads(line)
            yield Look(
                size=size, digest=bytes.fromhex(digest), language=language, problem=problem, risks=risks,
                spans=tuple((place, Span(*span)) for place, *span in spans),
                told=tuple(Detection(*one) for one in others[0]) if others else (),
            )  # fmt: skip


def looked_at(task: Task, part: Part, key: str) -> Iterator[tuple[Read, Look]]:
    """Every record with what was found in it. Raises InputChanged for a file with more or fewer records than then."""
    try:
        yield from zip(read(part), looks(task, key), strict=True)
    except ValueError:
        raise InputChanged(path=part.path) from None


def _line(found: Read, look: Look) -> bytes:
    spans = [[place, span.start, span.end, span.kind, span.score, span.rule] for place, span in look.spans]
    said = [found.line, look.size, look.digest.hex(), look.language, look.problem, look.risks, spans]
    if look.told:
        said.append([[d.place, d.start, d.end, d.detector, d.entity, d.score] for d in look.told])
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def digests(task: Task, key: str) -> Iterator[bytes | None]:
    """Of each record, in their order, what tells it from others; none where it is dropped anyway."""
    with (task.out / "work" / "looks" / f"{key}.jsonl").open("rb") as file:
        for line in file:
            _, _, digest, _, problem, *_ = orjson.loads(line)
            yield None if problem else bytes.fromhex(digest)


def signatures_of(task: Task, key: str) -> Signatures:
    """Of each record, as they lie on the disk."""
    path = task.out / "work" / "looks" / f"{key}.npy"
    made: Signatures = np.load(path, mmap_mode="r")
    return made


def shingles_in(task: Task, part: Part, wanted: frozenset[int]) -> Iterator[Shingles]:
    """Of the records at these places of a part, in their order, for comparing candidates."""
    for place, found in enumerate(read(part, wanted) if wanted else ()):
        if place in wanted:
            about = main_text(found.value, task.text_field)
            text = about if about is not None else "\n".join(text for _, text in leaves(found.value))
            yield shingles(text.encode("utf-8", "replace"))


def written(task: Task, part: Part, key: str, across: Mapping[int, str], table: str) -> dict[str, Any] | None:
    """What `write_part` counted, where its files still hold what it wrote: whoever takes them takes them for that."""
    target, aside = _written(task, part)
    before = marked(mark_of(task, part, key, across, table), target, *([aside] if aside else []))
    if before is None or before.get("sha256") != digest_of(target):
        return None
    return before if aside is None or before.get("aside") == digest_of(aside) else None


def _written(task: Task, part: Part) -> tuple[Path, Path | None]:
    return task.out / "data" / part.name, task.out / "dropped" / part.name if task.aside else None


def mark_of(task: Task, part: Part, key: str, across: Mapping[int, str], table: str) -> Path:
    """Named by all that the results depend on: under another key the same values have other pseudonyms."""
    keys = [(name, sha256(b"mark" + value).hexdigest()) for name, value in sorted(task.keys.items())]
    said = [key, task.policy().digest, sorted(across.items()), task.aside, keys, table]
    digest = sha256(json.dumps(said).encode()).hexdigest()[:24]
    return task.out / "work" / "written" / f"{part.name}.{digest}.json"


def write_part(task: Task, part: Part, key: str, across: Mapping[int, str], table: str) -> dict[str, Any]:
    """Writes what is kept of a part, counts what was done, and looks again at the machine's sample.

    `across`: reasons found by comparing records, by place. `table`: digest of what was decided over the whole table.
    """
    policy = task.policy()
    target, beside = _written(task, part)
    counts, sample = Counts(), Sample(task, part.name)
    labels = Labels(task, part)
    kept = Writer(part, target, labels.names, lambda text: bool(_personal(task, text)))
    aside = Writer(part, beside) if beside else None
    try:
        for place, (found, look) in enumerate(looked_at(task, part, key)):
            decision = decided(look, across.get(place, ""), policy)
            if not decision.reason:
                record = labels.put(place, cleaned(found.value, look, policy, task.keys, part.form))
                kept.write(record)
                sample.take(counts.kept, record)
            elif aside is not None and found.value is not None:
                aside.write(found.value)
            counts.count(look, decision)
        for writer in (kept, aside):
            if writer is not None:
                writer.close()
    except BaseException:
        for writer in (kept, aside):
            if writer is not None:
                writer.abandon()
        raise
    said_of_it = {"input": part.input, "output": part.name, "sha256": digest_of(target), "counts": counts.as_json()}
    said_of_it |= {"aside": digest_of(beside)} if beside else {}
    told = {**said_of_it, "machine": sample.ended().as_json(), "hand": sample.hand()}
    return mark(mark_of(task, part, key, across, table), told)


def cleaned(record: Any, look: Look, policy: Policy, keys: Mapping[str, bytes], form: str) -> Any:
    found = counting(look, policy)
    if not found:
        return record
    by_place: dict[int, list[Span]] = {}
    for number, span in found:
        by_place.setdefault(number, []).append(span)
    numbers = {place: number for number, (place, _) in enumerate(leaves(record))}
    typed = form == "parquet"
    return with_leaves(
        record, lambda place, text: treated(text, by_place.get(numbers[place], ()), policy, keys), typed=typed
    )


class Labels:
    """Of the records of one part, what stands in the columns that were generalised over the whole table."""

    def __init__(self, task: Task, part: Part) -> None:
        table = task.policy().table
        self.names = [one.name for one in table.quasi] if table else []
        self._direct = table.direct if table else ()
        self._of: dict[int, int] = {}
        if table:
            folder = task.out / "work" / "table"
            places, classes = np.load(folder / f"{part.name}.npy")
            self._of = dict(zip(places.tolist(), classes.tolist(), strict=True))
            self._labels = json.loads((folder / "labels.json").read_bytes())

    def put(self, place: int, record: Any) -> Any:
        """A label of None leaves what is there, which is no value."""
        if not self.names:
            return record
        labels = zip(self.names, self._labels[self._of[place]], strict=True)
        emptied = dict.fromkeys(name for name in self._direct if name in record)
        return {**record, **emptied, **{name: label for name, label in labels if label is not None}}


class Sample:
    """Of the kept records of a part: what the machine's sample shows, and the candidates for the hand sample."""

    def __init__(self, task: Task, output: str) -> None:
        self._looker, self._output = task.looker(), output
        self._policy = self._looker.policy
        quasi = self._policy.table.quasi if self._policy.table else ()
        self._general = {one.name for one in quasi if one.form in ("number", "date")}  # a year is no birth date
        self._ranked: list[tuple[int, int]] = []
        self._held: list[tuple[Any, Leaves]] = []
        self._size, self._each = 0, of_each(self._policy)
        self._spare: list[Any] = []  # the last of its group, while the one that is drawn has not come
        self._machine = MachineSample()

    def take(self, row: int, record: Any) -> None:
        insort(self._ranked, (rank(self._policy, "hand", self._output, row), row))
        del self._ranked[self._policy.hand :]
        if not self._each:
            return
        group, place = divmod(row, self._each)
        wanted = drawn(self._policy, self._output, group)
        self._spare = [record] if place < wanted else []
        if place == wanted:
            self._hold(record)

    def _hold(self, record: Any) -> None:
        if self._general:
            record = {name: value for name, value in record.items() if name not in self._general}
        texts = leaves(record)
        self._held.append((record, texts))
        self._size += sum(len(text) + 1 for _, text in texts)
        if self._size >= BLOCK or len(self._held) >= BATCH:
            self._look()

    def _look(self) -> None:
        for look in self._looker.looks([texts for _, texts in self._held], [record for record, _ in self._held]):
            left = sum(
                span.score >= self._policy.score and self._policy.treatment(span.kind).action not in SHAPED
                for _, span in look.spans
            )
            self._machine.add(MachineSample(1, not look.risks and not left, bool(look.risks), bool(left)))
        self._held, self._size = [], 0

    def ended(self) -> MachineSample:
        for record in self._spare:
            self._hold(record)
        self._spare = []
        self._look()
        return self._machine

    def hand(self) -> list[tuple[int, int]]:
        """(rank, row) of the smallest, as many as the whole sample has."""
        return self._ranked


def marked(marker: Path, *beside: Path) -> dict[str, Any] | None:
    """What was marked as done, where all of it is there and can be read."""
    if not all(path.is_file() for path in (marker, *beside)):
        return None
    try:
        said = json.loads(marker.read_bytes())
    except ValueError:  # the machine went down before it was on the disk
        return None
    return said if isinstance(said, dict) else None


def mark(marker: Path, said: dict[str, Any]) -> dict[str, Any]:
    put(marker, json.dumps(said, ensure_ascii=False, sort_keys=True).encode())
    return said
