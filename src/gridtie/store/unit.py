"""One unit of work: everything a verb reads, writes and notes happens together, or not at all."""

from functools import cached_property

from gridtie.store.bank import BankRows
from gridtie.store.certificate import CertificateRows
from gridtie.store.contract import ContractRows, DeliveryRows
from gridtie.store.dataset import DatasetRows
from gridtie.store.idempotency import IdempotencyRows
from gridtie.store.identity import IdentityRows
from gridtie.store.job import JobRows
from gridtie.store.leader import LeaderRows
from gridtie.store.ledger import LedgerRows
from gridtie.store.market import MarketRows
from gridtie.store.party import PartyRows
from gridtie.store.receipt import ReceiptRows, VoucherRows
from gridtie.store.resource import ResourceRows
from gridtie.store.run import RunRows
from gridtie.store.sale import SaleRows
from gridtie.store.session import Session
from gridtie.store.setting import SettingRows
from gridtie.store.site import SiteRows
from gridtie.store.task import TaskRows
from gridtie.store.token import TokenRows


class Unit(Session):
    """Rows of each noun hang off it; a verb is handed one and never commits by itself."""

    @cached_property
    def settings(self) -> SettingRows:
        return SettingRows(self)

    @cached_property
    def parties(self) -> PartyRows:
        return PartyRows(self)

    @cached_property
    def tokens(self) -> TokenRows:
        return TokenRows(self)

    @cached_property
    def answers(self) -> IdempotencyRows:
        return IdempotencyRows(self)

    @cached_property
    def sites(self) -> SiteRows:
        return SiteRows(self)

    @cached_property
    def resources(self) -> ResourceRows:
        return ResourceRows(self)

    @cached_property
    def identities(self) -> IdentityRows:
        return IdentityRows(self)

    @cached_property
    def certificates(self) -> CertificateRows:
        return CertificateRows(self)

    @cached_property
    def market(self) -> MarketRows:
        return MarketRows(self)

    @cached_property
    def bank(self) -> BankRows:
        return BankRows(self)

    @cached_property
    def jobs(self) -> JobRows:
        return JobRows(self)

    @cached_property
    def tasks(self) -> TaskRows:
        return TaskRows(self)

    @cached_property
    def runs(self) -> RunRows:
        return RunRows(self)

    @cached_property
    def leaders(self) -> LeaderRows:
        return LeaderRows(self)

    @cached_property
    def ledger(self) -> LedgerRows:
        return LedgerRows(self)

    @cached_property
    def receipts(self) -> ReceiptRows:
        return ReceiptRows(self)

    @cached_property
    def sales(self) -> SaleRows:
        return SaleRows(self)

    @cached_property
    def vouchers(self) -> VoucherRows:
        return VoucherRows(self)

    @cached_property
    def datasets(self) -> DatasetRows:
        return DatasetRows(self)

    @cached_property
    def contracts(self) -> ContractRows:
        return ContractRows(self)

    @cached_property
    def deliveries(self) -> DeliveryRows:
        return DeliveryRows(self)
