"""How a run ended, from how its ranks ended."""

import pytest

from gridtie.agent.verdict import verdict
from gridtie.dispatch.site import TaskState


def ended(code: int, reason: str = "", at: float = 0.0) -> TaskState:
    return TaskState("ended", code, reason, ended=at)


GOOD, GONE = ended(0), TaskState("gone")


@pytest.mark.parametrize(
    ("states", "cancelled", "expected"),
    [
        ([GOOD, GOOD], False, ("succeed", "", 0)),
        ([ended(143, "cancel"), ended(9, "exit", 1.0)], False, ("fail", "exit", 9)),
        ([ended(5, "exit", 2.0), ended(9, "exit", 1.0)], False, ("fail", "exit", 9)),
        ([ended(137, "out_of_memory"), ended(143, "cancel")], False, ("fail", "out_of_memory", 137)),
        ([ended(143, "cancel"), ended(1, "exit")], True, ("cancel", "cancelled", 143)),
        ([ended(1, "exit"), GONE], False, ("lose", "agent_restart", None)),
        ([ended(1, "exit"), ended(126, "sandbox")], False, ("lose", "sandbox", None)),
        ([ended(143, "lease"), ended(143, "cancel")], True, ("lose", "lease", None)),
        ([ended(143, "preempted")], False, ("lose", "preempted", None)),
    ],
)
def test_a_fault_of_the_site_outweighs_the_job_and_the_first_failing_rank_counts(
    states: list[TaskState], cancelled: bool, expected: tuple[str, str, int | None]
) -> None:
    assert verdict(states, cancelled=cancelled) == expected
