"""What a column, a list and the rest of a text say of a value that nothing else announces."""

import time

import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.scan import Scanner

SCANNER = Scanner(load_rules())


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in SCANNER.scan(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x  phone: 5702462928\ny  phone: 6084956379", ["5702462928", "6084956379"]),
        ("a@b.com,5702462928,x\nsomebody,6084956379,y\nanother,5592929558,z",
         ["a@b.com", "5702462928", "6084956379", "5592929558"]),
        ("Bo  a@b.com  5702462928\nAl  none     6084956379", ["a@b.com", "5702462928", "6084956379"]),
        ("call 5702462928, 6084956379 or 5592929558.", ["5702462928", "6084956379", "5592929558"]),
        ("Phones:\n- 570-246-2928\n- 608-495-6379", ["570-246-2928", "608-495-6379"]),
    ],
)  # fmt: skip
def test_what_stands_in_the_column_or_list_of_a_number_is_one(text: str, values: list[str]) -> None:
    assert found(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a@b.com,5702462928,x\nsomebody,12,y\nanother,2024-01-02,z", ["a@b.com", "5702462928"]),
        ("Name: Ann Lee,a@b.com\nJob Title,none", ["Ann Lee", "a@b.com"]),
        ("call 5702462928, 2024 or 17.", ["5702462928"]),
        ("a@b.com,5702462928,x\n\nrows,1155550132,1,2", ["a@b.com", "5702462928"]),
    ],
)
def test_what_is_written_otherwise_or_stands_elsewhere_is_not(text: str, values: list[str]) -> None:
    assert found(text) == values


def test_a_whole_name_is_one_wherever_it_stands_again() -> None:
    text = "Dear Ann Whitcombe,\nsee page 3 of Ann Whitcombe today, not Ann Whitcomber."
    assert found(text) == ["Ann Whitcombe", "Ann Whitcombe"]


def test_heads_of_a_table_of_html_announce_its_cells() -> None:
    head = "<table><tr><th>Who</th><th class='n'>Mobile</th><th>Born</th></tr>"
    assert found(head + "<tr><td>A</td><td>7028775559</td><td>1991-08-07</td></tr></table>") == [
        "7028775559",
        "1991-08-07",
    ]
    assert found("<p>Kind</p><p>1028775559</p>") == []


def test_entities_are_found_whole() -> None:
    mail = "".join(f"&#{ord(letter)};" for letter in "a.lee@corp.com")
    assert found(f"<p>{mail} &#38; tel: &#x35;702462928</p>") == [mail, "&#x35;702462928"]


def test_a_large_table_takes_time_by_its_length() -> None:
    text = "a@b.com,5702462928,6084956379,5592929558,4155550132\n" * 4_000
    before = time.process_time()
    assert len(found(text)) == 20_000
    assert time.process_time() - before < 8
