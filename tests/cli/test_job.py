"""The one line that tells how a job stands."""

from gridtie.cli.job import progress_line


def test_a_job_that_waits_again_is_not_said_to_be_at_the_site_where_it_ran_before() -> None:
    job = {"id": "job_1", "name": "train", "state": "running", "site": "aurora", "hub": "gz", "price": "0.42",
           "reason": "", "runs": [{}]}  # fmt: skip
    assert "at aurora (gz), 0.42/h" in progress_line(job)
    assert "aurora" not in progress_line({**job, "state": "queued", "reason": "busy", "change": "wait"})
