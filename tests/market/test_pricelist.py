"""Price lists of clouds: what is read, what is refused and where, and that no file costs more than its size."""

import time
import tracemalloc
from itertools import permutations

import pytest

from gridtie.adapters.tables import load_chips
from gridtie.errors import InputTooLarge, InvalidPriceList
from gridtie.market.pricelist import BYTES_MAX, LISTED_MAX, PROBLEMS_MAX, PROBLEMS_SHOWN, ROWS_MAX, parse_price_list

HEAD = "cloud,region,instance,accelerator,count,vcpus,memory,price,spot,currency\n"
GOOD = "azure,westeurope,ND96,A100-80GB,8,96,900,32.77,13.1,CNY\n"


def read(text: str | bytes, **more):
    raw = text if isinstance(text, bytes) else text.encode()
    return parse_price_list(
        raw, **{"source": "list.csv", "chips": load_chips(), "currency": "CNY", "rates": {"USD": "7.1"}, **more}
    )


def parsed(text: str | bytes, **more):
    return read(text, **more).rows


def refused(text: str | bytes, **more) -> list[tuple[int, int, str]]:
    with pytest.raises(InvalidPriceList) as caught:
        parsed(text, **more)
    return [(problem.line, problem.column, problem.message) for problem in caught.value.problems]


def test_a_row_becomes_a_price_per_accelerator_hour_with_the_original_beside_it():
    (row,) = parsed(HEAD + GOOD)
    assert row.chip == load_chips().find("A100-80GB").id
    assert row.price == 32_770_000 // 8
    listing = row.listing
    assert (listing.cloud, listing.region, listing.instance) == ("azure", "westeurope", "ND96")
    assert (listing.accelerator_name, listing.accelerators, listing.vcpus) == ("A100-80GB", 8, 96)
    assert listing.memory_bytes == 900 << 30
    assert (listing.price_per_hour, listing.spot_price_per_hour, listing.currency) == (32_770_000, 13_100_000, "CNY")


def test_a_row_without_accelerators_is_sold_by_the_vcpu():
    (row,) = parsed(HEAD + "azure,westeurope,D4,,,4,16,0.2,,\n")
    assert (row.chip, row.price, row.listing.currency) == ("cpu", 50_000, "CNY")
    assert row.listing.spot_price_per_hour is None


def test_another_currency_is_converted_at_the_operators_rate_and_kept_as_it_was():
    (row,) = parsed(HEAD + "azure,eu,ND,T4,2,8,16,1.00,,USD\n")
    assert (row.price, row.listing.price_per_hour, row.listing.currency) == (3_550_000, 1_000_000, "USD")


def test_the_columns_of_common_catalogues_are_understood_in_any_order_and_case():
    text = (
        "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,SpotPrice,Region,GpuInfo\r\n"
        'nd,T4,1.0,8,16.5,1.2345678,,eu,"{""Name"": ""x""}"\r\n\r\n'
    )
    (row,) = parsed(text.encode("utf-8-sig"), cloud="azure")
    assert row.listing.cloud == "azure"
    assert row.price == 1_234_568  # half up to six decimals
    assert row.listing.memory_bytes == int(16.5 * (1 << 30))


def test_a_list_that_names_no_currency_is_in_the_one_its_importer_names():
    text = HEAD.replace(",currency", "") + "azure,eu,ND,T4,2,8,16,1.00,\n"
    (row,) = parsed(text, listed_in="USD")
    assert (row.price, row.listing.currency) == (3_550_000, "USD")
    assert parsed(text)[0].listing.currency == "CNY"
    assert refused(text * 9, listed_in="EUR") == [(1, 1, "no rate from EUR to CNY; the operator sets rates = 'EUR=…'")]


ZONES = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,SpotPrice,Region,AvailabilityZone\n"


def test_zones_of_a_region_become_one_instance_at_their_lowest_prices():
    rows = "nd,T4,1,8,16,2.0,,eu,eu-a\nnd,T4,1,8,16,1.5,0.9,eu,eu-b\nnd,T4,1,8,16,1.6,0.7,eu,eu-c\n"
    found = {parsed(ZONES + "".join(order), cloud="aws") for order in permutations(rows.splitlines(keepends=True))}
    assert len(found) == 1
    (row,) = found.pop()
    assert (row.price, row.listing.price_per_hour, row.listing.spot_price_per_hour) == (1_500_000, 1_500_000, 700_000)
    ((line, _, message),) = refused(ZONES + rows + "nd,T4,1,8,16,1.5,,eu,eu-b\n", cloud="aws")
    assert (line, message) == (5, "aws eu nd eu-b stands twice; first in line 3")


