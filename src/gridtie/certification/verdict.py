"""Judging evidence: was the work done, in the time there was, within physics; and does it match what is claimed.

Claims and limits, all per unit (one core of a CPU, one accelerator) unless said otherwise:
    fp64 fp32 tf32 fp16 bf16 int8   operations per second
    memory-bandwidth                bytes per second (of the accelerator; of the whole machine for a CPU)
    memory                          bytes (of the accelerator; of the whole machine for a CPU)
    link                            bytes per second between two machines
A claim may instead be named 'baseline:<key>': the first certified median of this very resource, compared generously.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.certification import proof
from gridtie.certification.bands import bands
from gridtie.certification.evidence import Evidence, Measured, statistics
from gridtie.certification.plan import CPU, Item, TestPlan

NO_CLAIM = "nothing is claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One item over all machines and devices. `value` and `statistics` are those of the slowest of them."""

    name: str
    state: str  # pass | warn | fail | unexplained | not-measured
    reason: str
    unit: str = ""
    value: float = 0.0
    statistics: Mapping[str, float | int]
    claimed: float | None = None
    ratio: float | None = None
    places: int = 0  # on how many machines and devices it was measured

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"statistics": dict(self.statistics)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    ok: bool
    reasons: tuple[str, ...]  # why not ok; empty when ok
    items: tuple[Judged, ...]
    score: int  # MFLOP/s of the main precision of one unit; 0 when it was not measured
    latency_us: int | None  # one round trip to the exchange
    time_share: float  # of the tester's time, what the samples of the busiest machine add up to


def judge(
    plan: TestPlan,
    challenge: Mapping[str, Any],
    evidence: Evidence,
    results: Mapping[str, bytes],
    *,
    tester_elapsed_s: float,
    claims: Mapping[str, float],
    limits: Mapping[str, float],
    randomness: bytes,
) -> Judgement:
    """`results`: shown files by hex SHA-256 of their content (a path such as results/<hex>.bin serves too).

    `tester_elapsed_s`: from handing out the run to having its evidence, by the tester's own clock. `randomness`: 32
    fresh bytes that the site cannot have known. Raises nothing: what cannot be checked is rejected with its reason.
    """
    by_digest = {name.rpartition("/")[2].removesuffix(".bin"): content for name, content in results.items()}
    reasons = [*_identity(plan, challenge, evidence)]
    if reasons:
        return _rejected(reasons)
    nonce = bytes.fromhex(challenge["nonce"])
    share, timing = _timing(plan, evidence, tester_elapsed_s)
    reasons += timing
    items: list[Judged] = []
    sums: dict[str, tuple[str, float]] = {}
    for item in plan.items:
        found = _of(item, evidence)
        for measured in found:
            if measured.not_measured:
                continue
            if item.kind == "all-reduce" and item.name not in sums:
                sums[item.name] = proof.all_reduced(item, plan.machines, nonce)
            if why := _disproof(plan, item, measured, nonce, by_digest, randomness, sums):
                reasons.append(f"{measured.name} on machine {measured.rank}: {why}")
        if item.kind in ("matmul", "memory-bandwidth", "memory-capacity"):
            absent = sorted(set(range(plan.machines)) - {m.rank for m in found})
            reasons += [f"{item.name}: machine {rank} left it out" for rank in absent]
        items += _judged(plan, item, found, claims, limits)
    reasons += [f"{i.name}: {i.reason}" for i in items if i.state in ("fail", "unexplained")]
    main = next((i for name in plan.main for i in items if i.name == name and i.places), None)
    if main is None:
        why = next((i.reason for i in items if i.name == plan.main[0]), "it was left out")
        reasons.append(f"the throughput of {plan.chip} could not be measured: {why}")
    elif main.places < plan.machines:
        reasons.append(f"{main.name} was measured on {main.places} of {plan.machines} machines")
    latency = next((i for i in items if i.name == "exchange-latency" and i.places), None)
    return Judgement(
        ok=not reasons,
        reasons=tuple(reasons),
        items=tuple(items),
        score=0 if main is None else int(main.value / 1e6),
        latency_us=None if latency is None else max(1, round(1e6 / latency.value)),
        time_share=share,
    )


def _rejected(reasons: list[str]) -> Judgement:
    return Judgement(ok=False, reasons=tuple(reasons), items=(), score=0, latency_us=None, time_share=0.0)


def _identity(plan: TestPlan, challenge: Mapping[str, Any], evidence: Evidence) -> list[str]:
    """An answer to another challenge proves nothing about this one."""
    reasons = []
    if evidence.challenge != challenge["challenge"]:
        reasons.append("the evidence answers another challenge")
    if evidence.nonce != challenge["nonce"]:
        reasons.append("the evidence was made for another nonce: it is replayed or prepared")
    if challenge["plan"] != plan.to_json():
        reasons.append("the challenge holds another plan")
    missing = sorted(set(range(plan.machines)) - set(evidence.ranks))
    if missing:
        reasons.append(f"no evidence of machine {', '.join(map(str, missing))} of {plan.machines}")
    if extra := sorted(set(evidence.ranks) - set(range(plan.machines))):
        reasons.append(f"evidence of machine {extra[0]}, which is not part of this test")
    return reasons


