"""Money in whole micro-units (10⁻⁶) of the exchange's one currency; never a float."""

from decimal import Decimal, InvalidOperation
from typing import NewType

Micros = NewType("Micros", int)

MICROS_PER_UNIT = 1_000_000
MICROS_MAX = 2**63 - 1
ZERO = Micros(0)


def parse_money(text: str) -> Micros:
    """'2.50' → 2 500 000. At most six decimals; raises ValueError saying what is wrong."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a decimal amount such as 2.50") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not a finite amount")
    if abs(value) > MICROS_MAX // MICROS_PER_UNIT:
        raise ValueError(f"{text!r} is larger than the exchange can book")
    scaled = value * MICROS_PER_UNIT
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{text!r} has more than six decimals")
    return Micros(int(scaled))


def format_money(amount: int, *, decimals_min: int = 2) -> str:
    """2 500 000 → '2.50'; keeps every non-zero digit, so that parsing gives the amount back."""
    sign = "-" if amount < 0 else ""
    whole, fraction = divmod(abs(amount), MICROS_PER_UNIT)
    digits = f"{fraction:06d}".rstrip("0").ljust(decimals_min, "0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def price_for(price_per_hour: int, units: int, duration_us: int) -> tuple[Micros, int]:
    """Price × units × time as (amount rounded half up, residue in micro-unit·µs·hour⁻¹ numerator).

    The amount is micro-units; the residue is `exact − amount` times 3.6e9, an integer, so that rounding
    can be booked and checked. Times are whole microseconds, prices are per unit-hour.
    """
    hour_us = 3_600_000_000
    exact = price_per_hour * units * duration_us
    amount = (exact + hour_us // 2) // hour_us
    return Micros(amount), exact - amount * hour_us
