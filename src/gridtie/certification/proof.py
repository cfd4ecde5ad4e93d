"""Was the work done? Each item's result against the verifier's own computation. A sentence says what is wrong; None:
nothing.

What each can prove:
    matrix.*          every product (freivalds.py), and that fp32 and fp64 round as such (accuracy witness)
    memory.capacity   two MiB of the fill, chosen now, hold what they must; that all was held at once rests on time
    storage.read      one round's bytes, all of them
    training.step     the first five losses, computed again in float64
    inference.step    the first round's tokens: each is, within rounding, the likeliest
    peers.allreduce   65,536 elements of the sum
Everything else rests on clocks: the site's, bounded by the tester's.
"""

import hashlib
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridtie.certification import freivalds, generator, transformer
from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import Evidence, Item, Result
from gridtie.certification.generator import MODULUS, seed, words
from gridtie.certification.plan import TestPlan
from gridtie.registry.chips import CPU

Fetch = Callable[[str], bytes]  # content by hex SHA-256; raises KeyError when it was not uploaded
Reason = str | None
DEVICES_STRIDE = 1024
PEER_SAMPLES = 12
ANSWER_BYTES_MAX = 1 << 18  # the site says how large the exchange's description of its API was; it is some 60 kB
UNIT = {
    "program.start": "s",
    "memory.copy": "B/s",
    "memory.triad": "B/s",
    "memory.capacity": "B",
    "training.step": "tokens/s",
    "inference.step": "tokens/s",
    "storage.write": "B/s",
    "storage.read": "B/s",
    "exchange.latency": "s",
    "exchange.bandwidth": "B/s",
    "peers.meeting": "s",
    "peers.latency": "s",
    "peers.bandwidth": "B/s",
    "peers.allreduce": "B/s",
}
_WITNESS_LIMIT = {"fp64": 1e-10, "fp32": 1e-4}  # TF32 is off by some 1e-3 at this size, fp32 in place of fp64 by 1e-6
_CAPACITY_CHECKED = 2
_WORK_SHARE = 0.1  # of the work that the program would choose: a warm-up on a busy host misjudges it
_LOSS_TOLERANCE = 1e-3
_LOGIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Case:
    """What a check looks at."""

    challenge: Challenge
    evidence: Evidence
    item: Item
    fetch: Fetch
    coins: bytes


def disproof(challenge: Challenge, evidence: Evidence, item: Item, fetch: Fetch, coins: bytes) -> Reason:
    """`coins`: fresh randomness of the verifier, drawn after the evidence and its digests were fixed."""
    try:
        if why := _form(challenge.plan, item):
            return why
        if item.name.startswith("matrix."):
            return _matrix(challenge, evidence.rank, item, fetch, coins)
        check = _CHECKS.get(item.name)
        return None if check is None else check(Case(challenge, evidence, item, fetch, coins))
    except KeyError as missing:
        return f"a result was not uploaded: {str(missing)[:80]}"
    except (TypeError, ValueError, IndexError) as malformed:
        return f"its details cannot be read ({type(malformed).__name__})"


def _form(plan: TestPlan, item: Item) -> Reason:
    """A test of the suite, in its own unit, of what the plan asked for and as often."""
    if item.name.startswith("matrix."):
        return None
    if item.name not in UNIT:
        return "is no test of this suite"
    if item.unit != UNIT[item.name]:
        return f"is in {item.unit}, not in {UNIT[item.name]}"
    amount = {"storage.write": plan.storage_bytes, "peers.bandwidth": plan.transfer_bytes}.get(item.name)
    if amount is not None and item.amount != amount:
        return "it counts other bytes than it was asked to move"
    if item.name == "exchange.bandwidth" and item.amount > ANSWER_BYTES_MAX:
        return "no answer of an exchange is that large"
    times = {
        "program.start": 1,
        "storage.write": plan.storage_rounds,
        "exchange.latency": plan.latency_samples,
        "exchange.bandwidth": plan.latency_samples // 2,
        "peers.meeting": 1,
        "peers.latency": plan.latency_samples,
        "peers.bandwidth": PEER_SAMPLES,
        "peers.allreduce": PEER_SAMPLES,
    }.get(item.name)
    wrong = times is not None and len(item.samples_s) != times
    return f"{len(item.samples_s)} times, {times} were asked for" if wrong else None


def _devices(plan: TestPlan, item: Item) -> Reason:
    """A processor is one device, whatever its cores; accelerators are as many as are claimed."""
    devices, right = _whole(item.details, "devices"), 1 if plan.chip == CPU else plan.units
    return None if devices == right else f"{devices} devices took part, {right} are claimed"


