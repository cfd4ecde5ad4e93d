"""The report on a cleaning: every figure of it from counts, samples and verdicts, and what a rule pack makes of them.

It says what was done and what was seen, and never that the result is anonymous: no technique alone shows that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from gridtie.cleaning.decide import Counts
from gridtie.cleaning.groups import Groups
from gridtie.cleaning.page import FORM
from gridtie.cleaning.policy import KEYED, Policy
from gridtie.cleaning.sources import UNDECLARED, RulePack, Source
from gridtie.cleaning.words import WordLibrary

ONE_SIDED_95, TWO_SIDED_95 = 1.6448536269514722, 1.959963984540054  # quantiles of the normal distribution
PPM = 1_000_000


@dataclass(slots=True)
class MachineSample:
    """Of kept records drawn by seed: `passed` have no risky word and nothing that a second look would find."""

    items: int = 0
    passed: int = 0
    risky: int = 0
    left: int = 0

    def add(self, other: "MachineSample") -> None:
        self.items += other.items
        self.passed += other.passed
        self.risky += other.risky
        self.left += other.left

    def as_json(self) -> dict[str, int]:
        return {"items": self.items, "passed": self.passed, "risky": self.risky, "left": self.left}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A person's word on one item of the hand sample. `personal`: values left that say who somebody is."""

    item: int
    passed: bool
    personal: int
    note: str
    reviewer: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the report rests on. `rules`: digest of all, `own_rules` of each file beside the built-in ones, by name.
    `names`: of the model in use, sha256, what it was made from, and whether it judges everywhere alike. `inputs`:
    path, bytes, sha256, source. `outputs`: name, sha256, kept, the input it was made from. `detectors`: other tools,
    what they are and found."""

    software: str
    code: str
    rules: str
    own_rules: Mapping[str, str]
    names: Mapping[str, Any] | None
    inputs: Sequence[Mapping[str, Any]]
    outputs: Sequence[Mapping[str, Any]]
    counts: Counts
    by_source: Mapping[str, Counts]
    machine: MachineSample
    hand_items: int
    detectors: Sequence[Mapping[str, Any]] = ()
    groups: Groups | None = None
    verdicts: Sequence[Verdict] = field(default_factory=tuple)


def audit(
    facts: Facts,
    policy: Policy,
    policy_text: str,
    sources: Sequence[Source],
    library: WordLibrary | None,
    pack: RulePack,
) -> dict[str, Any]:
    """As it is written, canonically: shares in parts per million, no floats."""
    verdicts = list({verdict.item: verdict for verdict in facts.verdicts}.values())  # the last word on an item counts
    hand = {**_hand(facts, verdicts), "seed": policy.seed}
    by_source = [_source(name, counts, sources) for name, counts in sorted(facts.by_source.items())]
    made: dict[str, Any] = {
        "form": FORM, "software": facts.software, "code": facts.code, "rules": facts.rules,
        "own_rules": [{"name": name, "sha256": digest} for name, digest in sorted(facts.own_rules.items())],
        "names": facts.names, "detectors": [dict(one) for one in facts.detectors],
        "policy": {"name": policy.name, "sha256": policy.digest, "text": policy_text,
                   "keys": sorted(policy.keys), "reversible": _reversible(policy)},
        "inputs": [dict(one) for one in facts.inputs], "outputs": [dict(one) for one in facts.outputs],
        "counts": facts.counts.as_json(), "sources": by_source,
        "words": {"version": library.version, "sha256": library.digest,
                  "by_risk": {risk: len(words) for risk, words in sorted(library.risks.items())}} if library else None,
        "machine_sample": facts.machine.as_json(), "hand_sample": hand, "table": _table(facts, hand),
        "pack": pack.name,
        "says": "What was found and treated is stated above. Whether anybody can still be identified is a judgement "
                "about the whole, which this report supports and does not replace.",
    }  # fmt: skip
    made["checks"] = _checks(made, facts, library, pack)
    return made


def wilson_lower(passed: int, items: int, z: float = ONE_SIDED_95) -> float:
    """The share that at least passes, at 95 % confidence (Wilson 1927, one-sided)."""
    if not items:
        return 0.0
    share = passed / items
    middle = share + z * z / (2 * items)
    return (middle - z * sqrt(share * (1 - share) / items + z * z / (4 * items * items))) / (1 + z * z / items)


def _hand(facts: Facts, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    passed = sum(verdict.passed for verdict in verdicts)
    affected = sum(verdict.personal > 0 for verdict in verdicts)
    count = len(verdicts)
    low = wilson_lower(affected, count, TWO_SIDED_95)
    high = 1 - wilson_lower(count - affected, count, TWO_SIDED_95)
    kept = facts.counts.kept
    return {
        "items": facts.hand_items, "judged": count, "passed": passed,
        "passed_ppm": _ppm(passed, count), "passed_at_least_ppm": round(wilson_lower(passed, count) * PPM),
        "reviewers": sorted({verdict.reviewer for verdict in verdicts}),
        "personal_left": {"records": affected, "values": sum(verdict.personal for verdict in verdicts),
                          "estimated_records": round(kept * affected / count) if count else None,
                          "between": [round(kept * low), round(kept * high)] if count else None},
    }  # fmt: skip


def _table(facts: Facts, hand: Mapping[str, Any]) -> dict[str, Any] | None:
    if facts.groups is None:
        return None
    direct = {
        "kept by the policy": sum(
            count for (kind, action), count in facts.counts.found.items() if action == "keep" and kind != "DOB"
        ),
        "machine sample": facts.machine.left,
        "hand sample": hand["personal_left"]["records"],
    }
    return facts.groups.as_json(facts.counts.dropped, direct)


def _source(name: str, counts: Counts, sources: Sequence[Source]) -> dict[str, Any]:
    declared = next((one for one in sources if one.name == name), None)
    return {
        "name": name, "kind": declared.kind if declared else None, "licence": declared.licence if declared else None,
        "record": declared.record if declared else None, "records": counts.records, "kept": counts.kept,
        "risky": counts.risky, "risky_ppm": _ppm(counts.risky, counts.records),
        "dropped": dict(sorted(counts.dropped.items())),
    }  # fmt: skip


def _reversible(policy: Policy) -> list[str]:
    """Kinds whose treatment a key turns back, or joins again: de-identified at most, whatever else is done."""
    named = [kind for kind, treatment in policy.kinds.items() if treatment.action in KEYED]
    return sorted([*named, *(["*"] if policy.default.action in KEYED else [])])


def _ppm(part: int, whole: int) -> int:
    return round(part * PPM / whole) if whole else 0


def _checks(made: Mapping[str, Any], facts: Facts, library: WordLibrary | None, pack: RulePack) -> list[dict[str, Any]]:
    """Each demand of the pack: what it asks, what was seen, whether it holds; None where nothing was looked at."""
    hand, machine, counts = made["hand_sample"], facts.machine, facts.counts
    worst = max((one["risky_ppm"] for one in made["sources"]), default=0)
    words = sum(len(listed) for listed in library.risks.values()) if library else 0
    share, passed = _ppm(machine.items, counts.kept), _ppm(machine.passed, machine.items)
    by_hand, judged = round(pack.hand_passed_least * PPM), hand["judged"] > 0
    undeclared = sum(one["name"] == UNDECLARED for one in made["sources"])
    named, drawn = library is not None, machine.items > 0 and library is not None
    checks = [
        _check("sources-declared", 0, undeclared, most=True),
        _check("source-risky-most-ppm", round(pack.source_risky_most * PPM), worst, most=True, seen=named),
        _check("library-words-least", pack.library_words_least, words, seen=named),
        _check("machine-share-least-ppm", round(pack.machine_share_least * PPM), share),
        _check("machine-passed-least-ppm", round(pack.machine_passed_least * PPM), passed, seen=drawn),
        _check("hand-items-least", min(pack.hand_items_least, counts.kept), hand["judged"]),
        _check("hand-passed-least-ppm", by_hand, hand["passed_ppm"], seen=judged),
        _check("hand-passed-at-95-least-ppm", by_hand, hand["passed_at_least_ppm"], seen=judged),
    ]
    for risk, least in sorted(pack.risk_words_least.items()):
        sizes = (
            [len(listed) for name, listed in library.risks.items() if name.startswith(f"{risk}.")] if library else []
        )
        checks.append(_check(f"words-of-each-{risk}-least", least, min(sizes, default=0), seen=bool(sizes)))
    return checks + (_table_checks(made["table"]) if made["table"] else [])


def _table_checks(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the policy itself demands of its table, and the threshold of grade 3."""
    some = table["records"] > 0
    values = [_check("table-sensitive-values-least", table["l"], min(one["values_least"] for one in table["sensitive"]),
                     seen=some)] if table["sensitive"] else []  # fmt: skip
    risk = table["risk"]
    return [
        _check("table-smallest-class-least", table["k"], table["smallest"], seen=some), *values,
        _check("table-left-out-most-ppm", table["left_out_most_ppm"], table["left_out_ppm"], most=True),
        _check("table-risk-most-ppm", risk["threshold_ppm"], risk["most_ppm"], most=True, seen=some),
    ]  # fmt: skip


def _check(name: str, asked: int, found: int, *, most: bool = False, seen: bool = True) -> dict[str, Any]:
    held = (found <= asked if most else found >= asked) if seen else None
    return {"name": name, "asked": asked, "found": found if seen else None, "held": held}
