"""What the exchange answers, as types: written from its description by tests/client/test_answers.py."""

from typing import Any, TypedDict


class Health(TypedDict):
    status: str
    complaints: list[str]
    notes: list[str]
    version: str
    exchange: str
    schema: int
    writer_queue: int


class Exchange(TypedDict):
    id: str
    name: str
    level: str
    version: str
    currency: str
    public_key: str
    fingerprint: str
    settings: dict[str, Any]
    roots: list[dict[str, Any]]


class Whoami(TypedDict):
    member: str
    member_id: str
    organisation: dict[str, Any]
    role: str
    roles: list[str]
    token: dict[str, Any]


class Organisation(TypedDict):
    id: str
    name: str
    created_at: str


class Member(TypedDict):
    id: str
    organisation: str
    name: str
    role: str
    created_at: str
    removed_at: str | None


class NewTokenText(TypedDict):
    id: str
    kind: str
    member: str
    expires: str
    token: str


class Token(TypedDict):
    id: str
    kind: str
    member: str
    label: str
    created_at: str
    expires: str
    last_used: str | None
    revoked: str | None


class Site(TypedDict):
    id: str
    name: str
    organisation: str
    hub: str
    place: str
    depth: str
    state: str
    note: str
    connected: bool
    last_seen: str | None
    version: str
    fingerprint: str | None
    policy: dict[str, Any]
    lending: str | None
    created_at: str


class WholeSite(TypedDict):
    id: str
    name: str
    organisation: str
    hub: str
    place: str
    depth: str
    state: str
    note: str
    connected: bool
    last_seen: str | None
    version: str
    fingerprint: str | None
    policy: dict[str, Any]
    lending: str | None
    created_at: str
    inventory: dict[str, Any] | None
    inventory_digest: str | None
    resources: list["Resource"]
    lends: dict[str, Any] | None


class Invitation(TypedDict):
    expires: str
    command: str
    site: str
    token: str


Resource = TypedDict(
    "Resource",
    {
        "id": str,
        "identifier": str | None,
        "name": str,
        "site": str,
        "site_id": str,
        "organisation": str,
        "hub": str,
        "place": str,
        "depth": str,
        "class": str,
        "chip": str,
        "chip_memory_bytes": int,
        "isolation": str,
        "images": bool,
        "machines": list[dict[str, Any]],
        "simulated_machines": bool,
        "in_network": bool,
        "in_market": bool,
        "closed_because": str,
        "certificate": str | None,
        "certified_until": str | None,
        "score": int | None,
        "latency_us": int | None,
        "state": str,
        "updated_at": str,
    },
)


class Test(TypedDict):
    challenge: str
    job: str


class Envelope(TypedDict):
    kind: str
    payload: dict[str, Any]
    signatures: list[dict[str, Any]]


class Proof(TypedDict):
    descriptor: "Envelope"
    delegations: list["Envelope"]
    revocations: list["Envelope"]


class Certificate(TypedDict):
    id: str
    resource: str
    identifier: str | None
    state: str
    valid_from: str
    expires: str


class WholeCertificate(TypedDict):
    id: str
    resource: str
    identifier: str | None
    state: str
    valid_from: str
    expires: str
    envelope: "Envelope"


Offer = TypedDict(
    "Offer",
    {
        "id": str,
        "state": str,
        "resource": str | None,
        "organisation": str,
        "chip": str,
        "hub": str | None,
        "price": str,
        "tranches": list[dict[str, Any]],
        "price_now": str,
        "unit": str,
        "units_min": int,
        "units_max": int | None,
        "from": str,
        "until": str,
        "spot": bool,
        "terms": str,
        "listing": str | None,
        "listed_price": str | None,
    },
)


class Imported(TypedDict):
    imported: int
    items: list["Offer"]
    skipped: int
    skipped_because: list[str]


class Product(TypedDict):
    chip: str
    hub: str
    isolation: str
    price: str
    ask: str
    priced_at: str | None
    units_free: int
    units_closed: int
    units_total: int
    offers: int
    opens: str | None


class Market(TypedDict):
    products: list["Product"]
    last_round: "Round | None"
    currency: str
    fairness: dict[str, Any] | None


class IndexEntry(TypedDict):
    chip: str
    hub: str | None
    state: str
    price: str | None
    normalised: str | None
    unit: str
    reference: int
    volume: str
    trades: int
    buyers: int
    sellers: int
    largest_buyer: str
    excluded: dict[str, Any]
    sales: list[dict[str, Any]] | None


Index = TypedDict(
    "Index",
    {
        "from": str,
        "to": str,
        "currency": str,
        "guards": dict[str, Any],
        "items": list["IndexEntry"],
    },
)