def _matrix(challenge: Challenge, rank: int, item: Item, fetch: Fetch, coins: bytes) -> Reason:
    plan, precision = challenge.plan, item.name.removeprefix("matrix.")
    n, steps, links, devices = (_whole(item.details, key) for key in ("n", "steps", "links", "devices"))
    if precision not in plan.precisions or not plan.n_min <= n <= plan.n_max or n % 2:
        return f"n = {n} is outside the plan"
    if links != plan.links or not 2 <= steps <= plan.steps_max:
        return "a chain of another shape than the plan's"
    if why := _devices(plan, item):
        return why
    if len(item.samples_s) != links * steps:
        return f"{len(item.samples_s)} times for {links * steps} products"
    if item.unit != "FLOP/s" or item.amount != 2.0 * n**3 * devices:
        return "it counts another amount of work than was asked for"
    if plan.chip != CPU and (why := _too_little(plan, item, n, steps)):
        return why
    if len(item.results) != devices * links + (devices if precision in _WITNESS_LIMIT else 0):
        return "results are missing"
    shown = {result.path: result for result in item.results}
    for device in range(devices):
        chain = [shown[f"results/{item.name}.{device}.{link}.bin"] for link in range(links)]
        wrong = freivalds.wrong_link(
            nonce=challenge.nonce,
            precision=precision,
            rank=rank * DEVICES_STRIDE + device,
            n=n,
            steps=steps,
            results=[_content(result, fetch, 2 * n * n) for result in chain],
            digests=[bytes.fromhex(result.sha256) for result in chain],
            coins=seed(coins, item.name, rank, device),
        )
        if wrong is not None:
            return f"the products of link {wrong} are wrong"
        if precision in _WITNESS_LIMIT:
            witness = _content(shown[f"results/witness.{precision}.{device}.bin"], fetch, 8 * generator.WITNESS_N**2)
            if why := _witness(challenge.nonce, rank, device, precision, witness):
                return why
    return None


def _too_little(plan: TestPlan, item: Item, n: int, steps: int) -> Reason:
    """Less work than the program chooses at the speed that is said.

    A processor's speed is bounded by what it did in the tester's time. An accelerator's is not, so whoever says that
    his is fast shall at least have done a fast one's work.
    """
    said, budget = statistics.median(item.samples_s), plan.matrix_budget_s / plan.links
    larger = next((size for size in generator.SIZES if n < size <= plan.n_max), None)
    if larger is not None and said * (larger / n) ** 3 < _WORK_SHARE * budget / 4:
        return f"at that speed the program multiplies larger matrices than n = {n}"
    if steps < plan.steps_max and said * steps < _WORK_SHARE * budget:
        return f"at that speed the program does more than {steps} products per link"
    return None


def _witness(nonce: bytes, rank: int, device: int, precision: str, raw: bytes) -> Reason:
    n = generator.WITNESS_N
    a, b = (generator.fractions(seed(nonce, "witness", rank, device, side), n * n).reshape(n, n) for side in "ab")
    off = float(np.abs(np.frombuffer(raw, "<f8").reshape(n, n) - a @ b).max())
    if not off <= _WITNESS_LIMIT[precision]:  # also when it is NaN
        return f"it rounds like a coarser type than {precision} (off by {off:.1e})"
    return None


def _capacity(case: Case) -> Reason:
    chunk_bytes = generator.CAPACITY_CHUNK_WORDS * 8
    count, devices = _whole(case.item.details, "chunks"), _whole(case.item.details, "devices")
    if why := _devices(case.challenge.plan, case.item):
        return why
    if case.item.unit != "B" or case.item.amount != float(count * chunk_bytes * devices) or len(case.item.results) != 1:
        return "it counts other bytes than it shows"
    if not 1 <= count <= case.challenge.plan.capacity_bytes // chunk_bytes:
        return "it holds more than was asked for"
    shown = np.frombuffer(_content(case.item.results[0], case.fetch, 8 * count * devices), "<i8").reshape(
        devices, count
    )
    base, weights = generator.capacity_streams(case.challenge.nonce, case.evidence.rank)
    for index in words(seed(case.coins, "capacity"), _CAPACITY_CHECKED) % np.uint64(count):
        true = generator.capacity_checksum(generator.capacity_chunk(base, int(index)), weights)
        if np.any(shown[:, int(index)] != true):
            return f"MiB {index} does not hold what was written"
    return None


def _storage(case: Case) -> Reason:
    plan, digests = case.challenge.plan, case.item.details["digests"]
    if case.item.amount != plan.storage_bytes or {len(case.item.samples_s), len(digests)} != {plan.storage_rounds}:
        return "it read another amount than was asked for"
    which = int(words(seed(case.coins, "storage"), 1)[0] % np.uint64(plan.storage_rounds))
    written = words(seed(case.challenge.nonce, "storage", case.evidence.rank, which), plan.storage_bytes // 8).astype(
        "<u8"
    )
    right = hashlib.sha256(written.tobytes()).hexdigest() == digests[which]
    return None if right else "the disk gave back other bytes than were written"


