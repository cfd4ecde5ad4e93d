"""Our cleaning beside Presidio, datatrove, data-juicer and datasketch: `python benchmarks/bench_cleaning_peers.py`.

`make cleaning-peers` installs them into .peers first. Every engine is a child process held to one core, over the same
slice and the same labelled documents, in the same run; speed is by processor seconds of that child after it has loaded.
`--texts FILE` (JSON lines with `text`, also .gz) takes the slice from texts of yours, spread over the whole file; else
it is the documentation of Python with labelled documents in between. `--labelled FILE` judges by a set of yours, too:
lines with `text`, `lang`, `labels` = [start, end, kind, …].
"""

import argparse
import gzip
import json
import os
import platform
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from pydoc_data.topics import topics
from tempfile import TemporaryDirectory
from typing import Any

from bench_cleaning import COVER, share, table
from cleaning_documents import BATCHES, Document

ROOT = Path(__file__).parents[1]
COMMON, JUICER = (ROOT / ".peers" / name / "bin" / "python" for name in ("common", "data-juicer"))
OURS = Path(sys.executable)
CHILD = Path(__file__).parent / "cleaning_engines.py"
TERABYTE_MB, HOUR_S = 1e6, 3600
FREE = ("NAME", "ADDRESS")  # kinds that are no pattern: Presidio finds them by a model, and none is on the registry
# What each calls the kinds that it says it finds. Presidio's phones are those of eight countries, China not among them;
# data-juicer's, besides mobiles of China, numbers with a plus and no more than one joint.
CLAIMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "presidio": {"EMAIL_ADDRESS": ("EMAIL",), "IP_ADDRESS": ("IPV4", "IPV6"), "PHONE_NUMBER": ("USPHONE",),
                 "CREDIT_CARD": ("CARD",), "IBAN_CODE": ("IBAN",), "US_SSN": ("SSN",), "MAC_ADDRESS": ("MAC",)},
    "datatrove": {"EMAIL": ("EMAIL",), "IP": ("IPV4",)},
    "juicer-mapper": {"email": ("EMAIL",), "ipv4": ("IPV4",), "mac": ("MAC",), "phone_cn": ("MOBILE",),
                      "id_card_cn": ("CN_ID",)},
    "juicer-cleaners": {"email": ("EMAIL",), "ip": ("IPV4",)},
}  # fmt: skip
ALIASES = {"IDCARD": "CN_ID", "PHONE_US": "USPHONE"}
SHOWN = {
    "gridtie": "gridtie, with the model of names", "gridtie-rules": "gridtie, rules alone",
    "gridtie-replacing": "gridtie, rules alone, and replaced", "presidio": "Presidio, blank tokenizer",
    "presidio-bare": "Presidio, no tokenizer", "datatrove": "datatrove PIIFormatter (replaces)",
    "juicer-mapper": "data-juicer pii_redaction_mapper (replaces)",
    "juicer-cleaners": "data-juicer clean_email, clean_ip (replaces)",
}  # fmt: skip
NEAR = {"gridtie": "gridtie", "datasketch": "datasketch MinHashLSH", "datatrove": "datatrove, its four stages"}
WHOLE = {"gridtie": "gridtie, with the model of names", "datatrove": "datatrove, PIIFormatter and four stages"}
Answer = Mapping[str, Any]


# ── the texts ─────────────────────────────────────────────────────────────────────────────────────────────────────
def base_texts(path: Path | None, size: float) -> list[str]:
    if path is None:
        chance, made = random.Random(1), BATCHES[0].documents(40, 7)
        pages = [text[at : at + 2_000] for text in topics.values() for at in range(0, len(text), 2_000)]
        mixed = [f"{page}\n{chance.choice(made).text}" if chance.random() < 0.2 else page for page in pages]
        chance.shuffle(mixed)
        return until(mixed, size)
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        texts = [str(json.loads(line)["text"]) for line in file]
    step = max(1.0, sum(len(text.encode()) for text in texts) / 1e6 / size)
    return [texts[int(number * step)] for number in range(int(len(texts) / step))]


