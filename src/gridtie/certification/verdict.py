"""Judging evidence: is it an answer to this challenge, was the work done, was there time for it, and is it what was
claimed.

Time. The site's clock is a claim, and the tester's clock bounds it from both sides:
  * what the samples of a phase add up to is the phase less its untimed part; phases follow one another; all of them lie
    within the program's run; and that lies within the tester's time from dispatch to answer. Times made longer break
    this.
  * The program's run is all of the tester's time but `plan.overhead_s`. Times made shorter in one place only break the
    sums; made shorter everywhere they cost the liar the work of a whole budget, and gain at most the factor
    (run + overhead) / run, which shrinks as the profile grows.
  * `floor` is the rate that would result if all time that the tester saw and no other phase explains had been spent on
    this item. The truth lies between it and the median; the certificate shows both.
  * Inside a phase, times can be moved from samples to the untimed part or onto few samples; outside, into gaps or out
    of the run. So a sample counts for no more than `sustained` × what its phase sustained and, for products of
    processors, `floor` × the floor and `run` × the rate over all of the tester's time (bands.toml), and a model's speed
    for no more than the proven products allow. That lowers a result, it rejects nobody: an honest machine under load
    looks the same.

Claims, limits and baselines are per machine, by item name, in the item's unit: matrix.fp32 in FLOP/s, memory.copy in
B/s, memory.capacity in B, peers.bandwidth in B/s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gridtie.certification import proof
from gridtie.certification.bands import Band, Bands, band_of
from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import Evidence, Item
from gridtie.certification.plan import TestPlan
from gridtie.certification.spread import Spread, spread
from gridtie.certification.transformer import Shape
from gridtie.registry.chips import CPU, Chip

CLOCK_TOLERANCE = 0.02  # two clocks over some seconds, and rounding
CLOCK_SLACK_S = 0.1
SUM_TOLERANCE_S = 1e-4  # of one clock with itself: rounding
_TERA, _GIGA = 1e12, 1e9
LIMIT_MARGIN = 1.2  # over a chip's published dense peak: what boost clocks and errors of tables explain at most


@dataclass(frozen=True, slots=True)
class TesterTimes:
    """By the tester's own clock: handing out the run, and having all of its evidence."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    dispatched: datetime
    answered: datetime

    @property
    def elapsed_s(self) -> float:
        return (self.answered - self.dispatched).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    claimed: Mapping[str, float] = field(default_factory=dict)
    baseline: Mapping[str, float] = field(default_factory=dict)  # medians of this resource's first certificate
    limits: Mapping[str, float] = field(default_factory=dict)  # no program can exceed these here


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One item over all machines; value and spread are of the slowest."""

    name: str
    state: str  # pass | warn | fail | unexplained | not-measured
    reason: str
    unit: str = ""
    spread: Spread | None = None
    floor: float | None = None
    reference: float | None = None
    basis: str = ""  # claimed | baseline | self-baselined
    ratio: float | None = None
    machines: int = 0
    proof: str = ""

    def to_json(self) -> dict[str, Any]:
        data = {name: getattr(self, name) for name in self.__slots__}
        return data | {"spread": None if self.spread is None else self.spread.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`rejections`: why the evidence counts for nothing. `failures`: what it proves against the claim."""

    rejections: tuple[str, ...]
    failures: tuple[str, ...]
    items: tuple[Judged, ...]
    score: int | None  # MFLOP/s of the main precision per unit
    latency_us: int | None  # one small answer of the exchange, connecting included

    @property
    def passed(self) -> bool:
        return not self.rejections and not self.failures

    @property
    def reason(self) -> str:
        return "; ".join((*self.rejections, *self.failures)[:5])

    def item(self, name: str) -> Judged | None:
        return next((one for one in self.items if one.name == name), None)


def claims_of(chip: Chip | None, plan: TestPlan, *, cpu_peak: Mapping[str, int] | None = None) -> Claims:
    """A chip's published dense rates are what its owner claims. `cpu_peak`: the host's limit, FLOP/s per precision."""
    claimed = {"memory.capacity": float(plan.capacity_claimed_bytes * (1 if chip is None else plan.units))}
    if chip is None:
        return Claims(claimed=claimed, limits={f"matrix.{name}": float(v) for name, v in (cpu_peak or {}).items()})
    claimed |= {f"matrix.{name}": peak * _TERA * plan.units for name, peak in chip.peaks.items()}
    if chip.memory_bandwidth_gbs is not None:
        claimed["memory.copy"] = chip.memory_bandwidth_gbs * _GIGA * plan.units
    limits = {name: value * LIMIT_MARGIN for name, value in claimed.items() if name != "memory.capacity"}
    return Claims(claimed=claimed, limits=limits)


