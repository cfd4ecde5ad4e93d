# ruff: noqa: E501  lists and sentences
"""How well personal data is found in documents of other shapes than the rules were written for:
`python benchmarks/bench_cleaning.py [PLAIN.jsonl.gz …]`.

A label is found where findings of any kind cover at least 80 % of it; a finding is false where it touches no label.
Names are also held to their own kind. Files of plain text (JSON lines with `text`) hold no labels: what is found there
is counted by kind and language a megabyte, and shown with --show to be read by somebody.
"""

import argparse
import gzip
import json
import math
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from cleaning_documents import BATCHES, Document
from gridtie.adapters.tables import load_rules, names_text
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.spans import Span
from gridtie.cleaning.tagger import NamesModel, Tagger

COVER = 0.8


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    widths = [max(len(str(row[at])) for row in [heads, *rows]) for at in range(len(heads))]
    for row in [heads, *rows]:
        print("  " + "  ".join(f"{cell!s:<{width}}" for cell, width in zip(row, widths, strict=True)))


def covered(start: int, end: int, spans: list[Span]) -> bool:
    inside = sum(max(0, min(end, span.end) - max(start, span.start)) for span in spans)
    return inside >= COVER * (end - start)


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def between(part: int, whole: int) -> str:
    """Wilson's interval of 95 %."""
    if not whole:
        return "–"
    share, z = part / whole, 1.96
    middle, wide = share + z * z / 2 / whole, z * math.sqrt(share * (1 - share) / whole + z * z / 4 / whole**2)
    return f"{(middle - wide) / (1 + z * z / whole):.3f} to {(middle + wide) / (1 + z * z / whole):.3f}"


def by_kind(scanner: Scanner, texts: list[Document], show: bool) -> None:
    asked, found, false, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for one in texts:
        spans = scanner.scan(one.text)
        for start, end, kind, way in one.labels:
            for key in (f"{one.language} {kind}", *([f"way {way}"] if way else [])):
                asked[key] += 1
                found[key] += covered(start, end, spans)
            if show and not covered(start, end, spans):
                print("missed", kind, way, one.shape, json.dumps(one.text, ensure_ascii=False))
        for span in spans:
            labels = [label for label in one.labels if label[0] < span.end and span.start < label[1]]
            key = f"{one.language} {span.kind}"
            right[key] += bool(labels) and (span.kind != "NAME" or any(label[2] == "NAME" for label in labels))
            false[key] += not labels
            if show and not labels:
                print("false ", span.kind, one.text[span.start : span.end], json.dumps(one.text, ensure_ascii=False))
    rows = []
    for key in sorted(asked | false):
        if asked[key] or false[key]:
            precision = share(right[key], right[key] + false[key]) if right[key] + false[key] else "–"
            rows.append((key, asked[key], share(found[key], asked[key]), precision, false[key]))
    table(("kind", "labels", "recall", "precision", "false"), rows)
    for language in ("zh", "en"):
        kinds = [key for key in asked | right if key.startswith(language)]
        plain = [key for key in kinds if key[3:] not in ("NAME", "ADDRESS")]
        hit, whole = sum(found[key] for key in plain), sum(asked[key] for key in plain)
        good, bad = sum(right[key] for key in plain), sum(false[key] for key in plain)
        print(
            f"{language}: structured recall {share(hit, whole)} ({between(hit, whole)}), precision {share(good, good + bad)} ({between(good, good + bad)}); {names(language, asked, found, right, false)}"
        )


def names(language: str, asked: Counter[str], found: Counter[str], right: Counter[str], false: Counter[str]) -> str:
    key = f"{language} NAME"
    if not asked[key]:
        return "no names"
    recall, precision = found[key] / asked[key], right[key] / max(1, right[key] + false[key])
    return f"names recall {recall:.3f}, precision {precision:.3f}, F1 {2 * recall * precision / (recall + precision or 1):.3f}"


def plain(scanner: Scanner, path: Path, show: bool) -> None:
    """Of each language by itself, where the lines say one (`lang`)."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        said = [json.loads(line) for line in file]
    for language in sorted({str(one.get("lang", "")) for one in said}):
        texts = [str(one["text"]) for one in said if str(one.get("lang", "")) == language]
        size = sum(len(text.encode()) for text in texts) / 1e6
        began = time.process_time()
        found = [(span, text) for text in texts for span in scanner.scan(text)]
        took = time.process_time() - began
        counts = Counter(span.kind for span, _ in found)
        print(
            f"{path.name} {language}: {size:.1f} MB at {size / took:.1f} MB a second of one core, {len(found) / size:.1f} found a MB"
        )
        rows = [(kind, count, f"{count / size:.2f}") for kind, count in counts.most_common()]
        table(("kind", "found", "a MB"), rows)
        for span, text in found if show else ():
            print(span.kind, span.rule, json.dumps(text[max(0, span.start - 20) : span.end + 20], ensure_ascii=False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("plain", nargs="*", type=Path, metavar="PLAIN")
    parser.add_argument("--count", type=int, default=150, help="documents of each shape and language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, choices=range(len(BATCHES)), help="one batch of documents")
    parser.add_argument("--model", type=Path, help="of names, instead of the built-in one")
    parser.add_argument("--rules-alone", action="store_true", help="without the model of names")
    parser.add_argument("--everywhere", action="store_true", help="names also far from other personal data")
    parser.add_argument("--show", action="store_true", help="every miss and every false finding")
    args = parser.parse_args()
    text = args.model.read_text(encoding="utf-8") if args.model else names_text()
    tagger = Tagger(NamesModel.read(text, source="model"), everywhere=args.everywhere)
    scanner = Scanner(load_rules(), None if args.rules_alone else tagger)
    for batch in BATCHES if args.only is None else [BATCHES[args.only]]:
        print(f"── {batch.name} ──")
        by_kind(scanner, batch.documents(args.count, args.seed), args.show)
        print(f"── {batch.name}: odd ways of writing ──")
        by_kind(scanner, batch.hard(args.count * 5, args.seed + 1), args.show)
    for path in args.plain:
        plain(scanner, path, args.show)


if __name__ == "__main__":
    main()
