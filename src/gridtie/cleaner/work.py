"""The two steps over one part: look at every record, then write what is kept. Each is whole or not there.

A look is kept beside the text and says nothing of its values, so another policy for the same kinds needs no new one.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from gridtie.adapters.tables import load_rules
from gridtie.cleaner.files import Part, Read, Writer, digest_of, read
from gridtie.cleaning.document import leaves, main_text, with_leaves
from gridtie.cleaning.duplicates import Shingles, shingles
from gridtie.cleaning.look import NOTHING, Look, Looker
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.rule import RuleSet
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.spans import Span
from gridtie.cleaning.treat import treated
from gridtie.cleaning.words import WordFinder, WordLibrary

VERSION = 1  # of what a look holds; another one is looked again


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every worker is handed: texts and settings, from which it makes the same tools."""

    out: Path
    policy_text: str
    policy_source: str
    words_text: str
    text_field: str
    aside: bool
    keys: Mapping[str, bytes]

    def rules(self) -> RuleSet:
        return load_rules()

    def policy(self) -> Policy:
        return Policy.read(self.policy_text, source=self.policy_source, kinds=self.rules().kinds)

    def looker(self) -> Looker:
        words = WordFinder(WordLibrary.read(self.words_text, source="words")) if self.words_text else None
        return Looker(scanner=Scanner(self.rules()), policy=self.policy(), words=words, text_field=self.text_field)

    def look_key(self, part: Part, input_digest: str) -> str:
        """Names a look by all that it depends on."""
        policy = self.policy()
        said = [
            VERSION, input_digest, part.form, part.packing, part.start, part.end, self.rules().digest, self.text_field,
            sorted(policy.limits.items()), policy.languages, sha256(self.words_text.encode()).hexdigest(),
            policy.near > 0,
        ]  # fmt: skip
        return sha256(json.dumps(said).encode()).hexdigest()[:24]


def look_at(task: Task, part: Part, key: str) -> dict[str, Any]:
    """Looks at every record of a part, and says what it counted. Done before, it is not done again."""
    folder = task.out / "work" / "looks"
    marker = folder / f"{key}.done.json"
    if marker.exists():
        return dict(json.loads(marker.read_text()))
    looker, counts, signatures = task.looker(), Counter[str](), []
    lines = folder / f".{key}.jsonl"
    with lines.open("w", encoding="utf-8") as out:
        for found in read(part):
            look = looker.look(found.value) if not found.problem else Look(size=0, problem=found.problem)
            counts["records"] += 1
            counts["bytes"] += look.size
            out.write(_line(found, look))
            signatures.append(look.signature)
    if looker.policy.near:
        np.save(folder / f"{key}.npy", np.array(signatures or [NOTHING])[: len(signatures)])
    lines.replace(folder / f"{key}.jsonl")
    return _mark(marker, {"records": counts["records"], "bytes": counts["bytes"]})


def looks(task: Task, key: str) -> Iterator[Look]:
    """What was kept, in the order of the records; without signatures."""
    with (task.out / "work" / "looks" / f"{key}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            _, size, digest, language, problem, risks, spans = json.loads(line)
            yield Look(
                size=size, digest=bytes.fromhex(digest), language=language, problem=problem, risks=risks,
                spans=tuple((place, Span(*span)) for place, *span in spans),
            )  # fmt: skip


def _line(found: Read, look: Look) -> str:
    spans = [[place, span.start, span.end, span.kind, span.score, span.rule] for place, span in look.spans]
    said = [found.line, look.size, look.digest.hex(), look.language, look.problem, look.risks, spans]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def shingles_in(task: Task, part: Part, wanted: frozenset[int]) -> dict[int, Shingles]:
    """Of the records at these places of a part, for comparing candidates."""
    made = {}
    for place, found in enumerate(read(part)):
        if place in wanted:
            about = main_text(found.value, task.text_field)
            text = about if about is not None else "\n".join(text for _, text in leaves(found.value))
            made[place] = shingles(text.encode("utf-8", "replace"))
    return made


def write_part(task: Task, part: Part, key: str, dropped: Mapping[int, str]) -> dict[str, Any]:
    """Writes what is kept of a part, and counts what was done. `dropped`: reasons found across parts, by place."""
    policy = task.policy()
    said = json.dumps([key, policy.digest, sorted(dropped.items()), task.aside, sorted(task.keys)]).encode()
    marker = task.out / "work" / "written" / f"{part.name}.{sha256(said).hexdigest()[:24]}.json"
    target = task.out / "data" / part.name
    if marker.exists() and target.exists():
        return dict(json.loads(marker.read_text()))
    counts = _Counts()
    kept = Writer(part, target)
    aside = Writer(part, task.out / "dropped" / part.name) if task.aside else None
    try:
        for place, (found, look) in enumerate(zip(read(part), looks(task, key), strict=True)):
            reason, record = _decided(found, look, dropped.get(place, ""), policy, task.keys, counts)
            counts.count(look, reason)
            if not reason:
                kept.write(record)
            elif aside is not None and found.value is not None:
                aside.write(found.value)
        kept.close()
        if aside is not None:
            aside.close()
    except BaseException:
        kept.abandon()
        if aside is not None:
            aside.abandon()
        raise
    return _mark(marker, {"output": part.name, "sha256": digest_of(target), **counts.as_json()})


def _decided(
    found: Read, look: Look, across: str, policy: Policy, keys: Mapping[str, bytes], counts: "_Counts"
) -> tuple[str, Any]:
    """Why the record is dropped, or '' and what is written."""
    if look.problem or across:
        return look.problem or across, None
    by_place: dict[int, list[Span]] = {}
    for place, span in look.spans:
        by_place.setdefault(place, []).append(span)
    texts = list(leaves(found.value))
    new = {}
    for place, spans in by_place.items():
        made = treated(texts[place][1], spans, policy, keys)
        counts.actions.update(made.done)
        if made.text is None:
            kinds = sorted({kind for kind, action in made.done if action == "drop"})
            return f"personal:{kinds[0]}", None
        new[texts[place][0]] = made.text
    return "", with_leaves(found.value, lambda place, text: new.get(place, text)) if new else found.value


class _Counts:
    """Of one part, by plain sums: counting parts together is adding them up."""

    def __init__(self) -> None:
        self.records, self.kept, self.bytes = 0, 0, 0
        self.reasons: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.risks: Counter[str] = Counter()
        self.actions: Counter[tuple[str, str]] = Counter()

    def count(self, look: Look, reason: str) -> None:
        self.records += 1
        self.bytes += look.size
        self.kept += not reason
        self.reasons[reason] += bool(reason)
        self.languages[look.language or "none"] += 1
        self.risks.update(dict.fromkeys(look.risks, 1))

    def as_json(self) -> dict[str, Any]:
        return {
            "records": self.records, "kept": self.kept, "bytes": self.bytes,
            "dropped": dict(sorted((+self.reasons).items())),
            "languages": dict(sorted(self.languages.items())), "risks": dict(sorted(self.risks.items())),
            "found": [[kind, action, count] for (kind, action), count in sorted(self.actions.items())],
        }  # fmt: skip


def _mark(marker: Path, said: dict[str, Any]) -> dict[str, Any]:
    scratch = marker.with_name(f".{marker.name}")
    scratch.write_text(json.dumps(said, ensure_ascii=False, sort_keys=True))
    scratch.replace(marker)
    return said
