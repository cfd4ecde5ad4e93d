"""A dataset's card as the README that loaders of training data read: figures in front, words below."""

import json
from typing import Any

from gridtie.data.addresses import below
from gridtie.data.dataset import Dataset, Version

README = "README.md"


def card_data(dataset: Dataset) -> dict[str, Any]:
    """What stands in front of the text."""
    card = dataset.card
    said = {"pretty_name": card.title, "license": card.licence, "language": list(card.languages),
            "tags": list(card.keywords)}  # fmt: skip
    return {name: value for name, value in said.items() if value}


def readme(dataset: Dataset, version: Version) -> bytes:
    """Every value in front is written as JSON, which YAML reads as it is meant whatever is in it."""
    card, terms = dataset.card, dataset.terms
    front = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in card_data(dataset).items()]
    lines = ["---", *front, "---", "", f"# {card.title}", "", card.description, ""]
    records = "" if version.records is None else f", {version.records:,} records"
    lines += [f"Version {version.name}, {len(version.parts)} files, {version.size:,} bytes{records}.", ""]
    facts = [
        ("Licence", card.licence),
        ("Grade (GB/T 42460)", "" if card.grade is None else str(card.grade)),
        ("Personal or sensitive content", card.personal),
        ("Contact", card.contact),
        ("Purposes allowed", ", ".join(terms.purposes)),
        ("May be used in", ", ".join(terms.places)),
        ("May be handed on", "yes" if terms.redistribute else "no"),
        ("Copies are deleted after", "" if terms.delete_after_days is None else f"{terms.delete_after_days} days"),
    ]
    lines += [f"- {name}: {value}" for name, value in facts if value]
    if (made := version.cleaning) is not None:
        held = "every check held" if made.passed else "not every check held"
        lines += [f"- Cleaned: {made.kept:,} records kept, {made.dropped:,} dropped, {made.treated:,} values treated; "
                  f"{held} ([report]({below('', dataset.full_name, 'report.html', version.name)}))"]  # fmt: skip
    for title, texts in (("Meant for", card.uses), ("Not good for", card.limits)):
        if texts:
            lines += ["", f"## {title}", "", *(f"- {text}" for text in texts)]
    if card.origins:
        lines += ["", "## Sources", ""]
        lines += [f"- {origin.name} ({origin.kind}, {origin.licence}): {origin.record}" for origin in card.origins]
    return ("\n".join(lines) + "\n").encode()
