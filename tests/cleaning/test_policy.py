"""A policy is read whole or refused whole, with every mistake at its line and column."""

from gridtie.cleaning.policy import Policy, Treatment
from gridtie.errors import InvalidInput

KINDS = {"CN_ID", "MOBILE", "EMAIL", "DOB", "BANK", "NAME"}
WHOLE = """\
name = "training-text"
[defaults]
action = "remove"
[kinds]
CN_ID = "drop"
MOBILE = { action = "mask", keep = [3, 4] }
EMAIL = { action = "pseudonym", key = "mail" }
DOB = { action = "generalise", to = "decade" }
[keys]
mail = { variable = "MAIL_KEY" }
[duplicates]
near = 0.8
[languages]
keep = ["zh", "en"]
"""


def read(text: str) -> Policy:
    return Policy.read(text, source="p.toml", kinds=KINDS)


def problems(text: str) -> list[str]:
    try:
        read(text)
    except InvalidInput as refused:
        return [str(problem) for problem in refused.problems]
    return []


def test_a_whole_policy_says_what_becomes_of_each_kind() -> None:
    policy = read(WHOLE)
    assert policy.treatment("CN_ID").action == "drop"
    assert policy.treatment("NAME") == Treatment(action="remove")
    assert policy.treatment("MOBILE").keep == (3, 4)
    assert (policy.exact, policy.near, policy.languages) == (True, 0.8, ("zh", "en"))
    assert read(WHOLE + "# more\n").digest != policy.digest


def test_an_empty_policy_replaces_everything_by_placeholders() -> None:
    assert read("").treatment("EMAIL") == Treatment(action="placeholder")


def test_a_key_that_is_written_wrongly_is_told_once_with_what_was_meant() -> None:
    said = '[kinds]\nNAME = { acton = "mask" }\nDOB = { keep = [1, 2] }\nEMAIL = "masc"\n'
    assert problems(said) == [
        "2:1 NAME: 'acton' has no meaning here; did you mean action?",
        "3:1 DOB: its action is missing; one of keep, drop, remove, placeholder, mask, pseudonym, encrypt, generalise, "
        "surrogate",
        "4:1 EMAIL: 'masc' is not known; did you mean mask?",
    ]


def test_every_mistake_is_named_at_its_place_at_once() -> None:
    said = problems(
        '[kinds]\nMOBIL = "mask"\nCN_ID = "burn"\nEMAIL = "pseudonym"\nNAME = { action = "encrypt", key = "k" }\n'
        'BANK = { action = "generalise" }\nMOBILE = { action = "mask", keep = 3 }\n[keys]\nk = "secret"\n'
        '[sample]\nhand = -1\n[defaults]\nscore = "high"\n'
    )  # fmt: skip
    listed = "all kinds: BANK, CN_ID, DOB, EMAIL, MOBILE, NAME"
    assert said[0] == f"2:1 no kind is called MOBIL (did you mean MOBILE?); {listed}"
    for line, word in (
        (3, "burn"),
        (4, "needs a key"),
        (5, "only digits"),
        (6, "less exact"),
        (7, "two whole numbers"),
    ):
        assert any(text.startswith(f"{line}:") and word in text for text in said), (line, said)
    assert any("variable" in text for text in said)
    assert any("hand must be" in text for text in said)
    assert any("score must be" in text for text in said)


def test_a_share_so_small_that_its_neighbours_cannot_be_counted_is_refused() -> None:
    assert problems("[sample]\nmachine_share = 1e-310\n") == [
        "2:1 machine_share must be 0, or from 0.000001 to 1, not 1e-310"
    ]
    assert problems("[sample]\nmachine_share = 0\n") == problems("[sample]\nmachine_share = 0.000001\n") == []


def test_what_is_no_toml_is_refused_where_it_stops_being_it() -> None:
    assert problems("[kinds]\nx = = 1\n")[0].startswith("2:")
