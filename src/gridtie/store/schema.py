"""Every table, in one place. Times are microseconds UTC, money is micro-units, documents are canonical JSON text."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from gridtie.store.dialect import POSTGRESQL, Whole

SCHEMA_VERSION = 6  # one more with every change of a table, and a step in migrations.py that leads to it

Integer = Big = Whole  # 64 bits in both databases

metadata = MetaData()


def _table(name: str, *parts: Any) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True)


def _id() -> "Column[str]":
    return Column("id", Text, primary_key=True)


# ── who takes part ────────────────────────────────────────────────────────────────────────────────────────────────
setting = _table("setting", Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

organisation = _table(
    "organisation",
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("created_us", Big, nullable=False),
)

member = _table(
    "member",
    _id(),
    Column("organisation", Text, ForeignKey("organisation.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),  # owner | billing | member | viewer | exchange-admin | auditor
    Column("created_us", Big, nullable=False),
    Column("revoked_us", Big),
    UniqueConstraint("organisation", "name"),
)

token = _table(
    "token",
    Column("id", Text, primary_key=True),  # the 8 characters after the kind
    Column("kind", Text, nullable=False),  # user | ci | enrol
    Column("member", Text, ForeignKey("member.id")),
    Column("site", Text, ForeignKey("site.id")),
    Column("label", Text, nullable=False, default=""),
    Column("secret_hmac", Text, nullable=False),  # HMAC-SHA-256 under the server's pepper
    Column("created_us", Big, nullable=False),
    Column("expires_us", Big, nullable=False),
    Column("used_us", Big),
    Column("used_key", Text),  # enrol: the public key that used it
    Column("revoked_us", Big),
    Column("nonce", Text),  # enrol: the server nonce that the proof must cover
    Index("token_member", "member"),
)

idempotency = _table(
    "idempotency",
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_us", Big, nullable=False),
    Index("idempotency_age", "created_us"),
)

# ── sites, resources, identity, certificates ──────────────────────────────────────────────────────────────────────
site = _table(
    "site",
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("organisation", Text, ForeignKey("organisation.id"), nullable=False),
    Column("hub", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("depth", Text, nullable=False),  # listed | orderable | schedulable
    Column("state", Text, nullable=False),
    Column("policy", Text, nullable=False),  # {allowed_organisations, denied_purposes, trusted_organisations, …}
    Column("public_key", Text),
    Column("boot", Text),
    Column("boots_past", Text, nullable=False, default="[]"),
    Column("version", Text, nullable=False, default=""),
    Column("inventory", Text),
    Column("inventory_digest", Text),
    Column("seen_us", Big),
    Column("created_us", Big, nullable=False),
    Column("note", Text, nullable=False, default=""),  # why quarantined
)

resource = _table(
    "resource",
    _id(),
    Column("site", Text, ForeignKey("site.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("class", Text, nullable=False),
    Column("chip", Text, nullable=False),
    Column("chip_memory_bytes", Big, nullable=False),
    Column("isolation", Text, nullable=False),
    Column("machines", Text, nullable=False),
    Column("host_digest", Text, nullable=False),
    Column("host", Text, nullable=False),  # {cpus, memory_bytes, simulated_machines}
    Column("identifier", Text, unique=True),
    Column("descriptor", Text),  # signed envelope
    Column("certificate", Text),
    Column("score", Big),
    Column("latency_us", Big),
    Column("in_market_until_us", Big),  # expiry of its certificate; NULL: not tested
    Column("state", Text, nullable=False),  # active | tombstone
    Column("updated_us", Big, nullable=False),
    UniqueConstraint("site", "name"),
)

identity_document = _table(
    "identity_document",
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # delegation | revocation
    Column("subject", Text, nullable=False),  # prefix or identifier
    Column("envelope", Text, nullable=False),
    Column("created_us", Big, nullable=False),
    Index("identity_subject", "subject"),
)

challenge = _table(
    "challenge",
    _id(),
    Column("resource", Text, ForeignKey("resource.id"), nullable=False),
    Column("job", Text),
    Column("nonce", Text, nullable=False, unique=True),
    Column("plan", Text, nullable=False),
    Column("state", Text, nullable=False),  # issued | passed | failed
    Column("reason", Text, nullable=False, default=""),
    Column("issued_us", Big, nullable=False),
    Index("challenge_job", "job"),
)

certificate = _table(
    "certificate",
    _id(),
    Column("resource", Text, ForeignKey("resource.id"), nullable=False),
    Column("envelope", Text, nullable=False),
    Column("valid_from_us", Big, nullable=False),
    Column("expires_us", Big, nullable=False),
    Column("state", Text, nullable=False),  # awaiting-site | valid | revoked
    Index("certificate_resource", "resource"),
)

# ── market ────────────────────────────────────────────────────────────────────────────────────────────────────────
offer = _table(
    "offer",
    _id(),
    Column("resource", Text, ForeignKey("resource.id")),
    Column("organisation", Text, ForeignKey("organisation.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("chip", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("price", Big, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_us", Big, nullable=False),
    CheckConstraint("price >= 0"),
    Index("offer_state", "state", "id"),
    Index("offer_organisation", "organisation", "id"),
)

bank_deposit = _table(
    "bank_deposit",
    _id(),
    Column("resource", Text, ForeignKey("resource.id"), nullable=False),
    Column("organisation", Text, ForeignKey("organisation.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("chip", Text, nullable=False),
    Column("from_us", Big, nullable=False),
    Column("until_us", Big, nullable=False),
    Column("units_max", Integer),
    Column("created_us", Big, nullable=False),
    CheckConstraint("from_us < until_us"),
    Index("bank_deposit_state", "state", "id"),
    Index("bank_deposit_organisation", "organisation", "id"),
)

request = _table(
    "request",
    _id(),
    Column("job", Text, nullable=False, unique=True),
    Column("organisation", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("signature", Text, nullable=False),  # digest of what it needs: equal ones stand in one queue
    Column("pinned", Integer, nullable=False, default=0),  # a certification: its site is given
    Column("document", Text, nullable=False),
    Column("refusal", Text),
    Column("round", Integer),  # the last round that looked at it
    # A queue per kind of need, as a round reads them: highest priority first, then oldest.
    Index("request_queue", "state", "mode", "pinned", "signature", text("priority DESC"), "id"),
)

_PRICED = "prices IS NOT NULL"
round_ = _table(
    "round",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, nullable=False),
    Column("at_us", Big, nullable=False),
    Column("prices", Text),  # of the pools, where the large engine cleared: the next round starts from them
    Column("book", LargeBinary, nullable=False),  # zlib of canonical JSON, for the replay
    Column("clearing", LargeBinary, nullable=False),
    Column("book_digest", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("trades", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Index("round_priced", "number", sqlite_where=text(_PRICED)),
)

trade = _table(
    "trade",
    _id(),
    Column("round", Integer, nullable=False),
    Column("request", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("offer", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("units", Integer, nullable=False),
    Column("price", Big, nullable=False),
    Column("document", Text, nullable=False),
    Column("at_us", Big, nullable=False),
    CheckConstraint("units > 0"),
    CheckConstraint("price >= 0"),
    Index("trade_job", "job"),
)

# ── jobs and runs ─────────────────────────────────────────────────────────────────────────────────────────────────
job = _table(
    "job",
    _id(),
    Column("organisation", Text, ForeignKey("organisation.id"), nullable=False),
    Column("member", Text, ForeignKey("member.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("purpose", Text, nullable=False, default="user"),  # user | certification
    Column("state", Text, nullable=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("run", Text),  # the current or last run
    Column("reason", Text, nullable=False, default=""),  # why it waits or how it ended, one sentence
    Column("reason_code", Text, nullable=False, default=""),
    Column("change", Text, nullable=False, default=""),  # what would change it
    Column("exit_code", Integer),
    Column("document", Text, nullable=False),  # the job's specification
    Column("files", Text, nullable=False, default="[]"),  # work directory as BlobFiles
    Column("notes", Text, nullable=False, default="[]"),
    Column("after", Text),  # chain: the job that must succeed first
    Column("batch", Text),  # id shared by the jobs of one file
    Column("retries", Integer, nullable=False, default=0),
    Column("checkpoint", Text),  # newest published manifest, carried to the next run
    Column("checkpoint_us", Big),
    Column("hold_total", Big, nullable=False, default=0),
    Column("created_us", Big, nullable=False),
    Column("updated_us", Big, nullable=False),
    Column("ended_us", Big),
    Index("job_organisation", "organisation", "id"),
    Index("job_organisation_state", "organisation", "state", "id"),
    Index("job_state", "state", "id"),
    Index("job_after", "after"),
    Index("job_batch", "batch"),
)

job_secret = _table(
    "job_secret",
    Column("job", Text, ForeignKey("job.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sealed", Text, nullable=False),  # AES-256-GCM, key outside the database
)

tes_task = _table(  # what a job was as a GA4GH TES task
    "tes_task",
    Column("job", Text, ForeignKey("job.id"), primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("document", Text, nullable=False),
    Index("tes_task_of", "organisation", "job"),
)

run = _table(
    "run",
    _id(),
    Column("job", Text, ForeignKey("job.id"), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("site", Text, ForeignKey("site.id"), nullable=False),
    Column("resource", Text, ForeignKey("resource.id"), nullable=False),
    Column("trade", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("allocation", Text, nullable=False),  # [[machine, cpus, memory, disk, accelerators], …]
    Column("unit", Text, nullable=False),  # accelerator-hour | core-hour
    Column("units", Integer, nullable=False),
    Column("price", Big, nullable=False),
    Column("next_seq", Integer, nullable=False, default=0),
    Column("cancel_us", Big),  # cancel asked for
    Column("assigned_us", Big, nullable=False),
    Column("accepted_us", Big),
    Column("started_us", Big),
    Column("finished_us", Big),
    Column("ended_us", Big),
    Column("checkpoint_us", Big),
    Column("exit_code", Integer),
    Column("reason", Text, nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),
    Column("cpu_us", Big, nullable=False, default=0),
    Column("memory_peak_bytes", Big, nullable=False, default=0),
    Column("first_output_us", Big),
    Column("preemptible", Integer, nullable=False, default=0),  # a higher bid may displace it
    Column("displaced", Integer),  # the round in which one did
    Column("waits_for", Text, nullable=False, default="[]"),  # runs that hold its machines still
    Column("until_us", Big),  # when it has left its machines, where that is known
    Column("starts_us", Big),  # booked: it may not start before
    Column("booking", Text),  # and what it costs to give it back late
    UniqueConstraint("job", "epoch"),
    Index("run_site_state", "site", "state"),
    Index("run_state", "state"),
)

run_event = _table(
    "run_event",
    Column("run", Text, ForeignKey("run.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("event", Text, nullable=False),
    Column("at_us", Big, nullable=False),  # when the exchange took it
    Column("document", Text, nullable=False),
)

artefact = _table(
    "artefact",
    Column("run", Text, ForeignKey("run.id"), primary_key=True),
    Column("kind", Text, primary_key=True),  # checkpoint | output
    Column("rank", Integer, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("job", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("at_us", Big, nullable=False),
)

# ── money ─────────────────────────────────────────────────────────────────────────────────────────────────────────
account = _table(
    "account",
    Column("code", Text, primary_key=True),
    Column("debits_posted", Big, nullable=False, default=0),
    Column("credits_posted", Big, nullable=False, default=0),
    Column("debits_held", Big, nullable=False, default=0),
    Column("may_overdraw", Integer, nullable=False),
    CheckConstraint("debits_posted >= 0 AND credits_posted >= 0 AND debits_held >= 0"),
    # The database, not the code, forbids spending what is not there (reliability: L2).
    CheckConstraint("may_overdraw = 1 OR credits_posted - debits_posted - debits_held >= 0", name="never_below_zero"),
)

transfer = _table(
    "transfer",
    Column("seq", Integer, primary_key=True, autoincrement=False),  # gap-free: the single writer numbers them
    Column("id", Text, nullable=False, unique=True),
    Column("debit", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("amount", Big, nullable=False),
    Column("kind", Text, nullable=False),
    Column("pending_id", Text),
    Column("job", Text),
    Column("document", Text, nullable=False),
    Column("at_us", Big, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("amount >= 0"),
    CheckConstraint("debit <> credit"),
    Index("transfer_debit", "debit", "seq"),
    Index("transfer_credit", "credit", "seq"),
    Index("transfer_pending", "pending_id"),
    Index("transfer_job", "job"),
)

receipt = _table(
    "receipt",
    _id(),
    Column("run", Text, ForeignKey("run.id"), nullable=False, unique=True),
    Column("job", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("amount", Big, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("state", Text, nullable=False),  # awaiting-site | signed | exchange-alone
    Column("created_us", Big, nullable=False),
    Column("signed_us", Big),
    Index("receipt_job", "job"),
    Index("receipt_site_state", "site", "state"),
    Index("receipt_organisation", "organisation", "id"),
    Index("receipt_created", "created_us"),  # the price index reads a window of them
)

voucher = _table(
    "voucher",
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("issuer", Text, nullable=False),
    Column("holder", Text, ForeignKey("organisation.id"), nullable=False),
    Column("document", Text, nullable=False),
    Column("created_us", Big, nullable=False),
    Index("voucher_holder", "holder"),
)

# ── data ──────────────────────────────────────────────────────────────────────────────────────────────────────────
dataset = _table(
    "dataset",
    _id(),
    Column("organisation", Text, ForeignKey("organisation.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("versions", Integer, nullable=False, default=0),
    Column("words", Text, nullable=False),  # what a search looks in, lower case
    Column("document", Text, nullable=False),  # card, terms, price
    Column("created_us", Big, nullable=False),
    UniqueConstraint("organisation", "name"),
)

dataset_version = _table(
    "dataset_version",
    Column("dataset", Text, ForeignKey("dataset.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("dataset", "digest"),
)

# What versions say they were made from, to be asked from the other end; `source` is 'ds_…@v3', or what else was said.
derivation = _table(
    "derivation",
    Column("source", Text, primary_key=True),
    Column("dataset", Text, ForeignKey("dataset.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
)

data_contract = _table(
    "data_contract",
    _id(),
    Column("dataset", Text, ForeignKey("dataset.id"), nullable=False),
    Column("provider", Text, ForeignKey("organisation.id"), nullable=False),
    Column("consumer", Text, ForeignKey("organisation.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("payload", Text, nullable=False),  # what both sign
    Column("signatures", Text, nullable=False),
    Column("deliveries", Integer, nullable=False, default=0),
    Column("from_us", Big, nullable=False),
    Column("until_us", Big, nullable=False),
    Column("created_us", Big, nullable=False),
    CheckConstraint("from_us < until_us"),
    Index("data_contract_consumer", "consumer", "dataset"),
    Index("data_contract_provider", "provider", "id"),
    Index("data_contract_state", "state", "until_us"),
)

delivery = _table(
    "delivery",
    _id(),
    Column("dataset", Text, ForeignKey("dataset.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("contract", Text, ForeignKey("data_contract.id")),  # NULL: open data, or its owner
    Column("provider", Text, ForeignKey("organisation.id"), nullable=False),
    Column("consumer", Text, ForeignKey("organisation.id"), nullable=False),
    Column("member", Text, nullable=False),
    Column("channel", Text, nullable=False),  # sharing | hub | file | job
    Column("purpose", Text, nullable=False),
    Column("job", Text, ForeignKey("job.id")),
    Column("parts", Text, nullable=False),  # a mask, in hexadecimal: bit n is the n-th of its version's digests
    Column("records", Big),
    Column("bytes", Big, nullable=False),
    Column("charge", Big, nullable=False),
    Column("at_us", Big, nullable=False),
    Column("until_us", Big, nullable=False),  # its links are good until then
    Column("delete_by_us", Big),
    Index("delivery_consumer", "consumer", "dataset", "id"),
    Index("delivery_provider", "provider", "id"),
    Index("delivery_job", "job"),
    Index("delivery_contract", "contract", "until_us"),
    Index("delivery_version", "dataset", "version", "id"),
)

# Which contracts open jobs read data by: a contract that ends must find them.
data_use = _table(
    "data_use",
    Column("job", Text, ForeignKey("job.id"), primary_key=True),
    Column("contract", Text, ForeignKey("data_contract.id"), primary_key=True),
    Index("data_use_contract", "contract"),
)

# ── what happened ─────────────────────────────────────────────────────────────────────────────────────────────────
journal = _table(
    "journal",
    Column("seq", Integer, primary_key=True, autoincrement=False),  # gap-free, also the event id of the live feed
    Column("at_us", Big, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("organisation", Text),  # who may see it; NULL: the exchange's operators
    Column("subject", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("journal_subject", "subject", "seq"),
    Index("journal_organisation", "organisation", "seq"),
)


@event.listens_for(metadata, "before_create")
def _of_priced_rounds(_: MetaData, connection: Connection, **__: object) -> None:
    """As for SQLite; said only where it is needed, because saying it loads all of the dialect (0.1 s at each start)."""
    if connection.dialect.name == POSTGRESQL:
        [index] = [index for index in round_.indexes if index.name == "round_priced"]
        index.dialect_options[POSTGRESQL]["where"] = text(_PRICED)


# ── who leads ─────────────────────────────────────────────────────────────────────────────────────────────────────
leader = _table(
    "leader",
    Column("duty", Text, primary_key=True),
    Column("epoch", Big, nullable=False),  # grows with every change of the holder
    Column("holder", Text),  # NULL: it went in peace, and anybody may follow
    Column("beats", Big, nullable=False),  # grows while the holder is well
    Column("since_us", Big, nullable=False),
)
