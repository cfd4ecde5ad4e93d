"""Terms of use decide each request; what is not limited is allowed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gridtie.data.terms import COMPUTE, READ, RUN, Terms, Use, denied

NOW = datetime(2026, 11, 1, tzinfo=UTC)
USE = Use(action=READ, purpose="training", recipient="bison", place="CN-520100", hub="gz", at=NOW, used=0)
DAY = timedelta(days=1)


def test_terms_that_limit_nothing_allow_everything() -> None:
    assert denied(Terms(), replace(USE, purpose="", place="", hub="", used=10**9)) is None


@pytest.mark.parametrize(
    ("terms", "code", "kept"),
    [
        (Terms(recipients=("bison",)), "recipient", {"recipient": "cedar"}),
        (Terms(purposes=("training", "evaluation")), "purpose", {"purpose": "marketing"}),
        (Terms(purposes=("training",)), "purpose", {"purpose": ""}),
        (Terms(places=("CN-52",)), "place", {"place": "CN-110000", "hub": "bj"}),
        (Terms(places=("gz",)), "place", {"place": "", "hub": ""}),
        (Terms(not_before=NOW), "too-early", {"at": NOW - DAY}),
        (Terms(not_after=NOW + DAY), "over", {"at": NOW + DAY}),
        (Terms(count=2), "used-up", {"used": 2}),
    ],
)
def test_each_limit_allows_what_keeps_it_and_names_itself_for_what_does_not(
    terms: Terms, code: str, kept: dict[str, object]
) -> None:
    assert denied(terms, USE) is None
    denial = denied(terms, replace(USE, **kept))  # type: ignore[arg-type]
    assert denial is not None
    assert (denial.code, bool(denial.reason), bool(denial.change)) == (code, True, True)


def test_data_that_stays_lets_jobs_come_and_no_copy_leave() -> None:
    terms = Terms(delivery=COMPUTE)
    denial = denied(terms, USE)
    assert denial is not None
    assert denial.code == "compute-only"
    assert denied(terms, replace(USE, action=RUN)) is None
