"""A report is the sums of what lies beside it: true ones verify, and a changed figure, file or verdict is named."""

import json
import random
import re
import resource
from dataclasses import replace
from math import floor
from pathlib import Path
from typing import Any

import pytest
from tests.cleaner.test_run import KEY, POLICY, corpus

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.adapters.tables import names_text
from gridtie.cleaner.report import (
    add_verdicts,
    differences,
    keep_run,
    read_report,
    rewrite_report,
    sample_of,
    usual_pack,
    verdicts_of,
    write_report,
)
from gridtie.cleaner.run import clean
from gridtie.cleaner.work import Sample, Task
from gridtie.cleaning.audit import Verdict, wilson_lower
from gridtie.errors import InvalidInput, InvalidSignature

SIGNER = Ed25519Signer(bytes(32))
SOURCES = '[[source]]\nname = "talk"\nfiles = ["a*.jsonl"]\nkind = "bought"\nlicence = "contract"\nrecord = "no. 7"\n'
WORDS = 'version = "1"\n[risks]\n"A.1.6" = ["枪支"]\n'


def cleaned(folder: Path, workers: int = 1, hand: int = 100) -> Path:
    corpus(folder / "a.jsonl")
    with (folder / "a.jsonl").open("a") as file:
        file.write('{"text":"这里有枪支出售，请来看一看吧"}\n')
    (folder / "b.jsonl").write_text(
        "".join(json.dumps({"text": f"第{n}条记录说的是另一件事情"}) + "\n" for n in range(30))
    )
    out = folder / f"out{workers}"
    policy = POLICY + f'[words]\nlibrary = "words.toml"\n[sample]\nhand = {hand}\nmachine_share = 0.5\n'
    task = Task(out=out, policy_text=policy, policy_source="p", words_text=WORDS, names_text=names_text(),
                text_field="text", aside=False,
                keys={"k": bytes.fromhex(KEY)})  # fmt: skip
    done = clean(task, [folder / "a.jsonl", folder / "b.jsonl"], workers=workers, progress=lambda _step: None)
    keep_run(task, done, SOURCES, usual_pack())
    write_report(out, done.parts, SIGNER)
    return out


def judged(out: Path, *, failed: int = 0, personal: int = 0) -> dict[str, Any]:
    said = [
        Verdict(
            item=item["item"], passed=number >= failed, personal=int(number < personal), note="", reviewer="lin", at="x"
        )
        for number, item in enumerate(sample_of(out))
    ]
    add_verdicts(out, said)
    return rewrite_report(out, SIGNER)


def check(made: dict[str, Any], name: str) -> Any:
    return next(one["held"] for one in made["checks"] if one["name"] == name)


def test_a_report_says_what_was_done_and_verifies(tmp_path: Path) -> None:
    out = cleaned(tmp_path)
    made = read_report(out)
    counts = made["counts"]
    assert counts["records"] == 432
    assert (
        counts["kept"]
        == sum(one["kept"] for one in made["outputs"])
        == counts["records"] - sum(counts["dropped"].values())
    )
    talk, undeclared = sorted(made["sources"], key=lambda one: str(one["name"]))
    assert (talk["licence"], talk["risky"], undeclared["name"]) == ("contract", 1, "undeclared")
    assert check(made, "sources-declared") is False
    assert check(made, "hand-passed-least-ppm") is None
    assert made["policy"]["reversible"] == ["EMAIL"]
    assert differences(out) == []


def test_two_runs_give_one_report_whatever_the_workers(tmp_path: Path) -> None:
    assert (cleaned(tmp_path) / "audit.json").read_bytes() == (cleaned(tmp_path, workers=2) / "audit.json").read_bytes()


def test_verdicts_become_a_pass_rate_with_its_bound_and_an_estimate_of_what_is_left(tmp_path: Path) -> None:
    out = cleaned(tmp_path)
    made = judged(out, failed=2, personal=2)
    hand, kept = made["hand_sample"], made["counts"]["kept"]
    assert (hand["judged"], hand["passed_ppm"]) == (100, 980_000)
    assert hand["passed_at_least_ppm"] < 980_000
    low, high = hand["personal_left"]["between"]
    assert low <= hand["personal_left"]["estimated_records"] == round(kept * 0.02) <= high
    assert check(made, "hand-passed-least-ppm") is True
    assert check(made, "hand-passed-at-95-least-ppm") is False
    assert differences(out) == []
    add_verdicts(out, [replace(Verdict(item=1, passed=True, personal=0, note="", reviewer="wu", at="y"))])
    assert any("hand_sample" in line for line in differences(out))
    assert rewrite_report(out, SIGNER)["hand_sample"]["judged"] == 100


def test_verdicts_that_have_no_room_leave_those_before_them_whole(tmp_path: Path) -> None:
    (tmp_path / "review").mkdir()
    first, other = (Verdict(item=n, passed=True, personal=0, note=40 * "x", reviewer="wu", at="y") for n in (1, 2))
    add_verdicts(tmp_path, [first])
    size = (tmp_path / "review" / "verdicts.jsonl").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            add_verdicts(tmp_path, [other])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert verdicts_of(tmp_path) == [first]
    add_verdicts(tmp_path, [other])
    assert verdicts_of(tmp_path) == [first, other]


def test_the_published_bound_comes_out() -> None:
    """3,840 of 4,000 pass: at least 95.5 % at 95 % confidence; from 3,861 on it is 96 %."""
    assert round(wilson_lower(3840, 4000), 3) == 0.955
    assert wilson_lower(3860, 4000) < 0.96 <= wilson_lower(3861, 4000)


