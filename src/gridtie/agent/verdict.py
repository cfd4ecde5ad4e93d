"""What a run's end means, from how its ranks ended."""

from collections.abc import Sequence

from gridtie.dispatch.site import TaskState

SITE_FAULTS = frozenset({"lease", "sandbox", "preempted", "agent_restart", "site"})


def verdict(states: Sequence[TaskState], *, cancelled: bool) -> tuple[str, str, int | None]:
    """(event, reason, exit code) of a run from how its ranks ended. A fault of the site outweighs all others; among
    ranks that failed by themselves the first one counts, for the others may have failed because of it."""
    if any(state.state == "gone" for state in states):
        return "lose", "agent_restart", None
    faults = [state for state in states if state.reason in SITE_FAULTS]
    if faults:
        return "lose", faults[0].reason, None
    own = [state for state in states if (state.exit_code or state.reason) and state.reason != "cancel"]
    if own and not cancelled:
        first = min(own, key=lambda state: state.ended)
        return "fail", first.reason or "exit", first.exit_code
    if cancelled or any(state.reason == "cancel" for state in states):
        return "cancel", "cancelled", states[0].exit_code
    return "succeed", "", 0
