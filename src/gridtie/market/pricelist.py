"""Price lists of clouds (CSV) become listed offers: compared in quotes, never cleared here."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from gridtie.errors import InputTooLarge, InvalidPriceList, Problem, UnknownChip
from gridtie.market.offer import Listing
from gridtie.values.money import Micros, parse_money
from gridtie.values.quantity import GIB

BYTES_MAX = 32 << 20
ROWS_MAX = 200_000
CELL_MAX = 1000
PROBLEMS_SHOWN = 50
PRICE_MAX = 100_000 * 1_000_000  # per instance-hour; anything above is a slip

# Heading → our name; spellings of common catalogues are understood.
_HEADINGS = {
    "cloud": "cloud", "provider": "cloud",
    "region": "region", "location": "region",
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


class Chip(Protocol):
    @property
    def id(self) -> str: ...


class ChipFinder(Protocol):
    def find(self, name: str, *, memory_gb: float | None = None) -> Chip: ...


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """One row: `price` per accelerator-hour (or vCPU-hour) in the exchange's currency, the original beside it."""

    chip: str
    price: Micros
    listing: Listing


def parse_price_list(
    raw: bytes, *, source: str, chips: ChipFinder, currency: str, rates: Mapping[str, str], cloud: str | None = None
) -> list[ListedPrice]:
    """`rates` convert other currencies ('USD' → '7.1'), as the operator supplies them; `cloud` where no column says it.

    Raises InputTooLarge, InvalidPriceList with every problem (the first fifty) at its line and column.
    """
    if len(raw) > BYTES_MAX:
        raise InputTooLarge(source=source, limit="32 MiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise InvalidPriceList(source=source, problems=[Problem(f"not UTF-8 at byte {cause.start}", 1, 1)]) from None
    problems: list[Problem] = []
    found: list[ListedPrice] = []
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in _rows(text, source, cloud):
        listed = _read(row, line, chips, currency, rates, problems)
        if listed is None:
            continue
        key = (listed.listing.cloud, listed.listing.region, listed.listing.instance)
        if key in seen:
            problems.append(Problem(f"{' '.join(key)} stands twice; first in line {seen[key]}", line, 1))
            continue
        seen[key] = line
        found.append(listed)
    if problems:
        more = len(problems) - PROBLEMS_SHOWN
        shown = problems[:PROBLEMS_SHOWN] + ([Problem(f"and {more} more")] if more > 0 else [])
        raise InvalidPriceList(source=source, problems=shown, count=len(problems))
    return found


def _rows(text: str, source: str, cloud: str | None) -> Iterator[tuple[int, dict[str, tuple[str, int]]]]:
    """(line, {our name: (cell, column)}) of each row."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str | None] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = [_HEADINGS.get(re.sub(r"[^a-z_]", "", cell.strip().lower())) for cell in cells]
                missing = [n for n in _NEEDED if n not in names and not (n == "cloud" and cloud)]
                if missing:
                    message = f"no column {', '.join(missing)}; found {', '.join(cells)[:200]}"
                    raise InvalidPriceList(source=source, problems=[Problem(message, 1, 1)])
                continue
            if reader.line_num > ROWS_MAX:
                raise InputTooLarge(source=source, limit=f"{ROWS_MAX} rows")
            row = {
                name: (cell.strip(), at) for at, (name, cell) in enumerate(zip(names, cells, strict=False), 1) if name
            }
            row.setdefault("cloud", (cloud or "", 0))
            yield reader.line_num, row
    except csv.Error as cause:
        raise InvalidPriceList(source=source, problems=[Problem(f"not CSV: {cause}", reader.line_num, 1)]) from None
    if not names:
        raise InvalidPriceList(source=source, problems=[Problem("the file is empty", 1, 1)])


def _read(
    row: Mapping[str, tuple[str, int]],
    line: int,
    chips: ChipFinder,
    currency: str,
    rates: Mapping[str, str],
    problems: list[Problem],
) -> ListedPrice | None:
    before = len(problems)

    def cell(name: str) -> str:
        text, column = row.get(name, ("", 0))
        if len(text) > CELL_MAX or (text[:1] in "=@" and text):
            problems.append(Problem(f"{name}: {text[:20]!r} cannot be read as data", line, column))
            return ""
        return text

    def wrong(name: str, message: str) -> None:
        problems.append(Problem(f"{name}: {message}", line, row.get(name, ("", 0))[1]))

    def amount(name: str, *, needed: bool) -> Micros | None:
        text = cell(name)
        if not text and not needed:
            return None
        try:
            value = parse_money(_six_decimals(text))
        except ValueError as cause:
            wrong(name, str(cause))
            return None
        if not 0 < value <= PRICE_MAX:
            wrong(name, f"{text!r} is not a price per hour")
            return None
        return value

    def number(name: str) -> float:
        text = cell(name)
        if not text:
            return 0.0
        if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text):
            wrong(name, f"{text[:20]!r} is not a number")
            return 0.0
        return float(text)

    for name in ("cloud", "region", "instance"):
        if not cell(name):
            wrong(name, "is empty")
    accelerator, count = cell("accelerator"), number("count")
    chip = "cpu"
    if accelerator:
        try:
            chip = chips.find(accelerator).id
        except UnknownChip as unknown:
            near = str(unknown.params.get("nearest"))
            wrong("accelerator", f"no chip is called {accelerator[:40]!r}; nearest: {near}")
        if count < 1 or count != int(count):
            wrong("count", "an instance has 1 or more whole accelerators")
    price, spot, vcpus, memory = (
        amount("price", needed=True),
        amount("spot", needed=False),
        number("vcpus"),
        number("memory"),
    )
    own = cell("currency") or currency
    rate = rates.get(own, "1" if own == currency else "")
    if not rate:
        wrong("currency", f"no rate from {own} to {currency}; give one in the settings")
    units = int(count) if accelerator else int(vcpus)
    if not units and not accelerator:
        wrong("vcpus", "an instance without accelerators needs its number of vCPUs")
    if len(problems) > before or price is None:
        return None
    listing = Listing(
        cloud=cell("cloud"), region=cell("region"), instance=cell("instance"), accelerator_name=accelerator,
        accelerators=int(count), vcpus=int(vcpus), memory_bytes=int(memory * GIB), price_per_hour=price,
        spot_price_per_hour=spot, currency=own,
    )  # fmt: skip
    scaled = price * parse_money(_six_decimals(rate)) // 1_000_000
    return ListedPrice(chip, Micros(max(1, scaled // units)), listing)


def _six_decimals(text: str) -> str:
    """Catalogues print more digits than money has: rounded half up to six decimals."""
    match = re.fullmatch(r"(\d{1,12})\.(\d{6})(\d)\d*", text)
    if match is None:
        return text
    whole = int(match[1] + match[2]) + (match[3] >= "5")
    return f"{whole // 1_000_000}.{whole % 1_000_000:06d}"