class Round(TypedDict):
    number: int
    rule: str
    at: str
    trades: int
    refusals: int
    book_digest: str
    digest: str


class RoundLine(TypedDict):
    number: int
    rule: str
    at: str
    trades: int
    refusals: int
    book_digest: str
    digest: str
    units: int
    volume_unit_hours: str | None
    gap_percent: str | None


class Why(TypedDict):
    lines: list[str]
    data: dict[str, Any]


class Dataset(TypedDict):
    id: str
    name: str
    state: str
    title: str
    licence: str
    languages: list[str]
    grade: int | None
    delivery: str
    open: bool
    price: dict[str, Any]
    versions: int
    created_at: str


class WholeDataset(TypedDict):
    id: str
    name: str
    state: str
    title: str
    licence: str
    languages: list[str]
    grade: int | None
    delivery: str
    open: bool
    price: dict[str, Any]
    versions: int
    created_at: str
    owner: str
    card: dict[str, Any]
    terms: dict[str, Any]
    version: "DataVersion"


class PublishedDataset(TypedDict):
    id: str
    name: str
    state: str
    title: str
    licence: str
    languages: list[str]
    grade: int | None
    delivery: str
    open: bool
    price: dict[str, Any]
    versions: int
    created_at: str
    owner: str
    card: dict[str, Any]
    terms: dict[str, Any]
    version: "DataVersion"
    new_version: bool


class DataVersion(TypedDict):
    name: str
    digest: str
    made_at: str
    bytes: int
    records: int | None
    parts: list[dict[str, Any]]
    cleaning: dict[str, Any] | None
    derived_from: list[str]
    run: str | None


DataContract = TypedDict(
    "DataContract",
    {
        "id": str,
        "state": str,
        "reason": str,
        "dataset": str,
        "provider": str,
        "consumer": str,
        "consumer_name": str,
        "purpose": str,
        "place": str,
        "price": dict[str, Any],
        "terms": dict[str, Any],
        "from": str,
        "until": str,
        "deliveries": int,
        "signed_by": list[str],
    },
)


WholeDataContract = TypedDict(
    "WholeDataContract",
    {
        "id": str,
        "state": str,
        "reason": str,
        "dataset": str,
        "provider": str,
        "consumer": str,
        "consumer_name": str,
        "purpose": str,
        "place": str,
        "price": dict[str, Any],
        "terms": dict[str, Any],
        "from": str,
        "until": str,
        "deliveries": int,
        "signed_by": list[str],
        "envelope": "Envelope",
        "policy": dict[str, Any],
    },
)


class PolicyTerms(TypedDict):
    terms: dict[str, Any]
    price: dict[str, Any]
    card: str


class Delivery(TypedDict):
    id: str
    dataset: str
    version: str
    contract: str | None
    provider: str
    consumer: str
    consumer_name: str
    member: str
    channel: str
    purpose: str
    job: str | None
    parts: int
    records: int | None
    bytes: int
    charge: str
    at: str
    until: str
    delete_by: str | None


class Fetched(TypedDict):
    id: str
    dataset: str
    version: str
    contract: str | None
    provider: str
    consumer: str
    consumer_name: str
    member: str
    channel: str
    purpose: str
    job: str | None
    parts: int
    records: int | None
    bytes: int
    charge: str
    at: str
    until: str
    delete_by: str | None
    files: list[dict[str, Any]]


class SharingProfile(TypedDict):
    shareCredentialsVersion: int
    endpoint: str
    bearerToken: str
    expirationTime: str


Deposit = TypedDict(
    "Deposit",
    {
        "id": str,
        "state": str,
        "resource": str,
        "organisation": str,
        "chip": str,
        "from": str,
        "until": str,
        "units_max": int | None,
    },
)


class Rate(TypedDict):
    chip: str
    resource: str
    site: str
    hub: str
    unit: str
    score: int
    reference: int
    reference_certificate: str
    rate: str
    deposited: bool
    because: str


class Rates(TypedDict):
    items: list["Rate"]


class Loan(TypedDict):
    id: str
    organisation: str
    chip: str
    hours: str
    available: str
    owed: str


class BankAccount(TypedDict):
    chip: str
    opening: str
    lines: list[dict[str, Any]]
    closing: str
    held: str
    owed: str


BankStatement = TypedDict(
    "BankStatement",
    {
        "organisation": str,
        "from": str,
        "to": str,
        "accounts": list["BankAccount"],
    },
)


class JobFile(TypedDict):
    kind: str
    jobs: list[str | None]
    sources: list[dict[str, Any]]
    envs_required: list[str]
    secrets: list[str]
    notes: list[str]


