"""`gridtie dataset clean`: a dataset of the catalogue cleaned by jobs of the exchange, and published as another.

One job of N ranks looks, each rank at its share of the parts; the one that follows it takes their looks, compares
across all, and writes results and report: a chain, so one use of the data. What was begun is kept on this machine, so
that the same command, or --job, goes on with it.
"""

import argparse
import json
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from gridtie.cli.context import connect, data_home, text_of_file, write_private
from gridtie.cli.job import progress_line
from gridtie.cli.nouns import Verb, flag
from gridtie.cli.output import plain, print_record, say
from gridtie.errors import InvalidInput, JobFailed, Problem

if TYPE_CHECKING:
    from gridtie.cleaning.policy import Policy
    from gridtie.client.exchange import ExchangeClient, JobHandle

_TOLD = re.compile(r"^(looking|gathering|writing) ([0-9]+) of ([0-9]+)$", re.MULTILINE)
_RUN = 'exec "${GRIDTIE_PYTHON:-python3}" -I program.py'
_WRITTEN = ("data", "review", "audit.json", "audit.html", "work/run.json")
ASKED_AT_ONCE = 8
PAUSE_S = 2.0
LAST_LINES = 10


def run(args: argparse.Namespace) -> int:
    client = connect(args)
    begun = _begun(client.url, args.job) if args.job else _begin(client, args)
    try:
        _step(client, begun, "look")
        _step(client, begun, "write")
    except KeyboardInterrupt:
        job = begun["write"] or begun["look"]
        say(f"\nstopped watching; the job goes on. Go on with it: gridtie dataset clean --job {job}")
        return 130
    made = _publish(client, begun)
    if args.out:
        _bring(client, begun, args.out)
    cleaning = made["version"]["cleaning"]
    print_record({
        "dataset": made["name"], "version": made["version"]["name"], "from": f"{begun['dataset']}@{begun['version']}",
        "kept": cleaning["kept"], "dropped": cleaning["dropped"], "treated": cleaning["treated"],
        "checks_held": cleaning["passed"], "look": begun["look"], "write": begun["write"],
    }, args)  # fmt: skip
    return 0


# ── what was begun ────────────────────────────────────────────────────────────────────────────────────────────────
def _begin(client: "ExchangeClient", args: argparse.Namespace) -> dict[str, Any]:
    """Everything is checked before anything is sent; what the same command began before is gone on with."""
    from gridtie.cleaner.work import code_digest
    from gridtie.cli.local.clean import keys_of

    policy, given = _given(args)
    keys_of(policy, args.policy)
    name, _, version = args.dataset.partition("@")
    found = client.dataset(name, version=version)
    own = client.call("GET", "/v1/whoami")["organisation"]["id"] == found["owner"]
    paths = readable(found, own=own, card=args.card, called=_named_by_people(given, found))
    said = {
        "exchange": client.url, "dataset": found["name"], "key": found["id"], "version": found["version"]["name"],
        "bytes": found["version"]["bytes"], "records": found["version"]["records"] or 0, "inputs": paths,
        "name": args.name, "given": given, "policy": str(args.policy.resolve()), "card": _card(args, found, policy),
        "workers": args.workers, "cpus": args.cpus, "memory": args.memory, "site": args.site,
        "isolation": args.isolation, "purpose": args.purpose, "max_total": args.max_total,
    }  # fmt: skip
    known = sha256(json.dumps([said, code_digest()], sort_keys=True).encode()).hexdigest()[:32]
    path = data_home() / "cleanings" / f"{known}.json"
    if path.exists():
        return _read(path)
    return _kept({**said, "path": str(path), "look": "", "write": "", "nonce": uuid.uuid4().hex})


def _begun(url: str, job: str) -> dict[str, Any]:
    """Raises InvalidInput for a job that no cleaning from this machine submitted."""
    for path in sorted((data_home() / "cleanings").glob("*.json")):
        begun = _read(path)
        if begun["exchange"] == url and any(begun[step].startswith(job) for step in ("look", "write") if begun[step]):
            return begun
    words = (
        f"{job} belongs to no cleaning begun on this machine; gridtie dataset clean OWNER/NAME --policy … begins one"
    )
    raise InvalidInput(source="--job", problems=[Problem(words)])


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _kept(begun: dict[str, Any]) -> dict[str, Any]:
    write_private(Path(begun["path"]), json.dumps(begun, ensure_ascii=False))
    return begun


