"""Owners let others withdraw idle capacity from the compute bank, and take it back."""

from gridtie.access import Actor, Scope, authorize
from gridtie.errors import AlreadyExists, GateClosed, InvalidInput, Problem
from gridtie.market.bank import Deposit
from gridtie.registry.parts import share_of
from gridtie.store.unit import Unit
from gridtie.values.ids import DepositId, OrganisationId, ResourceId
from gridtie.values.period import Period


def deposit_capacity(
    unit: Unit, actor: Actor, scope: Scope, resource: str, window: Period, units_max: int | None
) -> Deposit:
    """`resource` is an id, identifier or short form. Raises NotFound; GateClosed without a valid certificate that has
    a score; AlreadyExists while another deposit of it covers part of the window."""
    row = unit.resources.find(resource, scope)
    authorize(actor, "bank.deposit", OrganisationId(row.organisation), noun="resource", key=resource)
    certified = row.in_market_until_us is not None and row.in_market_until_us > unit.at_us
    if row.identifier is None or row.state != "active" or not certified or not row.score:
        reason = f"the rate follows from a valid certificate; test it: gridtie resource certify {row.id} --wait"
        raise GateClosed(noun="resource", key=row.id, gate="market", reason=reason)
    if share_of(row.chip) > 1:
        problem = f"{row.chip}: the bank counts hours of whole accelerators, and this is lent in parts"
        raise InvalidInput(source="deposit", problems=[Problem(problem, path="resource")])
    if window.end <= unit.at:
        raise InvalidInput(source="deposit", problems=[Problem("the window is over already", path="until")])
    for other in unit.bank.deposits(resource=ResourceId(row.id)):
        if other.window.overlaps(window):
            raise AlreadyExists(noun="deposit", key=other.id)
    made = Deposit(
        id=DepositId(unit.new_id("dep")),
        resource=ResourceId(row.id),
        owner=OrganisationId(row.organisation),
        chip=row.chip,
        window=window,
        units_max=units_max,
    )
    unit.bank.add(made)
    unit.note("bank.deposited", made.id, organisation=made.owner, resource=made.resource, chip=made.chip)
    return made


def close_deposit(unit: Unit, deposit: Deposit) -> Deposit:
    """Nothing new is placed on it; what runs goes on and earns. Closing what is over changes nothing."""
    if deposit.state != "open":
        return deposit
    unit.bank.move(deposit.id, "close")
    unit.note("bank.closed", deposit.id, organisation=deposit.owner, resource=deposit.resource)
    return unit.bank.get(deposit.id)


def expire_deposits(unit: Unit) -> int:
    """Those whose window is over; how many."""
    over = [deposit for deposit in unit.bank.deposits() if deposit.window.end <= unit.at]
    for deposit in over:
        unit.bank.move(deposit.id, "expire")
        unit.note("bank.expired", deposit.id, organisation=deposit.owner, resource=deposit.resource)
    return len(over)
