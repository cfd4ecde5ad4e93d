"""An honest answer passes, again and again; every lie that we could think of is caught by name."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from gridtie.adapters.probes.local import LocalRun, run_here
from gridtie.adapters.probes.tables import load_bands
from gridtie.adapters.tables import load_chips
from gridtie.certification import proof
from gridtie.certification.bands import band_of
from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import Item, Result, parse
from gridtie.certification.plan import ResourceFacts, plan
from gridtie.certification.transformer import Shape
from gridtie.certification.verdict import Claims, TesterTimes, claims_of
from gridtie.values.quantity import GIB

from .conftest import COINS, Case, case_of, small_challenge

MATRIX = "matrix.fp32"


# ── honest ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_honest_run_passes_with_every_item_shown_as_a_spread(as_it_ran: Case) -> None:
    judgement = as_it_ran.judged()
    assert judgement.passed, judgement.reason
    assert judgement.score is not None
    assert judgement.score > 0
    for item in judgement.items:
        if item.spread is None:
            assert item.state == "not-measured"
            assert item.reason
        else:
            assert item.spread.min <= item.spread.p5 <= item.spread.median <= item.spread.p95 <= item.spread.max
    fp32 = judgement.item(MATRIX)
    assert fp32 is not None
    assert fp32.spread is not None
    assert fp32.spread.n >= 4
    assert fp32.floor is not None
    assert fp32.floor <= fp32.spread.median
    assert fp32.proof == "every-product"


def test_on_a_calm_machine_everything_counts_in_full_and_becomes_the_baseline(case: Case) -> None:
    judgement = case.judged()
    for item in judgement.items:
        if item.spread is not None and item.unit.endswith("/s"):
            said = case.item(item.name)
            assert item.spread.max == pytest.approx(said["amount"] / min(said["samples_s"]))
            assert item.state == "pass"
    fp32 = judgement.item(MATRIX)
    assert fp32 is not None
    assert fp32.basis == "self-baselined"


def test_honest_runs_of_fresh_challenges_are_never_rejected(tmp_path: Path) -> None:
    for index in range(4):
        challenge = small_challenge(os.urandom(32))
        judgement = case_of(challenge, [run_here(challenge, tmp_path / str(index))]).judged(coins=os.urandom(32))
        assert judgement.passed, judgement.reason


def test_an_honest_run_is_accepted_whatever_coins_are_drawn(case: Case) -> None:
    assert all(case.judged(coins=bytes([draw]) * 32).passed for draw in range(12))


def test_what_could_not_be_measured_says_why(case: Case) -> None:
    item = case.judged().item("exchange.latency")
    assert item is not None
    assert item.state == "not-measured"
    assert "no network" in item.reason


# ── work that was not done ────────────────────────────────────────────────────────────────────────────────────────
def rejected(case: Case, *words: str, **changes: Any) -> None:
    reasons = " | ".join(case.judged(**changes).rejections)
    assert all(word in reasons for word in words), reasons or "nothing was rejected"


@pytest.mark.parametrize("link", [0, 1])
@pytest.mark.parametrize("precision", ["fp64", "fp32"])
def test_one_wrong_entry_of_a_product_is_caught(case: Case, precision: str, link: int) -> None:
    def change(content: bytearray) -> None:
        content[1000] ^= 1

    case.replace_result(f"matrix.{precision}", link, change)
    rejected(case, f"matrix.{precision}", f"link {link}")


def test_a_later_link_made_of_an_earlier_one_is_caught(case: Case) -> None:
    results = case.item(MATRIX)["results"]
    results[1] = {**results[0], "path": results[1]["path"]}
    rejected(case, MATRIX, "link 1")


def test_products_that_were_left_out_are_missed(case: Case) -> None:
    item = case.item(MATRIX)
    dropped = item["samples_s"].pop()
    item["untimed_s"] += dropped
    rejected(case, MATRIX, "times for")


def test_a_chain_said_to_be_longer_than_it_was_is_caught(case: Case) -> None:
    item = case.item(MATRIX)
    extra = item["details"]["steps"]
    item["samples_s"] += item["samples_s"][:extra] + item["samples_s"][:extra]
    item["samples_s"] = [sample / 2 for sample in item["samples_s"]]
    item["details"]["steps"] *= 2
    rejected(case, MATRIX, "wrong")


def test_a_result_that_was_never_uploaded_is_missed(case: Case) -> None:
    del case.contents[case.item(MATRIX)["results"][0]["sha256"]]
    rejected(case, "not uploaded")


def test_content_that_is_not_what_was_committed_to_is_refused(case: Case) -> None:
    entry = case.item(MATRIX)["results"][0]
    case.contents[entry["sha256"]] = bytes(entry["size"])
    rejected(case, MATRIX)


def test_more_work_than_was_done_cannot_be_counted(case: Case) -> None:
    case.item(MATRIX)["amount"] *= 2
    rejected(case, "another amount of work")


def test_arithmetic_of_a_coarser_type_is_told_by_its_rounding(case: Case) -> None:
    import numpy as np

    def coarser(content: bytearray) -> None:
        values = np.frombuffer(bytes(content), "<f8").astype(np.float16).astype("<f8")
        content[:] = values.tobytes()

    case.replace_result(MATRIX, 2, coarser)
    rejected(case, "coarser type than fp32")


def test_memory_that_was_never_filled_is_caught(case: Case) -> None:
    case.replace_result("memory.capacity", 0, lambda content: content.__setitem__(slice(None), bytes(len(content))))
    rejected(case, "memory.capacity", "does not hold")


def test_half_the_memory_does_not_pass_for_all_of_it(case: Case) -> None:
    item = case.item("memory.capacity")
    case.replace_result("memory.capacity", 0, lambda content: content.__delitem__(slice(len(content) // 2, None)))
    item["details"]["chunks"] //= 2
    item["amount"] /= 2
    judged = case.judged()
    assert not judged.passed
    assert any(why.startswith("memory.capacity") for why in judged.failures)


def test_a_truncated_fill_cannot_claim_the_whole(case: Case) -> None:
    case.replace_result("memory.capacity", 0, lambda content: content.__delitem__(slice(len(content) // 2, None)))
    rejected(case, "memory.capacity")


def test_invented_losses_and_tokens_are_caught(case: Case) -> None:
    case.item("training.step")["details"]["losses"][4] *= 0.9
    tokens = case.item("inference.step")["details"]["tokens"]
    tokens[0][0] = (tokens[0][0] + 1) % 64
    rejected(case, "the loss of step 4", "tokens that the model does not predict")


def test_a_disk_that_gives_back_other_bytes_is_caught(case: Case) -> None:
    case.item("storage.read")["details"]["digests"] = ["0" * 64] * 3
    rejected(case, "storage.read")


# ── answers to another question ───────────────────────────────────────────────────────────────────────────────────
def test_an_answer_is_worth_nothing_to_another_challenge(case: Case) -> None:
    case.challenge = small_challenge(b"another nonce, thirty-two bytes!")
    rejected(case, "replayed or prepared")


def test_work_done_for_another_nonce_does_not_fit_under_this_one(case: Case) -> None:
    case.challenge = small_challenge(b"another nonce, thirty-two bytes!")
    case.evidence[0]["nonce"] = case.challenge.nonce.hex()
    rejected(case, "matrix.fp64", "link 0", "memory.capacity", "training.step", "storage.read")


def test_another_program_is_not_the_test(case: Case) -> None:
    case.evidence[0]["program_digest"] = "sha256:" + "0" * 64
    rejected(case, "another program")


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("factor", [0.5, 0.9, 1.5])
def test_scaled_times_do_not_add_up(case: Case, factor: float) -> None:
    item = case.item(MATRIX)
    item["samples_s"] = [sample * factor for sample in item["samples_s"]]
    rejected(case, MATRIX, "they were changed")


def test_a_clock_that_runs_fast_is_caught_by_the_testers(case: Case) -> None:
    _scale_all(case, 3.0)
    rejected(case, "the tester waited")


def test_a_clock_that_runs_slow_leaves_time_unexplained(case: Case) -> None:
    case.times = TesterTimes(case.times.dispatched, case.times.answered + timedelta(seconds=60))
    rejected(case, "unexplained, 20 s are allowed. Where the site is that slow to start a job")


def test_phases_may_not_overlap(case: Case) -> None:
    first, second = case.evidence[0]["phases"][:2]
    second["begin_s"] = first["begin_s"]
    rejected(case, "overlaps")


def test_what_no_chip_can_do_is_rejected_even_when_all_sums_agree(case: Case) -> None:
    honest = case.judged().item(MATRIX)
    assert honest is not None
    assert honest.spread is not None
    case.claims = Claims(limits={MATRIX: honest.spread.median / 1.5})
    rejected(case, "above the physical limit")


# ── times that were moved, so that every sum still agrees ─────────────────────────────────────────────────────────
RATES = ["matrix.fp64", MATRIX, "memory.copy", "memory.triad", "training.step", "inference.step", "storage.write",
         "storage.read"]  # fmt: skip


def median_of(case: Case, name: str) -> float:
    judgement = case.judged()
    assert not judgement.rejections, judgement.reason
    item = judgement.item(name)
    assert item is not None
    assert item.spread is not None
    return item.spread.median


def into_the_untimed_part(case: Case, name: str) -> None:
    item = case.item(name)
    timed = sum(item["samples_s"])
    item["samples_s"] = [sample / 10 for sample in item["samples_s"]]
    item["untimed_s"] += timed - sum(item["samples_s"])


def onto_a_few_samples(case: Case, name: str) -> None:
    item = case.item(name)
    samples = item["samples_s"]
    few = max(1, len(samples) // 3)
    timed = sum(samples)
    samples[few:] = [sample / 10 for sample in samples[few:]]
    samples[:few] = [(timed - sum(samples[few:])) / few] * few


def shorter_by(case: Case, name: str) -> tuple[int, float]:
    """A tenth of the item's time, phase and all; (its place, what that saves)."""
    item, phases = case.item(name), case.evidence[0]["phases"]
    place = next(i for i, phase in enumerate(phases) if phase["name"] == name)
    item["samples_s"] = [sample / 10 for sample in item["samples_s"]]
    item["untimed_s"] /= 10
    told = sum(item["samples_s"]) + item["untimed_s"]
    saved = phases[place]["end_s"] - phases[place]["begin_s"] - told
    phases[place]["end_s"] = phases[place]["begin_s"] + told
    return place, saved


