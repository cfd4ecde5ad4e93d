"""What the large engine shows for a round, as everybody may read it: no request is named."""

from collections.abc import Mapping
from typing import Any

from gridtie.market.clearing import Depth, PoolPrice, Reckoning
from gridtie.values.money import format_money

_HOUR_US = 3_600_000_000
_GIB = 1 << 30


def reckoning_view(reckoning: Reckoning, sites: Mapping[str, str]) -> dict[str, Any]:
    """`sites` names the site of each resource. Money as text; prices per hour, of the first slot."""
    return {
        "mode": reckoning.mode,
        "slots": reckoning.slots,
        "slot_s": reckoning.slot_us // 1_000_000,
        "bound": format_money(reckoning.bound),
        "welfare": format_money(reckoning.welfare),
        "gap_percent": percent(reckoning.gap_ppm),
        "forgone": format_money(reckoning.forgone),
        "unsold": format_money(reckoning.unsold),
        "in_the_money": reckoning.in_the_money,
        "made_whole": format_money(reckoning.made_whole),
        "moved": reckoning.moved,
        "planned": len(reckoning.planned),
        "volume_unit_hours": unit_hours(reckoning.volume_unit_us),
        "paid": format_money(reckoning.paid),
        "utilisation_percent": percent(reckoning.utilisation_ppm),
        "passes": reckoning.passes,
        "sweeps": reckoning.sweeps,
        "pools": [_pool(price, reckoning, sites.get(price.resource, "")) for price in reckoning.prices],
        "depth": [_depth(depth) for depth in reckoning.depth],
    }  # fmt: skip


def _depth(depth: Depth) -> dict[str, Any]:
    price = None if depth.price is None else format_money(depth.price)
    return {"chip": depth.chip, "hub": depth.hub, "isolation": depth.isolation, "price": price,
            "wanted": list(depth.wanted), "offered": list(depth.offered)}  # fmt: skip


def _pool(price: PoolPrice, reckoning: Reckoning, site: str) -> dict[str, Any]:
    def hourly(part: int, bytes_in_part: int = _GIB) -> str:
        return format_money(part * _HOUR_US * _GIB // (reckoning.slot_us * bytes_in_part))

    return {
        "resource": price.resource,
        "site": site,
        "ask": format_money(price.ask),
        "unit": hourly(price.unit[0]),
        "core": hourly(price.core[0]),
        "memory_gib": hourly(price.memory[0], reckoning.memory_unit),
        "disk_gib": hourly(price.disk[0], reckoning.disk_unit),
        "sold": price.sold,
        "free": price.free - price.sold,
    }


def percent(ppm: int) -> str:
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".")


def unit_hours(unit_us: int) -> str:
    return f"{unit_us / _HOUR_US:.3f}"
