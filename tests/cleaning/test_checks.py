"""Check characters: one wrong character, or two that changed places, is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.cleaning.checks import CHECKS

GOOD = {
    "resident_id": "11010519491231002X",
    "old_resident_id": "440303430708500",
    "foreigner_id": "911344198108230014",
    "luhn": "4111111111111111",
    "credit_code": "91350100M000100Y43",
    "credit_code_whole": "91350100M000100Y43",
    "hong_kong_id": "G123456(A)",
    "taiwan_id": "A123456789",
    "iban": "GB29 NWBK 6016 1331 9268 19",
    "social_number": "614629854",
    "public_ipv4": "87.90.5.54",
    "global_ipv6": "2001:353e::46ce",
    "device_mac": "58-7b-c7-bf-84-38",
    "likely_ipv4": "87.90.5.54",
    "social_number_parted": "614-62-9854",
    "resident_id_broken": "4403041990\n01011233",
    "luhn_broken": "4111-1111\n1111 1111",
    "vehicle_number": "1M8GDM9AXKP042788",
    "verhoeff": "123451",
}
BAD = {
    "resident_id": ["110105194912310021", "11010519490231002X", "90010519491231002X"],
    "old_resident_id": ["440303431308500", "990303430708500"],
    "foreigner_id": ["911344198108230015", "811344198108230014"],
    "luhn": ["4111111111111112", "0000000000000000"],
    "credit_code": ["91350100M000100Y44", "91350100I000100Y43", "99990100M000100Y43"],
    "credit_code_whole": ["52411121XG2R77EKLK"],
    "hong_kong_id": ["G123456(9)", "AB123456(1)"],
    "taiwan_id": ["A123456788"],
    "iban": ["GB28 NWBK 6016 1331 9268 19", "JD570381187730511"],
    "social_number": ["000129854", "666129854", "900129854", "614009854", "614620000", "078051120"],
    "public_ipv4": [
        "10.1.2.3", "192.168.0.1", "172.20.1.1", "300.1.1.1", "127.0.0.1", "203.0.113.9", "01.2.3.4", "240.1.1.1",
    ],
    "global_ipv6": ["fe80::1", "2001:db8::1", "::1", "1:2", "2001::1::2", "2001:12345::1", "3fff:1::2"],
    "device_mac": ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:80:c2:00:00:0e", "01:02:03:04:05:06"],
    "likely_ipv4": ["9.6.180.15", "26.29.21.6", "10.1.2.3"],
    "social_number_parted": ["900-12-9854"],
    "resident_id_broken": ["4403041990\n01011239"],
    "vehicle_number": ["1M8GDM9A0KP042788", "1M8GDM9AXKP042787", "1M8GDM9AXZP042788", "11111111111111111"],
    "verhoeff": ["123452", "123541", "000000000000"],
    "luhn_broken": ["4111\n1111", "4111-1111\n1111 1112"],
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_check_takes_the_good_and_refuses_the_bad(name: str) -> None:
    assert CHECKS[name](GOOD[name])
    assert [wrong for wrong in BAD[name] if CHECKS[name](wrong)] == []


@given(st.one_of(st.text(), st.text("0123456789ABXax:.-() \n", max_size=40)))
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_check_answers_whatever_it_is_asked(name: str, text: str) -> None:
    assert CHECKS[name](text) in (True, False)


@pytest.mark.parametrize("name", ["resident_id", "luhn", "credit_code", "iban", "vehicle_number", "verhoeff"])
def test_any_single_digit_that_is_wrong_is_found(name: str) -> None:
    good = GOOD[name]
    passed = [
        good[:place] + digit + good[place + 1 :]
        for place, old in enumerate(good)
        if old.isdigit()
        for digit in "0123456789"
        if digit != old and CHECKS[name](good[:place] + digit + good[place + 1 :])
    ]
    assert passed == []
