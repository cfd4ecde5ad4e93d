"""The report beside the results: `audit.json`, its page, its signature, the hand sample, and what verifies it all.

Everything in it is gathered anew from what lies in the folder, so that writing and verifying are the same sums.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridtie import __version__
from gridtie.adapters.tables import load_rules
from gridtie.cleaner.files import digest_of, parts_of, put, read, strange_below
from gridtie.cleaner.run import Cleaned, wordless
from gridtie.cleaner.work import Sample, Task, code_digest, looks, whole_look
from gridtie.cleaning.audit import Facts, MachineSample, Verdict, audit
from gridtie.cleaning.decide import Counts, decided
from gridtie.cleaning.groups import Groups
from gridtie.cleaning.page import FORM, page
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.sources import RulePack, Source, source_of
from gridtie.cleaning.tagger import NamesModel
from gridtie.cleaning.words import WordLibrary
from gridtie.errors import InvalidInput, InvalidSignature, Problem
from gridtie.identity.signing import Envelope, Signature, decode
from gridtie.values.canonical import canonical

if TYPE_CHECKING:
    from gridtie.adapters.signers.ed25519 import Ed25519Signer

PACK = "gbt-45654-2025.toml"
_VERDICT = {"item": int, "passed": bool, "personal": int, "note": str, "reviewer": str, "at": str}


def usual_pack() -> str:
    return (resources("gridtie.cleaning") / "packs" / PACK).read_text(encoding="utf-8")


def keep_run(task: Task, cleaned: Cleaned, sources_text: str, pack_text: str) -> None:
    """What a later look needs: which looks and comparisons stand behind which output."""
    parts = [
        {"input": part["input"], "output": part["output"], "look": key,
         "across": {str(place): why for place, why in across.items()}}
        for part, key, across in zip(cleaned.parts, cleaned.keys, cleaned.across, strict=True)
    ]  # fmt: skip
    inputs = [{"path": one["name"], "bytes": one["bytes"], "sha256": one["sha256"]} for one in cleaned.inputs]
    said = {"inputs": inputs, "parts": parts, "sources": sources_text, "pack": pack_text, "policy": task.policy_text,
            "words": task.words_text, "names": task.names_text, "rules": task.own_rules,
            "field": task.text_field, "detectors": cleaned.detectors, "by": _by(task.own_rules)}  # fmt: skip
    put(task.out / "work" / "run.json", json.dumps(said, ensure_ascii=False).encode())


def _by(own_rules: Mapping[str, str]) -> dict[str, str]:
    """What cleans here now. A report keeps to what its cleaning was made by, whoever reviews it later with another."""
    return {"software": f"gridtie {__version__}", "code": code_digest(), "rules": load_rules(own_rules).digest}


@wordless()
def write_report(out: Path, cleaned: Sequence[Mapping[str, Any]], signer: "Ed25519Signer | None") -> dict[str, Any]:
    """From the sums of the run; and the hand sample, which is drawn once."""
    run = _run(out)
    counted = {part["output"]: part for part in cleaned}
    by_output = {name: Counts.of_json(part["counts"]) for name, part in counted.items()}
    machine = MachineSample()
    for part in counted.values():
        machine.add(MachineSample(**part["machine"]))
    ranked = [(rank, part["output"], row) for part in counted.values() for rank, row in part["hand"]]
    digests = {name: part["sha256"] for name, part in counted.items()}
    _draw(out, sorted(ranked)[: _policy(run).hand])
    return _write(out, _facts(out, run, by_output, digests, machine), run, signer)


@wordless()
def rewrite_report(out: Path, signer: "Ed25519Signer | None") -> dict[str, Any]:
    """After verdicts: the same sums as they stand in the report, with the new words of people."""
    made, run = read_report(out), _run(out)
    if broken := _broken(out, run):
        why = "; the same gridtie clean makes it anew"
        raise InvalidInput(source=str(out), problems=[Problem(one + why) for one in broken])
    outputs, by_output = {one["name"]: one["sha256"] for one in made["outputs"]}, _recounted(out, run)
    machine = MachineSample(**made["machine_sample"])
    return _write(out, _facts(out, run, by_output, outputs, machine), run, signer)


def read_report(out: Path) -> dict[str, Any]:
    path = out / "audit.json"
    try:
        made = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise _unfinished(out) from None
    except (ValueError, RecursionError):
        made = None
    if not isinstance(made, dict) or made.get("form") != FORM:
        raise InvalidInput(source=str(path), problems=[Problem(f"no report of the form {FORM}")])
    return made


@wordless()
def differences(out: Path) -> list[str]:
    """Every figure of the report that the folder does not bear out; none for a true report.

    Raises:
        InvalidSignature: signed, and not by the key beside it or not over this report.
    """
    said, run = read_report(out), _run(out)
    _check_signature(out, said)
    task = _task(out, run)
    if broken := _broken(out, run):
        return broken
    by_output = _recounted(out, run)
    machine, digests, wrong = MachineSample(), {}, _other_code(run)
    for part in run["parts"]:
        path = out / "data" / part["output"]
        if not path.exists():
            wrong.append(f"outputs: {part['output']} is missing")
            continue
        digests[part["output"]] = digest_of(path)
        sample, rows = Sample(task, part["output"]), 0
        for record in _records(path):
            sample.take(rows, record)
            rows += 1
        if rows != by_output[part["output"]].kept:
            wrong.append(f"outputs: {part['output']} holds {rows} records, not {by_output[part['output']].kept}")
        machine.add(sample.ended())
    strange = strange_below(out / "data", by_output.keys())
    wrong += [f"outputs: {name} is no result of this cleaning" for name in strange]
    found = audit(_facts(out, run, by_output, digests, machine), **_settled(run))
    return wrong + list(_unlike(said, found, ""))


def _records(path: Path) -> Iterable[Any]:
    return (found.value for part in parts_of(path) for found in read(part))


# ── gathering ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _broken(out: Path, run: Mapping[str, Any]) -> list[str]:
    """Of which results nothing can be recounted."""
    task = _task(out, run)
    return [
        f"work: what was found for {part['output']} is not there, or was changed"
        for part in run["parts"]
        if whole_look(task, part["look"]) is None
    ]


def _by_report(out: Path) -> dict[str, str] | None:
    """What the report that lies here says, where an earlier version cleaned and did not keep it beside its work."""
    if not (out / "audit.json").exists():
        return None
    made = read_report(out)
    return {name: made[name] for name in ("software", "code", "rules")}


def _other_code(run: Mapping[str, Any]) -> list[str]:
    made, now = run.get("by"), _by(run["rules"])
    if made is None:
        return ["it was made by an earlier version, which did not keep by which code"]
    if made == now:
        return []
    told = (f"{one['software']} (code {one['code'][:12]}, rules {one['rules'][:12]})" for one in (made, now))
    return ["it was made by {}, and this is {}: what is looked at anew may come out otherwise".format(*told)]


def _run(out: Path) -> dict[str, Any]:
    try:
        return {"rules": {}, **json.loads((out / "work" / "run.json").read_bytes())}
    except (OSError, ValueError):
        raise _unfinished(out) from None


def _unfinished(out: Path) -> InvalidInput:
    why = "no finished cleaning lies there; run gridtie clean with --out naming this folder"
    return InvalidInput(source=str(out), problems=[Problem(why)])


def _policy(run: Mapping[str, Any]) -> Policy:
    return Policy.read(run["policy"], source="policy", kinds=load_rules(run["rules"]).kinds)


def _settled(run: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "policy": _policy(run), "policy_text": run["policy"],
        "sources": Source.read_all(run["sources"], source="sources") if run["sources"] else [],
        "library": WordLibrary.read(run["words"], source="words") if run["words"] else None,
        "pack": RulePack.read(run["pack"], source="pack"),
    }  # fmt: skip


def _task(out: Path, run: Mapping[str, Any]) -> Task:
    return Task(out=out, policy_text=run["policy"], policy_source="policy", words_text=run["words"],
                names_text=run["names"], own_rules=run["rules"],
                text_field=run["field"], aside=False, keys={})  # fmt: skip


def _recounted(out: Path, run: Mapping[str, Any]) -> dict[str, Counts]:
    """From what was kept of each look, by the same decision as when it was written."""
    policy, task = _policy(run), _task(out, run)
    made = {}
    for part in run["parts"]:
        counts = made[part["output"]] = Counts()
        for place, look in enumerate(looks(task, part["look"])):
            counts.count(look, decided(look, part["across"].get(str(place), ""), policy))
    return made


def _facts(
    out: Path, run: Mapping[str, Any], by_output: Mapping[str, Counts], digests: Mapping[str, str],
    machine: MachineSample,
) -> Facts:  # fmt: skip
    sources = _settled(run)["sources"]
    total, by_source = Counts(), dict[str, Counts]()
    for part in run["parts"]:
        counts = by_output[part["output"]]
        total.add(counts)
        by_source.setdefault(source_of(part["input"], sources), Counts()).add(counts)
    made_from = {part["output"]: part["input"] for part in run["parts"]}
    inputs = [{**one, "source": source_of(one["path"], sources)} for one in run["inputs"]]
    outputs = [{"name": name, "sha256": digest, "kept": by_output[name].kept, "input": made_from[name]}
               for name, digest in digests.items()]  # fmt: skip
    return Facts(
        **(run.get("by") or _by_report(out) or _by(run["rules"])),
        own_rules={name: sha256(text.encode()).hexdigest() for name, text in run["rules"].items()},
        names=_names(run), inputs=inputs, outputs=outputs,
        counts=total, by_source=by_source, machine=machine, hand_items=len(sample_of(out)),
        groups=_groups(out, _policy(run), digests), detectors=_detectors(out, run),
        verdicts=verdicts_of(out),
    )  # fmt: skip


def _groups(out: Path, policy: Policy, outputs: Iterable[str]) -> Groups | None:
    """Counted from the files themselves, as whoever receives them would."""
    if policy.table is None:
        return None
    made = Groups(policy.table)
    for name in outputs:
        for record in _records(out / "data" / name):
            made.add(record)
    return made


def _names(run: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if not run["names"]:
        return None
    model = NamesModel.read(run["names"], source="names")
    return {"sha256": model.digest, "made": model.made, "everywhere": _policy(run).names_everywhere}


def _detectors(out: Path, run: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What each said it is, and the digest of all that it found: place after place, as it lies there."""
    made = {name: sha256() for name in run.get("detectors", {})}
    for part in run["parts"] if made else ():
        for number, look in enumerate(looks(_task(out, run), part["look"])):
            for one in look.told:
                made[one.detector].update(canonical([part["output"], number, asdict(one)]) + b"\n")
    return [{"name": name, **run["detectors"][name], "sha256": digest.hexdigest()} for name, digest in made.items()]