def into_the_gap_after_it(case: Case, name: str) -> None:
    shorter_by(case, name)


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("lie", [into_the_untimed_part, onto_a_few_samples, into_the_gap_after_it])
def test_times_moved_out_of_the_samples_earn_at_most_the_bound(case: Case, name: str, lie: Any) -> None:
    honest = median_of(case, name)
    lie(case, name)
    # Timed is four fifths of a calm phase; the bound is on the whole phase.
    most = band_of(load_bands(), name, baseline=False).sustained * 0.8
    assert median_of(case, name) <= honest * most * 1.05
    item = case.judged().item(name)
    assert item is not None
    assert item.state == "warn"
    assert "times were moved" in item.reason
    assert item.basis != "self-baselined"


def test_a_score_does_not_rise_by_moving_times(case: Case) -> None:
    honest = case.judged().score
    into_the_untimed_part(case, MATRIX)
    told = case.judged().score
    assert honest is not None
    assert told is not None
    assert told <= 2.1 * honest


def test_time_left_out_of_the_whole_run_is_bounded_by_the_testers_clock(case: Case) -> None:
    """The phase ends early, all that follows comes earlier, and the program says that it ran shorter: sums agree."""
    honest = median_of(case, MATRIX)
    place, saved = shorter_by(case, MATRIX)
    document = case.evidence[0]
    document["elapsed_s"] -= saved
    for phase in document["phases"][place + 1 :]:
        phase["begin_s"] -= saved
        phase["end_s"] -= saved
    told = median_of(case, MATRIX)
    assert told < 5 * honest
    floor = case.judged().item(MATRIX)
    assert floor is not None
    assert floor.floor is not None
    assert told <= load_bands()["compute"].floor * floor.floor * 1.001


