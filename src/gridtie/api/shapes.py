"""What each call answers, as JSON Schema in the description. Told here and not checked on the way out.

Answers are written straight from the views (a list of jobs must cost no model per row), so nothing at run time ties
them to this page: the fuzz test does, which holds every answer it gets against it. Readers must ignore names they do
not know: an answer may gain some, and never loses one.
"""

from collections.abc import Mapping
from typing import Any

_KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "int": {"type": "integer"},
    "number": {"type": "number"},
    "bool": {"type": "boolean"},
    "object": {"type": "object"},
    "time": {"type": "string", "format": "date-time", "description": "RFC 3339, UTC."},
    "money": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "description": "Decimal, in the currency."},
}


def _kind(word: str) -> dict[str, Any]:
    """`text`, `text?` (or null), `[text]` (a list), `Job` (a shape by name)."""
    if word.endswith("?"):
        return {"anyOf": [_kind(word[:-1]), {"type": "null"}]}
    if word.startswith("["):
        return {"type": "array", "items": _kind(word[1:-1])}
    return dict(_KINDS[word]) if word in _KINDS else {"$ref": f"#/components/schemas/{word}"}


def _shape(**names: str) -> dict[str, Any]:
    """An object with these names, every one of them always there. `from_` stands for from."""
    properties = {name.rstrip("_"): _kind(word) for name, word in names.items()}
    return {"type": "object", "required": list(properties), "properties": properties}


def _page(noun: str) -> dict[str, Any]:
    return _shape(items=f"[{noun}]", next="text?")


_JOB = {
    "id": "text", "name": "text", "organisation": "text", "member": "text", "purpose": "text", "state": "text",
    "epoch": "int", "run": "text?", "reason": "text", "reason_code": "text", "change": "text", "exit_code": "int?",
    "after": "text?", "batch": "text?", "retries": "int", "held": "money", "created_at": "time",
    "updated_at": "time", "ended_at": "time?", "site": "text?", "hub": "text?",
}  # fmt: skip
_SITE = {
    "id": "text", "name": "text", "organisation": "text", "hub": "text", "place": "text", "depth": "text",
    "state": "text", "note": "text", "connected": "bool", "last_seen": "time?", "version": "text",
    "fingerprint": "text?", "policy": "object", "lending": "text?", "created_at": "time",
}  # fmt: skip
_ROUND = {
    "number": "int", "rule": "text", "at": "time", "trades": "int", "refusals": "int", "book_digest": "text",
    "digest": "text",
}  # fmt: skip
_CERTIFICATE = {
    "id": "text", "resource": "text", "identifier": "text?", "state": "text", "valid_from": "time", "expires": "time",
}  # fmt: skip

_DEPOSIT = {
    "id": "text", "state": "text", "resource": "text", "organisation": "text", "chip": "text", "from_": "time",
    "until": "time", "units_max": "int?",
}  # fmt: skip

_DATASET = {
    "id": "text", "name": "text", "state": "text", "title": "text", "licence": "text", "languages": "[text]",
    "grade": "int?", "delivery": "text", "open": "bool", "price": "object", "versions": "int", "created_at": "time",
}  # fmt: skip
_WHOLE_DATASET = {**_DATASET, "owner": "text", "card": "object", "terms": "object", "version": "DataVersion"}
_CONTRACT = {
    "id": "text", "state": "text", "reason": "text", "dataset": "text", "provider": "text", "consumer": "text",
    "consumer_name": "text", "purpose": "text", "place": "text", "price": "object", "terms": "object", "from_": "time",
    "until": "time", "deliveries": "int", "signed_by": "[text]",
}  # fmt: skip
_DELIVERY = {
    "id": "text", "dataset": "text", "version": "text", "contract": "text?", "provider": "text", "consumer": "text",
    "consumer_name": "text", "member": "text", "channel": "text", "purpose": "text", "job": "text?", "parts": "int",
    "records": "int?", "bytes": "int", "charge": "money", "at": "time", "until": "time", "delete_by": "time?",
}  # fmt: skip