def judge(
    challenge: Challenge,
    evidence: Sequence[Evidence],
    fetch: proof.Fetch,
    times: TesterTimes,
    claims: Claims,
    bands: Bands,
    *,
    coins: bytes,
) -> Judgement:
    """Raises nothing on hostile content: it is rejected with its reason.

    `fetch`: an uploaded result by its hex SHA-256, KeyError when there is none. `coins`: 32 fresh random bytes, drawn
    now. That a challenge is answered once is its keeper's part: `_conclude` in flow/conclude_certification.py.
    """
    rejections = [*_identity(challenge, evidence)]
    if not rejections:
        for part in evidence:
            rejections += [f"machine {part.rank}: {why}" for why in _timing(challenge.plan, part, times)]
            for item in part.items:
                why = proof.disproof(challenge, part, item, fetch, coins) or _impossible(item, claims)
                if why:
                    rejections.append(f"machine {part.rank}, {item.name}: {why}")
    if rejections:
        return Judgement(rejections=tuple(rejections), failures=(), items=(), score=None, latency_us=None)
    names = list(dict.fromkeys(name for part in evidence for name in part.names))
    items = [_judged(challenge.plan, name, evidence, times, claims, bands) for name in names]
    failures = [f"{item.name}: {item.reason}" for item in items if item.state in ("fail", "unexplained")]
    failures += _left_out(challenge.plan, items)
    main = next((i for i in items if i.name == f"matrix.{challenge.plan.main_precision}" and i.spread), None)
    answer = next((i for i in items if i.name == "exchange.latency" and i.spread), None)
    return Judgement(
        rejections=(),
        failures=tuple(failures),
        items=tuple(items),
        score=None if main is None or main.spread is None else int(main.spread.median / challenge.plan.units / 1e6),
        latency_us=None if answer is None or answer.spread is None else max(1, round(answer.spread.median * 1e6)),
    )


# ── is it an answer ───────────────────────────────────────────────────────────────────────────────────────────────
def _identity(challenge: Challenge, evidence: Sequence[Evidence]) -> list[str]:
    reasons = []
    for part in evidence:
        if part.challenge != challenge.id or part.nonce != challenge.nonce.hex():
            reasons.append(f"machine {part.rank} answers another challenge: it is replayed or prepared")
        elif part.program_digest != challenge.program_digest:
            reasons.append(f"machine {part.rank} ran another program")
        elif part.ranks != challenge.plan.machines:
            reasons.append(f"machine {part.rank} says that {part.ranks} took part")
    if sorted(part.rank for part in evidence) != list(range(challenge.plan.machines)):
        reasons.append(f"{challenge.plan.machines} machines were asked, {len(evidence)} answered")
    return reasons


# ── was there time for it ─────────────────────────────────────────────────────────────────────────────────────────
def _timing(plan: TestPlan, part: Evidence, times: TesterTimes) -> list[str]:
    reasons = []
    elapsed = times.elapsed_s
    if part.elapsed_s > elapsed * (1 + CLOCK_TOLERANCE) + CLOCK_SLACK_S:
        reasons.append(f"it claims a run of {part.elapsed_s:.2f} s, the tester waited {elapsed:.2f} s")
    if elapsed - part.elapsed_s > plan.overhead_s:
        unexplained = elapsed - part.elapsed_s
        reasons.append(
            f"{unexplained:.1f} s of the tester's time are unexplained, {plan.overhead_s:.0f} s are allowed. Where the "
            "site is that slow to start a job and to send its results, use --profile full, or have the exchange allow "
            "more (certify_overhead_s)"
        )
    before = 0.0
    walls: dict[str, float] = {}
    for phase in part.phases:
        if phase.begin_s < before or phase.end_s < phase.begin_s or phase.name in walls:
            reasons.append(f"phase {phase.name} overlaps another")
        before, walls[phase.name] = phase.end_s, phase.end_s - phase.begin_s
    if before > part.elapsed_s + 1e-6:
        reasons.append("a phase ends after the program")
    if [item.name for item in part.items] != list(walls) or any(item.phase != item.name for item in part.items):
        reasons.append("its items and phases are not the same")
        return reasons
    for item in part.items:
        wall, told = walls[item.name], sum(item.samples_s) + item.untimed_s
        if abs(wall - told) > SUM_TOLERANCE_S:
            reasons.append(f"{item.name}: its times add up to {told:.3f} s of {wall:.3f} s: they were changed")
    return reasons


def _floor(item: Item, part: Evidence, times: TesterTimes) -> float:
    others = sum(p.end_s - p.begin_s for p in part.phases if p.name != item.name)
    return item.amount * len(item.samples_s) / max(times.elapsed_s - others, 1e-9)


# ── what a sample counts for ──────────────────────────────────────────────────────────────────────────────────────
def _window(item: Item, part: Evidence) -> float:
    """The item's phase with the gaps beside it: from the end of the phase before to the begin of the next."""
    index = next(i for i, phase in enumerate(part.phases) if phase.name == item.phase)
    begin = part.phases[index - 1].end_s if index else 0.0
    end = part.phases[index + 1].begin_s if index + 1 < len(part.phases) else part.elapsed_s
    return max(end - begin, 1e-9)


