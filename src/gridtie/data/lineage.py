"""Where a version of a dataset comes from and who used it: as a graph, as OpenLineage run events, and as PROV.

What it was made from is told as far as the asker may see it; uses are those he may see (views/lineage.py chooses them).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from gridtie.data.addresses import dataset_address, party_address
from gridtie.data.dataset import Cleaning, Origin, Version
from gridtie.data.delivery import Delivery
from gridtie.values.money import format_money
from gridtie.values.period import to_text

ANCESTORS_MAX, DERIVED_MAX, USES_MAX = 50, 50, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """A version that stands in a lineage. `version` None: no more than its name is known, or may be told."""

    key: str  # as `derived_from` writes it: 'ds_…@v3'
    name: str  # 'aurora/court@v3', or the key
    owner: str = ""
    owner_name: str = ""
    version: Version | None = None
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """`made`: the version that was asked for, then what it was made from, the nearest first; `derived`: what was made
    from it, as far from it as that was. `uses`: newest first."""

    made: tuple[Ancestor, ...]
    uses: tuple[Delivery, ...]
    parties: Mapping[str, str]  # names of who used it
    complete: bool  # nothing was left out for its number
    derived: tuple[Ancestor, ...] = ()

    @property
    def asked(self) -> Ancestor:
        return self.made[0]


# ── the graph ─────────────────────────────────────────────────────────────────────────────────────────────────────
def graph(lineage: Lineage) -> dict[str, Any]:
    """Nodes (`kind`: source, version, cleaning, run, use) and edges in the direction in which data went. Deliveries to
    the same party, by the same way, for the same purpose and job are one use."""
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, str]] = []
    for one in lineage.made:
        _made(one, nodes, edges)
    for one in lineage.derived:
        _made(replace(one, origins=()), nodes, edges)
    for number, (first, group) in enumerate(_uses(lineage.uses)):
        key = f"use:{number}"
        who, job = lineage.parties.get(first.consumer, first.consumer), f" by {first.job}" if first.job else ""
        count = "1 delivery" if len(group) == 1 else f"{len(group)} deliveries"
        purpose = f", for {first.purpose}" if first.purpose else ""
        nodes.append(_node(key, "use", f"{who}{job}", f"{count} ({first.channel}){purpose}",
                           to_text(min(delivery.at for delivery in group)), first.job))  # fmt: skip
        edges.append({"from": lineage.asked.key, "to": key})
    there = {node["id"] for node in nodes}
    drawn = [edge for edge in edges if edge["from"] in there]
    return {"asked": lineage.asked.key, "nodes": nodes, "edges": drawn, "complete": lineage.complete}


def _made(one: Ancestor, nodes: list[dict[str, Any]], edges: list[dict[str, str]]) -> None:
    """A version, what made it, and the sources that its owner declares."""
    version, into = one.version, one.key
    if version is None:
        nodes.append(_node(one.key, "version", one.name, "nothing more is known of it here", None))
        return
    counted = "" if version.records is None else f"{version.records:,} records, "
    nodes.append(_node(one.key, "version", one.name, f"{counted}{version.size:,} bytes", to_text(version.made_at)))
    if version.cleaning is not None:
        into = f"cleaning:{one.key}"
        nodes.append(_node(into, "cleaning", version.cleaning.pack, _cleaned(version.cleaning), None, version.run))
    elif version.run is not None:
        into = f"run:{one.key}"
        nodes.append(_node(into, "run", version.run, "a job made it", None, version.run))
    if into != one.key:
        edges.append({"from": into, "to": one.key})
    for number, origin in enumerate(one.origins):
        key = f"source:{one.key}:{number}"
        nodes.append(_node(key, "source", origin.name, f"{origin.kind}, licence {origin.licence}", None))
        edges.append({"from": key, "to": into})
    edges += [{"from": parent, "to": into} for parent in version.derived_from]


def _node(key: str, kind: str, label: str, detail: str, at: str | None, run: str | None = None) -> dict[str, Any]:
    return {"id": key, "kind": kind, "label": label, "detail": detail, "at": at, "run": run}


def _cleaned(made: Cleaning) -> str:
    held = "every check held" if made.passed else "not every check held"
    return f"{held}; {made.kept:,} kept, {made.dropped:,} dropped, {made.treated:,} values treated"


def _uses(deliveries: Sequence[Delivery]) -> Iterator[tuple[Delivery, list[Delivery]]]:
    groups: dict[tuple[str, str, str, str | None], list[Delivery]] = {}
    for one in deliveries:
        groups.setdefault((one.consumer, one.channel, one.purpose, one.job), []).append(one)
    for group in groups.values():
        yield group[0], group


# ── OpenLineage ───────────────────────────────────────────────────────────────────────────────────────────────────
_SPEC = "https://openlineage.io/spec"
PRODUCER = "urn:gridtie:lineage:1"


def openlineage(lineage: Lineage, *, base: str) -> list[dict[str, Any]]:
    """START and COMPLETE of what made each version and of each delivery, oldest first (OpenLineage 2-0-2).

    Both at the moment at which the exchange wrote it down: how long before it began, it does not know. `base`, the
    address of the exchange, is the namespace. A run's id follows from ours, so a repeat is the same run.
    """
    known = (*lineage.made, *lineage.derived)
    whole = [_making(one, known, base) for one in known if one.version is not None]
    whole += [_using(lineage, delivery, base) for delivery in lineage.uses]
    whole.sort(key=lambda event: str(event["eventTime"]))
    return [{**event, "eventType": kind} for event in whole for kind in ("START", "COMPLETE")]


def _making(one: Ancestor, made: Sequence[Ancestor], base: str) -> dict[str, Any]:
    version = one.version
    assert version is not None
    names = {ancestor.key: ancestor for ancestor in made}
    parents = [names.get(key, Ancestor(key=key, name=key)) for key in version.derived_from]
    inputs = [_data(parent, base) for parent in parents]
    inputs += [{"namespace": base, "name": f"source/{one.owner_name}/{origin.name}", "facets": {}}
               for origin in one.origins]  # fmt: skip
    facets, kind = {}, "PUBLICATION"
    if version.run is not None:
        facets["gridtie_run"] = {**_facet(), "run": version.run}
        kind = "RUN"
    if version.cleaning is not None:
        said = version.cleaning
        facets["gridtie_cleaning"] = {
            **_facet(), "report": said.report, "pack": said.pack, "passed": said.passed, "kept": said.kept,
            "dropped": said.dropped, "treated": said.treated,
        }  # fmt: skip
        kind = "CLEANING"
    statistics = {**_facet("facets/1-0-2/OutputStatisticsOutputDatasetFacet.json"), "size": version.size,
                  "fileCount": len(version.parts)}  # fmt: skip
    if version.records is not None:
        statistics["rowCount"] = version.records
    output = {**_data(one, base), "outputFacets": {"outputStatistics": statistics}}
    return _event(
        to_text(version.made_at), one.key, facets, f"{kind.lower()}/{_stem(one)}", kind, inputs, [output], base
    )


def _using(lineage: Lineage, delivery: Delivery, base: str) -> dict[str, Any]:
    who = lineage.parties.get(delivery.consumer, delivery.consumer)
    facet = {
        **_facet(), "delivery": delivery.id, "consumer": who, "channel": delivery.channel, "purpose": delivery.purpose,
        "contract": delivery.contract, "job": delivery.job, "records": delivery.records, "bytes": delivery.bytes,
        "charge": format_money(delivery.charge),
        "delete_by": None if delivery.delete_by is None else to_text(delivery.delete_by),
    }  # fmt: skip
    name = f"job/{delivery.job}" if delivery.job else f"delivery/{delivery.channel}/{who}"
    return _event(to_text(delivery.at), delivery.id, {"gridtie_delivery": facet}, name,
                  "JOB" if delivery.job else "DELIVERY", [_data(lineage.asked, base)], [], base)  # fmt: skip


def _event(
    at: str, run: str, facets: Mapping[str, Any], job: str, kind: str, inputs: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]], base: str,
) -> dict[str, Any]:  # fmt: skip
    typed = {**_facet("facets/2-0-4/JobTypeJobFacet.json"), "processingType": "BATCH", "integration": "GRIDTIE",
             "jobType": kind}  # fmt: skip
    return {
        "eventTime": at, "producer": PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run_uuid(run), "facets": dict(facets)},
        "job": {"namespace": base, "name": job, "facets": {"jobType": typed}},
        "inputs": list(inputs), "outputs": list(outputs),
    }  # fmt: skip


def _data(one: Ancestor, base: str) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if one.version is not None:
        facets["version"] = {
            **_facet("facets/1-0-1/DatasetVersionDatasetFacet.json"),
            "datasetVersion": one.version.name,
        }
        facets["ownership"] = {**_facet("facets/1-0-1/OwnershipDatasetFacet.json"),
                               "owners": [{"name": one.owner_name, "type": "OWNER"}]}  # fmt: skip
    return {"namespace": base, "name": _stem(one), "facets": facets}


def _stem(one: Ancestor) -> str:
    return one.name.rpartition("@")[0] or one.name


def _facet(schema: str = "") -> dict[str, Any]:
    """What every facet has; those that OpenLineage does not know name no schema but ours."""
    name = schema.rpartition("/")[2].removesuffix(".json")
    return {"_producer": PRODUCER, "_schemaURL": f"{_SPEC}/{schema}#/$defs/{name}" if schema else PRODUCER}


def run_uuid(text: str) -> str:
    """A UUID of version 8 (RFC 9562) that follows from the text."""
    bits = int.from_bytes(sha256(f"gridtie/lineage/1\n{text}".encode()).digest()[:16], "big")
    bits = bits & ~(0xF << 76) & ~(0b11 << 62) | 0x8 << 76 | 0b10 << 62
    digits = f"{bits:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


# ── PROV ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def prov(lineage: Lineage, *, base: str) -> dict[str, Any]:
    """PROV-JSON (W3C submission of 2013-04-24) of the PROV data model: entities are versions and sources, activities
    what made them and each delivery, agents the organisations."""
    document = _Prov()
    for one in (*lineage.made, *lineage.derived):
        document.version(one, base)
    for delivery in lineage.uses:
        document.use(lineage, delivery, base)
    prefixes = {"data": f"{base}/v1/datasets/", "gridtie": "urn:gridtie:prov:1:"}
    return {"prefix": prefixes, **{name: found for name, found in document.parts.items() if found}}


class _Prov:
    def __init__(self) -> None:
        names = ("entity", "activity", "agent", "used", "wasGeneratedBy", "wasDerivedFrom", "wasAttributedTo",
                 "wasAssociatedWith")  # fmt: skip
        self.parts: dict[str, dict[str, Any]] = {name: {} for name in names}

    def version(self, one: Ancestor, base: str) -> None:
        entity, version = _local("version", one.key), one.version
        said: dict[str, Any] = {"prov:type": "gridtie:Version", "prov:label": one.name}
        self.parts["entity"][entity] = said
        if version is None:
            return
        said |= {"gridtie:digest": version.digest, "gridtie:bytes": version.size,
                 "prov:location": dataset_address(base, _stem(one), version.name)}  # fmt: skip
        owner = self.party(one.owner, one.owner_name, base)
        self._tie("wasAttributedTo", {"prov:entity": entity, "prov:agent": owner})
        activity = _local("making", one.key)
        self.parts["activity"][activity] = {**_making_told(version), "prov:endTime": to_text(version.made_at)}
        self._tie("wasGeneratedBy", {"prov:entity": entity, "prov:activity": activity,
                                     "prov:time": to_text(version.made_at)})  # fmt: skip
        self._tie("wasAssociatedWith", {"prov:activity": activity, "prov:agent": owner})
        for parent in version.derived_from:
            before = _local("version", parent)
            self.parts["entity"].setdefault(before, {"prov:type": "gridtie:Version", "prov:label": parent})
            self._used(activity, before)
            self._tie("wasDerivedFrom", {"prov:generatedEntity": entity, "prov:usedEntity": before})
        for number, origin in enumerate(one.origins):
            source = _local("source", f"{one.key}.{number}")
            self.parts["entity"][source] = {
                "prov:type": "gridtie:Source", "prov:label": origin.name, "gridtie:kind": origin.kind,
                "gridtie:licence": origin.licence, "gridtie:record": origin.record,
            }  # fmt: skip
            self._used(activity, source)
            primary = {"$": "prov:PrimarySource", "type": "prov:QUALIFIED_NAME"}
            self._tie("wasDerivedFrom", {"prov:generatedEntity": entity, "prov:usedEntity": source,
                                         "prov:type": primary})  # fmt: skip

    def use(self, lineage: Lineage, delivery: Delivery, base: str) -> None:
        activity = _local("delivery", delivery.id)
        told = {"channel": delivery.channel, "purpose": delivery.purpose, "contract": delivery.contract,
                "job": delivery.job, "records": delivery.records, "bytes": delivery.bytes}  # fmt: skip
        self.parts["activity"][activity] = {
            "prov:type": "gridtie:Delivery", "prov:startTime": to_text(delivery.at),
            **{f"gridtie:{name}": value for name, value in told.items() if value is not None and value != ""},
        }  # fmt: skip
        consumer = self.party(delivery.consumer, lineage.parties.get(delivery.consumer, delivery.consumer), base)
        self._used(activity, _local("version", lineage.asked.key))
        self._tie("wasAssociatedWith", {"prov:activity": activity, "prov:agent": consumer})

    def party(self, key: str, name: str, base: str) -> str:
        agent = _local("party", key)
        self.parts["agent"][agent] = {
            "prov:type": {"$": "prov:Organization", "type": "prov:QUALIFIED_NAME"}, "prov:label": name,
            "prov:location": party_address(base, key),
        }  # fmt: skip
        return agent

    def _used(self, activity: str, entity: str) -> None:
        self._tie("used", {"prov:activity": activity, "prov:entity": entity})

    def _tie(self, kind: str, said: Mapping[str, Any]) -> None:
        self.parts[kind][f"_:{kind}{len(self.parts[kind])}"] = dict(said)


def _making_told(version: Version) -> dict[str, Any]:
    said: dict[str, Any] = {"prov:type": "gridtie:Cleaning" if version.cleaning else "gridtie:Making"}
    if version.run is not None:
        said["gridtie:run"] = version.run
    if version.cleaning is not None:
        made = version.cleaning
        said |= {"gridtie:report": made.report, "gridtie:pack": made.pack, "gridtie:passed": made.passed,
                 "gridtie:kept": made.kept, "gridtie:dropped": made.dropped,
                 "gridtie:treated": made.treated}  # fmt: skip
    return said


def _local(kind: str, key: str) -> str:
    """A name that is one in every form of PROV: what is not a letter, a digit or '_' stands as '-' and a digest."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char == "_") else "-" for char in key)
    return (
        f"gridtie:{kind}-{plain}" if plain == key else f"gridtie:{kind}-{plain}-{sha256(key.encode()).hexdigest()[:8]}"
    )
