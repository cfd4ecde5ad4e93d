"""A certificate is believed whole or not at all."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.probes.local import LocalRun
from gridtie.adapters.signers.ed25519 import Ed25519Signer, verify
from gridtie.certification.certificate import KIND, VALID_MOST, baseline_of, payload
from gridtie.certification.certificate import verify as check
from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import parse
from gridtie.cli.main import main
from gridtie.identity.signing import Envelope, encode
from gridtie.values.ids import CertificateId

from .conftest import Case, case_of

AT = datetime(2026, 1, 10, tzinfo=UTC)
EXCHANGE, SITE, OTHER = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3))


def unsigned(case: Case, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": CertificateId("cert_test"), "site": "site_test", "identifier": None, "chip": "cpu",
        "host_digest": "sha256:" + "0" * 64, "isolation": "sandbox", "simulated": True, "challenge": case.challenge,
        "evidence": [parse(json.dumps(document).encode()) for document in case.evidence], "times": case.times,
        "judgement": case.judged(), "valid_from": AT, "valid_for": VALID_MOST,
        "exchange_key": encode(EXCHANGE.public_key), "site_key": encode(SITE.public_key),
    }  # fmt: skip
    return payload(**{**values, **changes})


@pytest.fixture(scope="session")
def signed_once(honest_run: tuple[Challenge, LocalRun]) -> Envelope:
    challenge, run = honest_run
    return Envelope(KIND, unsigned(case_of(challenge, [run]).calm())).sign("exchange", EXCHANGE).sign("site", SITE)


@pytest.fixture
def signed(signed_once: Envelope) -> Envelope:
    return copy.deepcopy(signed_once)


def holds(envelope: Envelope, *, at: datetime = AT, **more: Any) -> bool:
    return check(envelope, at=at, verify=verify, **{"exchange_keys": [EXCHANGE.public_key], **more}).ok


def test_signed_by_both_and_in_time_it_holds(signed: Envelope) -> None:
    assert holds(signed)
    assert holds(signed, at=AT + VALID_MOST - timedelta(seconds=1))
    assert holds(Envelope.from_json(json.loads(json.dumps(signed.to_json())), kind=KIND))


def test_it_says_what_the_faces_and_the_agent_need(signed: Envelope) -> None:
    said = signed.payload
    assert said["certificate"] == "cert_test"
    assert said["site"] == "site_test"
    assert said["score"] > 0
    assert said["latency_us"] is None
    assert set(baseline_of(said)) == {"matrix.fp64", "matrix.fp32"}


@pytest.mark.parametrize("role", ["exchange", "site"])
def test_one_signature_is_not_enough(signed: Envelope, role: str) -> None:
    left = tuple(s for s in signed.signatures if s.role != role)
    assert not holds(Envelope(KIND, signed.payload, left))


def test_a_third_signature_or_one_by_another_key_breaks_it(signed: Envelope) -> None:
    assert not holds(signed.sign("auditor", OTHER))
    assert not holds(signed.sign("site", OTHER))
    assert not holds(signed.sign("exchange", OTHER))


def test_it_ends_and_does_not_begin_early(signed: Envelope) -> None:
    assert not holds(signed, at=AT + VALID_MOST)
    assert not holds(signed, at=AT - timedelta(seconds=1))


def test_an_exchange_that_nobody_trusts_is_named(signed: Envelope) -> None:
    assert not holds(signed, exchange_keys=[OTHER.public_key])
    own_word = check(signed, at=AT, verify=verify)
    assert own_word.ok
    assert "by its own word" in own_word.checks[1].detail


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the leaves of a JSON value are."""
    if isinstance(value, dict) and value:
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list) and value:
        for index, entry in enumerate(value):
            yield from places(entry, (*path, index))
    else:
        yield path


