"""The page says what the report says, in both languages, and nothing from the data becomes markup."""

import re
from pathlib import Path

from tests.cleaner.test_report import cleaned

from gridtie.cleaner import page as page_of
from gridtie.cleaner.page import Words, page
from gridtie.cleaner.report import read_report


def test_a_page_has_every_figure_and_both_languages(tmp_path: Path) -> None:
    made = read_report(cleaned(tmp_path))
    text = (tmp_path / "out1" / "audit.html").read_text()
    assert text == page(made)
    for kind, action, count in made["counts"]["found"]:
        assert f"<td>{kind}</td><td>{action}</td><td class=n>{count:,}</td>" in text
    assert len(re.findall('lang="en"', text)) - 1 == len(re.findall('lang="zh"', text))
    assert "http" not in text.replace("xhtml", "")


def test_names_from_outside_are_no_markup(tmp_path: Path) -> None:
    made = read_report(cleaned(tmp_path))
    made["sources"][0]["name"] = made["inputs"][0]["path"] = made["policy"]["name"] = "<script>x</script>"
    assert "<script>" not in page(made)


def test_every_sentence_has_two_languages() -> None:
    texts = [value for value in vars(page_of).values() if isinstance(value, Words)]
    texts += [words for group in (page_of.SECTIONS, page_of.HEADS, page_of.HELD) for words in group.values()]
    assert all(words.en and words.zh for words in texts)
    assert all(re.search("[一-鿿]", words.zh) or words.zh == words.en for words in texts)
