"""A cloud's price list over HTTP: large, in another currency, by zones, with rows that cannot be listed."""

import pytest

from gridtie.adapters.tables import load_chips
from gridtie.settings import load
from gridtie.wiring import close_exchange, open_exchange

HEAD = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,SpotPrice,Region,AvailabilityZone,GpuInfo\n"


@pytest.fixture
def exchange(tmp_path):
    opened = open_exchange(load(tmp_path / "home", {"GRIDTIE_RATES": "USD=7.10@2026-05-01"}), create=True)
    yield opened
    close_exchange(opened)


def sent(member, text, query):
    headers = {"Authorization": f"Bearer {member.token}", "Content-Type": "text/csv"}
    return member.client.request("POST", f"/v1/offers/import?{query}", content=text.encode(), headers=headers)


def test_a_catalogue_in_dollars_is_listed_with_its_own_price_and_the_dated_rate(admin):
    answer = sent(admin, HEAD + "nd,H100,8,96,900,32.0,,eu,a,\n", "cloud=azure&currency=USD")
    assert answer.status_code == 200, answer.text
    (offer,) = answer.json()["items"]
    assert offer["price"] == "28.40"
    assert offer["listed_price"] == "32.00 USD"
    assert "1 USD = 7.10 CNY since 2026-05-01" in offer["terms"]
    assert offer["chip"] == load_chips().find("H100").id


def test_a_currency_without_a_rate_lists_nothing(admin):
    answer = sent(admin, HEAD + "nd,H100,8,96,900,32.0,,eu,a,\n", "cloud=azure&currency=EUR")
    assert answer.status_code == 422, answer.text
    assert "no rate from EUR to CNY" in answer.text


def test_rows_that_cannot_be_listed_stop_all_of_it_or_are_skipped_by_name(admin):
    text = HEAD + "nd,H100,8,96,900,32.0,,eu,a,\nold,Q9000,1,8,16,1.0,,eu,a,\n"
    assert sent(admin, text, "cloud=azure").status_code == 422
    answer = sent(admin, text, "cloud=azure&skip=1").json()
    assert (answer["imported"], answer["skipped"]) == (1, 1)
    assert answer["skipped_because"][0].startswith("3:2 ")


def test_a_list_larger_than_other_calls_may_be_is_taken(admin):
    info = "x" * 900
    text = HEAD + "".join(f"nd{n},H100,8,96,900,32.0,,eu,a,{info}\n" for n in range(3000))
    assert len(text) > 2 << 20
    answer = sent(admin, text, "cloud=azure&dry_run=1")
    assert answer.status_code == 200, answer.text
    assert answer.json()["imported"] == 3000
