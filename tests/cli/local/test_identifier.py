"""`identifier check|resolve` offline and `chip list|find`, as a user types them."""

import json
from pathlib import Path

import pytest

from gridtie.cli.main import main

GOLDEN = Path(__file__).parents[2] / "golden/identity"


@pytest.fixture
def saved(tmp_path: Path) -> dict[str, str]:
    golden = json.loads((GOLDEN / "proof-active.json").read_text())
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(golden["proof"]))
    return {"file": str(path), "root": f"cn={golden['roots']['cn']}", "at": golden["at"], "name": golden["identifier"]}


def resolved(saved: dict[str, str], *more: str) -> int:
    return main(["identifier", "resolve", saved["name"], "--from", saved["file"], "--at", saved["at"], *more])


def test_a_saved_proof_is_checked_without_any_exchange(
    saved: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert resolved(saved, "--root", saved["root"]) == 0
    shown = capsys.readouterr().out
    assert "cn [" in shown
    assert "→ cn.demo/aurora [" in shown
    assert resolved(saved, "--root", saved["root"], "-o", "json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["resolved"] is True
    assert record["descriptor"]["chip"] == "nv-a100-80"
    assert [link["scope"] for link in record["proof"]] == ["cn", "cn.demo", "cn.demo/aurora"]


def test_a_proof_that_does_not_hold_exits_1_with_the_reason(
    saved: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    other = saved["root"][:-2] + ("A" if saved["root"][-2] != "A" else "E") + saved["root"][-1]
    assert resolved(saved, "--root", other, "-o", "json") == 1
    assert json.loads(capsys.readouterr().out)["code"] == "bad-signature"


@pytest.mark.parametrize("more", [(), ("--root", "cn"), ("--root", "cn=AAAA"), ("--root", "=x")])
def test_offline_one_says_whom_one_trusts(
    saved: dict[str, str], more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert resolved(saved, *more) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", '{"descriptor": {}}'])
def test_a_file_that_is_no_proof_gets_one_line(
    saved: dict[str, str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(saved["file"]).write_text(text)
    assert resolved(saved, "--root", saved["root"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    saved["file"] = "/nowhere/proof.json"
    assert resolved(saved, "--root", saved["root"]) == 2


def test_a_time_that_is_none_is_refused(saved: dict[str, str]) -> None:
    assert main(["identifier", "resolve", saved["name"], "--from", saved["file"], "--at", "soon"]) == 2


def test_an_identifier_is_taken_apart_or_the_wrong_part_is_named(
    saved: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["identifier", "check", saved["name"].upper(), "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "identifier": saved["name"], "issuer": "cn.demo", "owner": "aurora", "place": "CN-520100", "class": "ai",
        "serial": "0001",
    }  # fmt: skip
    assert main(["identifier", "check", saved["name"][:-1] + "!"]) == 2
    assert f"asks for {saved['name'][-1]}" in capsys.readouterr().err


def test_a_spelling_is_looked_up_or_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chip", "find", "gpu_8x_a100_80gb_sxm4", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "nv-a100-80"
    assert main(["chip", "find", "H10O"]) == 2
    assert "H100 SXM5 80GB" in capsys.readouterr().err
    assert main(["chip", "list", "-o", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 100
