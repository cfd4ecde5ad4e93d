"""The tests ended: they are judged, the exchange signs, the site signs, and only then the market gate opens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gridtie.certification.certificate import baseline_of, payload
from gridtie.certification.challenge import Challenge
from gridtie.certification.evidence import Evidence, parse
from gridtie.certification.verdict import Claims, Judgement, TesterTimes, claims_of, judge
from gridtie.dispatch.run import BlobFile
from gridtie.errors import GridtieError, InvalidEvidence, InvalidSignature, NotFound
from gridtie.flow.exchange import Exchange
from gridtie.flow.issue_identifier import describe_resource
from gridtie.identity.signing import PUBLIC_KEY_BYTES, Envelope, decode, encode
from gridtie.lifecycle import JOB
from gridtie.registry.chips import CPU
from gridtie.registry.inventory import CpuInventory, ceiling_flops_per_s, peak_flops_per_s
from gridtie.registry.parts import whole_of
from gridtie.store.journal import dump, load
from gridtie.store.unit import Unit
from gridtie.values.canonical import canonical
from gridtie.values.ids import CertificateId, ChallengeId, JobId, OrganisationId, ResourceId, RunId, SiteId
from gridtie.values.period import from_us, to_us

KIND = "certificate"
EXCHANGE, SITE = "exchange", "site"


def countersign_certificate(unit: Unit, exchange: Exchange, site: SiteId, key: str, envelope: Envelope) -> bool:
    """The site's signature under what was measured opens the market gate. Repeating it changes nothing.

    Raises NotFound for a certificate that is not this site's, InvalidSignature for other content or another key.
    """
    row = unit.certificates.get(CertificateId(key))
    if row.site != site:
        raise NotFound(noun="certificate", key=key)
    if row.state != "awaiting-site":
        return bool(row.state == "valid")
    kept = Envelope.from_json(load(row.envelope), kind=KIND)
    if canonical(envelope.payload) != canonical(kept.payload):
        raise InvalidSignature(subject=KIND, reason="the site signed other content than the exchange did")
    public = decode(unit.sites.get(site).public_key or "", length=PUBLIC_KEY_BYTES, subject=SITE)
    envelope.check(SITE, public, exchange.verify)
    signed = Envelope(KIND, kept.payload, (kept.signature_of(EXCHANGE), envelope.signature_of(SITE)))
    unit.certificates.set(CertificateId(key), envelope=dump(signed.to_json()), state="valid")
    _open_market_gate(unit, exchange, row)
    return True


def _open_market_gate(unit: Unit, exchange: Exchange, row: Any) -> None:
    """The newest certificate counts; what it replaces is revoked."""
    resource = ResourceId(row.resource)
    for old in unit.certificates.others(resource, CertificateId(row.id)):
        unit.certificates.set(CertificateId(old), state="revoked")
        unit.note("certificate.revoked", old, organisation=row.organisation, resource=resource, reason="replaced")
    measured = load(row.envelope)["payload"]
    unit.resources.set(
        resource,
        certificate=row.id,
        score=measured.get("score"),
        latency_us=measured.get("latency_us"),
        in_market_until_us=row.expires_us,
    )
    unit.note("certificate.valid", row.id, organisation=row.organisation, resource=resource, site=row.site)
    describe_resource(unit, exchange, resource)


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Ended:
    """A test whose job has ended, with everything that judging needs."""

    challenge: Challenge
    resource: ResourceId
    job: JobId
    times: TesterTimes | None  # None: it did not succeed
    reason: str
    manifests: dict[int, tuple[BlobFile, ...]]
    claims: Claims


Verb = Callable[[Unit, Exchange], Any]


def judge_tests(exchange: Exchange) -> Verb:
    """Judges every ended test beside the writer; the verb returned writes the verdicts."""
    ended = exchange.database.read(lambda unit: _ended_tests(unit, exchange))
    verdicts = [(one, *_judge(exchange, one)) for one in ended]

    def write(unit: Unit, exchange: Exchange) -> None:
        for one, judgement, evidence in verdicts:
            _conclude(unit, exchange, one, judgement, evidence)

    return write


def _ended_tests(unit: Unit, exchange: Exchange) -> list[Ended]:
    found = []
    for row in unit.certificates.issued_challenges():
        if row.job is None:
            continue
        job = unit.jobs.row(JobId(row.job))
        if job.state not in JOB.final:
            continue
        resource = unit.resources.get(ResourceId(row.resource))
        challenge = Challenge.from_json(load(row.plan))
        times, manifests = None, {}
        if job.state == "succeeded":
            run = unit.runs.get(RunId(job.run))
            assert run.ended_at is not None
            times = TesterTimes(run.assigned_at, run.ended_at)
            manifests = unit.runs.newest(run.id, "output")
        claims = _claims(unit, exchange, resource, challenge)
        found.append(Ended(challenge, ResourceId(row.resource), JobId(row.job), times, job.reason, manifests, claims))
    return found


def _claims(unit: Unit, exchange: Exchange, resource: Any, challenge: Challenge) -> Claims:
    """Published rates for a chip; for cores the first certificate of this resource, below the host's physical limit."""
    chip = None if resource.chip == CPU else exchange.chips.get(whole_of(resource.chip))
    about = load(unit.sites.get(SiteId(resource.site)).inventory or "{}")
    made = claims_of(chip, challenge.plan, cpu_peak=_most_flops_per_s(about.get("cpu"), load(resource.host)["cpus"]))
    first = unit.certificates.first_valid(ResourceId(resource.id))
    baseline = baseline_of(load(first.envelope)["payload"]) if first is not None else {}
    return Claims(claimed=made.claimed, baseline=baseline, limits=made.limits)


