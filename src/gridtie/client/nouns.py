"""One typed method per call of the exchange that is not about jobs and files; mixed into ExchangeClient."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from gridtie.client import answers as a
from gridtie.client.transport import Response

T = TypeVar("T")


def part(key: str) -> str:
    """A name or id as one part of an address."""
    return quote(key, safe="")


def given(**fields: object) -> dict[str, object]:
    """A body of what was said; `from_` stands for from."""
    return {name.rstrip("_"): value for name, value in fields.items() if value is not None}


class Nouns(ABC):
    """Amounts are decimal strings in the exchange's currency, times RFC 3339 in UTC. Names and unique short ids do."""

    url: str

    @abstractmethod
    def call(
        self, method: str, path: str, body: object = None, *, query: Mapping[str, object] | None = None,
        key: str | None = None,
    ) -> Any: ...  # fmt: skip

    @abstractmethod
    def raw(
        self, method: str, path: str, body: bytes | None = None, *, headers: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
    ) -> Response: ...  # fmt: skip

    @abstractmethod
    def pages(self, path: str, *, query: Mapping[str, object] | None = None) -> Iterator[Any]: ...

    # ── the exchange and who takes part ───────────────────────────────────────────────────────────────────────────
    def health(self) -> a.Health:
        return self._get(a.Health, "/healthz")

    def exchange(self) -> a.Exchange:
        return self._get(a.Exchange, "/v1/exchange")

    def whoami(self) -> a.Whoami:
        return self._get(a.Whoami, "/v1/whoami")

    def sharing_profile(self) -> a.SharingProfile:
        """A profile file for clients of Delta Sharing, with this client's token in it."""
        return self._get(a.SharingProfile, "/v1/delta-sharing/profile")

    def organisations(self) -> Iterator[a.Organisation]:
        return self.pages("/v1/organisations")

    def organisation(self, key: str) -> a.Organisation:
        return self._get(a.Organisation, f"/v1/organisations/{part(key)}")

    def add_organisation(self, name: str) -> a.Organisation:
        return self._post(a.Organisation, "/v1/organisations", name=name)

    def members(self, organisation: str) -> Iterator[a.Member]:
        return self.pages(f"/v1/organisations/{part(organisation)}/members")

    def add_member(self, organisation: str, name: str, role: str = "member") -> a.Member:
        return self._post(a.Member, f"/v1/organisations/{part(organisation)}/members", name=name, role=role)

    def remove_member(self, member: str) -> a.Member:
        return self._delete(a.Member, f"/v1/members/{part(member)}")

    def tokens(self) -> Iterator[a.Token]:
        return self.pages("/v1/tokens")

    def issue_token(
        self, *, member: str | None = None, kind: str = "user", label: str = "", days: int | None = None
    ) -> a.NewTokenText:
        """Its text is in this answer and nowhere else."""
        return self._post(a.NewTokenText, "/v1/tokens", member=member, kind=kind, label=label, days=days)

    def revoke_token(self, token: str) -> a.Token:
        return self._delete(a.Token, f"/v1/tokens/{part(token)}")

    # ── sites, resources, certificates ────────────────────────────────────────────────────────────────────────────
    def sites(self) -> Iterator[a.Site]:
        return self.pages("/v1/sites")

    def site(self, site: str) -> a.WholeSite:
        return self._get(a.WholeSite, f"/v1/sites/{part(site)}")

    def declare_site(
        self, name: str, hub: str, *, place: str | None = None, depth: str = "schedulable",
        organisation: str | None = None, policy: Mapping[str, object] | None = None,
    ) -> a.Site:  # fmt: skip
        return self._post(a.Site, "/v1/sites", name=name, hub=hub, place=place, depth=depth, organisation=organisation,
                          policy=policy)  # fmt: skip

    def enrol_site(self, site: str) -> a.Invitation:
        """A token that its agent can use once."""
        return self._post(a.Invitation, f"/v1/sites/{part(site)}/enrolment")

    def approve_site(self, site: str, fingerprint: str) -> a.Site:
        """`fingerprint` as the agent printed it: compare them first."""
        return self._post(a.Site, f"/v1/sites/{part(site)}/approve", fingerprint=fingerprint)

    def drain_site(self, site: str) -> a.Site:
        return self._post(a.Site, f"/v1/sites/{part(site)}/drain")

    def resume_site(self, site: str) -> a.Site:
        return self._post(a.Site, f"/v1/sites/{part(site)}/resume")

    def revoke_site(self, site: str, reason: str) -> a.Site:
        return self._post(a.Site, f"/v1/sites/{part(site)}/revoke", reason=reason)

    def set_policy(self, site: str, **rules: object) -> a.Site:
        answer: a.Site = self.call("PATCH", f"/v1/sites/{part(site)}/policy", given(**rules))
        return answer

    def resources(self, *, site: str | None = None) -> Iterator[a.Resource]:
        return self.pages("/v1/resources", query={"site": site})

    def resource(self, resource: str) -> a.Resource:
        """By id or identifier."""
        return self._get(a.Resource, f"/v1/resources/{quote(resource)}")

    def certify(self, resource: str, *, profile: str | None = None) -> a.Test:
        return self._post(a.Test, f"/v1/resources/{part(resource)}/certify", profile=profile)

    def revoke_resource(self, resource: str, reason: str) -> a.Resource:
        return self._post(a.Resource, f"/v1/resources/{part(resource)}/revoke", reason=reason)

    def resolve(self, identifier: str) -> a.Proof:
        """The signed descriptor with everything that proves it; identity.resolution checks it without trusting us."""
        return self._get(a.Proof, f"/v1/identifiers/{quote(identifier)}")

    def certificates(self, *, resource: str | None = None) -> Iterator[a.Certificate]:
        return self.pages("/v1/certificates", query={"resource": resource})

    def certificate(self, certificate: str) -> a.WholeCertificate:
        return self._get(a.WholeCertificate, f"/v1/certificates/{part(certificate)}")

    # ── market ────────────────────────────────────────────────────────────────────────────────────────────────────
    def offers(self, *, chip: str | None = None, hub: str | None = None, state: str = "open") -> Iterator[a.Offer]:
        return self.pages("/v1/offers", query={"chip": chip, "hub": hub, "state": state})

    def offer(self, offer: str) -> a.Offer:
        return self._get(a.Offer, f"/v1/offers/{part(offer)}")

    def post_offer(
        self, resource: str, price: str, *, units_min: int = 1, units_max: int | None = None, from_: str | None = None,
        until: str | None = None, spot: bool = False, terms: str = "", tranches: Sequence[Mapping[str, Any]] = (),
    ) -> a.Offer:  # fmt: skip
        """`price` per accelerator-hour, or per core-hour; beyond `after` units in use at once that of a tranche, which
        is {"after": 8, "price": "3.10"}."""
        return self._post(a.Offer, "/v1/offers", resource=resource, price=price, units_min=units_min,
                          units_max=units_max, from_=from_, until=until, spot=spot, terms=terms,
                          tranches=list(tranches))  # fmt: skip

    def withdraw_offer(self, offer: str) -> a.Offer:
        return self._post(a.Offer, f"/v1/offers/{part(offer)}/withdraw")

    def pause_offer(self, offer: str) -> a.Offer:
        return self._post(a.Offer, f"/v1/offers/{part(offer)}/pause")

    def resume_offer(self, offer: str) -> a.Offer:
        return self._post(a.Offer, f"/v1/offers/{part(offer)}/resume")

    def market(self) -> a.Market:
        return self._get(a.Market, "/v1/market")

    def index(
        self, *, chip: str | None = None, hub: str | None = None, from_: str | None = None, to: str | None = None,
        trades: bool = False,
    ) -> a.Index:  # fmt: skip
        """Of the last week, unless said otherwise; `trades`: with what it follows from."""
        query = given(chip=chip, hub=hub, from_=from_, to=to, trades=1 if trades else None)
        answer: a.Index = self.call("GET", "/v1/market/index", query=query)
        return answer

    def rounds(self) -> Iterator[a.RoundLine]:
        return self.pages("/v1/market/rounds")

    def round(self, number: int) -> a.Round:
        """Prices and causes; its book and result as well for who may replay it."""
        return self._get(a.Round, f"/v1/market/rounds/{number}")

    def why(self, order: str) -> a.Why:
        return self._get(a.Why, f"/v1/market/why/{part(order)}")

    # ── the compute bank ──────────────────────────────────────────────────────────────────────────────────────────
    def rates(self, *, chip: str | None = None) -> Sequence[a.Rate]:
        items: Sequence[a.Rate] = self.call("GET", "/v1/bank/rates", query={"chip": chip})["items"]
        return items

    def deposits(self, *, state: str = "open", mine: bool = False) -> Iterator[a.Deposit]:
        return self.pages("/v1/bank/deposits", query={"state": state, "mine": 1 if mine else None})

    def deposit(
        self, resource: str, *, units_max: int | None = None, from_: str | None = None, until: str | None = None
    ) -> a.Deposit:
        """Lets others withdraw from a resource of yours. To withdraw, submit a job with `pay_with: [bank]`."""
        return self._post(a.Deposit, "/v1/bank/deposits", resource=resource, units_max=units_max, from_=from_,
                          until=until)  # fmt: skip

    def close_deposit(self, deposit: str) -> a.Deposit:
        return self._post(a.Deposit, f"/v1/bank/deposits/{part(deposit)}/close")

    def lend_hours(self, organisation: str, chip: str, hours: str) -> a.Loan:
        return self._post(a.Loan, "/v1/bank/loans", organisation=organisation, chip=chip, hours=hours)

    def bank_statement(
        self, *, organisation: str | None = None, chip: str | None = None, from_: str | None = None,
        to: str | None = None,
    ) -> a.BankStatement:  # fmt: skip
        """Amounts are reference hours of the chip, not money."""
        query = given(organisation=organisation, chip=chip, from_=from_, to=to)
        answer: a.BankStatement = self.call("GET", "/v1/bank/statements", query=query)
        return answer

    # ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def accounts(self) -> Sequence[a.Account]:
        items: Sequence[a.Account] = self.call("GET", "/v1/ledger/accounts")["items"]
        return items

    def transfers(self, *, account: str | None = None) -> Iterator[a.Transfer]:
        return self.pages("/v1/ledger/transfers", query={"account": account})

    def verify_ledger(self) -> a.Verification:
        return self._get(a.Verification, "/v1/ledger/verify")

    def top_up(self, organisation: str, amount: str, *, memo: str = "") -> a.TopUp:
        return self._post(a.TopUp, "/v1/ledger/topups", organisation=organisation, amount=amount, memo=memo)

    def receipt(self, receipt: str) -> a.Receipt:
        return self._get(a.Receipt, f"/v1/receipts/{part(receipt)}")

    def refund(self, receipt: str, reason: str, *, from_: str | None = None, until: str | None = None) -> a.Refund:
        return self._post(a.Refund, f"/v1/receipts/{part(receipt)}/refunds", reason=reason, from_=from_, until=until)

    def statement(
        self, *, organisation: str | None = None, from_: str | None = None, to: str | None = None
    ) -> a.Statement:
        answer: a.Statement = self.call(
            "GET", "/v1/statements", query=given(organisation=organisation, from_=from_, to=to)
        )
        return answer

    def vouchers(self) -> Iterator[a.Voucher]:
        return self.pages("/v1/vouchers")

    def voucher(self, voucher: str) -> a.Voucher:
        return self._get(a.Voucher, f"/v1/vouchers/{part(voucher)}")

    def issue_voucher(
        self, name: str, holder: str, amount: str, *, max_unit_price: str | None = None,
        chips: Sequence[str] = (), hubs: Sequence[str] = (), from_: str | None = None, until: str | None = None,
    ) -> a.Voucher:  # fmt: skip
        return self._post(a.Voucher, "/v1/vouchers", name=name, holder=holder, amount=amount,
                          max_unit_price=max_unit_price, chips=list(chips), hubs=list(hubs), from_=from_,
                          until=until)  # fmt: skip

    def revoke_voucher(self, voucher: str) -> a.Voucher:
        return self._post(a.Voucher, f"/v1/vouchers/{part(voucher)}/revoke")

    # ── plumbing ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _get(self, _shape: type[T], path: str) -> T:
        answer: T = self.call("GET", path)
        return answer

    def _post(self, _shape: type[T], path: str, **fields: object) -> T:
        answer: T = self.call("POST", path, given(**fields))
        return answer

    def _delete(self, _shape: type[T], path: str) -> T:
        answer: T = self.call("DELETE", path)
        return answer