def _given(args: argparse.Namespace) -> "tuple[Policy, dict[str, Any]]":
    """The texts of a cleaning, read as `gridtie clean` reads them."""
    from gridtie.adapters.tables import load_rules
    from gridtie.cleaner.report import usual_pack
    from gridtie.cleaning.policy import Policy
    from gridtie.cleaning.sources import RulePack, Source
    from gridtie.cli.local.clean import names_of, words_of
    from gridtie.cli.local.clean_rules import own_rules
    from gridtie.data.cardfile import check_name

    missing = [f"--{name}" for name in ("policy", "name") if not getattr(args, name)]
    missing += [] if args.dataset else ["OWNER/NAME"]
    if missing:
        raise InvalidInput(source="dataset clean", problems=[Problem(f"name {', '.join(missing)}, or --job ID")])
    check_name(args.name)
    if args.workers < 1 or args.cpus < 1:
        raise InvalidInput(source="dataset clean", problems=[Problem("--workers and --cpus are 1 or more")])
    text = text_of_file(args.policy)
    rules = own_rules(text, args.policy)
    policy = Policy.read(text, source=str(args.policy), kinds=load_rules(rules).kinds)
    if policy.detectors:
        why = "[detectors] are run by gridtie clean alone, where they are installed; a site has none"
        raise InvalidInput(source=str(args.policy), problems=[Problem(why)])
    sources = text_of_file(args.sources) if args.sources else ""
    if sources:
        Source.read_all(sources, source=str(args.sources))
    pack = text_of_file(args.pack) if args.pack else usual_pack()
    RulePack.read(pack, source=str(args.pack or "the built-in pack"))
    given = {
        "policy": text, "words": words_of(policy, args.policy), "names": names_of(policy, args.policy),
        "rules": rules, "field": args.field, "sources": sources, "pack": pack,
    }  # fmt: skip
    return policy, given


