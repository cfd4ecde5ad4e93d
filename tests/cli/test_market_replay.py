"""`gridtie market replay` and `verify` of a saved round: it is proved again, and whatever was changed is told."""

import json
import shutil
import subprocess
import sys
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridtie.cli.market import digest_of, replay, verify
from gridtie.errors import InvalidInput
from gridtie.market.book import book_to_json, clearing_to_json
from gridtie.market.clearing import RULES_VERSION, Book
from gridtie.market.offer import Capacity, MachineShape, Offer
from gridtie.market.request import Alternative, Needs, Request
from gridtie.market.rules import RULES
from gridtie.values.canonical import canonical
from gridtie.values.period import Period

AT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def saved() -> dict[str, Any]:
    """Round 3: one core wanted, one offered."""
    return saved_round("posted-price")


def saved_round(name: str) -> dict[str, Any]:
    shape = MachineShape(name="m", cpus=2, memory_bytes=1 << 30, disk_bytes=1 << 30, accelerators=0)
    capacity = Capacity(
        resource="res_0", identifier="cn.x/0", site="site_0", site_name="s", owner="org_0", hub="gz", place="CN-52",
        chip="cpu", isolation="sandbox", depth="schedulable", in_market=True, connected=True, score=1,
        machines=(shape,), machines_total=(shape,),
    )  # fmt: skip
    offer = Offer(id="offer_0", resource="res_0", owner="org_0", chip="cpu", hub="gz", price=300_000,
                  window=Period(AT, AT + timedelta(days=1)))  # fmt: skip
    needs = Needs(alternatives=(Alternative(chip="cpu"),))
    request = Request(id="req_0", job="job_0", organisation="org_1", needs=needs, arrived_at=AT)
    book = Book(round="3", at=AT, offers=(offer,), capacities={"res_0": capacity}, requests=(request,))
    clearing = RULES[name](book)
    assert len(clearing.trades) == 1
    document, result = book_to_json(book), clearing_to_json(clearing)
    return {
        "number": 3, "rule": name, "at": "2026-05-01T00:00:00Z", "trades": 1, "refusals": 0,
        "book_digest": digest_of(canonical(document)), "digest": digest_of(canonical(result)),
        "book": json.loads(canonical(document)), "clearing": json.loads(canonical(result)),
    }  # fmt: skip


def replayed(tmp_path: Path, saved: object, number: int = 3) -> int:
    path = tmp_path / "round.json"
    path.write_text(saved if isinstance(saved, str) else json.dumps(saved))
    return replay(Namespace(round=number, file=str(path), save=None, output="json", quiet=False))


def test_an_untouched_round_replays(tmp_path: Path, saved: dict[str, Any]) -> None:
    assert replayed(tmp_path, saved) == 0


