"""Reads tasks on stdin, answers on stdout: what mlcroissant, pyshacl, prov and the classes of OpenLineage make of them.

It runs under .validators, without Gridtie.
"""

import json
import sys
from itertools import islice
from pathlib import Path

HERE = Path(__file__).parent


def croissant(document, records=None):
    """Its errors and warnings, and the first records of a record set as it really loads them."""
    import mlcroissant

    try:
        loaded = mlcroissant.Dataset(document)
    except mlcroissant.ValidationError as error:
        return {"errors": [str(error)]}
    issues = loaded.metadata.ctx.issues
    rows = islice(loaded.records(records), 10) if records else ()
    told = [{key.partition("#")[2]: _plain(value) for key, value in row.items()} for row in rows]
    return {"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "records": told}


def shacl(document, shapes):
    """Whether it keeps the shapes of that file, and what it breaks; how many statements it is."""
    import pyshacl
    import rdflib

    read = rdflib.Graph().parse(data=json.dumps(document), format="json-ld")
    keeps, _, text = pyshacl.validate(read, shacl_graph=str(HERE / shapes), advanced=True)
    return {"keeps": keeps, "text": text, "statements": len(read)}


def prov(document):
    """Read by `prov`, written by it and read again: the same document? And as PROV-N."""
    from prov.model import ProvDocument

    read = ProvDocument.deserialize(content=json.dumps(document), format="json")
    again = ProvDocument.deserialize(content=read.serialize(format="json"), format="json")
    return {"same": read == again, "text": read.get_provn(), "records": len(list(read.get_records()))}


def openlineage(events):
    """Made into the client's own objects, which check times, ids and addresses, and written by it again."""
    from openlineage.client import event_v2 as v2
    from openlineage.client import facet_v2 as facets
    from openlineage.client.serde import Serde

    known = {
        "version": facets.dataset_version_dataset.DatasetVersionDatasetFacet,
        "ownership": lambda owners, **more: facets.ownership_dataset.OwnershipDatasetFacet(
            owners=[facets.ownership_dataset.Owner(**owner) for owner in owners], **more),
        "outputStatistics": facets.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
        "jobType": facets.job_type_job.JobTypeJobFacet,
    }  # fmt: skip

    def made(given):
        return {name: _facet(known[name], facet) for name, facet in given.items() if name in known}

    written = []
    for event in events:
        data = {side: [kind(namespace=one["namespace"], name=one["name"], facets=made(one["facets"]),
                            **({"outputFacets": made(one["outputFacets"])} if "outputFacets" in one else {}))
                       for one in event[side]]
                for side, kind in (("inputs", v2.InputDataset), ("outputs", v2.OutputDataset))}  # fmt: skip
        run = v2.RunEvent(
            eventType=v2.RunState[event["eventType"]], eventTime=event["eventTime"], producer=event["producer"],
            run=v2.Run(runId=event["run"]["runId"]),
            job=v2.Job(namespace=event["job"]["namespace"], name=event["job"]["name"],
                       facets=made(event["job"]["facets"])),
            **data,
        )  # fmt: skip
        assert event["schemaURL"] == run.schemaURL, (event["schemaURL"], run.schemaURL)
        written.append(json.loads(Serde.to_json(run)))
    return written


def _facet(kind, given):
    ours = {name: value for name, value in given.items() if name != "_schemaURL"}
    facet = kind(**{name.lstrip("_"): value for name, value in ours.items()})
    assert given["_schemaURL"] == facet._schemaURL, (given["_schemaURL"], facet._schemaURL)
    return facet


def _plain(value):
    return value.decode() if isinstance(value, bytes) else [_plain(v) for v in value] if isinstance(value, list) else (
        value if isinstance(value, (str, int, float, bool, type(None))) else str(value))  # fmt: skip


if __name__ == "__main__":
    kinds = {"croissant": croissant, "shacl": shacl, "prov": prov, "openlineage": openlineage}
    answers = [kinds[task.pop("kind")](**task) for task in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)