def _named_by_people(given: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    from gridtie.cleaner.work import Task, named_by_people

    task = Task(out=Path(), policy_text=given["policy"], policy_source="policy", words_text="", aside=False, keys={},
                names_text=given["names"], own_rules=given["rules"], text_field=given["field"])  # fmt: skip
    return named_by_people(task, (part["path"] for part in found["version"]["parts"]))


def readable(
    found: Mapping[str, Any], *, own: bool, card: Path | None, called: Sequence[str] = ()
) -> list[str]:  # fmt: skip
    """The paths of its files in the order in which `gridtie clean` takes a folder of them. Raises InvalidInput for what
    cannot be cleaned, or must not be."""
    from gridtie.cleaner.files import of_one_result

    problems = list(called)
    parts = found["version"]["parts"]
    if found["delivery"] == "compute" or any(part["held_by"] for part in parts):
        problems.append("no copy of it may leave its site, so no cleaned copy either; clean it there: gridtie clean")
    if not own and not found["terms"]["derive"]:
        problems.append("its terms allow no data that is derived from it; ask its owner for other terms")
    if not own and card is None:
        problems.append("it is not yours: say with --card FILE under which terms the result is offered")
    problems += of_one_result((PurePosixPath(part["path"]), part["path"]) for part in parts)
    if problems:
        raise InvalidInput(source=found["name"], problems=[Problem(problem) for problem in problems])
    return [str(path) for path in sorted(Path(part["path"]) for part in parts)]


def _card(args: argparse.Namespace, found: Mapping[str, Any], policy: "Policy") -> str:
    """The card of the result: the file, or that of the dataset with the words that it was cleaned."""
    from gridtie.adapters.tables import load_places
    from gridtie.cleaner.card import cleaned_card
    from gridtie.data.cardfile import read_card

    text = text_of_file(args.card) if args.card else cleaned_card(found, policy.name)
    read_card(text, source=str(args.card or "card"), hubs=load_places().hubs)
    return text


# ── the two jobs ──────────────────────────────────────────────────────────────────────────────────────────────────
def _step(client: "ExchangeClient", begun: dict[str, Any], step: str) -> None:
    """Submits it unless that was done, and what follows it, and waits. Raises JobFailed; the next command then submits
    it anew."""
    if not begun[step]:
        begun |= _submitted(client, begun, ("look", "write") if step == "look" else ("write",))
        _kept(begun)
    job = client.handle(begun[step])
    _wait(client, job, ranks=begun["workers"] if step == "look" else 1)
    if job.state != "succeeded":
        begun |= {"write": "", step: "", "nonce": uuid.uuid4().hex}
        _kept(begun)
        for rank in range(begun["workers"] if step == "look" else 1):
            if last := client.log(job.id, rank=rank, tail=LAST_LINES).body.decode("utf-8", "replace"):
                say(f"rank {rank} said last:\n{plain(last)}")
        raise JobFailed(key=job.id, state=job.state, reason=job.data.get("reason", ""))


def _submitted(client: "ExchangeClient", begun: Mapping[str, Any], steps: Sequence[str]) -> dict[str, str]:
    """The jobs of these steps, as a chain where there are two. With a key that is the same until an attempt has failed,
    so that a chain whose answer was lost is not submitted twice."""
    from gridtie.adapters.tables import load_rules
    from gridtie.cleaner.share import KEY
    from gridtie.cleaning.policy import Policy
    from gridtie.cli.local.clean import keys_of

    kinds = load_rules(begun["given"].get("rules")).kinds
    policy = Policy.read(begun["given"]["policy"], source=begun["policy"], kinds=kinds)
    keys = keys_of(policy, Path(begun["policy"]))
    encrypts = any(treatment.action == "encrypt" for treatment in (policy.default, *policy.kinds.values()))
    files = []
    for number, step in enumerate(steps):
        held = tuple(keys) if step == "write" else ()
        sent = _sent(client, begun, step, held, encrypts=encrypts and step == "write")
        files += [{**file, "job": number} for file in sent]
    if "look" not in steps:
        files += [{name: file[name] for name in ("path", "sha256", "size")} for file in client.outputs(begun["look"])]
    secrets = {f"{KEY}{number}": value.hex() for number, value in enumerate(keys.values())}
    texts = [job_text(begun, step, tuple(secrets)) for step in steps]
    jobs = client.submit("\n---\n".join(texts), source=f"cleaning {begun['dataset']}", files=files, secrets=secrets,
                         key=f"clean-{steps[0]}-{begun['nonce']}")  # fmt: skip
    return {step: job.id for step, job in zip(steps, jobs, strict=True)}


def _sent(
    client: "ExchangeClient", begun: Mapping[str, Any], step: str, keys: Sequence[str], *, encrypts: bool
) -> list[dict[str, Any]]:
    from gridtie.cleaner import travel

    share = begun["bytes"] // (begun["workers"] if step == "look" else 1)
    work = travel.work_of(step, begun["inputs"], share_bytes=share, given=begun["given"], keys=keys, encrypts=encrypts)
    files = []
    with TemporaryDirectory() as folder:
        for name, content in ((travel.ARCHIVE, travel.archive()), (travel.PROGRAM, travel.program()),
                              (travel.WORK, work)):  # fmt: skip
            path = Path(folder) / name
            path.write_bytes(content)
            digest, size = client.upload(path)
            files.append({"path": name, "sha256": digest, "size": size})
    return files


def job_text(begun: Mapping[str, Any], step: str, secrets: Sequence[str] = ()) -> str:
    """A job file in JSON, which is YAML. The write step holds 512 bytes of signature for each record, twice, and the
    keys of the policy."""
    from gridtie.cleaner.share import INPUT, OUT

    ranks = begun["workers"] if step == "look" else 1
    megabytes = 1000 if step == "look" else 1000 + begun["records"] * 1500 // 10**6
    seconds = begun["bytes"] // (ranks * begun["cpus"] * 10**6)
    outputs = [f"{OUT}/work/looks"] if step == "look" else [f"{OUT}/{name}" for name in _WRITTEN]
    infra = {"infra": f"gridtie/{begun['site']}"} if begun["site"] else {}
    budget = {"budget": {"max_total": begun["max_total"]}} if begun["max_total"] else {}
    purpose = {"purpose": begun["purpose"]} if begun["purpose"] else {}
    hidden = {"secrets": dict.fromkeys(secrets)} if secrets and step == "write" else {}
    said = {
        "name": f"clean-{begun['name']}-{step}", "num_nodes": ranks, "run": _RUN, **hidden,
        "resources": {"cpus": begun["cpus"], "memory": begun["memory"] or f"{megabytes}MB",
                      "disk_size": 1 + -(-4 * begun["bytes"] // 10**9), **infra},
        "gridtie": {
            "isolation": begun["isolation"], "expected": f"{60 + seconds}s",
            "retry": {"on": ["site_lost", "preempted", "failure", "out_of_memory"], "max": 2}, "outputs": outputs,
            "data": [{"name": f"{begun['dataset']}@{begun['version']}", "to": INPUT}], **budget, **purpose,
        },
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, indent=1)


def _wait(client: "ExchangeClient", job: "JobHandle", *, ranks: int) -> None:
    """Says each change with its reason, and while it runs how far all ranks are together."""
    from gridtie.cleaner.run import Step
    from gridtie.cli.local.clean import Shown
    from gridtie.client.exchange import FINAL

    shown, said, pause = Shown(), "", 0.1
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        while job.refresh().state not in FINAL:
            if said != (line := progress_line(job.data, colour=False)):
                said, pause = line, 0.1
                say(line)
            if job.state == "running":
                told = [one for one in pool.map(lambda rank: _told(client, job.id, rank), range(ranks)) if one]
                if told:
                    shown(Step(told[0][0], sum(done for _, done, _ in told), sum(size for *_, size in told)))
            time.sleep(pause)
            pause = min(pause * 1.4, PAUSE_S)
    shown.end()
    say(progress_line(job.data, colour=False))


def _told(client: "ExchangeClient", job: str, rank: int) -> tuple[str, int, int] | None:
    lines = _TOLD.findall(client.log(job, rank=rank, tail=5).body.decode("utf-8", "replace"))
    return (lines[-1][0], int(lines[-1][1]), int(lines[-1][2])) if lines else None


# ── the result ────────────────────────────────────────────────────────────────────────────────────────────────────
def _publish(client: "ExchangeClient", begun: Mapping[str, Any]) -> Mapping[str, Any]:
    """The job's outputs by their content: no byte of them comes here. Done before, it is not done again."""
    from gridtie.cleaner.share import OUT

    outputs = {file["path"].removeprefix(f"{OUT}/"): file for file in client.outputs(begun["write"])}
    parts = [{"path": path.removeprefix("data/"), "sha256": file["sha256"], "size": file["size"]}
             for path, file in sorted(outputs.items()) if path.startswith("data/")]  # fmt: skip
    return client.publish_dataset(
        begun["name"], begun["card"], parts, report=outputs["audit.json"]["sha256"],
        derived_from=[f"{begun['key']}@{begun['version']}"], job=begun["write"],
    )  # fmt: skip


def _bring(client: "ExchangeClient", begun: Mapping[str, Any], out: Path) -> None:
    """As a cleaning here leaves its folder, and signed by who cleans here: `gridtie clean review` and `verify` work."""
    from gridtie.cleaner.report import rewrite_report
    from gridtie.cleaner.share import OUT
    from gridtie.cli.local.clean import signer

    for step in ("look", "write"):
        for file in client.outputs(begun[step]):
            client.download(file["sha256"], out / file["path"].removeprefix(f"{OUT}/"), size=file["size"])
    rewrite_report(out, signer())


CLEAN = Verb("clean", "clean it by jobs on the exchange, and publish the result", run, [
    flag("dataset", nargs="?", metavar="OWNER/NAME[@V]", help="what is cleaned; without @V the newest version"),
    flag("--policy", type=Path, metavar="FILE", help="what becomes of what is found (TOML)"),
    flag("--name", metavar="CLEANED", help="the dataset of yours that gets the result as a version"),
    flag("--card", type=Path, metavar="FILE", help="its card (TOML); default: as that of yours which is cleaned"),
    flag("--sources", type=Path, metavar="FILE", help="licence and collection record of each (TOML)"),
    flag("--pack", type=Path, metavar="FILE", help="the thresholds to hold it to; default: GB/T 45654"),
    flag("--field", default="text", metavar="NAME", help="what a record is about (default: text)"),
    flag("--workers", type=int, default=1, metavar="N", help="ranks that look, each at its share (default 1)"),
    flag("--cpus", type=int, default=1, metavar="N", help="cores of a rank, a process each (default 1)"),
    flag("--memory", metavar="SIZE", help="of a rank (default: 1 GB, and what the comparing needs)"),
    flag("--site", metavar="SITE", help="run there; default: where the market puts it"),
    flag("--isolation", default="sandbox", metavar="KIND", help="the weakest accepted (default: sandbox)"),
    flag("--purpose", default="", help="what your contract on the data is for"),
    flag("--max-total", type=float, metavar="MONEY", help="limit for each of the two jobs"),
    flag("--out", type=Path, metavar="DIR", help="also bring results, report and looks here, as gridtie clean does"),
    flag("--job", metavar="ID", help="go on with what this job belongs to, begun on this machine"),
])  # fmt: skip
