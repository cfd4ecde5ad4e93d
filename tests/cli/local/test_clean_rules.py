"""Rule files of one's own: what a policy names is used wherever it is cleaned, or refused with its place at first."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gridtie.cli.main import main

RULE = """\
[[rule]]
id = "staff"
kind = "STAFF"
from = "pattern"
anchors = ["GT-"]
shape = "GT-[0-9]{6}"
score = 80
hit = ["ask ⟦GT-123456⟧ please"]
miss = ["GT-12"]
"""
POLICY = '[rules]\nfiles = ["rules/ours.toml"]\n[kinds]\nSTAFF = "mask"\n'


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("GRIDTIE_HOME", str(tmp_path / "home"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "ours.toml").write_text(RULE)
    (tmp_path / "p.toml").write_text(POLICY)
    (tmp_path / "a.jsonl").write_text('{"text": "I am GT-654321, call 13800138000"}\n')
    policy, out = str(tmp_path / "p.toml"), str(tmp_path / "out")
    return ["clean", str(tmp_path / "a.jsonl"), "--policy", policy, "--out", out]


def kept(out: Path) -> str:
    return (out / "data" / "a-00000.jsonl").read_text()


def report(out: Path) -> Any:
    return json.loads((out / "audit.json").read_bytes())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_rules_that_the_policy_names_find_their_own_kind_and_the_report_names_them_by_digest(
    workers: str, given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*given, "--workers", workers]) == 0
    assert kept(tmp_path / "out") == '{"text":"I am **-******, call [PHONE]"}\n'
    said = report(tmp_path / "out")
    digest = hashlib.sha256(RULE.encode()).hexdigest()
    assert said["own_rules"] == [{"name": "rules/ours.toml", "sha256": digest}]
    assert ["STAFF", "mask", 1] in said["counts"]["found"]
    assert digest[:12] in (tmp_path / "out" / "audit.html").read_text()
    for path in (tmp_path / "rules" / "ours.toml", tmp_path / "p.toml"):
        path.unlink()
    capsys.readouterr()
    assert main(["clean", "verify", str(tmp_path / "out")]) == 0
    assert "every figure holds" in capsys.readouterr().err


def test_another_text_of_the_rules_is_looked_for_anew_in_the_same_folder(given: list[str], tmp_path: Path) -> None:
    assert main([*given, "--workers", "1"]) == 0
    digest = report(tmp_path / "out")["rules"]
    (tmp_path / "rules" / "ours.toml").write_text(RULE.replace("{6}", "{7}").replace("123456", "1234567"))
    assert main([*given, "--workers", "1"]) == 0
    assert "GT-654321" in kept(tmp_path / "out")
    assert report(tmp_path / "out")["rules"] != digest


def test_a_rule_file_may_have_the_name_of_a_built_in_one(
    given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules" / "ours.toml").rename(tmp_path / "phones.toml")
    (tmp_path / "p.toml").write_text(POLICY.replace("rules/ours.toml", "phones.toml"))
    assert main([*given, "--workers", "1"]) == 0
    assert kept(tmp_path / "out") == '{"text":"I am **-******, call [PHONE]"}\n'
    monkeypatch.chdir(tmp_path)  # where it is called as the built-in one is, to a letter
    capsys.readouterr()
    assert main(["clean", "rules", "test", "phones.toml", "-o", "json"]) == 0
    assert [rule["rule"] for rule in json.loads(capsys.readouterr().out)] == ["staff"]


@pytest.mark.parametrize(
    ("rule", "place", "why"),
    [
        ("", "", "holds no rule: write [[rule]] above the keys of each"),
        ("# only words\n", "", "holds no rule"),
        (RULE.replace("[[rule]]", "[[rules]]"), "1:1", "'rules' has no meaning here; did you mean rule?"),
        (RULE.replace("⟦", "").replace("⟧", ""), "8:9", "rule 'staff': example 1 of hit marks nothing"),
        (RULE.replace("⟧", ""), "8:9", "example 1 of hit has a ⟦ or a ⟧ without the other"),
        (RULE.replace("⟦GT", "⟦⟧⟦GT"), "8:9", "or nothing between them"),
        (RULE.replace('["GT-12"]', '[\n  "GT",\n  "GT-1⟧",\n]'), "11:4", "example 2 of miss has a ⟦ or a ⟧ without"),
        (RULE.replace('["ask ⟦GT-123456⟧ please"]', "[]"), "8:1", "hit is empty"),
        (RULE.replace("STAFF", "staff no"), "3:1", "kind 'staff no' is no name of one"),
        (RULE.replace("{6}", "{5}"), "1:1", "'ask ⟦GT-123456⟧ please' is not found as marked"),
        (RULE.replace("[0-9]{6}", "([0-9]+)+x").replace("6⟧", "6x⟧"), "1:1", "rule 'staff' takes over 1 s"),
        (RULE + 'refuse = ["re:a(?:s+)+!"]\n', "1:1", "rule 'staff' takes over 1 s"),
        (RULE.replace("GT-12", "NO: GT-123456") + "refuse = ['re:n(?:o+)+: ']\n", "1:1", "rule 'staff' takes over 1 s"),
        (
            RULE + "refuse = ['re:x*']\n",
            "10:12",
            "refuse has 're:x*', which fits where nothing stands, so in every text",
        ),
        (RULE.replace('["GT-"]', '["re:(GT-)?"]'), "5:13", "anchors has 're:(GT-)?', which fits where nothing stands"),
        (RULE + "refuse_right = ['re:p(?:l+)+!']\n", "1:1", "rule 'staff' takes over 1 s"),
    ],
)
def test_a_rule_file_that_is_wrong_is_refused_with_its_place_before_anything_is_read(
    rule: str, place: str, why: str, given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("gridtie.cli.local.clean_rules.RULE_S", 1.0)
    file = tmp_path / "rules" / "ours.toml"
    file.write_text(rule)
    assert main(given) == 2
    said = capsys.readouterr().err
    assert f"error: {file}: 1 problem" in said
    assert why in said
    if place:
        assert f"  {file}:{place}: " in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (POLICY.replace("ours", "theirs"), ":2:1: the rule file rules/theirs.toml cannot be read: No such file"),
        ('[rules]\nfiles = "ours.toml"\n', ":2:1: files is a list of rule files"),
        ('[rules]\nfile = ["ours.toml"]\n', ":2:1: 'file' has no meaning here; did you mean files?"),
        (
            POLICY.replace("STAFF", "STAF"),
            ":4:1: no kind is called STAF (did you mean STAFF?); all kinds: AADHAAR, ADDRESS, ",
        ),
    ],
)
def test_a_policy_that_names_no_rule_file_or_a_kind_that_no_rule_has_is_refused_with_the_place(
    policy: str, why: str, given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text(policy)
    assert main(given) == 2
    assert why in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_test_command_holds_own_files_to_all_examples_and_names_a_slow_rule_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gridtie.cli.local.clean_rules.RULE_S", 1.0)
    file = tmp_path / "phones.toml"
    file.write_text(RULE)
    assert main(["clean", "rules", "test", str(file)]) == 0
    said = capsys.readouterr()
    assert "staff" in said.out
    assert "0 examples failed" in said.err
    slow = RULE.replace("GT-[0-9]{6}", "GT-([0-9]+)+x").replace("6⟧", "6x⟧").replace('["GT-12"]', f'["GT-{"1" * 36}"]')
    file.write_text("\n" + slow)
    assert main(["clean", "rules", "test", str(file)]) == 2
    assert f"  {file}:2:1: rule 'staff' takes over 1 s" in capsys.readouterr().err
