"""The README made of a card: YAML in front that says what the card says, whatever stands in it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml

from gridtie.data.dataset import Card, Cleaning, Dataset, Origin, Part, Price, Version
from gridtie.data.readme import readme
from gridtie.data.terms import Terms
from gridtie.values.ids import DatasetId, OrganisationId

PART = Part(path="x.csv", sha256="0" * 64, size=1234, media="text/csv", records=5)
VERSION = Version(number=2, parts=(PART,), made_at=datetime(2026, 1, 1, tzinfo=UTC), digest="0" * 64)


def made(card: Card, terms: Terms = Terms(), version: Version = VERSION) -> str:  # noqa: B008  # frozen
    dataset = Dataset(id=DatasetId("ds_x"), owner=OrganisationId("org_x"), owner_name="aurora", name="x", card=card,
                      terms=terms, price=Price())  # fmt: skip
    return readme(dataset, version).decode()


@pytest.mark.parametrize(
    "title", ["Plain", 'quoted "x": [y]', "---", "line\nbreak\n---\nlicense: evil", "#c", "判决", "no"]
)
def test_the_front_says_what_the_card_says(title: str) -> None:
    text = made(Card(title=title, description="d", licence="CC-BY-4.0", languages=("no", "zh"), keywords=("a: b",)))
    assert text.startswith("---\n")
    front = yaml.safe_load(text[4 : text.index("\n---\n", 4)])
    assert front == {"pretty_name": title, "license": "CC-BY-4.0", "language": ["no", "zh"], "tags": ["a: b"]}


def test_what_is_known_of_the_data_stands_below() -> None:
    origin = Origin(name="courts", kind="public", licence="CC0", record="collected 2024")
    card = Card(title="T", description="About.", licence="CC0", grade=3, uses=("training",), limits=("law",),
                origins=(origin,), personal="none left")  # fmt: skip
    text = made(card, Terms(purposes=("training",), places=("CN",), delete_after_days=30))
    lines = ("Version v2, 1 files, 1,234 bytes, 5 records.", "- Grade (GB/T 42460): 3", "## Not good for",
             "- Purposes allowed: training", "- Copies are deleted after: 30 days",
             "- courts (public, CC0): collected 2024")  # fmt: skip
    assert set(lines) <= set(text.splitlines())
    assert "Contact" not in text


def test_a_cleaned_version_leads_to_the_page_of_its_report() -> None:
    said = Cleaning(report="a" * 64, pack="p", passed=True, kept=1200, treated=7, dropped=3)
    text = made(Card(title="T", description="D", licence="CC0"), version=replace(VERSION, cleaning=said))
    assert "- Cleaned: 1,200 records kept, 3 dropped, 7 values treated; every check held " \
        "([report](/v1/datasets/aurora/x/report.html?version=v2))" in text.splitlines()  # fmt: skip
