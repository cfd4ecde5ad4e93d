"""Tokens speak for their member until they expire or are revoked, and for nobody else."""

from typing import Any

import pytest

from gridtie.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn, Refused
from gridtie.flow.add_member import remove_member
from gridtie.flow.issue_token import Issued, actor_of, issue_token, revoke_token


@pytest.fixture
def owner(world: Any) -> Any:
    return world.member(world.organisation("aurora"))


def issue(world: Any, actor: Any, member: Any = None, *, kind: str = "user", days: int | None = None) -> Issued:
    issued: Issued = world.write(
        lambda unit: issue_token(
            unit, world.exchange, actor, member=member or actor.member, kind=kind, label="", days=days
        )
    )
    return issued


def speaker(world: Any, text: str) -> Any:
    return world.read(lambda unit: actor_of(unit, world.exchange, text))[0]


def test_a_token_speaks_for_its_member_until_its_last_instant(world: Any, owner: Any) -> None:
    issued = issue(world, owner, days=2)
    assert speaker(world, issued.text).member == owner.member
    world.later(days=2, milliseconds=-1)
    assert speaker(world, issued.text).roles == frozenset({"owner"})
    world.later(milliseconds=1)
    with pytest.raises(NotSignedIn, match="expired on 2026-01-03"):
        speaker(world, issued.text)


def test_a_revoked_token_is_void_at_once_and_revoking_again_changes_nothing(world: Any, owner: Any) -> None:
    issued, other = issue(world, owner), issue(world, owner)
    world.write(lambda unit: revoke_token(unit, issued.id))
    with pytest.raises(NotSignedIn, match="revoked"):
        speaker(world, issued.text)
    assert speaker(world, other.text).member == owner.member
    before = world.rows()
    world.write(lambda unit: revoke_token(unit, issued.id))
    assert world.rows() == before
    assert world.kinds(issued.id) == ["token.issued", "token.revoked"]


def test_who_leaves_loses_all_his_tokens(world: Any, owner: Any) -> None:
    member = world.member(owner.organisation, role="member")
    texts = [issue(world, owner, member.member).text for _ in range(3)]
    world.write(lambda unit: remove_member(unit, member.member))
    for text in texts:
        with pytest.raises(NotSignedIn, match="revoked"):
            speaker(world, text)
    with pytest.raises(NotFound):
        issue(world, owner, member.member)
    before = world.rows()
    world.write(lambda unit: remove_member(unit, member.member))
    assert world.rows() == before


def test_the_last_owner_cannot_leave(world: Any, owner: Any) -> None:
    before = world.rows()
    with pytest.raises(Refused, match="last owner"):
        world.write(lambda unit: remove_member(unit, owner.member))
    assert world.rows() == before


def test_a_changed_secret_and_an_unknown_id_are_told_the_same(world: Any, owner: Any) -> None:
    text = issue(world, owner).text
    last = "A" if text[-1] != "A" else "B"
    for wrong in (text[:-1] + last, text.replace("user", "ci", 1)):
        with pytest.raises(NotSignedIn):
            speaker(world, wrong)


def test_no_secret_is_in_the_database(world: Any, owner: Any) -> None:
    secret = issue(world, owner).text.split("_")[-1]
    assert secret not in str(world.rows())


def test_an_owner_makes_tokens_for_his_own_members_and_nobody_else(world: Any, owner: Any) -> None:
    member = world.member(owner.organisation, role="member")
    stranger = world.member(world.organisation("bison"))
    assert speaker(world, issue(world, owner, member.member).text).member == member.member
    before = world.rows()
    with pytest.raises(NotFound):
        issue(world, owner, stranger.member)
    with pytest.raises(NotAllowed):
        issue(world, member, owner.member)
    assert world.rows() == before


@pytest.mark.parametrize(
    ("wrong", "path"), [({"kind": "root"}, "kind"), ({"days": 0}, "days"), ({"days": 9999}, "days")]
)
def test_what_is_wrong_with_a_wish_is_named(world: Any, owner: Any, wrong: Any, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue(world, owner, **wrong)
    assert [problem.path for problem in refused.value.problems] == [path]
