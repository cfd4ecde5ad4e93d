"""Price lists of clouds (CSV) become listed offers: compared in quotes, never cleared here."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from gridtie.errors import InputTooLarge, InvalidPriceList, Problem, UnknownChip
from gridtie.market.offer import Listing
from gridtie.values.money import Micros, parse_money
from gridtie.values.quantity import GIB

BYTES_MAX = 32 << 20
ROWS_MAX = 200_000
LISTED_MAX = 50_000  # written in one transaction, which nobody else may wait for too long
CELL_MAX = 1000
PROBLEMS_SHOWN = 50
PROBLEMS_MAX = 1000  # a file with as many is not read to its end
PRICE_MAX = 100_000 * 1_000_000  # per instance-hour; anything above is a slip

# Heading → our name; spellings of common catalogues are understood.
_HEADINGS = {
    "cloud": "cloud", "provider": "cloud",
    "region": "region", "location": "region",
    "availabilityzone": "zone", "availability_zone": "zone", "zone": "zone",
    "instance": "instance", "instancetype": "instance", "instance_type": "instance", "sku": "instance",
    "accelerator": "accelerator", "acceleratorname": "accelerator", "gpu": "accelerator",
    "accelerator_name": "accelerator",
    "count": "count", "acceleratorcount": "count", "accelerator_count": "count", "gpus": "count",
    "vcpu": "vcpus", "vcpus": "vcpus", "cpus": "vcpus",
    "memory": "memory", "memorygib": "memory", "memory_gb": "memory", "memorygb": "memory",
    "price": "price", "ondemand": "price", "price_per_hour": "price",
    "spot": "spot", "spotprice": "spot", "spot_price": "spot",
    "currency": "currency",
}  # fmt: skip
_NEEDED = ("cloud", "region", "instance", "price")
# Control characters and marks that reorder text would reach terminals and other people's tables.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_CHARGED = re.compile(r"\d{1,12}(\.\d{1,40})?|\.\d{1,40}")
_COUNTED = re.compile(r"\d{1,9}(\.\d{1,6})?")


class Chip(Protocol):
    @property
    def id(self) -> str: ...


class ChipFinder(Protocol):
    def find(self, name: str, *, memory_gb: float | None = None) -> Chip: ...


_EXCESS = "row"
_Cells = Mapping[str, tuple[str, int]]  # our name of the column → (text, column)


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """One row: `price` per accelerator-hour (or vCPU-hour) in the exchange's currency, the original beside it."""

    chip: str
    price: Micros
    listing: Listing


@dataclass(frozen=True, slots=True)
class PriceList:
    rows: tuple[ListedPrice, ...]
    skipped: tuple[Problem, ...] = ()  # what is wrong with rows left out, the first thousand
    skipped_rows: int = 0


