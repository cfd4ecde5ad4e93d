"""What a policy says of a table is read whole or refused whole, at its line."""

from gridtie.cleaning.policy import Policy
from gridtie.cleaning.quasi import Quasi
from gridtie.errors import InvalidInput

WHOLE = """\
[table]
k = 5
l = 3
sensitive = ["diagnosis"]
direct = ["name"]
plain = ["ward"]
[table.quasi]
age = { form = "number", most = 20 }
job = "tree"
[table.trees.job]
medical = ["nurse", "doctor"]
technical = { it = ["dev"] }
"""


def problems(text: str) -> list[str]:
    try:
        Policy.read(text, source="p.toml", kinds={"MOBILE"})
    except InvalidInput as refused:
        return [str(problem) for problem in refused.problems]
    return []


def test_a_whole_table_is_read() -> None:
    table = Policy.read(WHOLE, source="p", kinds=()).table
    assert table is not None
    assert (table.k, table.l, table.suppressed_most, table.risk_most) == (5, 3, 0.05, 0.05)
    age, job = table.quasi
    assert age == Quasi(name="age", form="number", most=20)
    assert job.paths == {
        "medical": ("medical",), "nurse": ("medical", "nurse"), "doctor": ("medical", "doctor"),
        "technical": ("technical",), "it": ("technical", "it"), "dev": ("technical", "it", "dev"),
    }  # fmt: skip
    assert table.declared == ("age", "job", "diagnosis", "name", "ward")
    assert Policy.read("", source="p", kinds=()).table is None


def test_every_mistake_in_a_table_is_named_at_its_place() -> None:
    said = problems(
        '[table]\nk = 1\nl = 2\nsensitve = ["x"]\ndirect = "name"\nplain = ["age"]\nsuppressed_most = 5\n'
        '[table.quasi]\nage = "numbr"\njob = "tree"\ntown = { form = "set", least = 2 }\n'
        '[table.trees.home]\na = ["b", "b"]\n'
    )  # fmt: skip
    for line, word in (
        (2, "from 2 to 1000000"), (3, "none is named"), (4, "did you mean sensitive?"), (5, "list of columns"),
        (1, "age is declared twice"), (7, "from 0 to 1"), (9, "'numbr' is not known"), (10, "[table.trees.job]"),
        (11, "'least' has no meaning"),
    ):  # fmt: skip
        assert any(text.startswith(f"{line}:") and word in text for text in said), (line, said)
    assert any("home" in text for text in said)
    assert any("at least one column" in text for text in problems("[table]\nk = 2\n"))
    assert any("twice in the tree" in text for text in problems(WHOLE.replace('["dev"]', '["nurse"]')))
    assert any("branch is a list" in text for text in problems(WHOLE.replace('["dev"]', "3")))
    assert problems(WHOLE.replace("k = 5\n", ""))[0].startswith("1:")
