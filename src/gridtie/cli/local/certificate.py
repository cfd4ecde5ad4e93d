"""`certificate verify`, offline; and `probe run`: the very tests that certify a resource, on this machine."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridtie.cli.context import bytes_of_file, json_of_file
from gridtie.cli.output import add_format, print_data, print_rows, say, structured
from gridtie.errors import InvalidEvidence, InvalidInput, InvalidSignature, LocalFault, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridtie.certification.evidence import Evidence
    from gridtie.identity.signing import Envelope

FILE_BYTES_MAX = 1 << 20  # a certificate has some 10 kB
EVIDENCE_BYTES_MAX = 4 << 20
COLUMNS = ("test", "state", "median", "p5", "p95", "min", "max", "mad", "n", "known_by", "note")
_SCALES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"))


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    noun = verbs.add_parser("probe", help="run the certification tests here yourself")
    inner = noun.add_subparsers(dest="verb", metavar="VERB", required=True)
    parser = inner.add_parser("run", help="ask, answer and judge on this machine; nothing leaves it")
    parser.add_argument("--profile", choices=("quick", "full"), default="quick", help="quick (default): seconds")
    parser.add_argument("--exchange", metavar="URL", help="also measure the way to this exchange")
    add_format(parser)
    parser.set_defaults(run=probe_run)


def add_verify(inner: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = inner.add_parser("verify", help="check a certificate offline: keys, signatures, dates")
    parser.add_argument("file", metavar="FILE", help="as `gridtie certificate show ID --save FILE` writes it")
    parser.add_argument("--exchange-key", action="append", default=[], metavar="KEY",
                        help="base64url; one that you trust (repeatable)")  # fmt: skip
    parser.add_argument("--evidence", action="append", default=[], metavar="FILE",
                        help="evidence.json of a machine that was tested, one per machine")  # fmt: skip
    parser.add_argument("--at", metavar="TIME", help="RFC 3339; default: now")
    add_format(parser)
    parser.set_defaults(run=verify)


# ── certificate verify ────────────────────────────────────────────────────────────────────────────────────────────
def verify(args: argparse.Namespace) -> int:
    """Exit 0 when every check holds, 1 otherwise; 2 for a file that is no certificate at all."""
    from gridtie.adapters.signers.ed25519 import verify as ed25519
    from gridtie.certification.certificate import verify as check
    from gridtie.values.period import from_text

    envelope, state = _envelope(args.file)
    keys = [key_of(key, "--exchange-key") for key in args.exchange_key]
    try:
        at = datetime.now(UTC) if args.at is None else from_text(args.at)
    except ValueError as error:
        raise InvalidInput(source="--at", problems=[Problem(str(error))]) from None
    evidence = [_evidence(file) for file in args.evidence]
    result = check(envelope, at=at, verify=ed25519, exchange_keys=keys, evidence=evidence)
    rows = [{"check": c.name, "result": "ok" if c.ok else "failed", "detail": c.detail} for c in result.checks]
    revoked = state == "revoked"
    if revoked:
        rows.append({"check": "state", "result": "failed", "detail": "the exchange had revoked it when this was saved"})
    if structured(args):
        print_data({"valid": result.ok and not revoked, "checks": rows}, args)
    else:
        print_rows(rows, ("check", "result", "detail"), args)
    return 0 if result.ok and not revoked else 1


def _envelope(name: str) -> "tuple[Envelope, object]":
    """Of a saved envelope, or of the whole answer of the exchange that holds one beside its state."""
    from gridtie.certification.certificate import KIND
    from gridtie.identity.signing import Envelope

    data = json_of_file(Path(name), FILE_BYTES_MAX)
    whole = isinstance(data, dict) and "envelope" in data
    try:
        envelope = Envelope.from_json(data["envelope"] if whole else data, kind=KIND)
    except InvalidSignature as error:
        raise unusable(
            name, f"{error.params['reason']}; `gridtie certificate show ID --save FILE` writes one"
        ) from None
    return envelope, data.get("state") if whole else None


def key_of(text: str, flag: str) -> bytes:
    from gridtie.identity.signing import PUBLIC_KEY_BYTES, decode

    try:
        return decode(text, length=PUBLIC_KEY_BYTES, subject=flag)
    except InvalidSignature as error:
        raise unusable(flag, str(error.params["reason"])) from None


def _evidence(name: str) -> "Evidence":
    from gridtie.certification.evidence import parse

    try:
        return parse(bytes_of_file(Path(name), EVIDENCE_BYTES_MAX))
    except InvalidEvidence as error:
        raise unusable(name, str(error.params["reason"])) from None


def unusable(source: str, why: str) -> InvalidInput:
    return InvalidInput(source=source, problems=[Problem(why)])


# ── probe run ─────────────────────────────────────────────────────────────────────────────────────────────────────
def probe_run(args: argparse.Namespace) -> int:
    """Exit 0 when it would be certified, 1 when not."""
    import secrets
    import tempfile

    from gridtie.adapters.devices.probe import read_host
    from gridtie.adapters.probes.local import run_here
    from gridtie.adapters.probes.program import program_digest
    from gridtie.adapters.probes.tables import load_bands
    from gridtie.adapters.tables import load_chips
    from gridtie.certification import challenge as challenges
    from gridtie.certification.plan import ResourceFacts, plan
    from gridtie.certification.verdict import claims_of, judge
    from gridtie.registry.inventory import peak_flops_per_s, sells

    chips = load_chips()
    host = read_host(chips)
    units, chip_id = sells(host)[0]
    chip = chips.get(chip_id)
    facts = ResourceFacts(
        resource="here",
        chip=chip_id,
        machines=1,
        units=units,
        memory_bytes=host.usable_memory_bytes,
        chip_memory_bytes=0 if chip is None else chip.memory_gb * 10**9,
    )
    challenge = challenges.make(
        id="local",
        resource="here",
        nonce=secrets.token_bytes(challenges.NONCE_BYTES),
        program_digest=program_digest(),
        plan=plan(facts, args.profile),
    )
    say(f"testing {units} × {chip_id}, profile {args.profile}; this loads the machine")
    extra = {"GRIDTIE_EXCHANGE_URL": args.exchange} if args.exchange else {}
    try:
        with tempfile.TemporaryDirectory(prefix="gridtie-probe-") as folder:
            done = run_here(challenge, Path(folder), extra=extra)
    except OSError as error:
        raise LocalFault(reason=f"no room to run the tests in {tempfile.gettempdir()}: {error.strerror}") from None
    claims = claims_of(chip, challenge.plan, cpu_peak=peak_flops_per_s(host.cpu))
    judgement = judge(
        challenge, [done.evidence], done.fetch, done.times, claims, load_bands(), coins=secrets.token_bytes(32)
    )
    if structured(args):
        items = [item.to_json() for item in judgement.items]
        print_data(
            {"passed": judgement.passed, "reason": judgement.reason, "score": judgement.score, "items": items}, args
        )
    else:
        print_tests([item.to_json() for item in judgement.items], args)
        say("would be certified" if judgement.passed else f"would not be certified: {judgement.reason}")
    return 0 if judgement.passed else 1


def print_tests(items: "Sequence[Mapping[str, Any]]", args: argparse.Namespace) -> None:
    """Judged tests as a certificate holds them, each with its spread."""
    print_rows([_row(item) for item in items], COLUMNS, args)


def _row(item: "Mapping[str, Any]") -> dict[str, Any]:
    shown = {"test": item["name"], "state": item["state"], "known_by": item["proof"], "note": item["reason"]}
    for name, number in (item["spread"] or {}).items():
        shown[name] = number if name == "n" else _scaled(number, item["unit"])
    return shown


def _scaled(value: float, unit: str) -> str:
    """242461577520, 'FLOP/s' → '242 GFLOP/s'."""
    scale, prefix = next(((s, p) for s, p in _SCALES if abs(value) >= s), (1.0, ""))
    return f"{value / scale:.3g} {prefix}{unit}"