SHAPES: Mapping[str, dict[str, Any]] = {
    "Health": _shape(
        status="text", complaints="[text]", notes="[text]", version="text", exchange="text", schema="int",
        writer_queue="int",
    ),
    "Exchange": _shape(
        id="text", name="text", level="text", version="text", currency="text", public_key="text", fingerprint="text",
        settings="object", roots="[object]",
    ),
    "Whoami": _shape(
        member="text", member_id="text", organisation="object", role="text", roles="[text]", **{"token": "object"}
    ),
    "Organisation": _shape(id="text", name="text", created_at="time"),
    "Organisations": _page("Organisation"),
    "Member": _shape(
        id="text", organisation="text", name="text", role="text", created_at="time", removed_at="time?"
    ),
    "Members": _page("Member"),
    "NewTokenText": _shape(id="text", kind="text", member="text", expires="time", **{"token": "text"}),
    "Token": _shape(
        id="text", kind="text", member="text", label="text", created_at="time", expires="time", last_used="time?",
        revoked="time?",
    ),
    "Tokens": _page("Token"),
    "Site": _shape(**_SITE),
    "WholeSite": _shape(
        **_SITE, inventory="object?", inventory_digest="text?", resources="[Resource]", lends="object?"
    ),
    "Sites": _page("Site"),
    "Invitation": _shape(expires="time", command="text", site="text", **{"token": "text"}),
    "Resource": _shape(
        id="text", identifier="text?", name="text", site="text", site_id="text", organisation="text", hub="text",
        place="text", depth="text", class_="text", chip="text", chip_memory_bytes="int",
        isolation="text", images="bool",
        machines="[object]", simulated_machines="bool", in_network="bool", in_market="bool", closed_because="text",
        certificate="text?", certified_until="time?", score="int?", latency_us="int?", state="text",
        updated_at="time",
    ),
    "Resources": _page("Resource"),
    "Test": _shape(challenge="text", job="text"),
    "Envelope": _shape(kind="text", payload="object", signatures="[object]"),
    "Proof": _shape(descriptor="Envelope", delegations="[Envelope]", revocations="[Envelope]"),
    "Certificate": _shape(**_CERTIFICATE),
    "WholeCertificate": _shape(**_CERTIFICATE, envelope="Envelope"),
    "Certificates": _page("Certificate"),
    "Offer": _shape(
        id="text", state="text", resource="text?", organisation="text", chip="text", hub="text?", price="money",
        tranches="[object]", price_now="money", unit="text", units_min="int", units_max="int?", from_="time",
        until="time", spot="bool", terms="text", listing="text?", listed_price="text?",
    ),
    "Offers": _page("Offer"),
    "Imported": _shape(imported="int", items="[Offer]", skipped="int", skipped_because="[text]"),
    "Product": _shape(
        chip="text", hub="text", isolation="text", price="money", ask="money", priced_at="time?", units_free="int",
        units_closed="int", units_total="int", offers="int", opens="text?",
    ),
    "Market": _shape(products="[Product]", last_round="Round?", currency="text", fairness="object?"),
    "IndexEntry": _shape(
        chip="text", hub="text?", state="text", price="money?", normalised="money?", unit="text", reference="int",
        volume="money", trades="int", buyers="int", sellers="int", largest_buyer="money", excluded="object",
        sales="[object]?",
    ),
    "Index": _shape(from_="time", to="time", currency="text", guards="object", items="[IndexEntry]"),
    "Round": _shape(**_ROUND),
    "RoundLine": _shape(**_ROUND, units="int", volume_unit_hours="text?", gap_percent="text?"),
    "Rounds": _page("RoundLine"),
    "OneRound": {  # prices and causes for everybody; the book and its clearing for who may replay it
        **_shape(**_ROUND),
        "anyOf": [
            _shape(prices="[object]", refused_because="object", fairness="object?", reckoning="object?"),
            _shape(book="object", clearing="object"),
        ],
    },
    "Why": _shape(lines="[text]", data="object"),
    "Dataset": _shape(**_DATASET),
    "Datasets": _page("Dataset"),
    "WholeDataset": _shape(**_WHOLE_DATASET),
    "PublishedDataset": _shape(**_WHOLE_DATASET, new_version="bool"),
    "DataVersion": _shape(
        name="text", digest="text", made_at="time", bytes="int", records="int?", parts="[object]", cleaning="object?",
        derived_from="[text]", run="text?",
    ),
    "DataVersions": _page("DataVersion"),
    "DataContract": _shape(**_CONTRACT),
    "DataContracts": _page("DataContract"),
    "WholeDataContract": _shape(**_CONTRACT, envelope="Envelope", policy="object"),
    "PolicyTerms": _shape(terms="object", price="object", card="text"),
    "Delivery": _shape(**_DELIVERY),
    "Deliveries": _page("Delivery"),
    "Fetched": _shape(**_DELIVERY, files="[object]"),
    "SharingProfile": _shape(
        shareCredentialsVersion="int", endpoint="text", bearerToken="text", expirationTime="time"
    ),
    "DeltaShare": _shape(share="object"),
    "DeltaPage": _shape(items="[object]"),
    "HubDataset": _shape(
        _id="text", id="text", author="text", sha="text", createdAt="time", lastModified="time", private="bool",
        disabled="bool", tags="[text]", description="text", cardData="object", siblings="[object]",
    ),
    "HubRefs": _shape(branches="[object]", tags="[object]", converts="[object]"),
    "HubEntry": _shape(type="text", path="text", oid="text", size="int"),
    "Deposit": _shape(**_DEPOSIT),
    "Deposits": _page("Deposit"),
    "Rate": _shape(
        chip="text", resource="text", site="text", hub="text", unit="text", score="int", reference="int",
        reference_certificate="text", rate="money", deposited="bool", because="text",
    ),
    "Rates": _shape(items="[Rate]"),
    "Loan": _shape(id="text", organisation="text", chip="text", hours="money", available="money", owed="money"),
    "BankAccount": _shape(
        chip="text", opening="money", lines="[object]", closing="money", held="money", owed="money"
    ),
    "BankStatement": _shape(organisation="text", from_="time", to="time", accounts="[BankAccount]"),
    "JobFile": _shape(
        kind="text", jobs="[text?]", sources="[object]", envs_required="[text]", secrets="[text]",
        notes="[text]",
    ),
    "Quote": _shape(
        job="text", fits="bool", starts_now="bool", choices="[object]", listed="[object]", misses="[object]",
        missed_because="object", indicative="object?", lines="[text]",
    ),
    "Quotes": _shape(quotes="[Quote]", notes="[text]"),
    "Job": _shape(**_JOB),
    "Jobs": _page("Job"),
    "Submitted": _shape(jobs="[Job]", notes="[text]"),
    "Run": _shape(
        id="text", job="text", epoch="int", site="text", hub="text", resource="text", state="text", reason="text",
        detail="text", unit="text", units="int", price="money", machines="[text]", assigned_at="time",
        accepted_at="time?", started_at="time?", first_output_at="time?", finished_at="time?", ended_at="time?",
        exit_code="int?", cpu_s="number", memory_peak_bytes="int", checkpoint_at="time?",
        displaced="int?", waits="bool", booked_from="time?", booked_until="time?",
        variant="text",
    ),
    "WholeJob": _shape(
        **_JOB, price="money?", started_at="time?", cost="money", paid_in="text", machines="int",
        resources="text", spec="object", files="[object]", notes="[text]", runs="[Run]", request="object",
        refusal="object?", checkpoint_at="time?", data_cost="money", expected_end="time?",
    ),
    "Event": _shape(seq="int", at="time", kind="text", subject="text", actor="text", data="object"),
    "Events": _shape(items="[Event]"),
    "File": _shape(path="text", sha256="text", size="int", executable="bool", rank="int"),
    "Files": _shape(files="[File]"),
    "Receipt": _shape(
        id="text", run="text", job="text", state="text", amount="money", created_at="time", signed_at="time?",
        lines="[text]", envelope="Envelope",
    ),
    "DataCost": _shape(
        dataset="text", version="text", delivery="text", contract="text?", charge="money", why="text",
    ),
    "Receipts": _shape(
        items="[Receipt]", computing="money", paid_in="text", data="[DataCost]", data_cost="money", lines="[text]",
    ),
    "Uploaded": _shape(next="int", complete="bool"),
    "TopUp": _shape(id="text", organisation="text", amount="money", before="money", after="money"),
    "Account": _shape(organisation="text?", account="text", posted="money", held="money", available="money"),
    "Accounts": _page("Account"),
    "Transfer": _shape(
        id="text", seq="int", debit="text", credit="text", amount="money", kind="text", at="time", pending="text?",
        job="text?", run="text?", receipt="text?", memo="text", hash="text",
    ),
    "Transfers": _page("Transfer"),
    "Verification": _shape(
        ok="bool", height="int", root="text", broken="[text]", accounts="int", receipts_checked="int", lines="[text]"
    ),
    "Statement": _shape(
        organisation="text", from_="time", to="time", currency="text", opening="money", closing="money",
        rounding_residue_micros="text", lines="[object]",
    ),
    "Voucher": _shape(
        id="text", name="text", holder="text", amount="money", left="money", held="money", spent="money",
        expired="money", revoked="money", max_unit_price="money?", chips="[text]", hubs="[text]", from_="time",
        until="time", state="text",
    ),
    "Session": _shape(id="text", job="text", run="text", rank="int"),
    "Taken": _shape(next="int"),
    "TesServiceInfo": _shape(
        id="text", name="text", description="text", type="object", organization="object", version="text",
        storage="[text]", tesResources_backend_parameters="[text]",
    ),
    "TesOldInfo": _shape(name="text", doc="text", storage="[text]"),
    "TesCreated": _shape(id="text"),
    "TesTask": _shape(id="text", state="text"),
    "TesTasks": _shape(tasks="[TesTask]"),
    "Refund": _shape(receipt="text", billed="money", refunded="money", refunded_in_all="money"),
    "Vouchers": _page("Voucher"),
}  # fmt: skip

