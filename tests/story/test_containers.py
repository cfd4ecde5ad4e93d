"""A job that names an image, from its file to the ledger: kept off a site without images, run in one on a site with."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sites import images

pytestmark = [pytest.mark.podman, pytest.mark.sandbox]
JOB = f"""name: imaged
resources: {{cpus: 1, memory: 128MB}}
run: cat /etc/made-of; echo "$WHO"; sleep 3; echo done > out
gridtie:
  expected: 5m
  outputs: [out]
  variants: {{cpu: {{image: "{images.IMAGE}", envs: {{WHO: the CPU's}}}}, cuda: {{image: a/cuda}}}}
"""


@pytest.fixture
def root() -> Iterator[Path]:
    with images.stocked() as folder:
        yield folder


def test_a_job_with_an_image_runs_where_images_run_and_outlives_a_kill_of_the_agent(stage: Any, root: Path) -> None:
    stage.join("plain")
    client = stage.client()
    [handle] = client.submit(JOB, source="imaged.yaml")
    words = f"plain runs no container images, the job wants {images.IMAGE}"
    until(lambda: words in client.call("GET", f"/v1/jobs/{handle.id}")["reason"], handle)
    stage.join("imaged", more=["--containers", images.engine(root), "--set", "pull=never"])
    shown = {row["site"]: row["images"] for row in client.pages("/v1/resources")}
    assert shown == {"plain": False, "imaged": True}
    until(lambda: images.IMAGE in handle.logs(), handle)
    stage.kill_agent("imaged")
    stage.start_agent("imaged")
    until(lambda: handle.refresh().state == "succeeded", handle)
    assert handle.logs() == f"{images.IMAGE}\nthe CPU's\n"
    [run] = client.call("GET", f"/v1/jobs/{handle.id}")["runs"]
    assert (run["variant"], run["state"]) == ("cpu", "succeeded")


def until(true: Any, handle: Any) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, (handle.refresh(), handle.logs())
        time.sleep(0.05)
