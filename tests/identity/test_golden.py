"""Vectors for whoever writes another implementation: made again here, they must come out byte for byte.

GRIDTIE_UPDATE_GOLDEN=1 writes them anew; a difference is a change of the format, and belongs in the CHANGELOG.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gridtie.adapters.signers.ed25519 import verify
from gridtie.errors import InvalidIdentifier
from gridtie.identity.code import CLASSES, make, parse
from gridtie.identity.resolution import Proof, Resolved, Unresolved, resolve
from gridtie.identity.signing import encode
from gridtie.values.canonical import canonical, digest
from gridtie.values.period import to_text

GOLDEN = Path(__file__).parents[1] / "golden/identity"
VALUES: list[Any] = [
    {"b": 1, "a": [True, False, None]},
    {"numbers": [0, -0.0, 1.0, 4.50, 2e-3, 1e21, 1e-7, 333333333.33333329, 5e-324, 1.7976931348623157e308]},
    {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\u00f6": 7},
    {"text": '\u20ac$\x0f\nA\'B"\\\\"/\u2028\x7f'},
    {"中": {"文": "贵安"}},
    9007199254740991,
    "",
    [],
    {},
]


def recorded(name: str, document: object) -> tuple[str, str]:
    """(made now, on file)"""
    path = GOLDEN / name
    text = json.dumps(document, indent=1, ensure_ascii=True) + "\n"
    if os.environ.get("GRIDTIE_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return text, path.read_text(encoding="ascii")


def test_identifiers_come_out_as_recorded() -> None:
    valid = [
        make("cn.demo", owner, "CN-520100", "ai", serial) for owner in ("aurora", "bison") for serial in ("0001", "z")
    ]
    valid += [make("cn", "north-lab", "CN-150100", kind, "00042") for kind in CLASSES]
    valid += [make("de.x1", "a", "DE-BE", "hpc", "7")]
    refused = [f"{valid[0].body}-{char}" for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    refused.remove(str(valid[0]))
    for text in refused:
        with pytest.raises(InvalidIdentifier):
            parse(text)
    made, on_file = recorded("identifiers.json", {"valid": [str(one) for one in valid], "refused": refused})
    assert made == on_file
    assert [parse(text) for text in json.loads(on_file)["valid"]] == valid


def test_canonical_bytes_come_out_as_recorded() -> None:
    rows = [{"value": one, "bytes": canonical(one).hex(), "digest": digest(one)} for one in VALUES]
    made, on_file = recorded("canonical.json", rows)
    assert made == on_file
    for row in json.loads(on_file):
        assert canonical(row["value"]).hex() == row["bytes"]


@pytest.mark.parametrize("state", ["active", "tombstone"])
def test_a_proof_made_from_fixed_seeds_comes_out_as_recorded(world: Any, state: str) -> None:
    revocations = (world.revocation(world.name, "cn.demo", world.demo),) if state == "tombstone" else ()
    proof = Proof(world.signed(status=state), world.chain(), revocations)
    document = {
        "identifier": world.name,
        "at": to_text(world.at),
        "roots": {scope: encode(key) for scope, key in world.roots.items()},
        "seeds": {"cn": "01" * 32, "cn.demo": "02" * 32, "cn.demo/aurora": "03" * 32},
        "proof": proof.to_json(),
    }
    made, on_file = recorded(f"proof-{state}.json", document)
    assert made == on_file
    read = Proof.from_json(json.loads(on_file)["proof"])
    assert read == proof
    outcome = resolve(world.name, read, world.roots, world.at, verify)
    assert isinstance(outcome, Resolved if state == "active" else Unresolved)