def _training(case: Case) -> Reason:
    shape = _shape(case.challenge.plan)
    losses = [float(loss) for loss in case.item.details["losses"]]
    if case.item.amount != shape.tokens or not 5 == len(losses) <= len(case.item.samples_s):
        return "it counts other steps than it shows"
    p = transformer.parameters(case.challenge.nonce, case.evidence.rank, shape)
    for step, loss in enumerate(losses):
        true = transformer.train_step(
            p, transformer.batch(case.challenge.nonce, case.evidence.rank, step, shape), shape
        )
        if not abs(loss - true) <= _LOSS_TOLERANCE * true:
            return f"the loss of step {step} is {loss:.5f}, it must be {true:.5f}"
    return None


def _inference(case: Case) -> Reason:
    shape = _shape(case.challenge.plan)
    half = shape.length // 2
    written: npt.NDArray[np.int64] = np.array(case.item.details["tokens"], dtype=np.int64)
    if case.item.amount != shape.batch * half or written.shape != (shape.batch, half):
        return "it counts other tokens than it shows"
    if written.min() < 0 or written.max() >= shape.vocabulary:
        return "it wrote tokens that do not exist"
    prompt = transformer.batch(case.challenge.nonce, case.evidence.rank, 0, shape)[:, :half]
    p = transformer.parameters(case.challenge.nonce, case.evidence.rank, shape)
    logits, _ = transformer.forward(p, np.concatenate([prompt, written], 1)[:, :-1], shape.blocks)
    seen = logits[:, half - 1 :]
    chosen = np.take_along_axis(seen, written[..., None], 2)[..., 0]
    likeliest = bool(np.all(chosen >= seen.max(-1) - _LOGIT_TOLERANCE))
    return None if likeliest else "it wrote tokens that the model does not predict"


def _all_reduce(case: Case) -> Reason:
    ranks, head = case.challenge.plan.machines, 65_536
    count = max(case.challenge.plan.transfer_bytes // 4, head)
    if case.item.amount != 2 * (ranks - 1) / ranks * count * 4:
        return "it counts more bytes than an all-reduce moves"
    total = np.zeros(head, np.float32)
    for rank in range(ranks):
        total += (words(seed(case.challenge.nonce, "allreduce", rank), head) % np.uint64(1999)).astype(np.float32) - 999
    right = hashlib.sha256(total.astype("<f4").tobytes()).hexdigest() == case.item.details["head_sha256"]
    return None if right else "the sum is wrong"


def _moved(case: Case) -> Reason:
    """Bandwidths count what the plan asked to move, neither more nor another unit."""
    plan = case.challenge.plan
    # NumPy does a triad in two passes: five moves of each element instead of three.
    moves = {"memory.copy": (2,), "memory.triad": (3, 5)}[case.item.name]
    if why := _devices(plan, case.item):
        return why
    devices = _whole(case.item.details, "devices")
    right = case.item.amount in [move * plan.bandwidth_bytes * devices for move in moves]
    return None if right else "it counts other bytes than it was asked to move"


_CHECKS: Mapping[str, Callable[[Case], Reason]] = {
    "memory.copy": _moved,
    "memory.triad": _moved,
    "memory.capacity": _capacity,
    "storage.read": _storage,
    "training.step": _training,
    "inference.step": _inference,
    "peers.allreduce": _all_reduce,
}
PROVEN = {"memory.capacity": "sampled", "storage.read": "sampled", "training.step": "recomputed",
          "inference.step": "recomputed", "peers.allreduce": "recomputed"}  # fmt: skip


def proof_of(name: str) -> str:
    """How an item that passed is known: every-product, recomputed, sampled, or only by the clock."""
    return "every-product" if name.startswith("matrix.") else PROVEN.get(name, "clock")


def verified_flop(item: Item) -> float:
    return item.amount * len(item.samples_s) if item.name.removeprefix("matrix.") in MODULUS else 0.0


def _content(result: Result, fetch: Fetch, size: int) -> bytes:
    """Exactly what was committed to, whatever the store says."""
    if result.size != size:
        raise ValueError(result.path)
    raw = fetch(result.sha256)
    if len(raw) != size or hashlib.sha256(raw).hexdigest() != result.sha256:
        raise ValueError(result.path)
    return raw


def _shape(plan: TestPlan) -> transformer.Shape:
    return transformer.Shape(width=plan.width, blocks=plan.blocks, length=plan.length, batch=plan.batch)


def _whole(details: Mapping[str, Any], key: str) -> int:
    value = details[key]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(key)
    return value