class Quote(TypedDict):
    job: str
    fits: bool
    starts_now: bool
    choices: list[dict[str, Any]]
    listed: list[dict[str, Any]]
    misses: list[dict[str, Any]]
    missed_because: dict[str, Any]
    indicative: dict[str, Any] | None
    lines: list[str]


class Quotes(TypedDict):
    quotes: list["Quote"]
    notes: list[str]


class Job(TypedDict):
    id: str
    name: str
    organisation: str
    member: str
    purpose: str
    state: str
    epoch: int
    run: str | None
    reason: str
    reason_code: str
    change: str
    exit_code: int | None
    after: str | None
    batch: str | None
    retries: int
    held: str
    created_at: str
    updated_at: str
    ended_at: str | None
    site: str | None
    hub: str | None


class Submitted(TypedDict):
    jobs: list["Job"]
    notes: list[str]


class Run(TypedDict):
    id: str
    job: str
    epoch: int
    site: str
    hub: str
    resource: str
    state: str
    reason: str
    detail: str
    unit: str
    units: int
    price: str
    machines: list[str]
    assigned_at: str
    accepted_at: str | None
    started_at: str | None
    first_output_at: str | None
    finished_at: str | None
    ended_at: str | None
    exit_code: int | None
    cpu_s: float
    memory_peak_bytes: int
    checkpoint_at: str | None
    displaced: int | None
    waits: bool
    booked_from: str | None
    booked_until: str | None
    variant: str


class WholeJob(TypedDict):
    id: str
    name: str
    organisation: str
    member: str
    purpose: str
    state: str
    epoch: int
    run: str | None
    reason: str
    reason_code: str
    change: str
    exit_code: int | None
    after: str | None
    batch: str | None
    retries: int
    held: str
    created_at: str
    updated_at: str
    ended_at: str | None
    site: str | None
    hub: str | None
    price: str | None
    started_at: str | None
    cost: str
    paid_in: str
    machines: int
    resources: str
    spec: dict[str, Any]
    files: list[dict[str, Any]]
    notes: list[str]
    runs: list["Run"]
    request: dict[str, Any]
    refusal: dict[str, Any] | None
    checkpoint_at: str | None
    data_cost: str
    expected_end: str | None


class Event(TypedDict):
    seq: int
    at: str
    kind: str
    subject: str
    actor: str
    data: dict[str, Any]


class Events(TypedDict):
    items: list["Event"]


class File(TypedDict):
    path: str
    sha256: str
    size: int
    executable: bool
    rank: int


class Files(TypedDict):
    files: list["File"]


class Receipt(TypedDict):
    id: str
    run: str
    job: str
    state: str
    amount: str
    created_at: str
    signed_at: str | None
    lines: list[str]
    envelope: "Envelope"


class DataCost(TypedDict):
    dataset: str
    version: str
    delivery: str
    contract: str | None
    charge: str
    why: str


class Receipts(TypedDict):
    items: list["Receipt"]
    computing: str
    paid_in: str
    data: list["DataCost"]
    data_cost: str
    lines: list[str]


class Uploaded(TypedDict):
    next: int
    complete: bool


class TopUp(TypedDict):
    id: str
    organisation: str
    amount: str
    before: str
    after: str


class Account(TypedDict):
    organisation: str | None
    account: str
    posted: str
    held: str
    available: str


class Transfer(TypedDict):
    id: str
    seq: int
    debit: str
    credit: str
    amount: str
    kind: str
    at: str
    pending: str | None
    job: str | None
    run: str | None
    receipt: str | None
    memo: str
    hash: str


class Verification(TypedDict):
    ok: bool
    height: int
    root: str
    broken: list[str]
    accounts: int
    receipts_checked: int
    lines: list[str]


Statement = TypedDict(
    "Statement",
    {
        "organisation": str,
        "from": str,
        "to": str,
        "currency": str,
        "opening": str,
        "closing": str,
        "rounding_residue_micros": str,
        "lines": list[dict[str, Any]],
    },
)


Voucher = TypedDict(
    "Voucher",
    {
        "id": str,
        "name": str,
        "holder": str,
        "amount": str,
        "left": str,
        "held": str,
        "spent": str,
        "expired": str,
        "revoked": str,
        "max_unit_price": str | None,
        "chips": list[str],
        "hubs": list[str],
        "from": str,
        "until": str,
        "state": str,
    },
)


class Session(TypedDict):
    id: str
    job: str
    run: str
    rank: int


class Taken(TypedDict):
    next: int


class Refund(TypedDict):
    receipt: str
    billed: str
    refunded: str
    refunded_in_all: str