def parse_price_list(
    raw: bytes, *, source: str, chips: ChipFinder, currency: str, rates: Mapping[str, str], cloud: str | None = None,
    listed_in: str | None = None, skip: bool = False,
) -> PriceList:  # fmt: skip
    """`rates` convert other currencies ('USD' → '7.1'), as the operator supplies them. `cloud` and `listed_in`, its
    currency, stand where no column says them. `skip` leaves rows out that cannot be listed, instead of refusing all.

    A list by zones lists a region's instance once, at the lowest price of its zones. Raises InputTooLarge,
    InvalidPriceList with every problem (the first fifty) at its line and column.
    """
    if len(raw) > BYTES_MAX:
        raise InputTooLarge(source=source, limit="32 MiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        problem = Problem.undecoded(cause, "not UTF-8; save it as CSV UTF-8")
        raise InvalidPriceList(source=source, problems=[problem]) from None
    if listed_in and listed_in != currency and listed_in not in rates:
        message = f"no rate from {listed_in} to {currency}; the operator sets rates = '{listed_in}=…'"
        raise InvalidPriceList(source=source, problems=[Problem(message, 1, 1)])
    found: dict[tuple[str, str, str], ListedPrice] = {}
    seen: dict[tuple[str, str, str, str], int] = {}
    reader = _Reader(chips, currency, rates, listed_in or currency)
    bad = 0
    for line, cells in _rows(text, source, cloud):
        before = reader.count
        listed = reader.read(line, cells)
        if listed is not None:
            key = (listed.listing.cloud, listed.listing.region, listed.listing.instance)
            zoned = (*key, cells.get("zone", ("", 0))[0])
            if first := seen.get(zoned):
                reader.wrong(f"{' '.join(filter(None, zoned))} stands twice; first in line {first}")
            else:
                seen[zoned] = line
                found[key] = _cheapest(found[key], listed) if key in found else listed
        if len(found) > LISTED_MAX:
            raise InputTooLarge(source=source, limit=f"{LISTED_MAX} instances; leave out what nobody compares with")
        bad += reader.count > before
        if reader.count >= PROBLEMS_MAX and not skip:
            break
    if reader.count and not skip:
        more = reader.count - PROBLEMS_SHOWN
        shown = reader.problems[:PROBLEMS_SHOWN] + ([Problem(f"and {more} more")] if more > 0 else [])
        raise InvalidPriceList(source=source, problems=shown, count=reader.count)
    return PriceList(tuple(found.values()), tuple(reader.problems), bad)


def _cheapest(one: ListedPrice, other: ListedPrice) -> ListedPrice:
    """Two zones of a region: the lower price of each kind."""
    low = min(one, other, key=lambda listed: listed.price)
    spots = [zone.listing.spot_price_per_hour for zone in (one, other) if zone.listing.spot_price_per_hour is not None]
    return replace(low, listing=replace(low.listing, spot_price_per_hour=min(spots, default=None)))


def _rows(text: str, source: str, cloud: str | None) -> Iterator[tuple[int, _Cells]]:
    """(line, cells by our names) of each row that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str | None] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = _headings(cells, reader.line_num, source, cloud)
                continue
            if reader.line_num > ROWS_MAX:
                raise InputTooLarge(source=source, limit=f"{ROWS_MAX} rows")
            cells += [""] * (len(names) - len(cells))
            row = {
                name: (cell.strip(), at) for at, (name, cell) in enumerate(zip(names, cells, strict=False), 1) if name
            }
            row.setdefault("cloud", (cloud or "", 0))
            if any(cell.strip() for cell in cells[len(names) :]):
                row[_EXCESS] = (f"{len(cells)} cells under {len(names)} headings", len(names) + 1)
            yield reader.line_num, row
    except csv.Error as cause:
        raise InvalidPriceList(source=source, problems=[Problem(f"not CSV: {cause}", reader.line_num, 1)]) from None
    if not names:
        raise InvalidPriceList(source=source, problems=[Problem("the file is empty", 1, 1)])


def _headings(cells: Sequence[str], line: int, source: str, cloud: str | None) -> list[str | None]:
    """Our name of each column; None for one that does not matter."""
    names = [_HEADINGS.get(re.sub(r"[^a-z_]", "", cell.strip().lower())) for cell in cells]
    missing = [n for n in _NEEDED if n not in names and not (n == "cloud" and cloud)]
    if missing:
        message = f"no column {', '.join(missing)}; found {_shown(', '.join(cells), 200)}"
        raise InvalidPriceList(source=source, problems=[Problem(message, line, 1)])
    for at, name in enumerate(names):
        if name is not None and name in names[:at]:
            message = f"{_shown(cells[names.index(name)])} and {_shown(cells[at])} are both the {name}"
            raise InvalidPriceList(source=source, problems=[Problem(message, line, at + 1)])
    return names


class _Reader:
    """Reads one row after another, and keeps what is wrong with each cell: its first fault only."""

    def __init__(self, chips: ChipFinder, currency: str, rates: Mapping[str, str], listed_in: str) -> None:
        self.problems: list[Problem] = []
        self.count = 0  # of all problems, kept or not
        self._chips, self._currency, self._rates, self._listed_in = chips, currency, rates, listed_in
        self._known: dict[str, str] = {}  # spelling → chip, or nothing; a list repeats few spellings very often
        self._nearest: dict[str, str] = {}  # of spellings that mean nothing
        self._line = 0
        self._cells: _Cells = {}

    def read(self, line: int, cells: _Cells) -> ListedPrice | None:
        before = self.count
        self._line, self._cells = line, cells
        if _EXCESS in cells:
            self._wrong(_EXCESS, cells[_EXCESS][0])
            return None
        cloud, region, instance = (self._needed(name) for name in ("cloud", "region", "instance"))
        accelerator = self._text("accelerator")
        chip = self._chip(accelerator) if accelerator else "cpu"
        count, vcpus, memory = (self._number(name) for name in ("count", "vcpus", "memory"))
        if accelerator and (count < 1 or count != int(count)):
            self._wrong("count", "an instance has 1 or more whole accelerators")
        if not accelerator and vcpus < 1:
            self._wrong("vcpus", "an instance without accelerators needs its number of vCPUs")
        price, spot = self._amount("price", needed=True), self._amount("spot", needed=False)
        own = self._text("currency") or self._listed_in
        rate = self._rates.get(own, "1" if own == self._currency else "")
        if not rate:
            self._wrong(
                "currency", f"no rate from {own[:20]} to {self._currency}; the operator sets rates = '{own[:20]}=…'"
            )
        if self.count > before or price is None:
            return None
        listing = Listing(
            cloud=cloud, region=region, instance=instance, accelerator_name=accelerator, accelerators=int(count),
            vcpus=int(vcpus), memory_bytes=int(memory * GIB), price_per_hour=price, spot_price_per_hour=spot,
            currency=own,
        )  # fmt: skip
        scaled = price * parse_money(_six_decimals(rate)) // 1_000_000
        return ListedPrice(chip, Micros(max(1, scaled // int(count if accelerator else vcpus))), listing)

    def _wrong(self, name: str, message: str) -> None:
        _, column = self._cells.get(name, ("", 0))
        last = self.problems[-1] if self.problems else None
        if last is None or not column or (last.line, last.column) != (self._line, column):
            self._keep(Problem(f"{name}: {message}", self._line, column))

    def wrong(self, message: str) -> None:
        """Of the row as a whole."""
        self._keep(Problem(message, self._line, 1))

    def _keep(self, problem: Problem) -> None:
        self.count += 1
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(problem)

    def _text(self, name: str) -> str:
        text, _ = self._cells.get(name, ("", 0))
        if len(text) > CELL_MAX or text.startswith(("=", "@")) or _UNPRINTABLE.search(text):
            self._wrong(name, f"{_shown(text[:20])!r} cannot be read as data")
            return ""
        return text

    def _needed(self, name: str) -> str:
        text = self._text(name)
        if not text:
            self._wrong(name, "is empty")
        return text

    def _chip(self, accelerator: str) -> str:
        if accelerator not in self._known:
            try:
                self._known[accelerator] = self._chips.find(accelerator).id
            except UnknownChip as unknown:
                self._known[accelerator] = ""
                self._nearest[accelerator] = str(unknown.params.get("nearest"))
        if not self._known[accelerator]:
            near = self._nearest[accelerator]
            self._wrong("accelerator", f"no chip is called {accelerator[:40]!r}; nearest: {near}")
        return self._known[accelerator]

    def _number(self, name: str) -> float:
        text = self._text(name)
        if text and not _COUNTED.fullmatch(text):
            self._wrong(name, f"{text[:20]!r} is not a number")
            return 0.0
        return float(text or 0)

    def _amount(self, name: str, *, needed: bool) -> Micros | None:
        text = self._needed(name) if needed else self._text(name)
        if not text:
            return None
        value = parse_money(_six_decimals(text)) if _CHARGED.fullmatch(text) else Micros(0)
        if not 0 < value <= PRICE_MAX:
            self._wrong(name, f"{text[:20]!r} is not a price per hour, above zero and in decimals")
            return None
        return value


def _shown(text: str, most: int = 40) -> str:
    return _UNPRINTABLE.sub("?", text)[:most]


def _six_decimals(text: str) -> str:
    """Catalogues print more digits than money has: rounded half up to six decimals."""
    match = re.fullmatch(r"(\d{0,12})\.(\d{6})(\d)\d*", text)
    if match is None:
        return text
    whole = int(match[1] + match[2]) + (match[3] >= "5")
    return f"{whole // 1_000_000}.{whole % 1_000_000:06d}"