def _timing(plan: TestPlan, evidence: Evidence, elapsed_s: float) -> tuple[float, list[str]]:
    """(share, reasons). Samples follow one another, so their sum fits into the time the tester saw, and fills it."""
    reasons, rules = [], bands()
    sums = {rank: 0 for rank in evidence.ranks}
    for item in evidence.items:
        sums[item.rank] += sum(item.samples_ns)
    elapsed_ns = max(elapsed_s, 1e-9) * 1e9
    for rank, spent in sums.items():
        if spent > elapsed_ns * rules.share_max:
            reasons.append(
                f"machine {rank} claims {spent / 1e9:.2f} s of work in {elapsed_s:.2f} s: its times are made up"
            )
    if evidence.elapsed_ns > elapsed_ns:
        reasons.append("the program claims to have run for longer than the tester waited")
    share = max(sums.values(), default=0) / elapsed_ns
    least = rules.share_min_cpu if plan.chip == CPU else rules.share_min_accelerator
    if share < least:
        reasons.append(
            f"the times add up to {share:.1%} of the {elapsed_s:.2f} s the tester saw, below {least:.0%}: "
            "scaled down, or too much else ran"
        )
    return share, reasons


def _of(item: Item, evidence: Evidence) -> list[Measured]:
    """An item of the plan may be reported in parts: storage-write, exchange-latency."""
    parts = {"storage": ("storage-write", "storage-read"), "link": ("link", "link-latency"),
             "exchange": ("exchange-latency", "exchange-answer", "exchange-bandwidth")}  # fmt: skip
    names = (item.name, *parts.get(item.kind, ()))
    return [m for m in evidence.items if m.name in names]


def _disproof(
    plan: TestPlan,
    item: Item,
    found: Measured,
    nonce: bytes,
    results: Mapping[str, bytes],
    randomness: bytes,
    sums: Mapping[str, tuple[str, float]],
) -> str | None:
    match item.kind:
        case "matmul":
            return proof.guarded(lambda: proof.product_chain(item, found, nonce, results, randomness))
        case "memory-bandwidth":
            right = found.work == 40.0 * (item.params["array_bytes"] // 8)
            return None if right else "it counts more bytes than it was asked to move"
        case "device-memory-bandwidth":
            right = found.work == 2.0 * item.params["array_bytes"]
            return None if right else "it counts more bytes than it was asked to move"
        case "memory-capacity":
            return proof.guarded(lambda: proof.memory_walk(item, found, nonce))
        case "link" if found.name == item.name:
            return proof.received(item, found, nonce, plan.machines)
        case "all-reduce":
            digest, moved = sums[item.name]
            if found.work != moved:
                return "it counts more bytes than an all-reduce moves"
            return None if found.data.get("sum") == digest else "the sum is wrong"
        case "training":
            return proof.tokens(item, found) or proof.learned(item, found)
        case "inference":
            return proof.tokens(item, found)
    return None


def _judged(
    plan: TestPlan, item: Item, found: list[Measured], claims: Mapping[str, float], limits: Mapping[str, float]
) -> list[Judged]:
    """One verdict per name that was reported for this item."""
    names = list(dict.fromkeys(m.name for m in found))
    if not names:
        return [Judged(name=item.name, state="not-measured", reason="it was left out", statistics={})]
    return [_verdict(plan, item, [m for m in found if m.name == name], claims, limits) for name in names]


def _verdict(
    plan: TestPlan, item: Item, found: list[Measured], claims: Mapping[str, float], limits: Mapping[str, float]
) -> Judged:
    name = found[0].name
    missed = next((m for m in found if m.not_measured), None)
    if missed is not None:
        return Judged(name=name, state="not-measured", reason=missed.not_measured, statistics={})
    slowest = min(found, key=lambda m: statistics(_values(plan, item, m))["median"])
    spread = statistics(_values(plan, item, slowest))
    best = max(value for m in found for value in _values(plan, item, m))
    key = _key(item) if name == item.name else ""
    claimed, baseline = claims.get(key), claims.get(f"baseline:{key}")
    reference = baseline if claimed is None else claimed
    ratio = None if not reference else spread["median"] / reference
    band = bands().by_kind.get(item.kind) if claimed is not None else bands().baseline
    state, reason = "pass", NO_CLAIM
    if item.kind.endswith("capacity") and not item.params.get("whole"):
        ratio, reason = None, "a part only; the full profile tests the whole"
        if item.kind == "memory-capacity" and spread["median"] < 0.93 * item.params["bytes"]:
            state, reason = "fail", f"{spread['median']:.0f} of {item.params['bytes']} bytes could be held"
    elif ratio is not None and band is not None:
        state = band.state(ratio)
        reason = f"{ratio:.0%} of " + ("what is claimed" if claimed is not None else "its first certificate")
    limit = limits.get(key)
    if limit and best > limit * (1 + bands().limit_tolerance):
        state, reason = "unexplained", f"{best:.4g} {_unit(item, slowest)} is above the physical limit {limit:.4g}"
    return Judged(
        name=name, state=state, reason=reason, unit=_unit(item, slowest), value=float(spread["median"]),
        statistics=spread, claimed=reference, ratio=ratio, places=len(found),
    )  # fmt: skip


def _values(plan: TestPlan, item: Item, found: Measured) -> list[float]:
    """Rates per unit; for capacities the bytes held, the program's own included."""
    if item.kind.endswith("capacity"):
        return [found.work + proof.number(found.data.get("own_bytes", 0))]
    units = plan.units if item.kind == "matmul" else 1
    return [found.work / (ns * 1e-9) / units for ns in found.samples_ns]


def _unit(item: Item, found: Measured) -> str:
    return "B" if item.kind.endswith("capacity") else f"{found.unit}/s"


def _key(item: Item) -> str:
    """Under what name claims and limits speak of it."""
    match item.kind:
        case "matmul":
            return str(item.params["precision"])
        case "memory-bandwidth" | "device-memory-bandwidth":
            return "memory-bandwidth"
        case "memory-capacity" | "device-memory-capacity":
            return "memory"
        case "link":
            return "link"
    return ""
