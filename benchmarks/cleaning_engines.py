"""One engine at one job, in the environment where it is installed: `python cleaning_engines.py ENGINE JOB FOLDER`.

A child of `bench_cleaning_peers.py`, held to one core. FOLDER has `texts.jsonl` (id, language, text), over which all
is timed, and `labelled.jsonl`. What comes out lies in `answer.json`: seconds, peak memory, what was found. Nothing of
gridtie is imported for an engine that is not ours.
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

Found = list[tuple[int, int, str, float]]  # start, end, what the engine calls it, how sure it is of 1
ENOUGH_S, TIMES = 5.0, 3  # what takes less is done three times, and the median counts
SHINGLE, PERMUTATIONS, LIKE = 5, 128, 0.8


# ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────────
class Finder:
    """`work` is what the engine does for texts; `found` says where in one, for the labelled documents."""

    def __init__(self, work: Callable[[list[str]], object], found: Callable[[str], Found]) -> None:
        self.work, self.found = work, found


def each(work: Callable[[str], object]) -> Callable[[list[str]], object]:
    return lambda texts: [work(text) for text in texts]


def gridtie(*, names: bool, replacing: bool = False) -> Finder:
    from gridtie.adapters.tables import load_rules, names_text
    from gridtie.cleaning.policy import Policy
    from gridtie.cleaning.scan import Scanner
    from gridtie.cleaning.tagger import NamesModel, Tagger
    from gridtie.cleaning.treat import treated

    rules = load_rules()
    scanner = Scanner(rules, Tagger(NamesModel.read(names_text(), source="names")) if names else None)
    policy = Policy.read("", source="policy", kinds=rules.kinds)

    def found(text: str) -> Found:
        return [(span.start, span.end, span.kind, span.score / 100) for span in scanner.scan(text)]

    def replaced(texts: list[str]) -> list[str]:
        return [
            treated(text, [span for span in spans if span.score >= policy.score], policy, {})
            for text, spans in zip(texts, scanner.scan_all(texts), strict=True)
        ]

    return Finder(replaced if replacing else scanner.scan_all, found)


def presidio(*, tokens: bool) -> Finder:
    """`tokens`: spaCy's tokenizer, which makes words around a finding count; without it, its least."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NoOpNlpEngine, SpacyNlpEngine

    class Blank(SpacyNlpEngine):
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # fetches nothing
    engine = Blank() if tokens else NoOpNlpEngine([{"lang_code": "en", "model_name": "none"}])
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])

    def found(text: str) -> Found:
        return [(one.start, one.end, one.entity_type, one.score) for one in analyzer.analyze(text, language="en")]

    return Finder(each(lambda text: analyzer.analyze(text, language="en")), found)


def datatrove() -> Finder:
    from datatrove.pipeline.formatters import PIIFormatter

    formatter = PIIFormatter()

    def found(text: str) -> Found:
        """By the formatter's own patterns: it replaces, and does not say where."""
        by_kind = (("EMAIL", formatter.emails_replacer), ("IP", formatter.ip_replacer))
        return [(*match.span(), kind, 1.0) for kind, replacer in by_kind for match in replacer.regex.finditer(text)
                if not replacer.validator or replacer.validator(match[0])]  # fmt: skip

    return Finder(each(formatter.format), found)


def juicer_mapper() -> Finder:
    from data_juicer.ops.mapper.pii_redaction_mapper import PiiRedactionMapper, _compile_patterns

    mapper, patterns = PiiRedactionMapper(), _compile_patterns()
    del patterns["url"]  # off unless asked for

    def found(text: str) -> Found:
        """By the mapper's own patterns: it replaces, and does not say where."""
        return [(*match.span(match.lastindex or 0), name, 1.0) for name, pattern in patterns.items()
                for match in pattern.finditer(text)]  # fmt: skip

    return Finder(each(lambda text: mapper.process_single({"text": text})), found)


def juicer_cleaners() -> Finder:
    import re

    from data_juicer.ops.mapper.clean_email_mapper import CleanEmailMapper
    from data_juicer.ops.mapper.clean_ip_mapper import CleanIpMapper

    cleaners = {"email": CleanEmailMapper(), "ip": CleanIpMapper()}

    def work(text: str) -> object:
        samples: Any = {"text": [text]}
        for cleaner in cleaners.values():
            samples = cleaner.process_batched(samples)
        return samples

    def found(text: str) -> Found:
        return [(*match.span(), name, 1.0) for name, cleaner in cleaners.items()
                for match in re.finditer(cleaner.pattern, text, re.DOTALL)]  # fmt: skip

    return Finder(each(work), found)


