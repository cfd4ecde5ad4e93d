"""The catalogue as DCAT 3 (W3C Recommendation of 2024-08-22) in JSON-LD, page by page, for portals that harvest.

A dataset's entry is about its newest version; older ones are named. Its files are distributions as long as they are not
more than FILES_MAX, else there is one for all of them, and the Croissant description that it points to names each.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gridtie.data.addresses import (
    DELTA_SHARING,
    below,
    dataset_address,
    file_address,
    licence_address,
    party_address,
)
from gridtie.data.dataset import Dataset, Part, Version
from gridtie.values.period import to_text

FILES_MAX, VERSIONS_MAX = 50, 10
MEDIA = "application/ld+json"
_IANA = "https://www.iana.org/assignments/media-types/"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_PARQUET = "application/vnd.apache.parquet"
CONTEXT: Mapping[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#", "odrl": "http://www.w3.org/ns/odrl/2/",
    "spdx": "http://spdx.org/rdf/terms#", "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#", "hydra": "http://www.w3.org/ns/hydra/core#",
}  # fmt: skip
Listed = tuple[Dataset, Version]


def catalogue(found: Sequence[Listed], *, base: str, name: str, page: str, following: str | None) -> dict[str, Any]:
    """`page` and `following` are addresses of this part of the catalogue and of the next one."""
    return {
        "@context": dict(CONTEXT), "@id": f"{base}/v1/catalog", "@type": "dcat:Catalog",
        "dct:title": f"Data on {name}",
        "dct:description": "Datasets that members of the exchange offer to each other, with their terms of use.",
        "dct:publisher": {"@id": f"{base}/v1/exchange", "@type": "foaf:Agent", "foaf:name": name},
        "dcat:service": list(services(base)),
        "dcat:dataset": [dcat_dataset(dataset, version, base=base) for dataset, version in found],
        "hydra:view": {
            "@id": page, "@type": "hydra:PartialCollectionView", "hydra:first": {"@id": f"{base}/v1/catalog"},
            **({"hydra:next": {"@id": following}} if following else {}),
        },
    }  # fmt: skip


def services(base: str) -> Iterator[dict[str, Any]]:
    """The two ways in which clients read data here."""
    for path, title, described in (
        (DELTA_SHARING, "Delta Sharing: tables of Parquet files", "https://github.com/delta-io/delta-sharing"),
        ("/", "Files as loaders of the Hugging Face Hub ask for them, with HF_ENDPOINT set to this address",
         "https://huggingface.co/docs/hub/api"),
    ):  # fmt: skip
        yield {
            "@id": base + path, "@type": "dcat:DataService", "dct:title": title,
            "dcat:endpointURL": {"@id": base + path}, "dcat:endpointDescription": {"@id": described},
        }  # fmt: skip


def dcat_dataset(dataset: Dataset, version: Version, *, base: str) -> dict[str, Any]:
    card, name = dataset.card, dataset.full_name
    made = {
        "@id": dataset_address(base, name), "@type": "dcat:Dataset",
        "dct:identifier": dataset.id, "dct:title": card.title, "dct:description": card.description,
        "dct:publisher": {"@id": party_address(base, dataset.owner), "@type": "foaf:Agent",
                          "foaf:name": dataset.owner_name},
        "dcat:keyword": list(card.keywords), "dct:language": list(card.languages),
        "dct:issued": _time(to_text(dataset.created_at)) if dataset.created_at else "",
        "dct:modified": _time(to_text(version.made_at)),
        "dct:accessRights": {"@id": _ACCESS + ("PUBLIC" if dataset.open else "RESTRICTED"),
                             "@type": "dct:RightsStatement"},
        "odrl:hasPolicy": {"@id": below(base, name, "policy"), "@type": "odrl:Offer"},
        "dcat:landingPage": {"@id": dataset_address(base, name), "@type": "foaf:Document"},
        "dcat:contactPoint": _contact(card.contact),
        "dct:provenance": [_provenance(f"{one.name}: {one.kind}, licence {one.licence}, {one.record}")
                           for one in card.origins],
        "foaf:page": _report(dataset, version, base),
        "dcat:distribution": list(_distributions(dataset, version, base)),
        **_versions(dataset, version, base),
    }  # fmt: skip
    return {key: value for key, value in made.items() if value not in ([], "", None)}


def _versions(dataset: Dataset, version: Version, base: str) -> dict[str, Any]:
    numbers = range(dataset.versions, max(0, dataset.versions - VERSIONS_MAX), -1)
    named = [_version(dataset, number, base) for number in numbers]
    before = {"@id": dataset_address(base, dataset.full_name, f"v{version.number - 1}")}
    return {
        "dcat:version": version.name, "dcat:hasVersion": named,
        "dcat:hasCurrentVersion": {"@id": dataset_address(base, dataset.full_name, version.name)},
        "dcat:prev": before if version.number > 1 else None,
    }  # fmt: skip


def _version(dataset: Dataset, number: int, base: str) -> dict[str, Any]:
    name = dataset.full_name
    return {
        "@id": dataset_address(base, name, f"v{number}"), "@type": "dcat:Dataset",
        "dct:title": f"{dataset.card.title}, version {number}", "dct:description": dataset.card.description,
        "dcat:version": f"v{number}", "dcat:isVersionOf": {"@id": dataset_address(base, name)},
        **({"dcat:prev": {"@id": dataset_address(base, name, f"v{number - 1}")}} if number > 1 else {}),
    }  # fmt: skip


def _distributions(dataset: Dataset, version: Version, base: str) -> Iterator[dict[str, Any]]:
    name = dataset.full_name
    about = {"@id": below(base, name, "croissant", version.name)}
    shared = {
        "@type": "dcat:Distribution", "dct:license": _licence(dataset.card.licence),
        "odrl:hasPolicy": {"@id": below(base, name, "policy")}, "dct:modified": _time(to_text(version.made_at)),
    }  # fmt: skip
    if len(version.parts) > FILES_MAX:
        yield {
            **shared, "@id": dataset_address(base, name, version.name) + "#files",
            "dct:title": f"{len(version.parts)} files", "dcat:accessURL": about, "dcat:byteSize": _bytes(version.size),
            "dcat:accessService": _served(version.parts, base),
        }  # fmt: skip
        return
    for part in version.parts:
        where = {"@id": file_address(base, name, version.name, part.path)}
        yield {
            **shared, "@id": where["@id"] + "#distribution", "dct:title": part.path,
            "dcat:accessURL": about if part.held_by else where,
            **({} if part.held_by else {"dcat:downloadURL": where, "dcat:accessService": _served([part], base)}),
            "dcat:byteSize": _bytes(part.size), "dcat:mediaType": {"@id": _IANA + part.media},
            "spdx:checksum": {
                "@type": "spdx:Checksum", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": {"@value": part.sha256, "@type": "xsd:hexBinary"},
            },
        }  # fmt: skip


def _served(parts: Sequence[Part], base: str) -> list[dict[str, str]]:
    """By which of the two services; what a site holds, by none."""
    paths = ["/"] if any(not part.held_by for part in parts) else []
    if any(part.media == _PARQUET and not part.held_by for part in parts):
        paths.append(DELTA_SHARING)
    return [{"@id": base + path} for path in paths]


def _licence(licence: str) -> dict[str, str]:
    address = licence_address(licence)
    return {"@id": address, "@type": "dct:LicenseDocument"} if address else {
        "@type": "dct:LicenseDocument", "dct:title": licence
    }  # fmt: skip


def _report(dataset: Dataset, version: Version, base: str) -> dict[str, str] | None:
    if version.cleaning is None:
        return None
    return {"@id": below(base, dataset.full_name, "report.html", version.name), "@type": "foaf:Document",
            "dct:title": "Report on its cleaning"}  # fmt: skip


def _contact(contact: str) -> dict[str, Any] | None:
    if not contact:
        return None
    plain = re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", contact)
    address = {"vcard:hasEmail": {"@id": f"mailto:{contact}"}} if plain else {}
    return {"@type": "vcard:Kind", "vcard:fn": contact, **address}


def _provenance(text: str) -> dict[str, Any]:
    return {"@type": "dct:ProvenanceStatement", "dct:description": text}


def _time(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:dateTime"}


def _bytes(size: int) -> dict[str, str]:
    return {"@value": str(size), "@type": "xsd:nonNegativeInteger"}