def test_time_hidden_in_another_test_is_bounded_by_the_whole_run(case: Case) -> None:
    """All sums agree: the storage is merely said to be slow. Ten times as fast would be more than the run allows."""
    place, saved = shorter_by(case, MATRIX)
    phases = case.evidence[0]["phases"]
    hiding = next(i for i, phase in enumerate(phases) if phase["name"] == "storage.write")
    for phase in phases[place + 1 : hiding]:
        phase["begin_s"] -= saved
        phase["end_s"] -= saved
    phases[hiding]["begin_s"] -= saved
    item = case.item("storage.write")
    item["samples_s"] = [sample + saved / len(item["samples_s"]) for sample in item["samples_s"]]
    said = case.item(MATRIX)
    work = said["amount"] * len(said["samples_s"])
    told = median_of(case, MATRIX)
    assert told <= load_bands()["compute"].run * work / case.times.elapsed_s * 1.001
    assert told < said["amount"] / median(said["samples_s"])


def test_answers_of_the_exchange_cannot_be_said_to_come_quicker_than_their_phase(case: Case) -> None:
    latency = {"name": "exchange.latency", "status": "measured", "unit": "s", "phase": "exchange.latency",
               "amount": 0.0, "samples_s": [0.01] * 10, "untimed_s": 0.0, "details": {}, "results": []}  # fmt: skip
    document = case.evidence[0]
    items = document["items"]
    items[next(i for i, one in enumerate(items) if one["name"] == "exchange.latency")] = latency
    begin = document["elapsed_s"]
    document["elapsed_s"] += 0.1
    document["phases"].append({"name": "exchange.latency", "begin_s": begin, "end_s": begin + 0.1})
    assert case.judged().latency_us == 10_000
    into_the_untimed_part(case, "exchange.latency")
    said = case.judged().latency_us
    assert said is not None
    assert said >= 3_333