def test_a_changed_book_a_changed_result_or_a_changed_digest_is_told(
    tmp_path: Path, saved: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    offer = {**saved["book"]["offers"][0], "terms": "x"}
    assert replayed(tmp_path, {**saved, "book": {**saved["book"], "offers": [offer]}}) == 1
    assert json.loads(capsys.readouterr().out)["input"].startswith("DIFFERS")
    for changed in ({"clearing": {**saved["clearing"], "trades": []}}, {"digest": "sha256:" + "0" * 64}):
        assert replayed(tmp_path, {**saved, **changed}) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["input"] == "identical"
        assert told["result"].startswith("DIFFERS")


def test_what_is_no_saved_round_or_another_one_is_refused_in_a_sentence(tmp_path: Path, saved: dict[str, Any]) -> None:
    offer = {**saved["book"]["offers"][0], "price": "x"}
    without = {name: value for name, value in saved.items() if name != "rule"}
    broken = {**saved, "book": {**saved["book"], "offers": [offer]}}
    for wrong in ("{", [1], {}, without, broken, {**saved, "book": 7}, {**saved, "rule": "no-such-rule"}):
        with pytest.raises(InvalidInput):
            replayed(tmp_path, wrong)
    with pytest.raises(InvalidInput) as caught:
        replayed(tmp_path, saved, 4)
    assert "it holds round 3, not 4" in str(caught.value.problems[0])


def verified(tmp_path: Path, saved: object) -> int:
    path = tmp_path / "round.json"
    path.write_text(json.dumps(saved))
    return verify(Namespace(round=3, file=str(path), save=None, output="json", quiet=False))


def signed(saved: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """With something else in its result, and a digest that fits."""
    clearing = {**saved["clearing"], **changed}
    return {**saved, "clearing": clearing, "digest": digest_of(canonical(clearing))}


@pytest.mark.parametrize("rule", list(RULES))
def test_a_sound_round_of_every_rule_replays_and_verifies(tmp_path: Path, rule: str) -> None:
    saved = saved_round(rule)
    assert replayed(tmp_path, saved) == 0
    assert verified(tmp_path, saved) == 0


def test_a_result_that_was_signed_but_is_wrong_is_found_without_clearing_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = saved_round("best-welfare")
    [trade] = saved["clearing"]["trades"]
    reckoning = saved["clearing"]["reckoning"]
    for wrong, words in (
        ({"trades": [{**trade, "price": 1}]}, "below its reserve"),
        ({"reckoning": {**reckoning, "bound": reckoning["bound"] + 1}}, "bound: it is not what the prices prove"),
        ({"reckoning": {**reckoning, "gap_ppm": 7}}, "the gap is not"),
    ):
        assert verified(tmp_path, signed(saved, **wrong)) == 1
        told = json.loads(capsys.readouterr().out)
        assert not told["sound"]
        assert any(words in fault for fault in told["faults"]), told
    assert verified(tmp_path, {**saved, "digest": "sha256:" + "0" * 64}) == 1
    assert "not what its digest was taken of" in capsys.readouterr().out


def test_a_round_whose_reckoning_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    saved = saved_round("best-welfare")
    reckoning = saved["clearing"]["reckoning"]
    for broken in ({**reckoning, "prices": 7}, {**reckoning, "prices": [{}]}, {"mode": 1}):
        with pytest.raises(InvalidInput):
            verified(tmp_path, signed(saved, reckoning=broken))


def of_version_1() -> dict[str, Any]:
    """Kept by the program as it was when neither shares nor volume followed the certificate: one job of two hours' work
    on a site of half the speed, and one that is stopped after one and a half."""
    saved: dict[str, Any] = json.loads((Path(__file__).parent / "written" / "round-version-1.json").read_text())
    return saved


def test_a_round_kept_before_rules_had_a_version_is_sound_and_replays_as_it_was_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = of_version_1()
    assert verified(tmp_path, saved) == 0
    assert json.loads(capsys.readouterr().out) == {
        "round": 3, "rule": "best-welfare", "version": 1, "sound": True, "faults": [],
    }  # fmt: skip
    assert replayed(tmp_path, saved) == 0
    assert json.loads(capsys.readouterr().out)["result"] == "identical"
    now = {**saved["book"], "version": RULES_VERSION}
    assert verified(tmp_path, {**saved, "book": now, "book_digest": digest_of(canonical(now))}) == 1
    assert "the share of offer_0 is not what it sold" in capsys.readouterr().out


def test_what_an_earlier_version_decided_otherwise_is_held_against_the_laws_and_no_more_excused_than_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = of_version_1()
    reckoning = saved["clearing"]["reckoning"]
    scaled = signed(saved, reckoning={**reckoning, "volume_unit_us": 12_600_000_000, "paid": 3_500_000})
    assert verified(tmp_path, scaled) == 0
    assert json.loads(capsys.readouterr().out)["sound"]
    assert replayed(tmp_path, scaled) == 0
    told = json.loads(capsys.readouterr().out)["result"]
    assert told.startswith(f"version {RULES_VERSION} of the rules decides otherwise (sha256:")
    assert told.endswith("by those of version 1 it is sound")
    shares = [{**saved["clearing"]["shares"][0], "amount": 1}]
    for wrong in (signed(saved, reckoning={**reckoning, "paid": 7}), signed(saved, shares=shares)):
        assert (verified(tmp_path, wrong), replayed(tmp_path, wrong)) == (1, 1)
        assert "by those of version 1 it is not sound" in capsys.readouterr().out


def test_a_round_of_a_later_version_is_refused_and_not_called_wrong(tmp_path: Path, saved: dict[str, Any]) -> None:
    later = {**saved, "book": {**saved["book"], "version": RULES_VERSION + 1}}
    for check in (replayed, verified):
        with pytest.raises(InvalidInput) as caught:
            check(tmp_path, later)
        assert f"this program knows 1 to {RULES_VERSION}" in str(caught.value.problems[0])


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is missing")
def test_where_nothing_compiled_can_be_kept_a_replay_says_so_and_goes_on() -> None:
    program = "from gridtie.cli.local.compiled import engine_for; engine_for('best-welfare')"
    walls = ("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/var/tmp",
             "--setenv", "TMPDIR", "/var/tmp", "--setenv", "HOME", "/nonexistent",
             "--unsetenv", "XDG_CACHE_HOME", "--unsetenv", "NUMBA_CACHE_DIR")  # fmt: skip
    done = subprocess.run([*walls, sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, "cannot be kept" in done.stderr) == (0, True), done.stderr