def until(texts: Sequence[str], size: float) -> list[str]:
    made, bytes_so_far = [], 0
    for text in texts:
        if bytes_so_far > size * 1e6:
            break
        made.append(text)
        bytes_so_far += len(text.encode())
    return made


def with_copies(texts: Sequence[str], seed: int = 3) -> tuple[list[str], dict[int, float]]:
    """After every eighth text a copy of it with so much of it changed; the places of copies, and how much."""
    chance, made, copies = random.Random(seed), list[str](), dict[int, float]()
    for number, text in enumerate(texts):
        made.append(text)
        if number % 8 == 0 and len(text) >= 400:
            edits = chance.choice([0.0, 0.005, 0.01])
            letters = list(text)
            for _ in range(round(edits * len(letters))):
                letters[chance.randrange(len(letters))] = chance.choice("的一是在aeinst")
            copies[len(made)] = edits
            made.append("".join(letters))
    return made, copies


def chinese(text: str) -> bool:
    return sum("一" <= letter <= "鿿" for letter in text[:2_000]) > 0.15 * len(text[:2_000])


def labelled_of(path: Path, most: int) -> list[Document]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        said = [json.loads(line) for line in file]
    step = max(1, len(said) // most)
    return [
        Document(
            "", one["lang"], one["text"], [(a, b, ALIASES.get(kind, kind), "") for a, b, kind, *_ in one["labels"]]
        )
        for one in said[::step]
    ]


# ── running a child ───────────────────────────────────────────────────────────────────────────────────────────────
def asked(python: Path, engine: str, job: str, folder: Path, core: int) -> Answer:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "PYTHONHASHSEED": "0",
                   "HF_HUB_OFFLINE": "1"}  # fmt: skip
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    done = subprocess.run(
        [python, CHILD, engine, job, folder], env=environment, capture_output=True, text=True, check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )  # fmt: skip
    if done.returncode or not answer.exists():
        raise SystemExit(f"{engine} at {job} ended with {done.returncode}:\n{done.stderr[-3_000:]}")
    print(f"  {job} {engine} …", file=sys.stderr)
    return dict(json.loads(answer.read_bytes()))


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────
class Score:
    def __init__(self) -> None:
        self.asked, self.found, self.right, self.false = 0, 0, 0, 0

    @property
    def recall(self) -> str:
        return share(self.found, self.asked)

    @property
    def precision(self) -> str:
        return share(self.right, self.right + self.false)


Names = Sequence[str] | None  # None for all but names of people and addresses


def judged(texts: Sequence[Document], found: Sequence[Any], *, language: str, kinds: Names, called: Names) -> Score:
    """Recall of labels of these kinds by any finding; precision of findings that are called so, by any label."""
    score = Score()
    for one, spans in zip(texts, found, strict=True):
        if one.language != language:
            continue
        for start, end, kind, _ in one.labels:
            if kind in kinds if kinds else kind not in FREE:
                inside = sum(max(0, min(end, span[1]) - max(start, span[0])) for span in spans)
                score.asked += 1
                score.found += inside >= COVER * (end - start)
        for start, end, name, _ in spans:
            if name in called if called else name not in FREE:
                touched = any(label[0] < end and start < label[1] for label in one.labels)
                score.right += touched
                score.false += not touched
    return score


def quality(texts: Sequence[Document], answers: Mapping[str, Answer]) -> None:
    found = {engine: answer["found"] for engine, answer in answers.items() if engine not in ("gridtie-replacing",)}
    sure = [[span for span in spans if span[3] >= 0.3] for spans in found["presidio"]]
    rows = []
    for engine, spans in [*found.items(), ("presidio from 0.3", sure)]:
        scores = [judged(texts, spans, language=language, kinds=None, called=None) for language in ("zh", "en")]
        rows.append(
            (
                SHOWN.get(engine, "Presidio, its scores from 0.3 of 1"),
                *(part for score in scores for part in (score.recall, score.precision)),
            )
        )
    print("\nAll structured kinds (without names and addresses); a finding is false where it touches no label")
    table(("", "zh recall", "precision", "en recall", "precision"), rows)
    for peer, claims in CLAIMS.items():
        kinds = sorted({kind for said in claims.values() for kind in said})
        rows = []
        for engine, called in ((peer, list(claims)), ("gridtie-rules", kinds)):
            cells: list[str] = []
            for language in ("zh", "en"):
                score = judged(texts, found[engine], language=language, kinds=kinds, called=called)
                cells += [str(score.asked), score.recall, score.precision]
            rows.append((SHOWN[engine], *cells))
        print(f"\nOnly what {SHOWN[peer]} says it finds: {', '.join(kinds)}")
        table(("", "zh labels", "recall", "precision", "en labels", "recall", "precision"), rows)
    by_kind(texts, found)


