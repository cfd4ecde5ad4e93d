"""Places and hubs: where a site is, and whether something may be there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from gridtie.errors import NotFound


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
    side: str  # east or west
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

    def hub_of(self, place: str) -> str | None:
        """The hub whose cluster lies in the same province, if any."""
        province = place[:5]  # 'CN-' and the two digits of the province
        return next((cluster.hub for cluster in self.clusters if cluster.place.startswith(province)), None)

    def allowed(self, place: str, hub: str, limits: Iterable[str]) -> bool:
        """Whether a place lies within any of the limits: a hub, 'east' or 'west', or the beginning of a place code."""
        side = self._of_hub[hub][0].side if hub in self._of_hub else ""
        return any(limit in (hub, side) or place.startswith(limit) for limit in limits)