def _most(plan: TestPlan, item: Item, part: Evidence, times: TesterTimes, bands: Bands) -> float:
    """The highest rate that a sample counts for; of an item in seconds, the highest number per second."""
    band = band_of(bands, item.name, baseline=False)
    if item.name.startswith("matrix."):
        # An accelerator's product is far shorter than the passes around it; its published peak is the limit.
        return _most_products(band, item, part, times) if plan.chip == CPU else float("inf")
    most = band.sustained * (item.amount or 1.0) * len(item.samples_s) / _window(item, part)
    cost = _flop_per_token(plan, item.name)
    if not cost:
        return most
    products = [other for other in part.items if proof.verified_flop(other)]
    fastest = max((max(counted(plan, other, part, times, bands)) for other in products), default=0.0)
    return min(most, LIMIT_MARGIN * fastest / cost)


def _most_products(band: Band, item: Item, part: Evidence, times: TesterTimes) -> float:
    work = item.amount * len(item.samples_s)
    return min(
        band.sustained * work / _window(item, part),
        band.floor * _floor(item, part, times),
        band.run * work / max(times.elapsed_s, 1e-9),
    )


def _flop_per_token(plan: TestPlan, name: str) -> int:
    """0 for what is no model. A step forward and back is three forwards."""
    shape = Shape(width=plan.width, blocks=plan.blocks, length=plan.length, batch=plan.batch)
    return {"training.step": 3, "inference.step": 1}.get(name, 0) * shape.flop_per_token


def counted(plan: TestPlan, item: Item, part: Evidence, times: TesterTimes, bands: Bands) -> list[float]:
    """`values` as far as they are believed."""
    most = _most(plan, item, part, times, bands)
    if item.unit == "s":
        return [max(value, 1.0 / most) for value in values(item)]
    return values(item) if item.unit == "B" else [min(value, most) for value in values(item)]


def _impossible(item: Item, claims: Claims) -> str | None:
    """By what the site said, not by what of it counts: who says what cannot be is not believed in part."""
    limit, said = claims.limits.get(item.name), spread(values(item)).median
    if limit is None or said <= limit * (1 + CLOCK_TOLERANCE):
        return None
    return f"{said:.4g} {item.unit} is above the physical limit {limit:.4g}"


# ── is it what was claimed ────────────────────────────────────────────────────────────────────────────────────────
def _judged(
    plan: TestPlan, name: str, evidence: Sequence[Evidence], times: TesterTimes, claims: Claims, bands: Bands
) -> Judged:
    missing = next((one.reason for part in evidence for one in part.missing if one.name == name), None)
    found = [(part, item) for part in evidence if (item := part.item(name)) is not None]
    if missing is not None or len(found) < len(evidence):
        return Judged(name=name, state="not-measured", reason=missing or "a machine left it out")
    believed = [(part, item, spread(counted(plan, item, part, times, bands))) for part, item in found]
    part, slowest, shown = min(believed, key=lambda one: -one[2].median if one[1].unit == "s" else one[2].median)
    unit, capped = slowest.unit, shown.median != spread(values(slowest)).median
    state, reason, basis, ratio = "pass", "nothing is claimed", "", None
    reference = claims.claimed.get(name)
    if reference is not None:
        basis = "claimed"
    elif (reference := claims.baseline.get(name)) is not None:
        basis = "baseline"
    elif plan.chip == CPU and name.startswith("matrix.") and not capped:
        basis, reason = "self-baselined", "the first certified result of this processor"
    partial = name == "memory.capacity" and plan.capacity_bytes * 2 < plan.capacity_claimed_bytes
    if partial:
        # The quick profile holds a part; what was asked for is then what must have been held.
        reference = float(plan.capacity_bytes * (1 if plan.chip == CPU else plan.units))
    elif name == "memory.capacity" and reference and plan.chip == CPU:
        reference = float(plan.capacity_bytes)
    if reference:
        ratio = shown.median / reference
        state = band_of(bands, name, baseline=basis == "baseline").state(ratio)
        reason = f"{ratio:.0%} of " + ("the part that was asked for" if partial else f"what is {basis}")
    if capped:
        reason += "; its samples spread too wide to count in full: the machine was busy, or times were moved"
        state = "warn" if state == "pass" else state
    return Judged(
        name=name, state=state, reason=reason, unit=unit, spread=shown, reference=reference, basis=basis, ratio=ratio,
        machines=len(found), proof=proof.proof_of(name),
        floor=_floor(slowest, part, times) if proof.verified_flop(slowest) else None,
    )  # fmt: skip


def values(item: Item) -> list[float]:
    """Rates; seconds for an item in seconds; the bytes held for a capacity."""
    if item.unit == "s":
        return list(item.samples_s)
    if item.unit == "B":
        return [item.amount]
    return [item.amount / seconds for seconds in item.samples_s]


def _left_out(plan: TestPlan, items: Sequence[Judged]) -> list[str]:
    """What no resource can be certified without."""
    measured = {item.name for item in items if item.spread is not None}
    why = {item.name: item.reason for item in items}
    needed = [f"matrix.{plan.main_precision}", "memory.copy", "memory.capacity"]
    return [f"{name}: not measured: {why.get(name, 'it was left out')}" for name in needed if name not in measured]