@pytest.mark.parametrize("name", ["training.step", "inference.step"])
def test_no_model_is_faster_than_the_products_it_is_made_of(case: Case, name: str) -> None:
    """Steps beyond the recomputed ones are not proven: ten times as many in the same time are only said."""
    item = case.item(name)
    item["samples_s"] = [sample / 100 for sample in item["samples_s"] for _ in range(100)]
    plan_ = case.challenge.plan
    shape = Shape(width=plan_.width, blocks=plan_.blocks, length=plan_.length, batch=plan_.batch)
    products = [case.judged().item(f"matrix.{precision}") for precision in plan_.precisions]
    fastest = max(one.spread.max for one in products if one is not None and one.spread is not None)
    assert median_of(case, name) * shape.flop_per_token <= 1.2 * fastest * 1.001


def test_a_busy_host_is_not_taken_for_a_liar(tmp_path: Path) -> None:
    """Twice as many spinning processes as cores, beside the real program."""
    spinning = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * len(os.sched_getaffinity(0)))
    ]
    try:
        challenge = small_challenge()
        judgement = case_of(challenge, [run_here(challenge, tmp_path)]).judged()
    finally:
        for process in spinning:
            process.kill()
            process.wait()
    assert judgement.passed, judgement.reason


# ── what a test may say of itself ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "key", "value", "said"),
    [
        ("storage.write", "amount", 1e15, "other bytes"),
        ("storage.write", "unit", "FLOP/s", "not in B/s"),
        ("training.step", "unit", "s", "not in tokens/s"),
        ("storage.write", "samples_s", [0.001], "were asked for"),
        ("program.start", "unit", "B", "not in s"),
    ],
)
def test_amounts_units_and_counts_are_the_plans(case: Case, name: str, key: str, value: Any, said: str) -> None:
    case.item(name)[key] = value
    rejected(case, name, said)