# ── the hand sample ───────────────────────────────────────────────────────────────────────────────────────────────
def _draw(out: Path, chosen: Sequence[tuple[int, str, int]]) -> None:
    """Writes the records that people are asked about, as they were written: numbered, with where each stands."""
    wanted: dict[str, dict[int, int]] = {}
    for number, (_, output, row) in enumerate(chosen, 1):
        wanted.setdefault(output, {})[row] = number
    items: dict[int, dict[str, Any]] = {}
    for output, rows in wanted.items():
        for row, record in enumerate(_records(out / "data" / output)):
            if row in rows:
                items[rows[row]] = {"item": rows[row], "output": output, "row": row, "record": record}
    lines = [json.dumps(items[number], ensure_ascii=False, default=str) for number in sorted(items)]
    (out / "review").mkdir(exist_ok=True)
    sample, verdicts = out / "review" / "sample.jsonl", out / "review" / "verdicts.jsonl"
    drawn = "".join(line + "\n" for line in lines).encode("utf-8", "replace")
    if verdicts.exists() and sample.read_bytes() != drawn:  # they speak of other items
        verdicts.rename(verdicts.with_name(f"verdicts-{digest_of(sample)[:12]}.jsonl"))
    put(sample, drawn)


def sample_of(out: Path) -> list[dict[str, Any]]:
    return [said for _, said in _lines(out / "review" / "sample.jsonl")]


