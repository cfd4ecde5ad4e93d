"""Limits that exclude each other are found whatever joins the exchange, and limits that can meet are not."""

from datetime import UTC, datetime

import pytest

from gridtie.dispatch.contradictions import contradictions
from gridtie.dispatch.job import DataUse, JobSpec
from gridtie.market.request import Alternative

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HUBS = {"CN-52": "gz", "CN-31": "csjh"}


def hub_of(place: str) -> str | None:
    return HUBS.get(place[:5])


def found(**of_the_job) -> list[str]:
    return [problem.message for problem in contradictions(JobSpec(**of_the_job), NOW, hub_of)]


def infra(*sites: str, hub: str) -> Alternative:
    return Alternative(chip="cpu", hubs=(hub,), sites=sites)


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ({"deadline": "2026-05-01T12:00:00Z"}, "gridtie.deadline: it is over"),
        ({"places": ("guizhou",)}, "gridtie.where.places: 'guizhou' is not the code of a place"),
        ({"hubs": ("csjh",), "places": ("CN-52",)}, "no site is in CN-52 and also in csjh, as gridtie.where.hubs asks"),
        ({"hubs": ("csjh",), "alternatives": (infra(hub="gz"),)}, "resources.infra: no site is in gz and also in csjh"),
        ({"places": ("CN-31",), "data": (DataUse(name="d", stays_in=("gz", "CN-11")),)},
         "gridtie.data[0].stays_in: no site is in gz or CN-11 and also in CN-31"),
        ({"data": (DataUse(name="a", stays_in=("CN-52",)), DataUse(name="b", stays_in=("CN-15",)))},
         "gridtie.data[1].stays_in: no site is in CN-15 and also in CN-52"),
    ],
)  # fmt: skip
def test_each_contradiction_is_told_at_its_key(job, words):
    assert len(found(**job)) == 1
    assert words in found(**job)[0]


@pytest.mark.parametrize(
    "job",
    [
        {},
        {"deadline": "2026-05-01T12:00:01Z"},
        {"hubs": ("gz",), "places": ("CN-520100",)},
        {"hubs": ("gz",), "places": ("CN",)},
        {"hubs": ("gz",), "places": ("CN-99",)},  # in no hub that the table knows: its owner chooses one
        {"hubs": ("csjh",), "alternatives": (infra(hub="gz"), infra(hub="csjh"))},
        {"hubs": ("csjh",), "alternatives": (infra(hub="gz"), Alternative(chip="cpu"))},
        {"places": ("CN-31", "CN-52"), "data": (DataUse(name="d", stays_in=("gz",)),)},
    ],
)
def test_what_some_site_could_keep_is_no_contradiction(job):
    assert found(**job) == []