def test_rows_that_cannot_be_listed_may_be_skipped_and_are_named():
    text = (
        ZONES + "nd,T4,1,8,16,1.5,,eu,a\nold,Q9000,1,8,16,1.5,,eu,a\nnd2,T4,1,8,16,,0.5,eu,a\n,T4,1,,,0.3,,eu,a\n"
        "nd3,T4,1,8,16,1.5,,eu,a\n"
    )
    assert len(refused(text, cloud="gcp")) == 3
    found = read(text, cloud="gcp", skip=True)
    assert [row.listing.instance for row in found.rows] == ["nd", "nd3"]
    assert found.skipped_rows == 3
    assert [(problem.line, problem.column) for problem in found.skipped] == [(3, 2), (4, 6), (5, 1)]


def test_skipping_keeps_no_more_faults_than_are_shown_and_reads_to_the_end():
    bad = "".join(f"nd{n},Q9000,1,8,16,1,,eu,a\n" for n in range(3000))
    found = read(ZONES + bad + "nd,T4,1,8,16,1.5,,eu,a\n", cloud="gcp", skip=True)
    assert (len(found.rows), found.skipped_rows, len(found.skipped)) == (1, 3000, PROBLEMS_MAX)


def test_a_price_too_small_for_a_micro_unit_is_still_a_price():
    (row,) = parsed(HEAD + "azure,eu,big,,,64,,.000001,,\n")
    assert row.price == 1


BAD_CELLS = {
    "no cloud": (",eu,i,T4,1,8,16,1,,", 1, "is empty"),
    "no region": ("c,,i,T4,1,8,16,1,,", 2, "is empty"),
    "no instance": ("c,eu, ,T4,1,8,16,1,,", 3, "is empty"),
    "an unknown chip": ("c,eu,i,Q9000,1,8,16,1,,", 4, "no chip is called"),
    "no count": ("c,eu,i,T4,,8,16,1,,", 5, "1 or more whole"),
    "half a chip": ("c,eu,i,T4,0.5,8,16,1,,", 5, "1 or more whole"),
    "a chip and a half": ("c,eu,i,T4,1.5,8,16,1,,", 5, "1 or more whole"),
    "a negative count": ("c,eu,i,T4,-1,8,16,1,,", 5, "not a number"),
    "cores in words": ("c,eu,i,T4,1,eight,16,1,,", 6, "not a number"),
    "no cores and no chip": ("c,eu,i,,,,16,1,,", 6, "needs its number of vCPUs"),
    "half a core and no chip": ("c,eu,i,,,0.5,16,1,,", 6, "needs its number of vCPUs"),
    "memory with a unit": ("c,eu,i,T4,1,8,16GB,1,,", 7, "not a number"),
    "endless memory": ("c,eu,i,T4,1,8,1e99,1,,", 7, "not a number"),
    "no price": ("c,eu,i,T4,1,8,16,,,", 8, "is empty"),
    "a price in words": ("c,eu,i,T4,1,8,16,free,,", 8, "not a price"),
    "a price of nothing": ("c,eu,i,T4,1,8,16,0,,", 8, "not a price"),
    "a price below nothing": ("c,eu,i,T4,1,8,16,-1,,", 8, "not a price"),
    "a price that is no number": ("c,eu,i,T4,1,8,16,NaN,,", 8, "not a price"),
    "a price without end": ("c,eu,i,T4,1,8,16,Infinity,,", 8, "not a price"),
    "a price of a billion digits": ("c,eu,i,T4,1,8,16,1e999999999,,", 8, "not a price"),
    "a price with a sign of money": ("c,eu,i,T4,1,8,16,$1,,", 8, "not a price"),
    "a price that must be a slip": ("c,eu,i,T4,1,8,16,100000.000001,,", 8, "not a price"),
    "a spot price in words": ("c,eu,i,T4,1,8,16,1,cheap,", 9, "not a price"),
    "a currency without a rate": ("c,eu,i,T4,1,8,16,1,,EUR", 10, "no rate from EUR to CNY"),
    "a formula": ("c,eu,=HYPERLINK(1),T4,1,8,16,1,,", 3, "cannot be read as data"),
    "a formula by another sign": ("@c,eu,i,T4,1,8,16,1,,", 1, "cannot be read as data"),
    "an escape for a terminal": ("c,eu,i\x1b[2J,T4,1,8,16,1,,", 3, "cannot be read as data"),
    "a zero byte": ("c,eu,i\x00j,T4,1,8,16,1,,", 3, "cannot be read as data"),
    "a line within a cell": ('"c\nd",eu,i,T4,1,8,16,1,,', 1, "cannot be read as data"),
    "text turned round": ("c,eu,i\u202eadmin,T4,1,8,16,1,,", 3, "cannot be read as data"),
    "a cell without end": (f"c,eu,{'i' * 1001},T4,1,8,16,1,,", 3, "cannot be read as data"),
    "a cell too many": ("c,eu,i,T4,1,8,16,1,234,56,CNY", 11, "11 cells under 10 headings"),
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell_is_named_once_by_line_and_column_and_spoils_the_whole_list(name):
    row, column, message = BAD_CELLS[name]
    ((line, at, said),) = refused(HEAD + GOOD + row + "\n")
    assert (line, at) == (4 if '"' in row else 3, column)
    assert message in said
    assert said.isprintable()


def test_a_short_row_is_told_which_column_it_lacks():
    assert refused(HEAD + "azure,eu,i\n")[0][:2] == (2, 6)
    assert (2, 8, "price: is empty") in refused(HEAD + "azure,eu,i\n")


def test_all_problems_of_all_rows_come_at_once():
    found = refused(HEAD + "c,eu,i,Q9000,1,8,16,free,,\n" + GOOD + ",eu,i,T4,1,8,16,1,,EUR\n")
    assert [place[:2] for place in found] == [(2, 4), (2, 8), (4, 1), (4, 10)]


def test_an_instance_may_stand_only_once_per_region():
    ((line, _, message),) = refused(HEAD + GOOD + GOOD)
    assert line == 3
    assert message == "azure westeurope ND96 stands twice; first in line 2"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", (1, 1), "the file is empty"),
        ("\n , \n\n", (1, 1), "the file is empty"),
        ("region,instance,price\neu,i,1\n", (1, 1), "no column cloud; found region, instance, price"),
        ("\ncloud,region\n", (2, 1), "no column instance, price; found cloud, region"),
        ("cloud,region,sku,price,ondemand\n", (1, 5), "price and ondemand are both the price"),
        (HEAD + 'a,"b', (2, 1), "not CSV: unexpected end of data"),
        (HEAD + 'a,"b"c,d\n', (2, 1), "not CSV: ',' expected after '\"'"),
        (HEAD + "a," + "b" * 200_000 + "\n", (2, 1), "not CSV: field larger than field limit (131072)"),
        (b"cloud,\xff\xfe", (1, 7), "not UTF-8; save it as CSV UTF-8"),
        (HEAD.encode() + "a,贵阳".encode("gb18030"), (2, 3), "not UTF-8; save it as CSV UTF-8"),
        ("\x1b[2J,cloud\n", (1, 1), "no column region, instance, price; found ?[2J, cloud"),
    ],
)
def test_a_file_that_is_no_price_list_says_why(text, place, message):
    ((line, column, said),) = refused(text)
    assert ((line, column), said) == (place, message)