# Which shape each call answers with, or which of several; a word with a slash is a media type, of an answer not JSON.
ANSWERS: Mapping[str, str] = {
    "GET /healthz": "Health",
    "GET /v1/exchange": "Exchange",
    "GET /v1/whoami": "Whoami",
    "GET /metrics": "text/plain",
    "GET /": "text/html",
    "POST /v1/organisations": "Organisation",
    "GET /v1/organisations": "Organisations",
    "GET /v1/organisations/{organisation}": "Organisation",
    "POST /v1/organisations/{organisation}/members": "Member",
    "GET /v1/organisations/{organisation}/members": "Members",
    "DELETE /v1/members/{member}": "Member",
    "POST /v1/tokens": "NewTokenText",
    "GET /v1/tokens": "Tokens",
    "DELETE /v1/tokens/{token}": "Token",
    "POST /v1/sites": "Site",
    "GET /v1/sites": "Sites",
    "GET /v1/sites/{site}": "WholeSite",
    "POST /v1/sites/{site}/enrolment": "Invitation",
    "POST /v1/sites/{site}/approve": "Site",
    "POST /v1/sites/{site}/drain": "Site",
    "POST /v1/sites/{site}/resume": "Site",
    "POST /v1/sites/{site}/revoke": "Site",
    "PATCH /v1/sites/{site}/policy": "Site",
    "GET /v1/resources": "Resources",
    "GET /v1/resources/{resource}": "Resource",
    "POST /v1/resources/{resource}/certify": "Test",
    "POST /v1/resources/{resource}/revoke": "Resource",
    "GET /v1/identifiers/{identifier}": "Proof",
    "GET /v1/certificates": "Certificates",
    "GET /v1/certificates/{certificate}": "WholeCertificate",
    "POST /v1/offers": "Offer",
    "GET /v1/offers": "Offers",
    "GET /v1/offers/{offer}": "Offer",
    "POST /v1/offers/{offer}/withdraw": "Offer",
    "POST /v1/offers/{offer}/pause": "Offer",
    "POST /v1/offers/{offer}/resume": "Offer",
    "POST /v1/offers/import": "Imported",
    "GET /v1/market": "Market",
    "GET /v1/market/index": "Index",
    "GET /v1/market/rounds": "Rounds",
    "GET /v1/market/rounds/{number}": "OneRound",
    "GET /v1/market/why/{order}": "Why",
    "POST /v1/datasets": "PublishedDataset",
    "GET /v1/datasets": "Datasets",
    "GET /v1/datasets/{owner}/{name}": "WholeDataset",
    "GET /v1/datasets/{owner}/{name}/versions": "DataVersions",
    "GET /v1/datasets/{owner}/{name}/report": "object",
    "GET /v1/datasets/{owner}/{name}/report.html": "text/html",
    "GET /v1/catalog": "application/ld+json",
    "GET /v1/datasets/{owner}/{name}/croissant": "application/ld+json",
    "GET /v1/datasets/{owner}/{name}/policy": "application/ld+json",
    "GET /v1/datasets/{owner}/{name}/lineage": "object|image/svg+xml",
    "POST /v1/policies/check": "PolicyTerms",
    "POST /v1/datasets/{owner}/{name}/withdraw": "Dataset",
    "POST /v1/datasets/{owner}/{name}/list": "Dataset",
    "POST /v1/datasets/{owner}/{name}/fetch": "Fetched",
    "GET /v1/deliveries/{delivery}/parts/{sha256}": "application/octet-stream",
    "POST /v1/contracts": "DataContract",
    "GET /v1/contracts": "DataContracts",
    "GET /v1/contracts/{contract}": "WholeDataContract",
    "POST /v1/contracts/{contract}/sign": "DataContract",
    "POST /v1/contracts/{contract}/decline": "DataContract",
    "POST /v1/contracts/{contract}/suspend": "DataContract",
    "POST /v1/contracts/{contract}/resume": "DataContract",
    "POST /v1/contracts/{contract}/end": "DataContract",
    "GET /v1/deliveries": "Deliveries",
    "GET /v1/delta-sharing/profile": "SharingProfile",
    "GET /delta-sharing/shares": "DeltaPage",
    "GET /delta-sharing/shares/{share}": "DeltaShare",
    "GET /delta-sharing/shares/{share}/schemas": "DeltaPage",
    "GET /delta-sharing/shares/{share}/all-tables": "DeltaPage",
    "GET /delta-sharing/shares/{share}/schemas/{schema}/tables": "DeltaPage",
    "GET /delta-sharing/shares/{share}/schemas/{schema}/tables/{table}/version": "text/plain",
    "GET /delta-sharing/shares/{share}/schemas/{schema}/tables/{table}/metadata": "application/x-ndjson",
    "GET /delta-sharing/shares/{share}/schemas/{schema}/tables/{table}/changes": "application/x-ndjson",
    "POST /delta-sharing/shares/{share}/schemas/{schema}/tables/{table}/query": "application/x-ndjson",
    "GET /api/datasets/{owner}/{name}": "HubDataset",
    "GET /api/datasets/{owner}/{name}/revision/{revision}": "HubDataset",
    "GET /api/datasets/{owner}/{name}/refs": "HubRefs",
    "GET /api/datasets/{owner}/{name}/tree/{revision}": "[HubEntry]",
    "GET /api/datasets/{owner}/{name}/tree/{revision}/{path}": "[HubEntry]",
    "POST /api/datasets/{owner}/{name}/paths-info/{revision}": "[HubEntry]",
    "GET /datasets/{owner}/{name}/resolve/{revision}/{path}": "application/octet-stream",
    "POST /v1/bank/deposits": "Deposit",
    "GET /v1/bank/deposits": "Deposits",
    "POST /v1/bank/deposits/{deposit}/close": "Deposit",
    "GET /v1/bank/rates": "Rates",
    "POST /v1/bank/loans": "Loan",
    "GET /v1/bank/statements": "BankStatement",
    "POST /v1/jobs/check": "JobFile",
    "POST /v1/quotes": "Quotes",
    "POST /v1/jobs": "Submitted",
    "GET /v1/jobs": "Jobs",
    "GET /v1/jobs/{job}": "WholeJob",
    "POST /v1/jobs/{job}/cancel": "WholeJob",
    "GET /v1/jobs/{job}/events": "Events",
    "GET /v1/jobs/{job}/outputs": "Files",
    "GET /v1/jobs/{job}/receipts": "Receipts",
    "GET /v1/jobs/{job}/logs": "text/plain",
    "GET /v1/jobs/{job}/logs/stream": "text/event-stream",
    "POST /v1/jobs/{job}/sessions": "Session",
    "PUT /v1/sessions/{session}/input": "Taken",
    "GET /v1/sessions/{session}/output": "application/octet-stream",
    "DELETE /v1/sessions/{session}": "object",
    "HEAD /v1/blobs/{sha256}": "",
    "PUT /v1/blobs/{sha256}": "Uploaded",
    "GET /v1/blobs/{sha256}": "application/octet-stream",
    "GET /ga4gh/tes/v1/service-info": "TesServiceInfo",
    "POST /ga4gh/tes/v1/tasks": "TesCreated",
    "GET /ga4gh/tes/v1/tasks": "TesTasks",
    "GET /ga4gh/tes/v1/tasks/{task}": "TesTask",
    "POST /ga4gh/tes/v1/tasks/{task}:cancel": "object",
    "GET /v1/service-info": "TesServiceInfo",
    "GET /v1/tasks/service-info": "TesOldInfo",
    "POST /v1/tasks": "TesCreated",
    "GET /v1/tasks": "TesTasks",
    "GET /v1/tasks/{task}": "TesTask",
    "POST /v1/tasks/{task}:cancel": "object",
    "POST /v1/ledger/topups": "TopUp",
    "GET /v1/ledger/accounts": "Accounts",
    "GET /v1/ledger/transfers": "Transfers",
    "GET /v1/ledger/verify": "Verification",
    "GET /v1/receipts/{receipt}": "Receipt",
    "POST /v1/receipts/{receipt}/refunds": "Refund",
    "GET /v1/statements": "Statement|text/csv",
    "POST /v1/vouchers": "Voucher",
    "GET /v1/vouchers": "Vouchers",
    "GET /v1/vouchers/{voucher}": "Voucher",
    "POST /v1/vouchers/{voucher}/revoke": "Voucher",
    "GET /v1/events": "text/event-stream",
}

