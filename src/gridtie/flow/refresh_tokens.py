"""Every organisation gets its tokens when they are due, and what it may not carry over lapses."""

from datetime import timedelta

from gridtie.access import Scope
from gridtie.flow.exchange import Exchange
from gridtie.ledger.account import GRANTS, balance_of
from gridtie.ledger.transfer import LAPSE, REFRESH, Transfer
from gridtie.market.entitlement import Purse, TokenPolicy, refreshed
from gridtie.store.unit import Unit
from gridtie.values.ids import OrganisationId, TransferId, derived_id
from gridtie.values.money import Micros, format_money
from gridtie.values.period import to_text

_PAGE = 500


def refresh_tokens(unit: Unit, exchange: Exchange) -> int:
    """How many purses were refreshed. Nothing before a refresh is due; what is held for a run is not lapsed."""
    policy, after, count = exchange.fairness.tokens, None, 0
    while policy is not None:
        page = unit.parties.organisations(Scope(None), after=after, limit=_PAGE)
        count += sum(_refresh(unit, policy, OrganisationId(row.id)) for row in page)
        if len(page) < _PAGE:
            break
        after = page[-1].id
    return count


def _refresh(unit: Unit, policy: TokenPolicy, organisation: OrganisationId) -> bool:
    """A new member's first tokens are due at once."""
    code = balance_of(organisation)
    last = unit.ledger.last_credit(code, REFRESH)
    purse = Purse(balance=Micros(unit.ledger.balance(code).available),
                  refreshed_at=unit.at - policy.every if last is None else last.at)  # fmt: skip
    done = refreshed(policy, purse, unit.at)
    if not done.minted:
        return False
    at = done.purse.refreshed_at  # when it was due: a late duty does not shift the next one
    for kind, debit, credit, amount in (
        (REFRESH, GRANTS, code, done.minted), (LAPSE, code, GRANTS, done.lapsed),
    ):  # fmt: skip
        if amount:
            key = TransferId(derived_id("tx", kind, organisation, to_text(at)))
            memo = f"every {policy.every // timedelta(hours=1)} hours"
            unit.ledger.post(Transfer(id=key, debit=debit, credit=credit, amount=amount, kind=kind, at=at, memo=memo))
    unit.note("tokens.refreshed", organisation, organisation=organisation, minted=format_money(done.minted),
              lapsed=format_money(done.lapsed), available=format_money(done.purse.balance))  # fmt: skip
    return True