def by_kind(texts: Sequence[Document], found: Mapping[str, Sequence[Any]]) -> None:
    labels = Counter((one.language, kind) for one in texts for _, _, kind, _ in one.labels)
    engines = [engine for engine in found if engine != "presidio-bare"]
    rows = [
        (f"{language} {kind}", count, *(
            judged(texts, found[engine], language=language, kinds=[kind], called=[""]).recall for engine in engines
        ))
        for (language, kind), count in sorted(labels.items())
    ]  # fmt: skip
    print("\nRecall by kind")
    table(("", "labels", *engines), rows)


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────
def rates(size: float, answers: Mapping[str, Answer], shown: Mapping[str, str], ours: str) -> None:
    rows = [
        (shown[engine], f"{one['cpu']:.2f}", f"{one['wall']:.2f}", one["times"], f"{one['peak_mb']:.0f}",
         f"{size / one['cpu']:.2f}", f"{one['cpu'] / answers[ours]['cpu']:.1f}")
        for engine, one in answers.items()
    ]  # fmt: skip
    table(("", "processor s", "wall s", "times", "peak MB", "MB/s", f"times the seconds of {ours}"), rows)


def full(size: float, answers: Mapping[str, Answer]) -> None:
    rows = [(SHOWN[engine], f"{size / one['full_cpu']:.2f}") for engine, one in answers.items()]
    table(("the labelled documents, full of personal data", "MB/s"), rows)


def dropped(copies: Mapping[int, float], answers: Mapping[str, Answer]) -> None:
    """Which of a pair goes is a matter of taste: either counts."""
    rows = []
    for engine, one in answers.items():
        gone, cells = set(one["dropped"]), []
        for edits in (0.0, 0.005, 0.01):
            planted = [place for place in copies if copies[place] == edits]
            cells.append(share(sum(place in gone or place - 1 in gone for place in planted), len(planted)))
        others = sum(1 for place in gone if place not in copies and place + 1 not in copies)
        rows.append((NEAR[engine], *cells, others))
    table(("planted copies found, by share of letters changed", "0", "0.5 %", "1 %", "others dropped"), rows)


def costs(size: float, find: Mapping[str, Answer], near: Mapping[str, Answer], whole: Mapping[str, Answer]) -> None:
    def hours(cpu: float) -> str:
        return f"{cpu / size * TERABYTE_MB / HOUR_S:,.0f}"

    def of(answers: Mapping[str, Answer], engine: str) -> str:
        return hours(answers[engine]["cpu"]) if engine in answers else "–"

    both = find["presidio"]["cpu"] + near["datasketch"]["cpu"]
    rows = [
        ("gridtie", of(find, "gridtie"), of(near, "gridtie"), of(whole, "gridtie")),
        ("gridtie, rules alone", of(find, "gridtie-rules"), of(near, "gridtie"), "–"),
        ("datatrove", of(find, "datatrove"), of(near, "datatrove"), of(whole, "datatrove")),
        ("Presidio and datasketch", of(find, "presidio"), of(near, "datasketch"), f"{hours(both)} (sum)"),
        ("data-juicer pii_redaction_mapper", of(find, "juicer-mapper"), "–", "–"),
    ]
    print(
        "\n1 TB (10^6 MB of UTF-8) in core-hours, by the rates above. It supposes texts like these, rates that do not"
        "\nfall with size, and memory for the comparison. A whole pass is from files to files, near-duplicates in it;"
        "\na sum is of the two alone, without reading and writing."
    )
    table(("", "scan", "near-duplicates", "whole pass"), rows)


