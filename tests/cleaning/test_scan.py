"""Spans lie where the original text has them, whatever it was written with and whatever stands around it."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.block import MOST
from gridtie.cleaning.rule import Example
from gridtie.cleaning.scan import Scanner

RULES = load_rules()
SCANNER, PLAIN = Scanner(RULES), Scanner(RULES, compiled=False)
EXAMPLES = [Example.read(hit).text for rule in RULES.rules for hit in rule.hits]
PIECES = st.one_of(
    st.sampled_from(EXAMPLES), st.text(max_size=20), st.text("0123456789 -.()@:信生号x\u200b０１", max_size=30)
)


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in SCANNER.scan(text)]


@given(st.lists(PIECES, max_size=8))
def test_any_text_is_scanned_and_no_two_spans_overlap(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    spans = SCANNER.scan(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    assert SCANNER.scan(text) == spans


@given(st.lists(st.lists(PIECES, max_size=4).map("".join), max_size=8))
def test_texts_scanned_together_say_what_each_says_alone_with_a_compiler_and_without(texts: list[str]) -> None:
    alone = [SCANNER.scan(text) for text in texts]
    expected = dict(zip(texts, alone, strict=True))
    for together in (texts, texts[::-1], texts + texts[:1]):
        for scanner in (SCANNER, PLAIN):
            scanner._known.clear()
            assert scanner.scan_all(together) == [expected[text] for text in together]


def test_no_text_reaches_into_the_next() -> None:
    parts = ["手机", "13800138000", "138", "00138000", "a@", "b.com", "住址", "身份证号1101051949", "1231002X"]
    assert PLAIN.scan_all(parts) == SCANNER.scan_all(parts) == [SCANNER.scan(part) for part in parts]
    assert [len(spans) for spans in SCANNER.scan_all(parts)] == [0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_more_texts_than_a_block_holds_and_one_that_is_longer_are_scanned_whole() -> None:
    seed = random.Random(20261127)
    texts = ["，".join(seed.choices(EXAMPLES, k=seed.randrange(30))) for _ in range(60)]
    texts.insert(30, "手机13800138000。".ljust(MOST // 2) * 3)
    assert SCANNER.scan_all(texts) == [SCANNER.scan(text) for text in texts] == PLAIN.scan_all(texts)
    assert len(SCANNER.scan(texts[30])) == 3


@given(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=6))
def test_what_is_found_on_a_line_does_not_depend_on_lines_two_further(lines: list[str]) -> None:
    far = "\n" + "。" * 2_000 + "\n\n。\n"  # no such text is full of what is personal, which would be looked at whole
    assert found(far + far.join(lines) + far) == [one for line in lines for one in found(far + line + far)]


@pytest.mark.parametrize(
    ("plain", "odd"),
    [
        ("手机13800138000", "手机１３８００１３８０００"),
        ("手机13800138000", "手机138\u200b0013\ufeff8000"),
        ("身份证号11010519491231002X", "身份证号１１０１０５１９４９１２３１００２Ｘ"),
        ("邮箱wnlz@sina.com.cn。", "邮箱ｗｎｌｚ＠sina．com．cn。"),
    ],
)
def test_other_ways_of_writing_are_found_where_they_stand(plain: str, odd: str) -> None:
    assert len(found(plain)) == 1
    (one,) = found(odd)
    assert odd.endswith(one) or odd.endswith(one + "。")
    assert len(one) >= len(found(plain)[0])


def test_numbers_that_only_look_like_it_are_left_alone() -> None:
    seed = random.Random(20261127)
    text = "。".join(
        f"第{seed.randrange(10**9)}号，共{seed.random():.9f}，{seed.randrange(2**40):x}" for _ in range(4000)
    )
    hits = SCANNER.scan(text)
    assert len(hits) <= 2 * len(text.encode()) / 1e6, [text[span.start - 9 : span.end] for span in hits]


def test_the_head_of_a_column_announces_its_cells_and_nothing_outside_the_table() -> None:
    assert found('班级,姓名\n2021,尤佳\n2022,"易小川"\n\n尤佳,好') == ["尤佳", "易小川"]
    assert found("| Name | dob |\n|---|---|\n| Pavel Novotny | 1980-04-12 |") == ["Pavel Novotny", "1980-04-12"]
    assert found("姓名,说明\n尤佳,一,二") == []
    assert found("String name,\n    String other,\n") == []


def test_a_word_that_has_had_its_number_refuses_no_other_one() -> None:
    assert found("订单20260302141592653, 转13800138000") == ["13800138000"]
    assert found("订单号13800138000") == []


def test_entities_that_say_entities_without_end_are_read_to_some_depth() -> None:
    text = "1"
    for _ in range(1_200):
        text = text.replace("1", "&#49;", 1) if "1" in text else text.replace("&#49;", "&#&#52;9;", 1)
    assert found(f"{text} Tel: 13812345678") == ["13812345678"]
    assert found("Tel: &#&#52;9;3812345678") == ["&#&#52;9;3812345678"]


def test_a_line_without_a_blank_beside_a_number_is_looked_at_in_one_pass() -> None:
    line = "x" * 300_000  # by the square of it this would take many minutes
    assert found(f"![x](data:image/png;base64,{line}) shown\nTel: 13812345678") == ["13812345678"]


def test_a_number_in_a_web_address_counts_only_where_its_name_says_what_it_is() -> None:
    assert found("https://x.com/b?node=17051031011 https://x.com/?phone=17051031012") == ["17051031012"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("加q q110576", "QQ"),
        ("my social security614 62 9854", "SSN"),
        ("bank account no9558820200012345676", "BANK"),
        ("national id card440304 19900101 1233", "CN_ID"),
        ("resident id card130971760226720", "CN_ID15"),
    ],
)
def test_a_word_that_begins_within_another_one_counts_too(text: str, kind: str) -> None:
    """`national id` and `id card` are two words of one rule; only the second stands right before the number."""
    (span,) = SCANNER.scan(text)
    assert (span.kind, span.end) == (kind, len(text))


def test_a_line_is_read_around_each_of_its_findings_not_the_first_alone() -> None:
    text = "write a.b@mail.example.org" + " of the old mower" * 8 + ", call/text 541-676-3629, ask for Craig."
    assert "Craig" in [text[span.start : span.end] for span in SCANNER.scan(text)]


def test_a_part_of_an_account_that_passes_a_check_does_not_stand_for_the_whole() -> None:
    """The first sixteen digits are a card's by their check, all nineteen are not."""
    assert found("账号：6222 0257 1219 0004 001") == ["6222 0257 1219 0004 001"]
    assert found("card 6222 0257 1219 0004, 001") == ["6222 0257 1219 0004"]


def test_a_number_before_the_word_that_refuses_one_is_no_answer_to_it() -> None:
    assert found("8812的订单里13812345678") == []
    assert found("订单8812里有电话13812345678") == ["13812345678"]