def verdicts_of(out: Path) -> list[Verdict]:
    """Raises InvalidInput for a line that is none."""
    path, made = out / "review" / "verdicts.jsonl", []
    for number, said in _lines(path):
        if {name: type(value) for name, value in said.items()} != _VERDICT:
            raise InvalidInput(source=str(path), problems=[Problem("is no verdict", line=number, column=1)])
        made.append(Verdict(**said))
    return made


def add_verdicts(out: Path, verdicts: Iterable[Verdict]) -> None:
    """All of them or none. Raises OSError for a full disk."""
    said = "".join(json.dumps(asdict(verdict), ensure_ascii=False) + "\n" for verdict in verdicts).encode()
    with (out / "review" / "verdicts.jsonl").open("ab", buffering=0) as file:
        before = file.seek(0, os.SEEK_END)
        try:
            while said:
                said = said[file.write(said) :]
        except OSError:
            file.truncate(before)  # behind half a line no other one could be read
            raise


def _lines(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """Each with its number. Raises InvalidInput for a line that is no object."""
    text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise InvalidInput(source=str(path), problems=[Problem("is no JSON object", line=number, column=1)])
        yield number, said


# ── writing and comparing ─────────────────────────────────────────────────────────────────────────────────────────
def _write(out: Path, facts: Facts, run: Mapping[str, Any], signer: "Ed25519Signer | None") -> dict[str, Any]:
    made = audit(facts, **_settled(run))
    signature = out / "audit.signature.json"
    if signer is not None:
        (signed,) = Envelope("cleaning-audit", _sealed(made)).sign("cleaner", signer).signatures
        put(signature, canonical(asdict(signed)))
    else:
        signature.unlink(missing_ok=True)
    put(out / "audit.json", canonical(made))
    put(out / "audit.html", page(made).encode())
    return made


def _sealed(made: Mapping[str, Any]) -> dict[str, str]:
    return {"sha256": sha256(canonical(made)).hexdigest()}


def _check_signature(out: Path, made: Mapping[str, Any]) -> None:
    from gridtie.adapters.signers.ed25519 import verify

    path = out / "audit.signature.json"
    if not path.exists():
        return
    try:
        signature = Signature(**json.loads(path.read_bytes()))
    except (ValueError, TypeError):
        raise InvalidSignature(subject="cleaning-audit", reason="its file holds no signature") from None
    key = decode(signature.key, length=32, subject="cleaning-audit")
    Envelope("cleaning-audit", _sealed(made), (signature,)).check("cleaner", key, verify)


def _unlike(said: Any, found: Any, where: str) -> Iterable[str]:
    if isinstance(said, Mapping) and isinstance(found, Mapping):
        for key in sorted(set(said) | set(found)):
            yield from _unlike(said.get(key), found.get(key), f"{where}.{key}" if where else key)
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for number, (one, other) in enumerate(zip(said, found, strict=True)):
            yield from _unlike(one, other, f"{where}[{number}]")
    elif said != found:
        yield f"{where}: the report says {_short(said)}, the folder {_short(found)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 80 else text[:77] + "…"
