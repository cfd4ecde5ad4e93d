"""GLiNER as a detector of `gridtie clean`: `--detector gliner='VENV/bin/python with_gliner.py FOLDER person address'`.

VENV holds gliner, FOLDER a model as it was downloaded; nothing is downloaded here. What it is asked for are words of
yours, which [detectors.gliner.kinds] of the policy then gives kinds.
"""

import argparse
import sys
from collections.abc import Iterator
from importlib.metadata import version

from answering import Found, answer

try:
    from gliner import GLiNER
except ImportError as cause:
    sys.exit(f"with_gliner: {cause.name} is missing in {sys.executable}: pip install gliner")

PIECE = 600  # code points: of what is longer than some hundred words, a model reads the beginning alone


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces with where each begins, cut at the end of a line, of a sentence or of a word."""
    at = 0
    while at < len(text):
        end = min(len(text), at + PIECE)
        if end < len(text):
            cut = next(
                (place for mark in ("\n", "。", ". ", " ") if (place := text.rfind(mark, at + PIECE // 2, end)) > 0),
                end,
            )
            end = cut + 1 if cut < end else end
        yield at, text[at:end]
        at = end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", help="the model")
    parser.add_argument("labels", nargs="+", help="what is looked for")
    parser.add_argument("--score", type=float, default=0.3, help="what is less sure is not even told")
    args = parser.parse_args()
    try:
        model = GLiNER.from_pretrained(args.folder, local_files_only=True)
    except OSError as cause:
        sys.exit(f"with_gliner: {cause}")

    def find(texts: list[str]) -> Iterator[list[Found]]:
        for text in texts:
            cut = list(pieces(text))
            found = model.inference([piece for _, piece in cut], args.labels, threshold=args.score) if cut else []
            yield [
                (start + one["start"], start + one["end"], one["label"], min(1.0, float(one["score"])))
                for (start, _), inside in zip(cut, found, strict=True)
                for one in inside
            ]

    answer("gliner", version("gliner"), args.folder, find)


if __name__ == "__main__":
    main()
