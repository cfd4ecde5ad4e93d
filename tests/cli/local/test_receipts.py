"""Saved receipts are checked offline: who signed, whether the figures follow, and that nothing counts twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import Ed25519Signer
from gridtie.cli.main import main
from gridtie.identity.signing import Envelope, encode
from gridtie.metering.receipt import KIND

EXCHANGE, SITE, STRANGER = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3))
LINE = {"start": "2026-05-01T00:00:00Z", "end": "2026-05-01T00:30:00Z", "units": 2, "amount": "1.00", "residue": "0"}
RECEIPT = {
    "receipt": "rcpt_1", "run": "run_1", "job": "job_1", "epoch": 1, "organisation": "org_a", "seller": "org_b",
    "site": "site_1", "site_name": "aurora", "state": "succeeded", "unit": "core-hour", "price": "1.00",
    "currency": "CNY", "lines": [LINE], "waived": [], "limit": None, "amount": "1.00", "residue": "0",
}  # fmt: skip


def signed(**changes: Any) -> dict[str, Any]:
    return Envelope(KIND, {**RECEIPT, **changes}).sign("exchange", EXCHANGE).sign("site", SITE).to_json()


def checked(tmp_path: Path, documents: Any, *flags: str, key: Ed25519Signer = EXCHANGE) -> int:
    file = tmp_path / "receipts.json"
    file.write_text(documents if isinstance(documents, str) else json.dumps(documents))
    return main(["ledger", "check", str(file), "--exchange-key", encode(key.public_key), *flags])


def test_a_receipt_that_both_signed_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, [signed()], "--site-key", encode(SITE.public_key)) == 0
    out = capsys.readouterr().out
    assert "ok" in out
    assert "signed by exchange and site" in out


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ([signed(amount="0.90")], "figures do not follow"),
        ([signed() | {"payload": {**RECEIPT, "price": "0.50"}}], "signature"),
        ([signed(), signed(receipt="rcpt_2", run="run_2")], "for the same time"),
        ([{"kind": "certificate", "payload": {}, "signatures": []}], "kind"),
    ],
    ids=["wrong sum", "changed afterwards", "billed twice", "something else"],
)
def test_what_does_not_hold_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], documents: Any, words: str
) -> None:
    assert checked(tmp_path, documents) == 1
    assert words in capsys.readouterr().out


def test_a_stranger_s_key_proves_nothing(tmp_path: Path) -> None:
    assert checked(tmp_path, [signed()], key=STRANGER) == 1
    assert checked(tmp_path, [signed()], "--site-key", encode(STRANGER.public_key)) == 1


@pytest.mark.parametrize("text", ["", "[", "[]", "[" * 100_000])
def test_a_file_without_receipts_is_wrong_usage(tmp_path: Path, text: str) -> None:
    assert checked(tmp_path, text) == 2
