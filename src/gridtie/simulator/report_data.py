"""What a report shows: plain series with their units in their names. Whoever has figures fills it; the page only draws.

An empty series is named as absent on the page, never drawn.
"""

from dataclasses import dataclass
from unicodedata import category

from gridtie.values.money import Micros

GAINS_MAX = 40  # organisations in one picture; a table has them all


def shown(text: str) -> str:
    """A name from outside on one line: spaces of all kinds as plain ones, and a mark for what cannot be seen, or would
    turn the order of a line around."""
    return "".join(
        " "
        if category(char) == "Zs"
        else "\ufffd"
        if category(char)[0] == "C" or category(char) in ("Zl", "Zp")
        else char
        for char in text
    )


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in both languages of the page."""

    en: str
    zh: str


ACCELERATORS = Words("accelerators", "加速器")
CORES = Words("cores", "核")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitPoint:
    """One policy in one scope at one capacity. Waits are of the jobs that ran, None where none did; `never` did not.

    `low_s` and `high_s`: confidence interval of the mean; None: one seed.

    `moved_share`: of the jobs that ran, those that ran away from home; None where nothing can move.
    """

    scope: str  # silo | federated | merged
    policy: str
    capacity: int  # accelerators in all
    mean_s: float | None
    median_s: float | None
    p95_s: float | None
    p99_s: float | None
    utilisation: float  # never shown without the waits beside it
    moved_share: float | None = None
    low_s: float | None = None
    high_s: float | None = None
    missed_share: float | None = None  # of the jobs with a deadline
    value_share: float | None = None  # obtained of what all jobs in time were worth
    never: int = 0  # jobs that never ran


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualWait:
    """The least capacity found at which the connected system waits no longer than the sites alone."""

    alone: str  # scope and policy
    alone_capacity: int
    alone_mean_s: float
    alone_utilisation: float
    connected: str
    capacity: int
    mean_s: float
    utilisation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """Mean waits by class of size, None where nobody ran; `low_s` to `high_s`: of all, over other weeks of the log."""

    scope: str
    policy: str
    share: float | None  # that may leave home; None where nothing can
    means_s: tuple[float | None, ...]
    low_s: float | None = None
    high_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilityPoint:
    """`share` of the jobs may leave home."""

    policy: str
    capacity: int
    share: float
    mean_s: float | None
    low_s: float | None = None
    high_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSeries:
    """Accelerators at work and accelerators asked for by waiting jobs, each from `times_s[i]` to `times_s[i + 1]`."""

    label: str
    capacity: int
    times_s: tuple[float, ...]
    busy: tuple[float, ...]
    waiting: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePath:
    """A price per accelerator-hour over time; it holds from its time to the next."""

    label: str
    times_s: tuple[float, ...]
    prices: tuple[Micros, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One run of a sample. `home` says whether it ran at a site of its own organisation."""

    site: str
    organisation: str
    start_s: float
    end_s: float
    accelerators: int
    home: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """One organisation alone and connected. Money over the whole trace; None where the policy has no prices."""

    organisation: str
    jobs: int
    alone_s: float | None  # mean wait of those that ran; None: none did
    connected_s: float | None
    paid: Micros | None = None
    earned: Micros | None = None
    alone_never: int = 0  # jobs that never ran
    connected_never: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site as the study had it; what it earned from those who came from elsewhere."""

    site: str
    units: int
    demand: float  # mean units at work if nobody waited
    jobs: int
    speed: float
    price: Micros
    earned: Micros


@dataclass(frozen=True, slots=True)
class Law:
    """An invariant that the run was held against."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """`command` makes exactly this report again. `facts` are (what, value) pairs; `assumptions` are the study's own.

    `unit` is what capacity counts. Without `equal` the page finds the least capacity among the points of `waits`.
    """

    title: str
    command: str
    facts: tuple[tuple[Words, str | Words], ...]
    currency: str = "CNY"
    unit: Words = ACCELERATORS
    assumptions: tuple[Words, ...] = ()
    names: tuple[Words, ...] = ()  # what the ways of sharing and the policies on the page do
    waits: tuple[WaitPoint, ...] = ()
    equal: tuple[EqualWait, ...] = ()
    without_equal: tuple[str, ...] = ()  # scope and policy that waits longer than alone even at all capacity
    size_classes: tuple[str, ...] = ()  # units that a job needs at once
    sizes: tuple[SizeRow, ...] = ()
    mobility: tuple[MobilityPoint, ...] = ()
    usage: tuple[UsageSeries, ...] = ()
    prices: tuple[PricePath, ...] = ()
    sample: tuple[Bar, ...] = ()
    sites: tuple[SiteLine, ...] = ()
    gains: tuple[Gain, ...] = ()
    compared: tuple[str, str] = ("", "")  # what `gains` compares: (alone, connected), in words of scope and policy
    laws: tuple[Law, ...] = ()