def test_every_changed_figure_is_named(tmp_path: Path) -> None:
    out = cleaned(tmp_path)
    path = out / "audit.json"
    (out / "audit.signature.json").unlink()
    whole = read_report(out)
    seed = random.Random(20261127)
    places = [place for place, value in numbers(whole) if place[0] not in ("policy",)]
    for place in seed.sample(places, 12):
        made = json.loads(json.dumps(whole))
        inner = made
        for part in place[:-1]:
            inner = inner[part]
        inner[place[-1]] += 1
        path.write_text(json.dumps(made))
        assert len(differences(out)) == 1, place


def numbers(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], int]]:
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in numbers(inner, (*at, key))]
    if isinstance(value, list):
        return [one for number, inner in enumerate(value) for one in numbers(inner, (*at, number))]
    return [(at, value)] if type(value) is int else []


def test_a_changed_output_or_signature_is_named(tmp_path: Path) -> None:
    out = cleaned(tmp_path)
    data = next((out / "data").glob("a*"))
    data.write_text(data.read_text() + '{"text":"再加一条"}\n')
    said = differences(out)
    assert any("holds" in line for line in said)
    assert any("sha256" in line for line in said)
    made = read_report(out)
    made["counts"]["kept"] += 1
    (out / "audit.json").write_text(json.dumps(made))
    with pytest.raises(InvalidSignature):
        differences(out)


def test_verdicts_on_another_sample_are_kept_apart_and_not_counted(tmp_path: Path) -> None:
    out = cleaned(tmp_path)
    assert judged(out)["hand_sample"]["judged"] == 100
    cleaned(tmp_path)
    assert read_report(out)["hand_sample"]["judged"] == 100
    cleaned(tmp_path, hand=90)
    assert read_report(out)["hand_sample"]["judged"] == 0
    assert len(list((out / "review").glob("verdicts-*.jsonl"))) == 1


def test_a_report_keeps_to_the_code_that_made_it_and_another_one_says_so_and_cleans_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = cleaned(tmp_path)
    code = read_report(out)["code"]
    for module in ("work", "report"):
        monkeypatch.setattr(f"gridtie.cleaner.{module}.code_digest", lambda: "f" * 64)
    assert judged(out)["code"] == code
    [said] = differences(out)
    assert re.fullmatch(rf"it was made by .*\(code {code[:12]}, .* this is .*\(code ffffffffffff, .*", said)
    looks = set((out / "work" / "looks").iterdir())
    cleaned(tmp_path)
    assert looks < set((out / "work" / "looks").iterdir())
    assert read_report(out)["code"] == "f" * 64
    assert differences(out) == []


def test_a_folder_of_a_version_that_did_not_keep_its_code_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = cleaned(tmp_path)
    kept = out / "work" / "run.json"
    kept.write_text(json.dumps({name: said for name, said in json.loads(kept.read_bytes()).items() if name != "by"}))
    for look in (out / "work" / "looks").glob("*.done.json"):
        mark = json.loads(look.read_bytes())
        del mark["files"]
        look.write_text(json.dumps(mark))
    monkeypatch.setattr("gridtie.cleaner.report.code_digest", lambda: "f" * 64)
    code = read_report(out)["code"]
    assert differences(out) == ["it was made by an earlier version, which did not keep by which code"]
    made = judged(out)
    assert (made["hand_sample"]["judged"], made["code"]) == (100, code)


def test_what_lies_beside_a_report_and_was_broken_is_named_and_is_no_fault_of_ours(tmp_path: Path) -> None:
    out = cleaned(tmp_path)
    judged(out)
    verdicts = out / "review" / "verdicts.jsonl"
    for line in ("x", "[]", '{"item":1}', verdicts.read_text().split("\n")[0].replace("true", '"true"')):
        whole = verdicts.read_text()
        verdicts.write_text(f"{whole}{line}\n")
        with pytest.raises(InvalidInput) as refused:
            differences(out)
        assert refused.value.problems[0].line == 101
        verdicts.write_text(whole)
    assert differences(out) == []
    look = next((out / "work" / "looks").glob("*.jsonl"))
    for broken in (look.unlink, lambda: look.write_text("no look\n")):
        broken()
        [said] = differences(out)
        assert re.fullmatch(r"work: what was found for [ab]-00000\.jsonl is not there, or was changed", said)


def test_a_file_that_is_no_result_is_named_and_never_mixed_with_results(tmp_path: Path) -> None:
    out = cleaned(tmp_path)
    (out / "data" / "z.jsonl").write_text("{}")
    assert differences(out) == ["outputs: z.jsonl is no result of this cleaning"]
    with pytest.raises(InvalidInput):
        cleaned(tmp_path)


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        read_report(tmp_path)
    (tmp_path / "audit.json").write_text('{"form":"other"}')
    with pytest.raises(InvalidInput):
        read_report(tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.15, 0.3, 0.5, 0.7, 1.0])
def test_the_sample_of_the_machine_is_never_smaller_than_its_share(share: float, tmp_path: Path) -> None:
    policy = f"[sample]\nmachine_share = {share}\n"
    task = Task(out=tmp_path, policy_text=policy, policy_source="p", words_text="", names_text="", text_field="text",
                aside=False, keys={})  # fmt: skip
    for rows in (0, 1, 2, 9, 10, 11, 99):
        sample = Sample(task, "a")
        for row in range(rows):
            sample.take(row, {"text": f"row {row}"})
        items = sample.ended().items
        assert share * rows <= items <= rows / floor(1 / share) + 1