# ── near-duplicates ───────────────────────────────────────────────────────────────────────────────────────────────
Dropping = Callable[[list[dict[str, Any]], Path], set[int]]  # ids that would be dropped


def gridtie_near(records: list[dict[str, Any]], _: Path) -> set[int]:
    import numpy as np

    from gridtie.cleaning import kernels
    from gridtie.cleaning.duplicates import STAYS, UNDECIDED, Candidates, Comparison, keys_of, shingles

    texts = [record["text"].encode() for record in records]
    signatures = np.array([kernels.signature(kernels.squeezed(np.frombuffer(text, np.uint8))[1]) for text in texts])
    some = Candidates.of(keys_of(signatures), np.ones(len(texts), np.bool_))
    places, said = some.places, [shingles(texts[place]) for place in some.places]
    made = Comparison(some, LIKE).take(signatures[places], said, np.full(places.size, UNDECIDED, np.int32))
    return {records[place]["id"] for place in places[made != STAYS]}


def datasketch_near(records: list[dict[str, Any]], _: Path) -> set[int]:
    """What its index answers counts, not compared any further."""
    from datasketch import MinHash, MinHashLSH

    index, dropped = MinHashLSH(threshold=LIKE, num_perm=PERMUTATIONS), set()
    for record in records:
        text = "".join(record["text"].lower().split())
        made = MinHash(num_perm=PERMUTATIONS)
        made.update_batch({text[at : at + SHINGLE].encode() for at in range(max(1, len(text) - SHINGLE + 1))})
        if index.query(made):
            dropped.add(record["id"])
        else:
            index.insert(record["id"], made)
    return dropped


def datatrove_near(records: list[dict[str, Any]], folder: Path) -> set[int]:
    """Its four stages over files, Chinese and English apart, each with its own way to cut words."""
    left: set[int] = set()
    for language in ("zh", "en"):
        here = by_language(records, language, folder)
        minhash(here / "in", here, language)
        for path in (here / "out").glob("*.jsonl"):
            left |= {int(json.loads(line)["id"]) for line in path.read_text(encoding="utf-8").split("\n") if line}
    return {record["id"] for record in records} - left


def by_language(records: list[dict[str, Any]], language: str, folder: Path) -> Path:
    here = folder / language
    (here / "in").mkdir(parents=True)
    with (here / "in" / "a.jsonl").open("w", encoding="utf-8") as file:
        for record in records:
            if record["language"] == language:
                file.write(json.dumps({"id": str(record["id"]), "text": record["text"]}, ensure_ascii=False) + "\n")
    return here


def minhash(source: Path, folder: Path, language: str) -> None:
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.typeshelper import Languages

    config = MinhashConfig()
    spoken = {"zh": Languages.mandarin_chinese, "en": Languages.english}[language]
    signatures, buckets, removed = (str(folder / name) for name in ("signatures", "buckets", "removed"))
    reader = JsonlReader(str(source), glob_pattern="*.jsonl")
    writer = JsonlWriter(str(folder / "out"), output_filename="${rank}.jsonl", compression=None)
    run([reader, MinhashDedupSignature(signatures, config=config, language=spoken)])
    for rank in range(config.num_buckets):
        run([MinhashDedupBuckets(signatures, buckets, config=config)], rank, config.num_buckets)
    run([MinhashDedupCluster(buckets, removed, config=config)])
    run([reader, MinhashDedupFilter(removed), writer])


def run(pipeline: list[Any], rank: int = 0, world: int = 1) -> None:
    """As datatrove's executors do, without the processes that they start first: on a small slice those would count."""
    data: Any = None
    for step in pipeline:
        data = step(data, rank, world)
    for _ in data or ():
        pass


