"""The page says what the report says, in both languages, and nothing from the data becomes markup."""

import inspect
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.cleaner.test_report import cleaned, judged
from tests.cleaning.made import report

from gridtie.cleaner.across import DUPLICATE, NEAR
from gridtie.cleaner.report import read_report
from gridtie.cleaning import audit
from gridtie.cleaning import page as page_of
from gridtie.cleaning import page_names as names
from gridtie.cleaning.groups import SUPPRESSED, UNREADABLE
from gridtie.cleaning.page import HELD, POLICY, page
from gridtie.cleaning.page_names import Words
from gridtie.cleaning.policy import _LIMITS, ACTIONS

RULES = Path(page_of.__file__).parent / "rules"
EVIL = """<script>x</script>'"{column}"""


def test_a_page_has_every_figure_and_both_languages(tmp_path: Path) -> None:
    made = read_report(cleaned(tmp_path))
    text = (tmp_path / "out1" / "audit.html").read_text()
    assert text == page(made)
    for kind, action, count in made["counts"]["found"]:
        cells = "".join(f"<td>{both(name(said))}</td>" for name, said in ((names.kind, kind), (names.action, action)))
        assert f"{cells}<td class=n>{count:,}</td>" in text
    assert len(re.findall('lang="en"', text)) - 1 == len(re.findall('lang="zh"', text))
    assert "http:" not in text
    assert "https:" not in text
    assert "url(" not in text


def test_a_page_says_which_source_is_over_the_limit_who_judged_and_what_each_file_was_made_from(tmp_path: Path) -> None:
    made = judged(cleaned(tmp_path), failed=1, personal=1)
    check = next(one for one in made["checks"] if one["name"] == "source-risky-most-ppm")
    for asked, held in ((50_000, True), (1_000, False)):
        check["asked"] = asked
        text = page(made)
        [talk, undeclared] = [
            row for row in text.split("<tr>") if row.startswith(("<td>talk</td>", "<td>undeclared</td>"))
        ]
        assert both(HELD[held]) in talk
        assert both(HELD[True]) in undeclared
    assert "Drawn by seed 1, judged by lin. Values of personal data found left: 1." in text
    for name in ("rules", "code"):
        assert made[name] in text
    assert made["policy"]["sha256"] in text
    assert made["names"]["sha256"] in text
    assert [(one["path"], one["source"]) for one in made["inputs"]] == [("a.jsonl", "talk"), ("b.jsonl", "undeclared")]
    for one in made["outputs"]:
        assert f"<td>{one['name']}</td><td>{one['input']}</td><td class=n>{one['kept']}</td>" in text


def both(said: Words | str) -> str:
    if isinstance(said, str):
        return said
    return f'<span lang="en">{said.en}</span><span lang="zh">{said.zh}</span>'


def test_every_name_of_the_program_has_words_in_both_languages() -> None:
    given = {of for path in RULES.glob("*.toml") for of in re.findall(r'^kind = "(\w+)"', path.read_text(), re.M)}
    assert given - {"NAME"} <= set(names.KINDS)
    assert set(names.ACTIONS) == set(ACTIONS)
    assert set(_LIMITS) | {SUPPRESSED, UNREADABLE, DUPLICATE, NEAR} <= set(names.REASONS)
    asked = set(re.findall(r'_check\("([a-z0-9-]+)"', inspect.getsource(audit)))
    assert asked == set(names.CHECKS)
    assert names.reason("personal:IBAN") == Words(
        "holds personal data to drop: IBAN (IBAN)", "含须丢弃的个人信息：国际银行账号（IBAN）"
    )
    assert names.check("words-of-each-A.1-least") == Words(
        "words of each risk of A.1, at least", "A.1 各类风险的词数，至少"
    )
    assert (names.kind("STAFF"), names.reason("odd")) == ("STAFF", "odd")


def put(value: Any, evil: str, kinds: tuple[type, ...]) -> Any:
    """The same with every leaf of these kinds changed."""
    if isinstance(value, dict):
        return {key: put(one, evil, kinds) for key, one in value.items()}
    if isinstance(value, list):
        return [put(one, evil, kinds) for one in value]
    return evil if isinstance(value, kinds) and not isinstance(value, bool) else value


TABLE = {
    "k": "<b>5", "l": "<b>2", "classes": 1, "smallest": 1, "sensitive": [{"column": EVIL, "values_least": 1}],
    "left_out": {"x": 1}, "left_out_ppm": 1, "left_out_most_ppm": 1, "plain": [EVIL], "undeclared": [EVIL], "grade": 2,
    "risk": {"most_ppm": 1, "threshold_ppm": 1, "mean_ppm": 1}, "sizes": [{"from": 1, "to": 2, "classes": 3}],
    "quasi": [{"column": EVIL, "form": "set", "hidden": 1}],
}  # fmt: skip


def test_whatever_a_report_says_is_no_markup() -> None:
    """Reports come from whoever offers data: texts everywhere, and texts where figures stand."""
    made = put(report({"a.jsonl": "f" * 64}), EVIL, (str,)) | {"table": TABLE}
    made["counts"]["found"], made["counts"]["dropped"] = [[EVIL, EVIL, 3]], {EVIL: 1}
    made["policy"]["reversible"], made["counts"]["languages"] = [EVIL], {EVIL: 1}
    left = {"estimated_records": EVIL, "between": [EVIL, EVIL], "values": EVIL}
    made["hand_sample"] |= {"judged": 2, "items": EVIL, "passed": 1, "personal_left": left, "reviewers": [EVIL]}
    made["words"] = {"version": EVIL}
    text = page(made)
    assert "<script" not in text
    assert "<b>" not in text
    assert text.count("&lt;script") > 20


@pytest.mark.parametrize("path", ["counts", "machine_sample", "sources", "checks"])
def test_a_figure_that_is_none_makes_no_page(path: str) -> None:
    made = report({"a.jsonl": "f" * 64})
    made[path] = put(made[path], EVIL, (int,))
    with pytest.raises((TypeError, ValueError)):
        page(made)


def test_a_page_allows_its_own_style_and_nothing_else() -> None:
    text = page(report({"a.jsonl": "f" * 64}), "zh")
    style = text[text.index("<style>") + 7 : text.index("</style>")]
    assert b64encode(sha256(style.encode()).digest()).decode() in POLICY
    assert f'content="{POLICY}"' in text
    assert " style=" not in text
    assert re.findall(r'id="(..)" checked', text) == ["zh"]


def test_a_report_of_very_much_makes_a_page_that_can_be_read() -> None:
    made = report({f"{number}.jsonl": "f" * 64 for number in range(3000)})
    made["counts"]["found"] = [[f"k{number}", "x" * 1000, 1] for number in range(3000)]
    text = page(made)
    assert len(text) < 2_000_000
    assert text.count("and more") == 2


def test_every_sentence_has_two_languages() -> None:
    texts = [value for value in vars(page_of).values() if isinstance(value, Words)]
    texts += [words for group in (page_of.SECTIONS, page_of.HEADS, page_of.HELD) for words in group.values()]
    assert all(words.en and words.zh for words in texts)
    assert all(re.search("[一-鿿]", words.zh) or words.zh == words.en for words in texts)
