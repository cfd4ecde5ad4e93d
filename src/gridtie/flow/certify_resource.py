"""A resource is put to the test: a fresh challenge goes to its site as a job, through the path of every job."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from gridtie.certification.challenge import NONCE_BYTES, Challenge
from gridtie.certification.challenge import make as make_challenge
from gridtie.certification.plan import COMMAND, OUTPUTS, ResourceFacts, TestPlan, plan
from gridtie.dispatch.job import JobSpec, Retry
from gridtie.dispatch.run import BlobFile
from gridtie.errors import GateClosed
from gridtie.flow.exchange import Exchange
from gridtie.flow.submit_job import Submission, submit_spec
from gridtie.market.request import Alternative
from gridtie.registry.chips import CPU
from gridtie.registry.parts import cards, whole_of
from gridtie.store.journal import load
from gridtie.store.unit import Unit
from gridtie.values.ids import ChallengeId, MemberId, OrganisationId, ResourceId


@dataclass(frozen=True, slots=True)
class TestFiles:
    """The work directory of a certification job, kept as blobs before the job is written."""

    __test__ = False

    challenge: Challenge
    files: tuple[BlobFile, ...]


def prepare_test(unit: Unit, exchange: Exchange, key: ResourceId, profile: str) -> TestFiles:
    """Makes the challenge and keeps its files; writes no row. Raises GateClosed for what has no identifier."""
    row = unit.resources.get(key)
    if row.identifier is None or row.state != "active":
        raise GateClosed(noun="resource", key=key, gate="network", reason="only an identified resource can be tested")
    facts = _facts(row)
    challenge = make_challenge(
        id=unit.new_id("chal"),
        resource=key,
        nonce=exchange.clock.random_bytes(NONCE_BYTES),
        program_digest=exchange.probe_digest,
        plan=plan(facts, profile, overhead_s=exchange.settings.certify_overhead_s),
    )
    question = orjson.dumps(challenge.to_json())
    files = [_keep(exchange, name, content) for name, content in exchange.probe_files]
    return TestFiles(challenge, (*files, _keep(exchange, "challenge.json", question)))


def certify_resource(
    unit: Unit, exchange: Exchange, prepared: TestFiles, *, organisation: OrganisationId, member: MemberId
) -> dict[str, Any]:
    """{challenge, job}. A test that still runs is answered again instead of starting a second one."""
    challenge = prepared.challenge
    key = ResourceId(challenge.resource)
    row = unit.resources.get(key)
    if (running := unit.certificates.open_challenge(key)) is not None and running.job is not None:
        return {"challenge": running.id, "job": running.job}
    identity = ChallengeId(challenge.id)
    unit.certificates.add_challenge(identity, resource=key, nonce=challenge.nonce.hex(), plan=challenge.to_json())
    given = Submission(organisation=organisation, member=member, files=prepared.files, envs={}, secrets={})
    spec = _spec(row, challenge.plan)
    job = submit_spec(unit, exchange, spec, given, purpose="certification", sites=(key,))
    unit.certificates.bind_job(identity, job)
    unit.note("certification.started", key, organisation=row.organisation, site=row.site, job=job, challenge=identity)
    return {"challenge": identity, "job": job}


def _facts(row: Any) -> ResourceFacts:
    machines = load(row.machines)
    smallest = _smallest(machines)
    return ResourceFacts(
        resource=row.id,
        chip=whole_of(row.chip),
        machines=len(machines),
        units=smallest["cpus"] if row.chip == CPU else cards(smallest["accelerators"], row.chip),
        memory_bytes=smallest["memory_bytes"],
        chip_memory_bytes=row.chip_memory_bytes,
    )


def _smallest(machines: list[dict[str, Any]]) -> Mapping[str, Any]:
    """What every machine of the pool has at least."""
    names = ("cpus", "memory_bytes", "disk_bytes", "accelerators")
    return {name: min(machine[name] for machine in machines) for name in names}


def _spec(row: Any, test: TestPlan) -> JobSpec:
    """Whole machines of the pool, so that nothing else runs beside the test."""
    machine = _smallest(load(row.machines))
    alternative = Alternative(
        chip=row.chip,
        accelerators=0 if row.chip == CPU else machine["accelerators"],
        cpus=machine["cpus"],
        memory_bytes=machine["memory_bytes"],
        disk_bytes=machine["disk_bytes"],
    )
    return JobSpec(
        name=f"test-{row.site_name}-{row.name}",
        run=COMMAND,
        machines=test.machines,
        alternatives=(alternative,),
        outputs=OUTPUTS,
        isolation="none",
        network=test.network,
        certified=False,
        retry=Retry(limit=0),
        on_disconnect="stop",
        time_limit=test.time_limit,
        expected=test.time_limit,
    )


def _keep(exchange: Exchange, name: str, content: bytes) -> BlobFile:
    digest = sha256(content).hexdigest()
    if exchange.blobs.size(digest) is None:
        exchange.blobs.append(digest, 0, len(content), content)
    return BlobFile(path=name, sha256=digest, size=len(content))
