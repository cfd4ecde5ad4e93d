"""What a person types who knows his jobs by their names."""

from pathlib import Path
from typing import Any

JOB = "name: {}\nresources: {{cpus: 1, memory: 64MB}}\nrun: echo hi\n"


def test_a_name_means_the_newest_job_of_it_where_one_looks_and_must_be_an_id_where_one_stops(
    admin: Any, run: Any, tmp_path: Path
) -> None:
    admin.post("/v1/ledger/topups", {"organisation": "demo", "amount": "5"})
    ids = {}
    for number, name in enumerate(("train_v2", "train_v2", "other", "70b", "job_7")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(JOB.format(name))
        code, out, _ = run(admin, "submit", "--detach", str(path), "-o", "csv", "--columns", "id")
        assert code == 0
        ids[number] = out.split()[-1]
    code, out, err = run(admin, "job", "show", "train_v2")
    assert (code, ids[1] in out, "several jobs are called train_v2" in err) == (0, True, True)
    for words in (("market", "why"), ("status",), ("job", "explain"), ("receipt",)):
        code, out, err = run(admin, *words, "other")
        assert (code, err.count("several")) == (0, 0), (words, err)
    code, _, err = run(admin, "cancel", "train_v2")
    assert (code, ids[0] in err, ids[1] in err) == (3, True, True), err
    assert run(admin, "cancel", "other", ids[0])[0] == 0
    for text in ("70b", ids[3].removeprefix("job_")):  # a name that might be the short form of an id, and such a form
        code, out, err = run(admin, "job", "show", text)
        assert (code, ids[3] in out) == (0, True), err
    for text in ("job_7", ids[4], ids[4][:-1]):
        code, out, err = run(admin, "job", "show", text)
        assert (code, ids[4] in out) == (0, True), err
    code, _, err = run(admin, "job", "show", "nobody")
    assert (code, "nobody" in err) == (3, True)