def test_a_file_beyond_the_limits_is_refused_unread():
    with pytest.raises(InputTooLarge, match="32 MiB"):
        parsed(b"x" * (BYTES_MAX + 1))
    with pytest.raises(InputTooLarge, match=f"{ROWS_MAX} rows"):
        parsed(HEAD + "\n" * ROWS_MAX + GOOD)


def test_more_instances_than_one_import_may_write_are_refused():
    rows = "".join(f"azure,eu,i{n},,,8,16,1,,\n" for n in range(LISTED_MAX + 1))
    with pytest.raises(InputTooLarge, match="50000 instances"):
        parsed(HEAD + rows)


def test_a_file_of_nothing_but_faults_costs_little_time_and_memory():
    rows = "".join(f"c,eu,i,Unknown {n},x,x,x,x,x,EUR\n" for n in range(100_000))
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(InvalidPriceList) as caught:
        parsed(HEAD + rows)
    spent, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert PROBLEMS_MAX <= caught.value.params["count"] < PROBLEMS_MAX + 10
    assert len(caught.value.problems) == PROBLEMS_SHOWN + 1
    assert caught.value.problems[-1].message == f"and {caught.value.params['count'] - PROBLEMS_SHOWN} more"
    assert spent < 10
    assert peak < 10 * len(rows)


def test_a_long_good_list_is_read_whole():
    rows = "".join(f"azure,eu,i{n},A100-80GB,8,96,900,32.77,,\n" for n in range(5000))
    assert len(parsed(HEAD + rows)) == 5000
