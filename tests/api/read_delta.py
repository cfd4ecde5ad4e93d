"""Reads shared tables with the official client, pandas and Polars; prints what it saw, as JSON."""

import json
import sys
from typing import Any

import delta_sharing
import polars
import requests
from delta_sharing.protocol import DeltaSharingProfile
from delta_sharing.rest_client import DataSharingRestClient


def main(profile: str) -> dict[str, Any]:
    client = delta_sharing.SharingClient(profile)
    tables = client.list_all_tables()
    url = f"{profile}#aurora.decisions.train"
    whole = delta_sharing.load_as_pandas(url)
    rest = DataSharingRestClient(DeltaSharingProfile.read_from_file(profile), num_retries=0)
    [train] = [table for table in tables if (table.schema, table.name) == ("decisions", "train")]
    links = [file.url for file in rest.list_files_in_table(train).add_files]
    seen: dict[str, Any] = {
        "shares": [share.name for share in client.list_shares()],
        "tables": [f"{table.share}.{table.schema}.{table.name}" for table in tables],
        "columns": {name: str(kind) for name, kind in whole.dtypes.items()},
        "ids": whole["id"].tolist(),
        "texts": whole["text"].tolist(),
        "limited": delta_sharing.load_as_pandas(url, limit=4)["id"].tolist(),
        "first": delta_sharing.load_as_pandas(url, version=1)["id"].tolist(),
        "version": delta_sharing.get_table_version(url),
        "protocol": delta_sharing.get_table_protocol(url).min_reader_version,
        "fields": json.loads(delta_sharing.get_table_metadata(url).schema_string)["fields"],
        "dotted": len(delta_sharing.load_as_pandas(f"{profile}#aurora.a~b.data")),
        "polars": polars.scan_parquet(links).filter(polars.col("id") > 2).collect()["id"].to_list(),
    }
    for name, read in (
        ("delta", lambda: delta_sharing.load_as_pandas(url, use_delta_format=True)["id"].tolist()),
        ("changes", lambda: delta_sharing.load_table_changes_as_pandas(url, starting_version=1)),
    ):
        try:
            seen[name] = read()
        except requests.HTTPError as refused:
            seen[name] = str(refused)
    for name, wrong in (("denied", "aurora.secret.data"), ("absent", "aurora.decisions.nothing")):
        try:
            delta_sharing.load_as_pandas(f"{profile}#{wrong}")
        except requests.HTTPError as refused:
            seen[name] = [refused.response.status_code, str(refused)]
    return seen


print(json.dumps(main(sys.argv[1])))