# ── all of it ─────────────────────────────────────────────────────────────────────────────────────────────────────
def gridtie_whole(_: list[dict[str, Any]], folder: Path) -> set[int]:
    """`gridtie clean` with the model of names, exact and near duplicates: everything but the report."""
    from gridtie.adapters.tables import names_text
    from gridtie.cleaner.run import clean
    from gridtie.cleaner.work import Task

    policy = f"[duplicates]\nnear = {LIKE}\n"
    task = Task(out=folder / "out", policy_text=policy, policy_source="policy", words_text="", names_text=names_text(),
                text_field="text", aside=False, keys={})  # fmt: skip
    clean(task, [folder.parent / "texts.jsonl"], workers=1, progress=lambda _step: None)
    return set()


def datatrove_whole(records: list[dict[str, Any]], folder: Path) -> set[int]:
    """Its formatter from files to files, then its four stages on what that wrote."""
    from datatrove.pipeline.formatters import PIIFormatter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    for language in ("zh", "en"):
        here = by_language(records, language, folder)
        writer = JsonlWriter(str(here / "clean"), output_filename="${rank}.jsonl", compression=None)
        run([JsonlReader(str(here / "in"), glob_pattern="*.jsonl"), PIIFormatter(), writer])
        minhash(here / "clean", here, language)
    return set()


FINDERS: dict[str, tuple[Callable[[], Finder], str]] = {
    "gridtie": (lambda: gridtie(names=True), ""),
    "gridtie-rules": (lambda: gridtie(names=False), ""),
    "gridtie-replacing": (lambda: gridtie(names=False, replacing=True), ""),
    "presidio": (lambda: presidio(tokens=True), "presidio-analyzer"),
    "presidio-bare": (lambda: presidio(tokens=False), "presidio-analyzer"),
    "datatrove": (datatrove, "datatrove"),
    "juicer-mapper": (juicer_mapper, "py-data-juicer"),
    "juicer-cleaners": (juicer_cleaners, "py-data-juicer"),
}
NEAR: dict[str, tuple[Dropping, str]] = {
    "gridtie": (gridtie_near, ""),
    "datasketch": (datasketch_near, "datasketch"),
    "datatrove": (datatrove_near, "datatrove"),
}
WHOLE: dict[str, tuple[Dropping, str]] = {"gridtie": (gridtie_whole, ""), "datatrove": (datatrove_whole, "datatrove")}


# ── measuring ─────────────────────────────────────────────────────────────────────────────────────────────────────
def spent() -> tuple[float, float]:
    """Processor seconds of this process and of those it has waited for; and those of the clock."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used), time.monotonic()


def timed(tries: Iterable[Callable[[], Any]]) -> tuple[Any, dict[str, float]]:
    taken: list[tuple[float, float]] = []
    for work in tries:
        began = spent()
        result = work()
        ended = spent()
        taken.append((ended[0] - began[0], ended[1] - began[1]))
        if sum(cpu for cpu, _ in taken) > ENOUGH_S:
            break
    cpu, wall = (statistics.median(column) for column in zip(*taken, strict=True))
    return result, {"cpu": cpu, "wall": wall, "times": len(taken)}


def records_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def peak_mb() -> float:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1e3 for line in file if line.startswith("VmHWM"))


def main() -> None:
    engine, job, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    records = records_of(folder / "texts.jsonl")
    said: dict[str, Any] = {}
    if job == "find":
        make, package = FINDERS[engine]

        labelled = records_of(folder / "labelled.jsonl")

        def tries(over: list[dict[str, Any]]) -> Iterator[Callable[[], object]]:
            for _ in range(TIMES):
                finder = make()  # anew: what one has seen it may know
                finder.work([record["text"] for record in records[:20]])
                yield lambda finder=finder: finder.work([record["text"] for record in over])  # type: ignore[misc]

        _, taken = timed(tries(records))
        said["full_cpu"] = timed(tries(labelled))[1]["cpu"]
        said["peak_mb"] = peak_mb()
        finder = make()
        said["found"] = [finder.found(record["text"]) for record in labelled]
    else:
        work, package = (NEAR if job == "near" else WHOLE)[engine]
        work(records[:20], folder / f"{job}-{engine}-warm") if job == "near" else None
        places = [folder / f"{job}-{engine}-{number}" for number in range(TIMES)]
        for place in places:
            place.mkdir()
        dropped, taken = timed((lambda place=place: work(records, place)) for place in places)  # type: ignore[misc]
        said["peak_mb"] = peak_mb()
        said["dropped"] = sorted(dropped)
    said |= taken | {"version": f"{package} {version(package)}" if package else ""}
    (folder / "answer.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main()
