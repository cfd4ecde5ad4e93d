"""A cluster as its owner declares it, and how the calls of its agent are judged."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridtie.errors import AgentProtocolUnsupported, InvalidInput, Problem
from gridtie.registry.open_hours import problems_of_hours

DEPTHS: Mapping[str, str] = {
    "listed": "Shown to buyers; ordered elsewhere.",
    "orderable": "Ordered here, started by its owner by hand.",
    "schedulable": "Takes runs through its agent.",
}
POLICY_KEYS: Mapping[str, str] = {
    "allowed_organisations": "Only these may use it; empty: everybody.",
    "denied_purposes": "Jobs of these purposes are not taken; empty: all are.",
    "work_classes": "Only work of these classes is taken from others: batch, gang, interactive; empty: all is.",
    "open_hours": "Hours of the week in which it is lent, such as 'mon-fri 19:00-07:00'; empty: at all hours.",
    "closed_days": "Days on which it is not lent, such as 2026-12-24..2026-12-26; empty: none.",
    "time_zone": "IANA name of the zone of its hours and days, such as Asia/Shanghai.",
    "reserved_percent": "So much of each pool only its owner's own jobs may use, and they are served there first.",
    "trusted_organisations": "Their jobs may run without a sandbox.",
    "auto_approve": "Lets the agent in without comparing its fingerprint by eye.",
}
WORK_CLASSES: Mapping[str, str] = {
    "interactive": "Whoever submitted it may run commands beside it and reach its ports: gridtie.interactive.",
    "gang": "On several machines at once (num_nodes above 1), and not interactive.",
    "batch": "All else.",
}
WINDOW = 1024
LATE = timedelta(minutes=1)  # a call is on its way for no longer
# Version of the agent protocol: raised when what either side says changes. 2: the answer to a hello names the version
# that is spoken, and a call seen before is refused by a code of its own, which does not count against the agent.
PROTOCOL, PROTOCOL_BEFORE = 2, 1
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_SIGNED = "gridtie/agent-request/v1"
_COUNTED, _STARTS_MAX = "b007", 0xFFFFFFFF


def spoken_protocol(asked: int) -> int:
    """The version both sides speak. Raises AgentProtocolUnsupported for any but ours and the one before."""
    if PROTOCOL_BEFORE <= asked <= PROTOCOL:
        return asked
    which = "the agent" if asked < PROTOCOL_BEFORE else "this exchange"
    raise AgentProtocolUnsupported(found=asked, oldest=PROTOCOL_BEFORE, newest=PROTOCOL, which=which)


def check_site(name: str, depth: str, policy: Mapping[str, Any]) -> None:
    """Raises InvalidInput with every problem."""
    problems = []
    if not _NAME.fullmatch(name) or len(name) > 40:
        problems.append(Problem(f"name: {name!r} must be lower-case letters, digits and '-', at most 40", path="name"))
    if depth not in DEPTHS:
        problems.append(Problem(f"depth: one of {', '.join(DEPTHS)}", path="depth"))
    problems += policy_problems(policy)
    if problems:
        raise InvalidInput(source="site", problems=problems)


def policy_problems(policy: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a whole policy, or with rules that mean something by themselves."""
    problems = []
    for key, value in policy.items():
        path = f"policy.{key}"
        if key not in POLICY_KEYS:
            problems.append(Problem(f"{path}: no such rule; there are {', '.join(POLICY_KEYS)}", path=path))
        elif key == "auto_approve":
            if not isinstance(value, bool):
                problems.append(Problem(f"{path}: true or false", path=path))
        elif key == "reserved_percent":
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
                problems.append(Problem(f"{path}: a whole number from 0 to 100", path=path))
        elif key == "time_zone":
            if not isinstance(value, str):
                problems.append(Problem(f"{path}: a text", path=path))
        elif not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(v, str) for v in value):
            problems.append(Problem(f"{path}: a list of texts", path=path))
        elif key == "work_classes":
            problems += [
                Problem(f"{path}: no class {name!r}; there are {', '.join(WORK_CLASSES)}", path=path)
                for name in value
                if name not in WORK_CLASSES
            ]
    sound = {key: value for key, value in policy.items() if f"policy.{key}" not in {one.path for one in problems}}
    return problems + problems_of_hours(sound)


def signed_call(method: str, path: str, body_sha256: str, site: str, boot: str, seq: int) -> bytes:
    """The bytes an agent signs for each call; `path` with its query as sent."""
    return f"{_SIGNED}\n{method}\n{path}\n{body_sha256}\n{site}\n{boot}\n{seq}".encode()


def signed_exchange_proof(token_id: str, client_nonce: str, server_nonce: str) -> bytes:
    """What the exchange signs before an agent sends it the secret."""
    return f"gridtie/enrol/exchange/v1\n{token_id}\n{client_nonce}\n{server_nonce}".encode()


def signed_site_proof(token_id: str, server_nonce: str) -> bytes:
    """What an agent signs to prove that it holds the key it enrols."""
    return f"gridtie/enrol/site/v1\n{token_id}\n{server_nonce}".encode()


@dataclass(frozen=True, slots=True)
class Greeted:
    """A boot that said hello, the newest last; `at` is None where it was not written down."""

    boot: str
    at: datetime | None


def boot_of(start: int, chance: str) -> str:
    """The name of an agent's process: 32 hexadecimal digits, which say the how manieth of its folder it is.

    `chance`: 32 random ones. Agents before this used them as they are; one of 65,536 of those reads as a counted one.
    """
    return f"{_COUNTED}{start & _STARTS_MAX:08x}{chance[12:]}"


def check_boot(boot: str, *, greeted: Sequence[Greeted], at: datetime, greeting: bool) -> str:
    """'known', 'fresh', 'unknown' (say hello first), 'late' or 'clone'.

    A boot that was replaced by a newer one and still speaks is a second agent with the same key, unless its process
    started before and the newer one said hello a moment ago. Then it is a call that was long on its way.
    """
    newest = greeted[-1] if greeted else Greeted("", None)
    if boot == newest.boot:
        return "known"
    older = (mine := _start(boot)) is not None and (last := _start(newest.boot)) is not None and mine < last
    if older and newest.at is not None and at - newest.at <= LATE:
        return "late"
    if any(known.boot == boot for known in greeted):
        return "clone"
    return "fresh" if greeting else "unknown"


def _start(boot: str) -> int | None:
    return int(boot[4:12], 16) if boot.startswith(_COUNTED) else None


@dataclass
class SeqWindow:
    """Numbers of one boot: each at most once, out of order by at most 1024."""

    highest: int = -1
    seen: int = 0  # bit i: highest - i was seen

    def admit(self, seq: int) -> bool:
        """Whether `seq` is new; remembers it."""
        if seq > self.highest:
            step = seq - self.highest
            self.seen = ((self.seen << step) | 1) & ((1 << WINDOW) - 1) if step < WINDOW else 1
            self.highest = seq
            return True
        back = self.highest - seq
        if back >= WINDOW or self.seen >> back & 1:
            return False
        self.seen |= 1 << back
        return True
