"""What the gate of the agents keeps in memory is never older than what was committed."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pytest

from gridtie.errors import AgentRevoked
from gridtie.flow.agent_gate import AgentGates
from gridtie.flow.move_site import revoke_site
from gridtie.identity.signing import encode
from gridtie.registry.site import signed_call


@dataclass
class Overtaken:
    """A database whose answers arrive after somebody else's next commit."""

    database: Any
    verb: Any

    def read(self, look: Any) -> Any:
        found = self.database.read(look)
        self.database.write(self.verb, actor="owner")
        return found


def signed(site: Any, seq: int) -> dict[str, str]:
    message = signed_call("POST", "/agent/v1/sync", sha256(b"").hexdigest(), site.id, site.boot, seq)
    return {"gridtie-site": site.id, "gridtie-boot": site.boot, "gridtie-seq": str(seq),
            "gridtie-signature": encode(site.signer.sign(message))}  # fmt: skip


def call(gates: AgentGates, site: Any, seq: int) -> Any:
    return gates.check(signed(site, seq), "POST", "/agent/v1/sync", sha256(b"").hexdigest())


def test_a_key_revoked_while_it_was_looked_up_works_no_longer(world: Any) -> None:
    site = world.site("north", world.organisation("seller"))
    revoke = lambda unit: revoke_site(unit, world.exchange, site.id, "stolen")  # noqa: E731
    gates = AgentGates(replace(world.exchange, database=Overtaken(world.exchange.database, revoke)))
    world.exchange.database.on_commit(gates.committed)
    assert call(gates, site, 1).identity.site == site.id  # it came before
    gates.exchange = world.exchange
    with pytest.raises(AgentRevoked):
        call(gates, site, 2)


def test_a_gate_that_is_known_is_not_looked_up_again(world: Any) -> None:
    site = world.site("north", world.organisation("seller"))
    gates = AgentGates(world.exchange)
    world.exchange.database.on_commit(gates.committed)
    call(gates, site, 1)
    gates.exchange = replace(world.exchange, database=None)
    assert call(gates, site, 2).identity.site == site.id