def _most_flops_per_s(described: object, cores: int) -> dict[str, int]:
    """The physical limit as the site's own description of its processor has it, where that can be read; never above
    what any processor does with the cores that it declares of the host.
    """
    ceiling = ceiling_flops_per_s(cores)
    try:
        own = peak_flops_per_s(_cpu(described)) if isinstance(described, dict) else {}
        return {name: min(most, own.get(name) or most) for name, most in ceiling.items()}
    except (KeyError, TypeError, ValueError, OverflowError):  # whatever an agent sends, others are judged all the same
        return ceiling


def _cpu(data: dict[str, Any]) -> CpuInventory:
    """What the physical limit needs of the processor a site described."""
    return CpuInventory(
        model=data["model"],
        vendor=data["vendor"],
        architecture=data["architecture"],
        sockets=data["sockets"],
        cores=data["cores"],
        threads=data["threads"],
        max_mhz=data.get("max_mhz"),
        quota_millis=data.get("quota_millis"),
        flags=tuple(data.get("flags") or ()),
    )


def _judge(exchange: Exchange, one: Ended) -> tuple[Judgement | str, tuple[Evidence, ...]]:
    """The judgement, or the sentence why there is none; reads the uploaded results as the checks ask for them."""
    if one.times is None:
        return f"the tests did not run to their end: {one.reason}", ()
    try:
        evidence = tuple(_evidence(exchange, rank, files) for rank, files in sorted(one.manifests.items()))
    except GridtieError as wrong:
        return wrong.message, ()
    if not evidence:
        return "no evidence came back", ()
    known = {file.sha256: file.size for files in one.manifests.values() for file in files}

    def fetch(sha256: str) -> bytes:
        if sha256 not in known:
            raise KeyError(sha256)
        return exchange.blobs.open(sha256).read_bytes()

    coins = exchange.clock.random_bytes(32)
    return judge(one.challenge, evidence, fetch, one.times, one.claims, exchange.bands, coins=coins), evidence


def _evidence(exchange: Exchange, rank: int, files: tuple[BlobFile, ...]) -> Evidence:
    found = next((file for file in files if file.path == "evidence.json"), None)
    if found is None:
        raise InvalidEvidence(reason=f"machine {rank} sent none")
    return parse(exchange.blobs.open(found.sha256).read_bytes())


def _conclude(
    unit: Unit, exchange: Exchange, one: Ended, judgement: Judgement | str, evidence: tuple[Evidence, ...]
) -> None:
    """Ends the challenge, whose nonce is used up either way; what passed is signed and sent to the site to sign."""
    row = unit.resources.get(one.resource)
    open_ = unit.certificates.challenge_of(one.job)
    if open_ is None or open_.state != "issued":
        return
    if isinstance(judgement, str) or not judgement.passed:
        reason = judgement if isinstance(judgement, str) else judgement.reason
        unit.certificates.end_challenge(ChallengeId(one.challenge.id), "failed", reason)
        if unit.jobs.get(one.job).state == "succeeded":  # else it says itself why it did not end well
            unit.jobs.set(one.job, reason=f"no certificate: {reason}")
        unit.note("certification.failed", one.resource, organisation=row.organisation, job=one.job, reason=reason)
        return
    assert one.times is not None
    unit.certificates.end_challenge(ChallengeId(one.challenge.id), "passed")
    key = CertificateId(unit.new_id("cert"))
    length = timedelta(days=exchange.settings.certify_days)
    document = payload(
        id=key,
        site=row.site,
        identifier=row.identifier,
        chip=row.chip,
        host_digest=row.host_digest,
        isolation=row.isolation,
        simulated=bool(load(row.host)["simulated_machines"]),
        challenge=one.challenge,
        evidence=evidence,
        times=one.times,
        judgement=judgement,
        valid_from=unit.at,
        valid_for=length,
        exchange_key=encode(exchange.signer.public_key),
        site_key=unit.sites.get(SiteId(row.site)).public_key or "",
    )
    envelope = Envelope(KIND, document).sign(EXCHANGE, exchange.signer)
    expires = to_us(unit.at + length)
    unit.certificates.add(
        key, resource=one.resource, envelope=envelope.to_json(), valid_from_us=unit.at_us, expires_us=expires
    )
    owner = OrganisationId(row.organisation)
    unit.note("certificate.issued", key, organisation=owner, resource=one.resource, site=row.site,
              score=judgement.score, expires=from_us(expires).isoformat())  # fmt: skip
