"""The rules that ship are tested by the examples they carry, and a rule file with a mistake is refused by name."""

import itertools
import time

import pytest

from gridtie.adapters.tables import load_rules, rule_texts
from gridtie.cleaning.normal import normalised
from gridtie.cleaning.policy import Policy
from gridtie.cleaning.rule import Example, Rule, RuleSet
from gridtie.cleaning.scan import Scanner
from gridtie.errors import InvalidInput

SCANNER = Scanner(load_rules())
GOOD = '[[rule]]\nid = "a"\nkind = "A"\nfrom = "token"\nshape = "x[0-9]{5}"\nscore = 60\nhit = ["⟦x12345⟧"]\n'


@pytest.mark.parametrize("rule", load_rules().rules, ids=lambda rule: rule.id)
def test_a_rule_finds_what_its_examples_mark_and_nothing_else(rule: Rule) -> None:
    for written in (*rule.hits, *rule.misses):
        example = Example.read(written)
        assert not example.differs(SCANNER.scan(example.text)), written


@pytest.mark.parametrize("rule", load_rules().rules, ids=lambda rule: rule.id)
def test_what_a_rule_finds_it_finds_where_the_text_is_read_in_one_way_of_writing_too(rule: Rule) -> None:
    for text in (Example.read(written).text for written in rule.hits):
        narrow, *_ = normalised(text)
        assert [span.kind for span in SCANNER.scan(narrow)] == [span.kind for span in SCANNER.scan(text)], text


def test_every_kind_has_a_rule_with_a_negative_example() -> None:
    shown = {rule.kind for rule in load_rules().rules if rule.misses}
    assert shown == load_rules().kinds


LAUGHS = "[pieces]\n" + "".join(
    f'{one} = "{f"⟨{other}⟩" * 30}"\n' for one, other in itertools.pairwise("abcdefg")
) + 'g = "x"\n'  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = ", "1:5 Invalid value"),
        (GOOD + "shapes = 1\n", "unknown key 'shapes'"),
        (GOOD.replace("60", '"60"'), "score must be int"),
        (GOOD.replace('kind = "A"\n', ""), "kind is missing"),
        (GOOD.replace('"token"', '"tokens"'), "one of digits, token, pattern"),
        (GOOD.replace('"token"', '"pattern"'), "anchors is missing"),
        (GOOD.replace('"x[0-9]{5}"', '"x["'), "not a regular expression"),
        (GOOD + 'check = "mod12"\n', "no check 'mod12'"),
        (GOOD + 'left = ["@nobody"]\n', "names the list 'nobody'"),
        (GOOD + "left = [1]\n", "left must be a list of words"),
        (GOOD + 'left = ["re:x(y)"]\n', "left takes words"),
        (GOOD + 'refuse = ["re:x("]\n', "not a regular expression"),
        (GOOD + 'refuse = ["re:x)|(y"]\n', "not a regular expression"),
        (GOOD + 'refuse = ["y", "re:"]\n', "rule 'a': refuse has 're:', which fits where nothing stands"),
        (GOOD + 'refuse_right = ["@z"]\n[words]\nz = ["re:"]\n', "refuse_right has 're:', which fits"),
        (GOOD + GOOD, "a second rule with the id 'a'"),
        ('[words]\nx = [1]\n', "the words 'x'"),
        ("rule = 5\n", "rule is a list of tables"),
        ('rule = ["a"]\n', "rule is a list of tables"),
        ("words = 3\n", "words is a table"),
        ("pieces = [1]\n", "pieces is a table"),
        (GOOD.replace("60", "true"), "score must be int"),
        (GOOD.replace("{5}", "{5000000000}"), "not a regular expression"),
        (GOOD.replace("x[0-9]{5}", "(" * 3000 + "x" + ")" * 3000), "not a regular expression"),
        (LAUGHS + GOOD.replace("x[0-9]{5}", "⟨a⟩"), "longer than 50000 characters"),
        ("a = " + "[" * 100_000 + "]" * 100_000, "recursion"),
        ("a." * 200_000 + "a = 1\n", "1:1 a key of 100 parts or more"),
    ],
)  # fmt: skip
def test_a_rule_that_could_never_be_applied_is_refused_with_file_and_reason(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        RuleSet.read({"mine.toml": text})
    assert "mine.toml" in str(caught.value)
    assert says in str(caught.value.problems[0])


def test_the_digest_names_exactly_these_files() -> None:
    assert RuleSet.read({"a.toml": GOOD}).digest != RuleSet.read({"a.toml": GOOD + "# other\n"}).digest
    assert RuleSet.read({"a.toml": GOOD}).digest == RuleSet.read({"a.toml": GOOD}).digest


def test_a_shape_may_name_pieces_and_one_made_of_itself_is_refused() -> None:
    named = GOOD.replace("x[0-9]{5}", "x⟨five⟩")
    pieces = '[pieces]\none = "[0-9]"\nfive = "⟨one⟩{5}"\n'
    assert Scanner(RuleSet.read({"mine.toml": pieces + named})).scan("x12345")
    for wrong in (named, '[pieces]\nfive = "⟨five⟩"\n' + named):
        with pytest.raises(InvalidInput, match=r"mine\.toml") as caught:
            RuleSet.read({"mine.toml": wrong})
        assert "the piece 'five'" in str(caught.value.problems[0])


@pytest.mark.parametrize(
    ("expression", "refused", "kept"),
    [
        (r"no\S\s", "no: x12345", "no  x12345"),
        ("Lot (?:A|B) ", "LOT a x12345", "lot c x12345"),
        ("lot |bin ", "bin x12345", "bit x12345"),
        ("[0-9]+ of ", "3 of x12345", "[] of x12345"),
        ("lots? ", "lot x12345", "lo x12345"),
        ("b(?<!a b)in(?:s|) ", "bins x12345", "a bin x12345"),
        (r"bin\|[|] ", "bin|| x12345", "bin x12345"),
    ],
)
def test_an_expression_that_refuses_means_what_is_written(expression: str, refused: str, kept: str) -> None:
    scanner = Scanner(RuleSet.read({"mine.toml": f"{GOOD}refuse = ['word ', 're:{expression}']\n"}))
    assert not scanner.scan(refused)
    assert scanner.scan(kept)
    assert not scanner.scan("Word x12345")


def test_what_is_wrong_with_a_rule_is_told_with_its_line_and_column() -> None:
    text = GOOD + "\n" + GOOD.replace('"a"', '"b"') + '  check = "mod12"\n'
    with pytest.raises(InvalidInput) as caught:
        RuleSet.read({"mine.toml": text})
    (problem,) = caught.value.problems
    lines = text.split("\n")
    assert (problem.line, problem.column) == (lines.index('  check = "mod12"') + 1, 3)
    assert str(problem.message).startswith("rule 'b': no check 'mod12'")


def test_thousands_of_mistakes_are_told_by_the_first_of_them_and_soon() -> None:
    text = "[kinds]\n" + "".join(f'K{number} = "drop"\n' for number in range(20_000))
    before = time.process_time()
    with pytest.raises(InvalidInput) as caught:
        Policy.read(text, source="p.toml", kinds=load_rules().kinds)
    assert time.process_time() - before < 5
    assert [problem.line for problem in caught.value.problems[:2]] == [2, 3]
    assert "more" in caught.value.problems[-1].message


def test_the_rules_that_ship_stand_every_trial_of_which_they_are_spared() -> None:
    assert RuleSet.read(rule_texts()).digest == load_rules().digest
