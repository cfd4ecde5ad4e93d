"""Another exchange, asked for what its prefix names. Its answer is checked like anybody's: see resolution.resolve."""

from typing import Protocol

from gridtie.identity.resolution import Proof


class Peer(Protocol):
    @property
    def prefix(self) -> str:
        """The issuer prefix it answers for, as `cn.demo`."""
        ...

    def proof_of(self, identifier: str) -> Proof:
        """Raises NotFound where it knows no such identifier, and what its transport raises where it is not reached."""
        ...