def targets(find: Mapping[str, Answer]) -> None:
    print("\nTargets for a scan: 5 times as fast as datatrove's and 50 times as fast as Presidio's, at higher recall")
    rows = []
    for engine in ("gridtie", "gridtie-rules"):
        for peer, least in (("datatrove", 5), ("presidio", 50), ("presidio-bare", 50)):
            ratio = find[peer]["cpu"] / find[engine]["cpu"]
            rows.append((SHOWN[engine], SHOWN[peer], f"{ratio:.1f}", least, "met" if ratio >= least else "MISSED"))
    table(("", "against", "times as fast", "target", ""), rows)


def machine(core: int) -> str:
    with open("/proc/cpuinfo") as file:
        named = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    model, load = (*named, platform.machine())[0], os.getloadavg()[0]
    return (
        f"{model}, core {core} of {os.cpu_count()}, load {load:.1f} at the start; Python {platform.python_version()}\n"
        "Presidio has no spaCy model, for none is on the package registry: no names or places, faster than with one."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--texts", type=Path, metavar="FILE")
    parser.add_argument("--mb", type=float, default=1.0, help="size of the slice before copies are put in (default: 1)")
    parser.add_argument("--labelled", type=Path, metavar="FILE")
    parser.add_argument("--count", type=int, default=40, help="labelled documents of each shape and language")
    args = parser.parse_args()
    if not (ROOT / ".peers" / "ready").exists():
        print(
            "SKIPPED: Presidio, datatrove, data-juicer and datasketch are not there; make cleaning-peers installs them"
        )
        return
    core = max(os.sched_getaffinity(0))
    print(machine(core))
    texts, copies = with_copies(base_texts(args.texts, args.mb))
    size = sum(len(text.encode()) for text in texts) / 1e6
    own = BATCHES[0]
    sets = {"documents of other shapes than the rules were written for": own.documents(args.count, 1),
            "odd ways of writing": own.hard(args.count * 3, 2)}  # fmt: skip
    if args.labelled:
        sets[args.labelled.name] = labelled_of(args.labelled, 200)
    judged_by = [one for listed in sets.values() for one in listed]
    with TemporaryDirectory(prefix="gridtie-bench-") as name:
        folder = Path(name)
        with (folder / "texts.jsonl").open("w", encoding="utf-8") as file:
            for number, text in enumerate(texts):
                language = "zh" if chinese(text) else "en"
                file.write(json.dumps({"id": number, "language": language, "text": text}, ensure_ascii=False) + "\n")
        with (folder / "labelled.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": one.text}) + "\n" for one in judged_by)
        pythons = {"gridtie": OURS, "juicer": JUICER}
        find = {engine: asked(pythons.get(engine.split("-")[0], COMMON), engine, "find", folder, core)
                for engine in SHOWN}  # fmt: skip
        near = {engine: asked(pythons.get(engine, COMMON), engine, "near", folder, core)
                for engine in NEAR}  # fmt: skip
        whole = {engine: asked(pythons.get(engine, COMMON), engine, "whole", folder, core)
                 for engine in WHOLE}  # fmt: skip
    versions = sorted({one["version"] for answers in (find, near) for one in answers.values()} - {""})
    source = args.texts.name if args.texts else "documentation of Python and labelled documents"
    print(
        f"{', '.join(versions)}\n\n{len(texts)} texts, {size:.2f} MB ({source}), {len(copies)} of them planted copies\n"
    )
    print("Looking for personal data")
    rates(size, find, SHOWN, "gridtie-rules")
    full(sum(len(one.text.encode()) for one in judged_by) / 1e6, find)
    print("\nNear-duplicates")
    rates(size, near, NEAR, "gridtie")
    dropped(copies, near)
    print("\nThe whole pass, files to files")
    rates(size, whole, WHOLE, "gridtie")
    costs(size, find, near, whole)
    targets(find)
    at = 0
    for title, listed in sets.items():
        print(f"\n── {title}: {len(listed)} documents ──")
        quality(listed, {engine: {"found": one["found"][at : at + len(listed)]} for engine, one in find.items()})
        at += len(listed)


if __name__ == "__main__":
    main()