def other_than(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x"


def test_changing_any_field_breaks_it(signed: Envelope) -> None:
    whole = signed.to_json()
    flipped = 0
    for path in places(whole):
        changed = copy.deepcopy(whole)
        parent = changed
        for step in path[:-1]:
            parent = parent[step]
        old = parent[path[-1]]
        parent[path[-1]] = other_than(old)
        if path == ("kind",):
            continue
        assert not holds(Envelope.from_json(changed, kind=KIND)), path
        flipped += 1
    assert flipped > 100


def test_evidence_is_recognised_by_its_digest(case: Case, signed: Envelope) -> None:
    same = parse(json.dumps(case.evidence[0]).encode())
    assert holds(signed, evidence=[same])
    case.evidence[0]["elapsed_s"] += 1
    assert not holds(signed, evidence=[parse(json.dumps(case.evidence[0]).encode())])


def test_what_failed_or_would_last_too_long_is_never_certified(case: Case) -> None:
    with pytest.raises(ValueError, match="30 days"):
        unsigned(case, valid_for=VALID_MOST + timedelta(seconds=1))
    case.evidence[0]["nonce"] = "0" * 64
    bad = case.judged()
    with pytest.raises(ValueError, match="passed"):
        unsigned(case, judgement=bad)


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────
def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["certificate", "verify", *arguments, "-o", "json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else {}


def test_the_command_prints_every_check_and_exits_by_them(
    signed: Envelope, case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, evidence = tmp_path / "cert.json", tmp_path / "evidence.json"
    file.write_text(json.dumps(signed.to_json()), encoding="utf-8")
    evidence.write_text(json.dumps(case.evidence[0]), encoding="utf-8")
    key = encode(EXCHANGE.public_key)
    good = (str(file), "--at", "2026-01-11T00:00:00Z", f"--exchange-key={key}", "--evidence", str(evidence))
    code, said = run(capsys, *good)
    assert (code, said["valid"]) == (0, True)
    assert {c["check"] for c in said["checks"]} == {
        "form", "exchange", "exchange signature", "site signature", "validity", "evidence"
    }  # fmt: skip
    code, said = run(capsys, str(file), "--at", "2026-03-01T00:00:00Z")
    assert code == 1
    assert [c["check"] for c in said["checks"] if c["result"] == "failed"] == ["validity"]
    file.write_text(json.dumps({"envelope": Envelope(KIND, signed.payload).sign("exchange", EXCHANGE).to_json()}))
    code, said = run(capsys, str(file), "--at", "2026-01-11T00:00:00Z")
    assert code == 1
    assert [c["check"] for c in said["checks"] if c["result"] == "failed"] == ["site signature", "signatures"]


NO_CERTIFICATE = {
    "empty": "",
    "cut off": '{"kind":"certificate","payload":{"cert',
    "a list": "[1]",
    "null": "null",
    "a number": "7",
    "another kind": '{"kind":"receipt","payload":{},"signatures":[]}',
    "a payload that is a list": '{"kind":"certificate","payload":[],"signatures":[]}',
    "signatures that are an object": '{"kind":"certificate","payload":{},"signatures":{}}',
    "a signature that is a number": '{"kind":"certificate","payload":{},"signatures":[1]}',
    "deep": "[" * 100_000,
    "deep inside": '{"kind":"certificate","payload":' + '{"a":' * 90_000 + "1" + "}" * 90_000 + "}",
    "a number of 6,000 digits": '{"kind":"certificate","payload":{"a":' + "9" * 6000 + '},"signatures":[]}',
    "larger than any certificate": '{"kind":"certificate","payload":{"a":"' + "x" * (2 << 20) + '"}}',
    "an answer without a certificate": '{"envelope":null,"state":"valid"}',
    "bytes that are no text": "\x00\xff" * 50,
}


@pytest.mark.parametrize("content", NO_CERTIFICATE.values(), ids=NO_CERTIFICATE)
def test_what_is_no_certificate_is_refused_by_its_name_with_exit_2(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cert.json"
    file.write_text(content, encoding="latin-1")
    assert main(["certificate", "verify", str(file)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: {file}")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "payload",
    [
        '{"a":NaN}',
        '{"a":1e999}',
        '{"a":' + "9" * 40 + "}",
        '{"a":"\\ud800"}',
        '{"items":' + "[" * 800 + "]" * 800 + "}",
        "{}",
    ],
)
def test_what_has_the_shape_but_can_never_have_been_signed_fails_with_exit_1(
    payload: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cert.json"
    file.write_text(f'{{"kind":"certificate","payload":{payload},"signatures":[]}}', encoding="utf-8")
    code, said = run(capsys, str(file))
    assert code == 1
    assert not said["valid"]


def test_fields_of_a_wrong_type_fail_check_by_check(
    signed: Envelope, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cert.json"
    for wrong in (None, [None], {"a": 1}, 1, True, ""):
        for key in signed.payload:
            changed = {**signed.to_json(), "payload": {**signed.payload, key: wrong}}
            file.write_text(json.dumps(changed), encoding="utf-8")
            same = json.dumps(wrong) == json.dumps(signed.payload[key])
            assert run(capsys, str(file), "--at", "2026-01-11T00:00:00Z")[0] == (0 if same else 1), (key, wrong)


def test_a_name_cannot_write_on_the_readers_terminal(
    signed: Envelope, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cert.json"
    changed = {**signed.payload, "certificate": "\x1b[2J\nvalidity  ok"}
    file.write_text(json.dumps({**signed.to_json(), "payload": changed}), encoding="utf-8")
    assert main(["certificate", "verify", str(file)]) == 1
    assert "\x1b[2J" not in capsys.readouterr().out


def test_a_saved_answer_that_says_revoked_is_not_valid(
    signed: Envelope, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cert.json"
    for state, code in (("valid", 0), ("revoked", 1)):
        file.write_text(json.dumps({"state": state, "envelope": signed.to_json()}), encoding="utf-8")
        assert run(capsys, str(file), "--at", "2026-01-11T00:00:00Z")[0] == code


def test_a_wrong_key_or_evidence_is_named(signed: Envelope, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cert.json"
    file.write_text(json.dumps(signed.to_json()), encoding="utf-8")
    assert main(["certificate", "verify", str(file), "--exchange-key", "short"]) == 2
    assert capsys.readouterr().err.startswith("error: --exchange-key")
    assert main(["certificate", "verify", str(file), "--evidence", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {file}")
    assert main(["certificate", "verify", str(file), "--at", ""]) == 2
    assert capsys.readouterr().err.startswith("error: --at")
    assert main(["certificate", "verify", str(tmp_path)]) == 2


def test_a_file_without_an_end_takes_no_memory() -> None:
    """/dev/zero: a certificate is read up to its bound and no further."""
    code = "import sys; from gridtie.cli.main import main; code = main(sys.argv[1:]);"
    code += (
        "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "certificate", "verify", "/dev/zero"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert "larger than 1048576 bytes" in done.stderr
    assert int(done.stdout) < 80_000  # kB


def test_a_missing_file_and_a_wrong_date_are_said_plainly(
    tmp_path: Path, signed: Envelope, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["certificate", "verify", str(tmp_path / "none.json")]) == 2
    file = tmp_path / "cert.json"
    file.write_text(json.dumps(signed.to_json()), encoding="utf-8")
    assert main(["certificate", "verify", str(file), "--at", "tomorrow"]) == 2
    assert "Traceback" not in capsys.readouterr().err
