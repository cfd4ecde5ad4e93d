"""A version of a dataset as Croissant 1.0 (MLCommons, JSON-LD), with the fields of its RAI extension 1.0.

A file is a FileObject with its SHA-256; each of the first RECORD_SETS_MAX files whose columns are known is a record set
too. Columns of kinds that Croissant has no word for (binary, maps, structures) are left out of it, and named.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gridtie.data.addresses import below, dataset_address, file_address, licence_address, party_address, quoted
from gridtie.data.dataset import FREE, Card, Dataset, Part, Version
from gridtie.values.period import to_text

RECORD_SETS_MAX = 100
MEDIA = "application/ld+json"
CONFORMS = ("http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0")
CONTEXT: Mapping[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"}, "examples": {"@id": "cr:examples", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{name: f"cr:{name}" for name in (
        "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format",
        "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references",
        "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform")},
}  # fmt: skip
# Names of media types as Croissant's own examples and loaders have them.
_FORMATS = {"application/vnd.apache.parquet": "application/x-parquet", "application/x-ndjson": "application/jsonlines"}
_READ = ("application/x-parquet", "application/jsonlines")
_TYPES = {"string": "sc:Text", "boolean": "sc:Boolean", "date": "sc:Date", "timestamp": "sc:DateTime",
          **dict.fromkeys(("byte", "short", "integer", "long"), "sc:Integer"),
          **dict.fromkeys(("float", "double"), "sc:Float")}  # fmt: skip
GRADES = {
    1: "it says directly who somebody is", 2: "it says who somebody is together with other data",
    3: "who somebody is can be found only by much effort", 4: "it says of nobody who he is",
}  # fmt: skip


def croissant(dataset: Dataset, version: Version, *, base: str) -> dict[str, Any]:
    """`base`: the address of the exchange."""
    card, name = dataset.card, dataset.full_name
    files = [_file(dataset, version, part, base) for part in version.parts]
    made = {
        "@context": dict(CONTEXT), "@type": "sc:Dataset", "@id": dataset_address(base, name, version.name),
        "conformsTo": list(CONFORMS),
        "name": dataset.name, "alternateName": card.title, "description": card.description,
        "url": dataset_address(base, name),
        "version": f"{version.number}.0.0",  # Croissant asks for the three numbers of semantic versions
        "datePublished": to_text(version.made_at),
        "citeAs": f"{dataset.owner_name}: {card.title}. Version {version.number}, {version.made_at.year}. "
                  f"Digest of its files: {version.digest}.",
        "license": licence_address(card.licence) or card.licence,
        "creator": {"@type": "sc:Organization", "name": dataset.owner_name, "url": party_address(base, dataset.owner)},
        "keywords": list(card.keywords), "inLanguage": list(card.languages), "isLiveDataset": False,
        "isAccessibleForFree": dataset.price.kind == FREE, "usageInfo": below(base, name, "policy"),
        "distribution": files,
        "recordSet": list(_record_sets(version)),
        **_rai(dataset, version, base),
    }  # fmt: skip
    return {key: value for key, value in made.items() if value not in ([], "")}


def _file(dataset: Dataset, version: Version, part: Part, base: str) -> dict[str, Any]:
    made = {
        "@type": "cr:FileObject", "@id": quoted(part.path), "name": part.path,
        "contentUrl": file_address(base, dataset.full_name, version.name, part.path),
        "encodingFormat": _FORMATS.get(part.media, part.media), "sha256": part.sha256, "contentSize": f"{part.size} B",
    }  # fmt: skip
    return {**made, "description": "A site holds it; jobs come to it."} if part.held_by else made


def _record_sets(version: Version) -> Iterator[dict[str, Any]]:
    left = RECORD_SETS_MAX
    for part in version.parts:
        if part.schema is None or _FORMATS.get(part.media) not in _READ or not left:
            continue
        fields, unsaid = _fields(part)
        if not fields:
            continue
        left -= 1
        counted = "" if part.records is None else f" ({part.records} records)"
        missing = f" Columns not told here: {', '.join(unsaid)}." if unsaid else ""
        yield {
            "@type": "cr:RecordSet", "@id": _records(part), "name": _records(part),
            "description": f"The records of {part.path}{counted}.{missing}", "field": fields,
        }  # fmt: skip


def _records(part: Part) -> str:
    return f"records:{quoted(part.path)}"


def _fields(part: Part) -> tuple[list[dict[str, Any]], list[str]]:
    """What is told of its columns, and the names of those that are not."""
    fields, unsaid = [], []
    for column in json.loads(part.schema or "{}").get("fields", []):
        name = str(column["name"])
        kind, repeated = column["type"], False
        if isinstance(kind, Mapping) and kind.get("type") == "array":
            kind, repeated = kind["elementType"], True
        word = "sc:Float" if str(kind).startswith("decimal") else _TYPES.get(str(kind))
        if word is None:
            unsaid.append(name)
            continue
        fields.append({
            "@type": "cr:Field", "@id": f"{_records(part)}#{quoted(name)}", "name": name, "dataType": word,
            **({"repeated": True} if repeated else {}),
            "source": {"fileObject": {"@id": quoted(part.path)}, "extract": {"column": name}},
        })  # fmt: skip
    return fields, unsaid


def _rai(dataset: Dataset, version: Version, base: str) -> dict[str, Any]:
    card = dataset.card
    return {
        "rai:dataCollection": "; ".join(f"{one.name}: {one.kind}, licence {one.licence}" for one in card.origins),
        "rai:dataCollectionRawData": "; ".join(f"{one.name}: {one.record}" for one in card.origins),
        "rai:dataPreprocessingProtocol": _cleaned(dataset, version, base),
        "rai:personalSensitiveInformation": _personal(card),
        "rai:dataUseCases": [*card.uses, *(f"purpose allowed by its terms: {one}" for one in dataset.terms.purposes)],
        "rai:dataLimitations": list(card.limits),
        "rai:dataReleaseMaintenancePlan":
            f"{_versions(dataset.versions)}; each stays as it is and is known by a digest of its files."
            + (f" Contact: {card.contact}." if card.contact else ""),
    }  # fmt: skip


def _versions(count: int) -> str:
    return "One version so far" if count == 1 else f"{count} versions so far"


def _personal(card: Card) -> list[str]:
    said = [card.personal] if card.personal else []
    return said if card.grade is None else [*said, f"Grade {card.grade} of GB/T 42460-2023: {GRADES[card.grade]}."]


def _cleaned(dataset: Dataset, version: Version, base: str) -> Sequence[str]:
    made = version.cleaning
    if made is None:
        return []
    held = "every check of it held" if made.passed else "not every check of it held"
    return [
        f"Cleaned and held against {made.pack}: {held}.",
        f"{made.kept} records kept, {made.dropped} dropped; {made.treated} personal values treated.",
        f"Report: {below(base, dataset.full_name, 'report', version.name)} (SHA-256 {made.report}).",
    ]
