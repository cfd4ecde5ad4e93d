"""Transition tables: for each kind of record the states, the allowed moves, and the refusal of every other."""

from collections.abc import Mapping
from dataclasses import dataclass

from gridtie.errors import ForbiddenMove


@dataclass(frozen=True)
class Lifecycle:
    """States and moves of one kind of record. A final state absorbs: no move leaves it."""

    noun: str
    initial: str
    states: Mapping[str, str]  # state → one sentence
    moves: Mapping[tuple[str, str], str]  # (state, event) → state
    final: frozenset[str]

    def __post_init__(self) -> None:
        for (state, event), target in self.moves.items():
            if state not in self.states or target not in self.states:
                raise ValueError(f"{self.noun}: move {state} --{event}--> {target} names an unknown state")
            if state in self.final:
                raise ValueError(f"{self.noun}: {state} is final, {event} cannot leave it")

    @property
    def live(self) -> frozenset[str]:
        return frozenset(self.states) - self.final

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(sorted({event for _, event in self.moves}))

    def allows(self, state: str, event: str) -> bool:
        return (state, event) in self.moves

    def move(self, state: str, event: str) -> str:
        """The state after `event`; raises ForbiddenMove naming what would have been allowed."""
        target = self.moves.get((state, event))
        if target is None:
            allowed = sorted(event for (from_state, event) in self.moves if from_state == state)
            raise ForbiddenMove(noun=self.noun, state=state, event=event, allowed=", ".join(allowed) or "nothing")
        return target

    def diagram(self) -> str:
        """A Mermaid state diagram, for the documents."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {state} --> {target}: {event}" for (state, event), target in sorted(self.moves.items())]
        lines += [f"    {state} --> [*]" for state in sorted(self.final)]
        return "\n".join(lines)


def _table(**rows: Mapping[str, str]) -> dict[tuple[str, str], str]:
    return {(state, event): target for state, row in rows.items() for event, target in row.items()}


JOB = Lifecycle(
    noun="job",
    initial="queued",
    states={
        "queued": "Waits for capacity; the job says why and what would change it.",
        "placed": "Has a run at a site that has not started yet.",
        "running": "A run of it works.",
        "succeeded": "A run ended with exit code 0 and its results are published.",
        "failed": "Ended by its own fault, or its retries are used up.",
        "cancelled": "Ended at its owner's wish.",
    },
    moves=_table(
        queued={"place": "placed", "cancel": "cancelled", "fail": "failed"},
        placed={
            "start": "running",
            "requeue": "queued",
            "succeed": "succeeded",
            "fail": "failed",
            "cancel": "cancelled",
        },
        running={"requeue": "queued", "succeed": "succeeded", "fail": "failed", "cancel": "cancelled"},
    ),
    final=frozenset({"succeeded", "failed", "cancelled"}),
)

RUN = Lifecycle(
    noun="run",
    initial="assigned",
    states={
        "assigned": "Offered to the site's agent, not yet taken.",
        "accepted": "The agent took it and prepares files.",
        "running": "The job's processes work.",
        "finishing": "The processes ended; results travel to the exchange.",
        "succeeded": "Exit code 0 and results published.",
        "failed": "The job ended by its own fault (exit code, time limit, memory or disk limit).",
        "cancelled": "Stopped because the exchange asked for it.",
        "rejected": "The site did not take it; the job is not to blame.",
        "lost": "The site lost it or lost contact beyond the lease; the interval is not billed.",
    },
    moves=_table(
        assigned={"accept": "accepted", "reject": "rejected", "cancel": "cancelled", "lose": "lost"},
        accepted={
            "start": "running",
            "reject": "rejected",
            "cancel": "cancelled",
            "lose": "lost",
            "fail": "failed",
        },
        running={
            "finish": "finishing",
            "succeed": "succeeded",
            "fail": "failed",
            "cancel": "cancelled",
            "lose": "lost",
        },
        finishing={"succeed": "succeeded", "fail": "failed", "cancel": "cancelled", "lose": "lost"},
    ),
    final=frozenset({"succeeded", "failed", "cancelled", "rejected", "lost"}),
)

OFFER = Lifecycle(
    noun="offer",
    initial="open",
    states={
        "open": "May be sold.",
        "paused": "Its owner holds it back for now.",
        "withdrawn": "Taken back by its owner.",
        "expired": "Its window ended.",
    },
    moves=_table(
        open={"pause": "paused", "withdraw": "withdrawn", "expire": "expired"},
        paused={"resume": "open", "withdraw": "withdrawn", "expire": "expired"},
    ),
    final=frozenset({"withdrawn", "expired"}),
)

DEPOSIT = Lifecycle(
    noun="deposit",
    initial="open",
    states={
        "open": "Others may withdraw from it.",
        "closed": "Taken back by its owner.",
        "expired": "Its window ended.",
    },
    moves=_table(open={"close": "closed", "expire": "expired"}),
    final=frozenset({"closed", "expired"}),
)

DATASET = Lifecycle(
    noun="dataset",
    initial="listed",
    states={
        "listed": "In the catalogue; contracts can be made.",
        "withdrawn": "Not offered any more; what contracts grant stays granted.",
    },
    moves=_table(listed={"withdraw": "withdrawn"}, withdrawn={"list": "listed"}),
    final=frozenset(),
)

CONTRACT = Lifecycle(
    noun="contract",
    initial="offered",
    states={
        "offered": "Proposed; not signed by both sides yet.",
        "agreed": "Signed by both sides; it has not begun, or is not paid.",
        "active": "Data is delivered under it.",
        "suspended": "Nothing is delivered for now; it says why.",
        "ended": "Over, or ended by one side; nothing is delivered any more.",
        "declined": "One side did not want it.",
    },
    moves=_table(
        offered={"agree": "agreed", "decline": "declined"},
        agreed={"activate": "active", "end": "ended"},
        active={"suspend": "suspended", "end": "ended"},
        suspended={"resume": "active", "end": "ended"},
    ),
    final=frozenset({"ended", "declined"}),
)

REQUEST = Lifecycle(
    noun="request",
    initial="open",
    states={
        "waiting": "Its job follows another one that has not succeeded yet.",
        "open": "Wants capacity.",
        "filled": "Matched with an offer by a trade.",
        "withdrawn": "Its job was cancelled.",
        "expired": "Its deadline passed unfilled.",
    },
    moves=_table(
        waiting={"open": "open", "withdraw": "withdrawn"},
        open={"fill": "filled", "withdraw": "withdrawn", "expire": "expired"},
        filled={"reopen": "open", "withdraw": "withdrawn"},
    ),
    final=frozenset({"withdrawn", "expired"}),
)

SITE = Lifecycle(
    noun="site",
    initial="declared",
    states={
        "declared": "Named by its owner; no agent has enrolled yet.",
        "pending": "An agent enrolled; its fingerprint waits to be compared.",
        "active": "Its agent may take work.",
        "draining": "Finishes what runs, takes nothing new.",
        "quarantined": "Suspicious (two agents with one key, or false readings); takes nothing until cleared.",
        "revoked": "Its key is void for good.",
    },
    moves=_table(
        declared={"enrol": "pending", "revoke": "revoked"},
        pending={"approve": "active", "enrol": "pending", "revoke": "revoked"},
        active={"drain": "draining", "quarantine": "quarantined", "revoke": "revoked"},
        draining={"resume": "active", "quarantine": "quarantined", "revoke": "revoked"},
        quarantined={"approve": "active", "revoke": "revoked"},
    ),
    final=frozenset({"revoked"}),
)

HOLD = Lifecycle(
    noun="hold",
    initial="pending",
    states={
        "pending": "Set aside; nobody else can spend it.",
        "posted": "Ended by posting what was used; the rest returned.",
        "voided": "Ended by returning all of it.",
    },
    moves=_table(pending={"post": "posted", "void": "voided"}),
    final=frozenset({"posted", "voided"}),
)

LIFECYCLES = {table.noun: table for table in (JOB, RUN, OFFER, DEPOSIT, DATASET, CONTRACT, REQUEST, SITE, HOLD)}
