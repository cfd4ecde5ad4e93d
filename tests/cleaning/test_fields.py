"""What the label of a field says, and the head of a column: of a person, or of another thing."""

import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.checks import american_telephone
from gridtie.cleaning.rule import RuleSet
from gridtie.cleaning.scan import Scanner
from gridtie.errors import InvalidInput

SCANNER = Scanner(load_rules())


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in SCANNER.scan(text)]


@pytest.mark.parametrize("text", ["6084771755", "for sale, 6084771755, no dealers", '{"notify": "6084771755"}'])
def test_ten_digits_of_an_american_area_are_a_telephone_where_nothing_names_another_thing(text: str) -> None:
    assert found(text) == ["6084771755"]


@pytest.mark.parametrize(
    "text", ["invoice 6084771755", "meter_no: 6084771755", "lot\tday\n6084771755\tMo", "共6084771755"]
)
def test_they_are_none_where_label_or_head_names_another_thing(text: str) -> None:
    assert found(text) == []


def test_sizes_of_machines_and_areas_that_nobody_has_are_no_telephones() -> None:
    assert american_telephone("6084771755")
    assert not any(map(american_telephone, ["2147483647", "8589934592", "6084111755", "2114771755", "6666666666"]))


def test_a_column_half_of_which_could_be_no_telephones_holds_none() -> None:
    numbers = ["6084771755", "6171111555", "5552223333", "4075239999", "1234567890", "9998887777"]
    assert found("".join(f"x,{number},y\n" for number in numbers)) == []
    assert found("".join(f"x,{number},y\n" for number in numbers[::3])) == ["6084771755", "4075239999"]


def test_a_day_in_the_row_of_somebody_is_one_of_birth_unless_its_head_says_otherwise() -> None:
    assert found("mail,x\na@b.com,1978-03-19") == ["a@b.com", "1978-03-19"]
    assert found("mail,joined\na@b.com,1978-03-19") == ["a@b.com"]
    rows = "a@b.com,March 7, 2008,1\nc@b.com,5 October 2006,4"
    assert found(f"Guest,Arrival,Nights\n{rows}") == ["a@b.com", "c@b.com"]


def test_a_word_in_braces_stands_for_several() -> None:
    text = """
    [[rule]]
    id = "desk"
    kind = "DESK"
    from = "token"
    shape = "[0-9]{6}"
    score = 10
    adds = 50
    left = ["{desk,table}{ ,_}no"]
    hit = ["table_no 123456"]
    """.replace('123456"', '⟦123456⟧"')
    assert RuleSet.read({"x.toml": text}).rules[0].words == ("desk no", "desk_no", "table no", "table_no")
    with pytest.raises(InvalidInput):
        RuleSet.read({"x.toml": text.replace("{ ,_}", "{1,2,3,4,5,6,7,8,9,0}" * 4)})