def test_a_test_that_nobody_asked_for_is_no_ornament(case: Case) -> None:
    document = case.evidence[0]
    end = document["elapsed_s"]
    document["items"].append({**case.item("storage.write"), "name": "awesome.speed", "phase": "awesome.speed"})
    wall = sum(document["items"][-1]["samples_s"]) + document["items"][-1]["untimed_s"]
    document["phases"].append({"name": "awesome.speed", "begin_s": end, "end_s": end + wall})
    document["elapsed_s"] = end + wall
    rejected(case, "awesome.speed", "no test of this suite")


@pytest.mark.parametrize("name", [MATRIX, "memory.copy", "memory.capacity"])
def test_a_processor_is_one_device_not_ten(case: Case, name: str) -> None:
    item = case.item(name)
    item["details"]["devices"], item["amount"] = 10, item["amount"] * 10
    rejected(case, name, "10 devices took part, 1 are claimed")


def _scale_all(case: Case, factor: float) -> None:
    document = case.evidence[0]
    document["elapsed_s"] *= factor
    for phase in document["phases"]:
        phase["begin_s"] *= factor
        phase["end_s"] *= factor
    for item in document["items"]:
        if item["status"] == "measured":
            item["samples_s"] = [sample * factor for sample in item["samples_s"]]
            item["untimed_s"] *= factor


# ── measured against claimed ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("share", "state"), [(0.99, "pass"), (0.71, "pass"), (0.65, "warn"), (0.55, "fail"), (1.2, "unexplained")]
)
def test_the_bands_decide(case: Case, share: float, state: str) -> None:
    honest = case.judged().item(MATRIX)
    assert honest is not None
    assert honest.spread is not None
    case.claims = Claims(claimed={MATRIX: honest.spread.median / share})
    judgement = case.judged()
    found = judgement.item(MATRIX)
    assert found is not None
    assert found.state == state
    assert judgement.passed == (state in ("pass", "warn"))


def test_without_its_main_item_nothing_is_certified(case: Case) -> None:
    document = case.evidence[0]
    document["items"] = [item for item in document["items"] if item["name"] != MATRIX]
    document["phases"] = [phase for phase in document["phases"] if phase["name"] != MATRIX]
    judgement = case.judged()
    assert any(why.startswith(MATRIX) for why in judgement.failures)


def test_an_accelerator_is_held_to_its_published_dense_peak() -> None:
    chip = load_chips().get("nv-t4")
    assert chip is not None
    facts = ResourceFacts(resource="r", chip=chip.id, machines=1, units=4, memory_bytes=64 * GIB,
                          chip_memory_bytes=16 * 10**9)  # fmt: skip
    claims = claims_of(chip, plan(facts))
    assert claims.claimed["matrix.fp16"] == 4 * 65e12
    assert claims.claimed["memory.copy"] == 4 * 320e9
    assert claims.limits["matrix.fp16"] > claims.claimed["matrix.fp16"]


@pytest.mark.parametrize(
    ("n", "steps", "seconds", "said"),
    [
        (256, 2, 5e-8, "larger matrices than n = 256"),  # some 500 MFLOP of work, said to be an H100's
        (2048, 2, 3e-5, "more than 2 products per link"),
        (2048, 400, 3e-5, "not uploaded"),  # all of the work: only the products themselves are still to be shown
        (1536, 9, 2.9e-2, "not uploaded"),  # fp64 on a T4: larger ones would take longer than the plan allows
        (2048, 40, 6e-3, "not uploaded"),
    ],
)
def test_who_says_that_an_accelerator_is_fast_must_have_done_a_fast_ones_work(
    case: Case, n: int, steps: int, seconds: float, said: str
) -> None:
    facts = ResourceFacts(resource="r", chip="nv-h100", machines=1, units=1, memory_bytes=64 * GIB,
                          chip_memory_bytes=80 * 10**9)  # fmt: skip
    test = plan(facts)
    challenge = replace(case.challenge, plan=test)
    [part] = [parse(json.dumps(document).encode()) for document in case.evidence]
    shown = tuple(Result(f"results/matrix.bf16.0.{link}.bin", "0" * 64, 2 * n * n) for link in range(test.links))
    item = Item(
        name="matrix.bf16", unit="FLOP/s", phase="matrix.bf16", amount=2.0 * n**3,
        samples_s=(seconds,) * (steps * test.links), untimed_s=0.0,
        details={"n": n, "steps": steps, "links": test.links, "devices": 1}, results=shown,
    )  # fmt: skip
    why = proof.disproof(challenge, part, item, {}.__getitem__, COINS)
    assert why is not None
    assert said in why


