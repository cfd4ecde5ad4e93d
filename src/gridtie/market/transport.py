"""What bringing a request's data to a hub costs, in money and in time; data that is there already costs nothing.

Per GB: the same for all that travels, and more for every kilometre of the way where both ends of it are known. Time is
counted for data whose hub is known: of the rest nobody can say where it would be near.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridtie.market.request import Origin, Request

GB = 1_000_000_000
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Transport:
    per_gb: int  # micro-units
    per_gb_1000_km: int  # micro-units, besides
    bytes_per_s: int  # 0: time is not counted
    ways: Mapping[str, Mapping[str, int]]  # km, from a hub of data to others

    def price(self, request: Request, hub: str) -> int:
        """Micro-units, what is begun rounded up."""
        thousandths = 1000 * self.per_gb * request.transfer_bytes
        for origin in self._moving(request, hub):
            way = self.ways.get(origin.hub, {}).get(hub, 0)
            thousandths += (1000 * self.per_gb + self.per_gb_1000_km * way) * origin.size_bytes
        return -(-thousandths // (1000 * GB))

    def time_us(self, request: Request, hub: str) -> int:
        """One after another, as fast as the exchange says that data travels."""
        if not self.bytes_per_s:
            return 0
        moving = sum(origin.size_bytes for origin in self._moving(request, hub))
        return -(-moving * SECOND_US // self.bytes_per_s)

    def _moving(self, request: Request, hub: str) -> list[Origin]:
        return [origin for origin in request.origins if origin.hub != hub]


def transport_of(parameters: Mapping[str, Any]) -> Transport:
    """Of a book's parameters `transfer_price_per_gb` and `transport` {per_gb_1000_km, bytes_per_s, ways}."""
    said = parameters.get("transport", {})
    return Transport(
        per_gb=int(parameters.get("transfer_price_per_gb", 0)),
        per_gb_1000_km=int(said.get("per_gb_1000_km", 0)),
        bytes_per_s=int(said.get("bytes_per_s", 0)),
        ways=said.get("ways", {}),
    )
