"""Places and hubs: where a site is, and what lies in what."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import asin, cos, radians, sin, sqrt

from gridtie.errors import NotFound

PLACE = r"[A-Z]{2}(-[A-Z0-9]{1,9})?"
"""A place, or a limit that holds places: ISO 3166-1 alpha-2, and a local code."""

EARTH_KM = 6371
ROUTE_FACTOR = 1.3  # of a fibre's way to the great circle


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One cluster of a national hub. `place` is ISO 3166-1 alpha-2, '-', and the local code (China: GB/T 2260)."""

    id: str
    name: str
    name_zh: str
    hub: str
    hub_name: str
    hub_name_zh: str
    place: str
    provinces: tuple[str, ...]  # those it serves, as CN-52
    side: str  # east | west
    latitude: float
    longitude: float


class Places:
    """Built from the rows of hubs.csv."""

    def __init__(self, clusters: Iterable[Cluster]) -> None:
        self.clusters = tuple(clusters)
        self._of_hub: dict[str, list[Cluster]] = {}
        for cluster in self.clusters:
            self._of_hub.setdefault(cluster.hub, []).append(cluster)

    @staticmethod
    def from_rows(rows: Iterable[Mapping[str, str]]) -> "Places":
        return Places(
            Cluster(
                id=row["cluster_id"],
                name=row["cluster_en"],
                name_zh=row["cluster_zh"],
                hub=row["hub_id"],
                hub_name=row["hub_en"],
                hub_name_zh=row["hub_zh"],
                place=f"CN-{row['gb2260_code']}",
                provinces=tuple(f"CN-{code}" for code in row["provinces"].split()),
                side=row["side"].removesuffix("-central"),
                latitude=float(row["lat"]),
                longitude=float(row["lon"]),
            )
            for row in rows
        )

    @property
    def hubs(self) -> tuple[str, ...]:
        return tuple(self._of_hub)

    def hub(self, hub: str) -> Cluster:
        """The first cluster of a hub, which stands for it. Raises NotFound with the nearest name."""
        if hub in self._of_hub:
            return self._of_hub[hub][0]
        near = get_close_matches(hub, self._of_hub, n=1)
        raise NotFound(noun="hub", key=hub + (f" (did you mean {near[0]}?)" if near else ""))

    def ways(self, origin: str) -> dict[str, int]:
        """Kilometres of fibre from a hub to every other, as an estimate: great circle × 1.3, between the clusters that
        stand for them. Empty for a hub that is not one of these."""
        if origin not in self._of_hub:
            return {}
        here = self.hub(origin)
        return {hub: round(ROUTE_FACTOR * _great_circle_km(here, self.hub(hub))) for hub in self.hubs if hub != origin}

    def hub_of(self, place: str) -> str | None:
        """The hub that serves the place's province, if any."""
        province = place[:5]  # 'CN-' and the two digits of the province
        return next((cluster.hub for cluster in self.clusters if province in cluster.provinces), None)


def _great_circle_km(one: Cluster, other: Cluster) -> float:
    """Haversine formula, on a sphere of the Earth's mean radius."""
    up, down = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    part = sin((down - up) / 2) ** 2 + cos(up) * cos(down) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(part))


def inside(place: str, limit: str) -> bool:
    """Whether a place, or a narrower limit, lies within `limit`; what is not a limit holds nothing.

    A limit is a place, which holds what lies in it: `CN` the country, `CN-52` and `CN-520000` the province, `CN-5201`
    and `CN-520100` the prefecture.
    """
    if not re.fullmatch(PLACE, limit):
        return False
    if limit.startswith("CN-"):  # GB/T 2260: two digits each of province, prefecture and county; 00 means all of it
        while len(limit) > 5 and limit.endswith("00"):
            limit = limit[:-2]
        return len(limit) % 2 == 1 and place.startswith(limit)
    return place == limit or (len(limit) == 2 and place.startswith(limit + "-"))
