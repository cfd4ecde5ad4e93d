"""A lineage as a graph, as events and as PROV."""

from uuid import RFC_4122, UUID

from tests.data.made import BASE, CLEANING, ORIGIN, ancestor, delivery, lineage, part, version

from gridtie.data.lineage import graph, openlineage, prov, run_uuid
from gridtie.values.ids import JobId

RAW = ancestor("ds_0@v1", "aurora/raw@v1", version(part("a")))
CLEAN = ancestor("ds_1@v1", "aurora/court@v1", version(part("a"), cleaning=CLEANING, run="run_1",
                 derived_from=("ds_0@v1", "ds_9@v9")), origins=(ORIGIN,))  # fmt: skip
UNKNOWN = ancestor("ds_9@v9", "ds_9@v9", None)
USES = (delivery(3, job=JobId("job_1"), channel="job"), delivery(2), delivery(1))


def test_the_graph_goes_from_sources_through_the_cleaning_to_uses() -> None:
    made = graph(lineage(CLEAN, RAW, UNKNOWN, uses=USES))
    edges = {(edge["from"], edge["to"]) for edge in made["edges"]}
    assert edges == {
        ("source:ds_1@v1:0", "cleaning:ds_1@v1"), ("ds_0@v1", "cleaning:ds_1@v1"), ("ds_9@v9", "cleaning:ds_1@v1"),
        ("cleaning:ds_1@v1", "ds_1@v1"), ("ds_1@v1", "use:0"), ("ds_1@v1", "use:1"),
    }  # fmt: skip
    details = {node["id"]: node["detail"] for node in made["nodes"]}
    assert details["use:1"] == "2 deliveries (file), for training"
    assert details["cleaning:ds_1@v1"] == "not every check held; 1,200 kept, 3 dropped, 7 values treated"
    assert details["ds_9@v9"] == "nothing more is known of it here"


def test_edges_to_what_was_left_out_are_not_drawn() -> None:
    assert graph(lineage(CLEAN, complete=False))["edges"][-1] == {"from": "source:ds_1@v1:0", "to": "cleaning:ds_1@v1"}


def test_a_job_that_only_copied_is_told_as_a_job() -> None:
    made = graph(lineage(ancestor("k", "a/b@v1", version(part("a"), run="run_1"))))
    assert [node["kind"] for node in made["nodes"]] == ["version", "run"]


def test_events_are_in_order_of_time_and_a_repeat_is_the_same_run() -> None:
    made = lineage(CLEAN, RAW, UNKNOWN, uses=USES)
    events = openlineage(made, base=BASE)
    times = [event["eventTime"] for event in events]
    assert times == sorted(times)
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"] * 5
    assert {event["run"]["runId"] for event in events} == {
        event["run"]["runId"] for event in openlineage(made, base=BASE)
    }
    assert (UUID(run_uuid("x")).version, UUID(run_uuid("x")).variant) == (8, RFC_4122)
    cleaned = events[1]
    assert [one["name"] for one in cleaned["inputs"]] == ["aurora/raw", "ds_9", "source/aurora/register"]
    assert cleaned["run"]["facets"]["gridtie_cleaning"]["kept"] == 1200
    assert events[-1]["job"]["name"] == "job/job_1"


def test_prov_ties_versions_to_what_made_them_and_to_who_used_them() -> None:
    made = prov(lineage(CLEAN, RAW, UNKNOWN, uses=USES), base=BASE)
    assert len(made["entity"]) == 4
    assert len(made["activity"]) == 2 + 3
    assert {one["prov:label"] for one in made["agent"].values()} == {"aurora", "bison"}
    assert len(made["wasDerivedFrom"]) == 3
    assert len(made["used"]) == 3 + 3
