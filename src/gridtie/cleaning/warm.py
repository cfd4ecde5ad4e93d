"""Calls every kernel once, so that they lie compiled in the cache (`python -m` this module)."""

import numpy as np

from gridtie.cleaning import kernels, tagging
from gridtie.cleaning.duplicates import UNDECIDED, Candidates, Comparison, keys_of, shingles
from gridtie.cleaning.quality import qualities
from gridtie.cleaning.rule import RuleSet
from gridtie.cleaning.scan import Scanner
from gridtie.cleaning.tagger import NamesModel, Tagger, written
from gridtie.cleaning.training import Labelled, train
from gridtie.cleaning.words import WordFinder, WordLibrary

RULE = """[[rule]]
id = "a"
kind = "A"
from = "pattern"
anchors = ["abcd"]
shape = "abcd"
score = 60
hit = ["⟦abcd⟧"]
"""
LIMITS = ("least_characters", "most_characters", "least_letters", "most_digits", "most_symbols")


def main() -> None:
    text = "A phone 12345 abcd"
    encoded = text.encode()
    rules = RuleSet.read({"warm": RULE})
    empty = NamesModel.read(written(np.zeros(tagging.SIZE, np.int8), 1, "nothing"), source="warm")
    Scanner(rules, Tagger(empty)).scan(text)
    train([Labelled("王小明 met John Smith", frozenset({(0, 3)}))], Scanner(rules), empty, precision=0.9, made="warm")
    data = np.frombuffer(encoded, np.uint8)
    counts, squeezed = kernels.squeezed(data)
    limits = dict.fromkeys(LIMITS, 0.0) | {"most_repeated_lines": 1.0, "most_repeated_phrases": 1.0}
    qualities(data, counts, squeezed, limits)
    twice = np.array([kernels.signature(squeezed)] * 2)
    some = Candidates.of(keys_of(twice), np.ones(2, np.bool_))
    Comparison(some, 0.8).take(twice, [shingles(encoded)] * 2, np.full(2, UNDECIDED, np.int32))
    WordFinder(WordLibrary.read('version = "1"\n[risks]\n"A.1" = ["abcd"]\n', source="warm")).risks(text)


if __name__ == "__main__":
    main()
