"""Who may do what: one table of actions and roles, and the one question that every door asks.

Everything is denied unless the table allows it. A role of an organisation works only on what belongs to that
organisation; a role of the exchange works on all of it. What belongs to somebody else is answered as not there.
"""

from dataclasses import dataclass

from gridtie.errors import NotAllowed, NotFound, NotSignedIn
from gridtie.values.ids import MemberId, OrganisationId, TokenId

OWNER, BILLING, MEMBER, VIEWER = "owner", "billing", "member", "viewer"
ADMIN, AUDITOR = "exchange-admin", "auditor"
ORGANISATION_ROLES = (OWNER, BILLING, MEMBER, VIEWER)
EXCHANGE_ROLES = (ADMIN, AUDITOR)
ROLES = (*ORGANISATION_ROLES, *EXCHANGE_ROLES)

PUBLIC = "public"  # anybody, without a token
SITE = "site"  # an agent that signs its calls; never a token

_ALL = frozenset(ROLES)
_WORK = frozenset({OWNER, MEMBER, ADMIN})
_SEE = frozenset({OWNER, BILLING, MEMBER, VIEWER, ADMIN, AUDITOR})
_RUN = frozenset({OWNER, ADMIN})
_MONEY = frozenset({OWNER, BILLING, ADMIN, AUDITOR})
_ADMIN = frozenset({ADMIN})
_PUBLIC = frozenset({PUBLIC})
_SITE = frozenset({SITE})

ACTIONS: dict[str, frozenset[str]] = {
    # open to everybody: what one needs before one has a token, and what is meant to be checked by strangers
    "exchange.read": _PUBLIC,
    "identifier.resolve": _PUBLIC,
    "site.join": _PUBLIC,  # the enrolment calls carry their own one-time token
    "whoami": _ALL,
    "chip.read": _ALL,
    # who takes part
    "organisation.create": _ADMIN,
    "organisation.read": _SEE,
    "member.read": _SEE,
    "member.add": _RUN,
    "member.remove": _RUN,
    "token.issue": _ALL,  # for oneself; for others see flow/issue_token
    "token.read": _ALL,
    "token.revoke": _ALL,
    # sites and resources
    "site.read": _SEE,
    "site.declare": _RUN,
    "site.enrol": _RUN,
    "site.approve": _RUN,
    "site.drain": _RUN,
    "site.resume": _RUN,
    "site.revoke": _RUN,
    "site.policy": _RUN,
    "resource.read": _ALL,  # what is for sale is known to every member
    "resource.certify": _RUN,
    "resource.revoke": _RUN,
    "certificate.read": _ALL,  # evidence is meant to be read by buyers
    # market
    "offer.read": _ALL,
    "offer.post": _RUN,
    "offer.manage": _RUN,
    "offer.import": _RUN,
    "quote.read": _WORK | {VIEWER, BILLING},
    "market.read": _ALL,
    "market.why": _SEE,
    "bank.read": _ALL,  # rates and deposits are known to every member, as offers are
    "bank.deposit": _RUN,
    "bank.close": _RUN,
    "bank.lend": _ADMIN,
    "bank.statement": _MONEY,
    # data
    "dataset.read": _ALL,  # the catalogue; what it holds is another matter
    "dataset.publish": _RUN,
    "dataset.use": _WORK,
    "contract.read": _SEE,
    "contract.make": _RUN,
    "delivery.read": _SEE,
    "delivery.fetch": _PUBLIC,  # a signed link is its own right
    # jobs
    "job.submit": _WORK,
    "job.read": _SEE,
    "job.cancel": _WORK,
    "job.log": _SEE,
    "job.enter": _WORK,
    "blob.read": _SEE,
    "blob.write": _WORK,
    # money
    "ledger.topup": _ADMIN,
    "ledger.read": _MONEY,
    "ledger.verify": frozenset({ADMIN, AUDITOR}),
    "receipt.read": _SEE,
    # Of who sold it: the seller gives back, or the exchange decides.
    "receipt.refund": frozenset({OWNER, BILLING, ADMIN}),
    "statement.read": _MONEY,
    "voucher.issue": _ADMIN,
    "voucher.revoke": _ADMIN,
    "voucher.read": _MONEY,
    # what happened
    "event.read": _SEE,
    # agents
    "agent.hello": _SITE,
    "agent.sync": _SITE,
    "agent.run": _SITE,
    "agent.log": _SITE,
    "agent.secret": _SITE,
    "agent.blob": _SITE,
    "agent.sign": _SITE,
    "agent.session": _SITE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks. `roles` holds every role he acts in; an anonymous caller has none."""

    name: str  # written to the journal: a member id, a site id, 'nobody'
    member: MemberId | None = None
    organisation: OrganisationId | None = None
    roles: frozenset[str] = frozenset()
    token: TokenId | None = None

    @property
    def of_exchange(self) -> bool:
        return not self.roles.isdisjoint(EXCHANGE_ROLES)


NOBODY = Actor(name="nobody")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query may touch: the rows of one organisation, or (None) of all. Never built by hand in a route."""

    organisation: OrganisationId | None


def roles_of(role: str) -> frozenset[str]:
    """Every role that a member with `role` acts in: who runs the exchange also owns his own organisation."""
    return frozenset({role, OWNER}) if role == ADMIN else frozenset({role})


def may(actor: Actor, action: str, organisation: OrganisationId | None = None) -> bool:
    """Whether the table allows it. `organisation` owns what is touched; None: it belongs to nobody."""
    allowed = ACTIONS[action]
    if PUBLIC in allowed:
        return True
    granted = actor.roles & allowed
    if organisation is None or organisation == actor.organisation:
        return bool(granted)
    return bool(granted & frozenset(EXCHANGE_ROLES))


def authorize(
    actor: Actor, action: str, organisation: OrganisationId | None = None, *, noun: str = "record", key: object = ""
) -> None:
    """Raises NotSignedIn, NotAllowed (own, but the role is too small) or NotFound (somebody else's)."""
    if may(actor, action, organisation):
        return
    if not actor.roles:
        raise NotSignedIn(reason="this needs an API token")
    if organisation is not None and organisation != actor.organisation and not actor.of_exchange:
        raise NotFound(noun=noun, key=key)
    needed = " or ".join(role for role in ROLES if role in ACTIONS[action])
    raise NotAllowed(role=" and ".join(sorted(actor.roles)), action=action.replace(".", " "), needed=needed)


def scope(actor: Actor, action: str) -> Scope:
    """The rows a list may show: all for a role of the exchange that the action knows, else the actor's own."""
    authorize(actor, action)
    if actor.roles & ACTIONS[action] & frozenset(EXCHANGE_ROLES):
        return Scope(None)
    if actor.organisation is None:
        raise NotSignedIn(reason="this needs an API token")
    return Scope(actor.organisation)
