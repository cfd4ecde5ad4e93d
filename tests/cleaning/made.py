"""A whole report on a cleaning, made by the code that makes them, of files that nobody cleaned."""

from collections.abc import Mapping
from typing import Any

from gridtie.adapters.tables import load_rules
from gridtie.cleaner.report import usual_pack
from gridtie.cleaning.audit import Facts, MachineSample, audit
from gridtie.cleaning.decide import Counts
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.sources import RulePack

POLICY = 'name = "strict"\n[kinds]\nEMAIL = "placeholder"\n'


def report(outputs: Mapping[str, str]) -> dict[str, Any]:
    """`outputs`: digests by name."""
    counts = Counts()
    counts.records, counts.kept = 3, 2
    counts.found["EMAIL", "placeholder"], counts.dropped["too-short"] = 4, 1
    facts = Facts(
        software="gridtie 1", code="c" * 64, rules="d" * 64, own_rules={}, names=None, counts=counts,
        by_source={"talk": counts},
        inputs=[{"path": "in.jsonl", "bytes": 9, "sha256": "e" * 64}], machine=MachineSample(), hand_items=0,
        outputs=[{"name": name, "sha256": digest, "kept": 2} for name, digest in outputs.items()],
    )  # fmt: skip
    policy = Policy.read(POLICY, source="policy", kinds=load_rules().kinds)
    pack = RulePack.read(usual_pack(), source="pack")
    return audit(facts, policy=policy, policy_text=POLICY, sources=[], library=None, pack=pack)
