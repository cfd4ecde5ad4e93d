"""Deciding: from what was found in a record, and the policy, what becomes of it. No text is needed for that."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import floor
from typing import Any

from gridtie.cleaning.look import Look
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.spans import Span, resolved

Told = tuple[str, str, str]  # detector, entity, and what became of it: a kind, or one of the three below
UNKNOWN, UNSURE, COVERED = "unknown", "unsure", "covered"  # to the policy; less than it asks; by a surer finding


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason`: why the record is dropped; '' when it is kept. `done`: (kind, action) of each finding that counts."""

    reason: str
    done: tuple[tuple[str, str], ...] = ()
    told: tuple[Told, ...] = ()


def counting(look: Look, policy: Policy) -> list[tuple[int, Span]]:
    """What counts of all that was found, with its place among the record's texts: in order, without overlaps."""
    return _joined(look, policy)[0]


def _joined(look: Look, policy: Policy) -> tuple[list[tuple[int, Span]], tuple[Told, ...]]:
    ours = [(place, span) for place, span in look.spans if span.score >= policy.score]
    if not look.told:
        return ours, ()
    by_place: dict[int, list[Span]] = {}
    for place, span in ours:
        by_place.setdefault(place, []).append(span)
    fates: list[Told] = []
    hoped: list[tuple[int, Span, Told]] = []
    for one in look.told:
        said = policy.detectors.get(one.detector)
        kind = said.kinds.get(one.entity) if said else None
        if kind is None or said is None:
            fates.append((one.detector, one.entity, UNKNOWN))
        elif one.score < said.score:
            fates.append((one.detector, one.entity, UNSURE))
        else:
            span = Span(one.start, one.end, kind, one.score, f"{one.detector}:{one.entity}")
            by_place.setdefault(one.place, []).append(span)
            hoped.append((one.place, span, (one.detector, one.entity, kind)))
    joined = [(place, span) for place in sorted(by_place) for span in resolved(by_place[place])]
    standing = set(joined)
    for place, span, (detector, entity, kind) in hoped:
        fates.append((detector, entity, kind if (place, span) in standing else COVERED))
        standing.discard((place, span))  # said twice, it counts once
    return joined, tuple(fates)


def decided(look: Look, across: str, policy: Policy) -> Decision:
    """`across`: a reason that was found by comparing records; '' for none."""
    if look.problem or across:
        return Decision(look.problem or across)
    found, told = _joined(look, policy)
    done = tuple((span.kind, policy.treatment(span.kind).action) for _, span in found)
    dropping = sorted({kind for kind, action in done if action == "drop"})
    return Decision(f"personal:{dropping[0]}" if dropping else "", done, told)


def rank(policy: Policy, purpose: str, part: str, row: int) -> int:
    """A number below 2^64 for each record that is kept, as good as drawn: the smallest make up a sample."""
    said = f"{policy.seed}\0{purpose}\0{part}\0{row}".encode()
    return int.from_bytes(sha256(said).digest()[:8], "big")


def of_each(policy: Policy) -> int:
    """The machine's sample has one of so many neighbours, so at least the share that is asked; 0 for no sample."""
    return floor(1 / policy.machine_share + 1e-9) if policy.machine_share else 0


def drawn(policy: Policy, part: str, group: int) -> int:
    """Which of `of_each` neighbours the machine looks at."""
    return rank(policy, "machine", part, group) % of_each(policy)


@dataclass(slots=True)
class Counts:
    """Of one part, by plain sums: counting parts together is adding them up."""

    records: int = 0
    kept: int = 0
    bytes: int = 0
    risky: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    risks: Counter[str] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: Counter[Told] = field(default_factory=Counter)

    def count(self, look: Look, decision: Decision) -> None:
        self.records += 1
        self.bytes += look.size
        self.kept += not decision.reason
        self.risky += bool(look.risks)
        if decision.reason:
            self.dropped[decision.reason] += 1
        self.languages[look.language or "none"] += 1
        if look.risks:
            self.risks.update(dict.fromkeys(look.risks, 1))
        if decision.done:
            self.found.update(decision.done)
        if decision.told:
            self.told.update(decision.told)

    def add(self, other: "Counts") -> None:
        self.records += other.records
        self.kept += other.kept
        self.bytes += other.bytes
        self.risky += other.risky
        for mine, theirs in (
            (self.dropped, other.dropped),
            (self.languages, other.languages),
            (self.risks, other.risks),
        ):
            mine.update(theirs)
        self.found.update(other.found)
        self.told.update(other.told)

    def as_json(self) -> dict[str, Any]:
        return {
            "records": self.records, "kept": self.kept, "bytes": self.bytes, "risky": self.risky,
            "dropped": dict(sorted(self.dropped.items())), "languages": dict(sorted(self.languages.items())),
            "risks": dict(sorted(self.risks.items())),
            "found": [[kind, action, count] for (kind, action), count in sorted(self.found.items())],
            "told": [[*told, count] for told, count in sorted(self.told.items())],
        }  # fmt: skip

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Counts":
        return cls(
            records=said["records"], kept=said["kept"], bytes=said["bytes"], risky=said["risky"],
            dropped=Counter(said["dropped"]), languages=Counter(said["languages"]), risks=Counter(said["risks"]),
            found=Counter({(kind, action): count for kind, action, count in said["found"]}),
            told=Counter({(detector, entity, fate): count for detector, entity, fate, count in said.get("told", [])}),
        )  # fmt: skip