# Calls that may be repeated under one Idempotency-Key; True: they are refused without one.
KEYED: Mapping[str, bool] = {
    "POST /v1/organisations": False,
    "POST /v1/organisations/{organisation}/members": False,
    "POST /v1/tokens": False,
    "POST /v1/sites": False,
    "POST /v1/sites/{site}/enrolment": False,
    "POST /v1/sites/{site}/approve": False,
    "POST /v1/sites/{site}/drain": False,
    "POST /v1/sites/{site}/resume": False,
    "POST /v1/sites/{site}/revoke": False,
    "POST /v1/resources/{resource}/certify": False,
    "POST /v1/resources/{resource}/revoke": False,
    "POST /v1/offers": True,
    "POST /v1/offers/import": False,
    "POST /v1/datasets": False,
    "POST /v1/contracts": True,
    "POST /v1/bank/deposits": True,
    "POST /v1/bank/deposits/{deposit}/close": False,
    "POST /v1/bank/loans": True,
    "POST /v1/jobs": True,
    "POST /ga4gh/tes/v1/tasks": False,
    "POST /v1/tasks": False,
    "POST /v1/ledger/topups": True,
    "POST /v1/receipts/{receipt}/refunds": True,
    "POST /v1/vouchers": True,
    "POST /v1/vouchers/{voucher}/revoke": False,
}


MAY_FAIL_LATE = frozenset({"GET /v1/ledger/verify"})  # a problem, where it failed after its answer had begun


def described(key: str, responses: dict[str, Any]) -> None:
    """Writes the shape into the one success response of a call, `key` being its method and path."""
    word = ANSWERS[key]
    success = responses[next(code for code in responses if code.startswith("2"))]
    success.pop("content", None)
    if word:
        success["content"] = dict(_content(form) for form in word.split("|"))
    if word and key in MAY_FAIL_LATE:
        [media] = success["content"].values()
        media["schema"] = {"anyOf": [media["schema"], _kind("Problem")]}


def _content(form: str) -> tuple[str, dict[str, Any]]:
    if "/" not in form:
        return "application/json", {"schema": _kind(form)}
    if form.endswith("+json"):
        return form, {"schema": _kind("object")}
    return form, {"schema": {"type": "string"} | ({"format": "binary"} if form == "application/octet-stream" else {})}


def key_parameter(required: bool) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key", "in": "header", "required": required,
        "description": "Any text that is new for each new request; the same one again gets the same answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"^[\x21-\x7e]+$"},
    }  # fmt: skip
