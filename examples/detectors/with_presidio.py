"""Presidio as a detector of `gridtie clean`: `--detector presidio='VENV/bin/python with_presidio.py --model MODEL'`.

VENV holds presidio-analyzer and MODEL, a spaCy model such as en_core_web_lg; nothing is downloaded here. Without a
model Presidio finds what has a pattern, and no names or places.
"""

import argparse
import sys
from collections.abc import Iterator
from importlib.metadata import version

from answering import Found, answer

try:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
except ImportError as cause:
    sys.exit(f"with_presidio: {cause.name} is missing in {sys.executable}: pip install presidio-analyzer==2.2.366")


class Loaded(SpacyNlpEngine):
    """With what is installed: Presidio's own engine downloads a model that is not."""

    def __init__(self, language: str, model: str) -> None:
        super().__init__()
        self.nlp = {language: spacy.load(model) if model else spacy.blank(language)}
        self.nlp[language].max_length = sys.maxsize  # a text comes whole

    def load(self) -> None:
        """Done before."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--language", default="en")
    parser.add_argument("--model", default="", help="an installed spaCy model; without it patterns alone")
    parser.add_argument("--score", type=float, default=0.3, help="what is less sure is not even told")
    args = parser.parse_args()
    # Presidio asks it whether the end of an address is a domain, and it would fetch a newer list than it brings along.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    try:
        engine = Loaded(args.language, args.model)
    except OSError as cause:
        sys.exit(f"with_presidio: {cause}")
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=[args.language])

    def find(texts: list[str]) -> Iterator[list[Found]]:
        for text in texts:
            found = analyzer.analyze(text, language=args.language, score_threshold=args.score) if text else []
            yield [(one.start, one.end, one.entity_type, float(one.score)) for one in found]

    answer("presidio-analyzer", version("presidio-analyzer"), args.model or "patterns alone", find)


if __name__ == "__main__":
    main()