# ── two machines ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def gang_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Challenge, list[LocalRun]]:
    return gang(tmp_path_factory.mktemp("gang"), sys.executable)


def gang(folder: Path, python: str) -> tuple[Challenge, list[LocalRun]]:
    """Two ranks on loopback, as two machines of one host would run."""
    challenge = small_challenge(os.urandom(32), machines=2)

    def start(rank: int) -> LocalRun:
        extra = {"SKYPILOT_NODE_RANK": str(rank), "SKYPILOT_NUM_NODES": "2",
                 "SKYPILOT_NODE_IPS": "127.0.0.1\n127.0.0.1"}  # fmt: skip
        return run_here(challenge, folder / str(rank), python=python, extra=extra)

    with ThreadPoolExecutor(2) as pool:
        return challenge, list(pool.map(start, range(2)))


def test_two_machines_measure_the_way_between_them(gang_run: tuple[Challenge, list[LocalRun]]) -> None:
    judgement = case_of(*gang_run).judged()
    assert judgement.passed, judgement.reason
    for name in ("peers.latency", "peers.bandwidth", "peers.allreduce"):
        item = judgement.item(name)
        assert item is not None
        assert item.spread is not None, item.reason
        assert item.machines == 2


def test_a_wrong_sum_over_the_machines_is_caught(gang_run: tuple[Challenge, list[LocalRun]]) -> None:
    case = case_of(*gang_run)
    case.item("peers.allreduce", 1)["details"]["head_sha256"] = "0" * 64
    rejected(case, "machine 1, peers.allreduce")


def test_one_machine_cannot_answer_for_two(gang_run: tuple[Challenge, list[LocalRun]]) -> None:
    case = case_of(*gang_run)
    case.evidence[1] = json.loads(json.dumps({**case.evidence[0], "rank": 1}))
    rejected(case, "machine 1, matrix.fp64", "wrong")


def test_a_machine_that_stays_silent_is_missed(gang_run: tuple[Challenge, list[LocalRun]]) -> None:
    case = case_of(*gang_run)
    del case.evidence[1]
    rejected(case, "2 machines were asked, 1 answered")


# ── PyTorch ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def torch_python() -> str:
    """An interpreter that has PyTorch: this one, or the one that GRIDTIE_TORCH_PYTHON names."""
    python = os.environ.get("GRIDTIE_TORCH_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode != 0:
        pytest.skip("PyTorch is not installed; install gridtie[torch] or set GRIDTIE_TORCH_PYTHON")
    return python


def test_pytorch_gives_the_same_answers(torch_python: str, tmp_path: Path) -> None:
    challenge = small_challenge()
    every = replace(challenge.plan, precisions=("fp64", "fp32", "tf32", "bf16", "fp16", "int8"))
    challenge = replace(challenge, plan=every)
    case = case_of(challenge, [run_here(challenge, tmp_path, python=torch_python)])
    judgement = case.judged()
    assert judgement.passed, judgement.reason
    measured = {item.name for item in judgement.items if item.spread is not None}
    assert {"matrix.fp64", "matrix.fp32", "matrix.bf16", "training.step", "inference.step"} <= measured
    assert "PyTorch" in case.evidence[0]["host"]["devices"]


def test_two_machines_with_pytorch_reduce_through_it(torch_python: str, tmp_path: Path) -> None:
    case = case_of(*gang(tmp_path, torch_python))
    assert case.judged().passed, case.judged().reason
    assert case.item("peers.allreduce")["details"]["backend"] in ("gloo", "nccl")
