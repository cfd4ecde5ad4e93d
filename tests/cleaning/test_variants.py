"""Odd ways of writing are found whole, where the original has them; texts that only look so are left alone."""

import pytest

from gridtie.adapters.tables import load_rules
from gridtie.cleaning.scan import Scanner

SCANNER = Scanner(load_rules())


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("[14:02] 阿伟: 我的号 １３８００１３８０００，晚点打", "MOBILE", "１３８００１３８０００"),
        ('{"tel":"138\u200b0013\u200b8000"}', "MOBILE", "138\u200b0013\u200b8000"),
        ("电话\t1 3 8 0 0 1 3 8 0 0 0\t已核", "MOBILE", "1 3 8 0 0 1 3 8 0 0 0"),
        ("联系 138.0013.8000 （微信同号）", "MOBILE", "138.0013.8000"),
        ("电 话：一三八零零一三八零零零", "MOBILE", "一三八零零一三八零零零"),
        ("可以打幺三八-〇〇一三-八〇〇〇", "MOBILE", "幺三八-〇〇一三-八〇〇〇"),
        ("公民身份号码\n1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "CN_ID", "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X"),
        ("<td>证件号</td>１１０１０５１９４９１２３１００２Ｘ", "CN_ID", "１１０１０５１９４９１２３１００２Ｘ"),
        ("QQ：三六二八零一五五，备注", "QQ", "三六二八零一五五"),
        ("card number 4111.1111.1111.1111 exp 04/29", "CARD", "4111.1111.1111.1111"),
        ("From: john dot smith at example dot com", "EMAIL", "john dot smith at example dot com"),
        ("邮箱 wei（at）univ.edu.cn", "EMAIL", "wei（at）univ.edu.cn"),
        ("mail: k [dot] lind [at] qq [dot] com", "EMAIL", "k [dot] lind [at] qq [dot] com"),
        ("call me on four one five-five five five-two six seven one", "USPHONE",
         "four one five-five five five-two six seven one"),
    ],
)  # fmt: skip
def test_an_odd_way_of_writing_is_found_whole(text: str, kind: str, found: str) -> None:
    spans = [(span.kind, text[span.start : span.end]) for span in SCANNER.scan(text)]
    assert spans == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "圆周率三点一四一五九二六五三五八九七九", "一九九八年至二零零八年，一三五七九班", "矩阵 1 3 5 7 9 2 4 6 8 0 1",
        "look at this dot com bubble", "see bug#42.com later", "one two three four five, once I caught a fish",
        "电话会议纪要 v1.3.8.0013", "订单 1 3 8 0 0 1 3 8 0 0 0",
    ],
)  # fmt: skip
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    assert SCANNER.scan(text) == []


def test_what_a_line_above_ends_with_refuses_no_number() -> None:
    text = "手机,邮箱,金额\n10086,139-3569-5543,a.b@univ.edu.cn"
    assert [span.kind for span in SCANNER.scan(text)] == ["MOBILE", "EMAIL"]
