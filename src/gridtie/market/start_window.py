"""A booking that leaves its start open: the start that it gets within its window.

It is looked for as if it were alone, with posted prices: at which starts it would be served, and what that costs. What
decides is `sought`: the CHEAPEST start, the first of equals, or the FIRST that fits. Only the moments count at which
somebody leaves or an offer begins (`Calendar.moments`), and of those the first STARTS_MAX.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gridtie.market.bookings import Calendar, time_of
from gridtie.market.clearing import Book
from gridtie.market.request import Request
from gridtie.market.rules import RULES
from gridtie.market.scoring import total
from gridtie.values.period import Period, to_text, to_the_second

FIRST, CHEAPEST = "first", "cheapest"
STARTS_MAX = 64
#: The soonest start of a window that is open already: what is booked starts later than now.
LEAD = timedelta(seconds=1)
_WORDS = {FIRST: "the first start with room", CHEAPEST: "the cheapest start, the first of equal ones"}


@dataclass(frozen=True, slots=True)
class Window:
    """The starts it leaves open, and what is sought among them; `picked`: one of them was found."""

    earliest: datetime
    latest: datetime
    sought: str
    picked: bool

    def to_json(self) -> dict[str, Any]:
        """For the parameters of a round's book."""
        return {"earliest": to_text(self.earliest), "latest": to_text(self.latest), "sought": self.sought,
                "picked": self.picked}  # fmt: skip


def window_words(booking: Mapping[str, Any]) -> str:
    """Why it starts then, of a round's parameters; '' where the start was the request's own."""
    if not booking.get("picked"):
        return ""
    return (
        f"{_WORDS[booking['sought']]} from {to_the_second(booking['earliest'])} to {to_the_second(booking['latest'])}"
    )


def pick_start(
    request: Request, calendar: Calendar, parameters: Mapping[str, Any], at: datetime, sought: str
) -> tuple[Request, Period, Window]:
    """The request with its start, the time that it books, and how that was found; where none fits, with its first."""
    assert request.start_at is not None
    assert request.start_by is not None
    chips = {wanted.chip for wanted in request.needs.alternatives}
    calendar = calendar.of([offer.resource for offer in calendar.offers if offer.resource and offer.chip in chips])
    best: tuple[tuple[int, int, datetime], Request, Period] | None = None
    first = _starting(request, max(request.start_at, at + LEAD))
    for start in calendar.moments(first[1].start, request.start_by)[:STARTS_MAX]:
        asked, time = _starting(request, start)
        free = calendar.during(time)
        clearing = RULES["posted-price"](
            Book(round="", at=start, offers=calendar.on_sale(time, free), capacities=free, requests=(asked,),
                 parameters=parameters)
        )  # fmt: skip
        for trade in clearing.trades:
            key = request.needs.alternatives[trade.alternative].rank, total(trade.cost_terms), start
            if best is None or key < best[0]:
                best = key, asked, time
        if best is not None and sought == FIRST:
            break
    window = Window(request.start_at, request.start_by, sought, picked=best is not None)
    return (*(first if best is None else best[1:]), window)


def _starting(request: Request, start: datetime) -> tuple[Request, Period]:
    asked = replace(request, start_at=start)
    time = time_of(asked)
    assert time is not None
    return asked, time
