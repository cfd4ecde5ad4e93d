"""What a log says becomes jobs; what it cannot mean is refused at its line and column; nothing is lost in silence."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gridtie.errors import InvalidInput
from gridtie.simulator.formats import PRESETS
from gridtie.simulator.readers import read_trace
from gridtie.simulator.trace import Trace, aligned, in_days, joined, once, with_deadlines

SACCT = """\
JobID|Cluster|Account|Submit|Start|End|State|AllocCPUS|AllocTRES|Timelimit
101|north|physics|2026-03-01T08:00:00|2026-03-01T08:10:00|2026-03-01T09:10:00|COMPLETED|16|cpu=16,gres/gpu:a=2,gres/gpu=2|1-00:00:00
101.batch|north|physics|2026-03-01T08:10:00|2026-03-01T08:10:00|2026-03-01T09:10:00|COMPLETED|16|cpu=16|
102|north|biology|2026-03-01T08:05:00|2026-03-01T08:20:00|2026-03-01T08:21:00|FAILED|8|cpu=8,gres/gpu:v100=1|02:00:00
103|north|biology|2026-03-01T08:06:00|Unknown|Unknown|PENDING|0||UNLIMITED
104|north|biology|2026-03-01T08:07:00|2026-03-01T08:07:00|2026-03-01T08:17:00|COMPLETED|8|cpu=8,node=1|02:00:00
105|north|biology|2026-03-01T08:08:00|None|2026-03-01T08:09:00|CANCELLED by 1000|0||02:00:00
"""

SWF = """\
; UnixStartTime: 1000000000
; MaxNodes: 128
1 0 5 100 4 -1 -1 4 200 -1 1 7 3 -1 1 -1 -1 -1
2 10 0 -1 -1 -1 -1 8 200 -1 5 7 3 -1 1 -1 -1 -1
3 20 30 50 8 -1 -1 8 -1 -1 1 8 3 -1 1 -1 -1 -1
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, **options: object) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read_trace(path, **options)  # type: ignore[arg-type]
    return caught.value


def test_slurms_accounting_gives_jobs_by_accelerator_and_counts_what_it_leaves_out(tmp_path: Path) -> None:
    trace = read_trace(written(tmp_path, "north.sacct", SACCT))
    assert trace.unit == "accelerators"
    assert trace.units.tolist() == [2, 1]
    assert trace.run.tolist() == [3600, 60]
    assert trace.waited.tolist() == [600, 900]
    assert trace.limit.tolist() == [86_400, 7200]
    assert (trace.submit[1] - trace.submit[0], trace.sites) == (300, ("north",))
    assert [trace.organisations[i] for i in trace.organisation] == ["physics", "biology"]
    assert dict(trace.skipped) == {
        "is a step, not a job": 1, "has not ended": 1, "never started": 1, "asks for no accelerators": 1,
    }  # fmt: skip


def test_times_that_name_no_zone_are_of_the_one_that_is_said(tmp_path: Path) -> None:
    """A job that ran while the clocks of its cluster went forward ran an hour less than they say."""
    night = SACCT.replace("2026-03-01T08:10:00|2026-03-01T09:10:00", "2026-03-29T01:30:00|2026-03-29T03:30:00")
    path = written(tmp_path, "north.sacct", night)
    there, utc = read_trace(path, zone=ZoneInfo("Europe/Berlin")), read_trace(path)
    assert (there.run[0], utc.run[0]) == (3600, 7200)
    assert utc.submit[0] - there.submit[0] == 3600
    assert (
        read_trace(written(tmp_path, "z.sacct", night.replace("00|", "00Z|")), zone=ZoneInfo("Asia/Tokyo")).run[0]
        == 7200
    )


def test_an_accounting_without_accelerators_counts_cores(tmp_path: Path) -> None:
    head = "JobID|Submit|Start|End|State|AllocCPUS"
    plain = f"{head}\n1|2026-03-01T08:00:00|2026-03-01T08:00:00|2026-03-01T08:00:30|COMPLETED|4\n"
    trace = read_trace(written(tmp_path, "old.txt", plain))
    assert (trace.unit, trace.units.tolist(), trace.sites) == ("cores", [4], ("old",))


def test_accelerators_are_read_from_what_was_asked_for_where_nothing_says_what_was_given(tmp_path: Path) -> None:
    text = SACCT.replace("AllocTRES", "ReqTRES")
    assert read_trace(written(tmp_path, "a.sacct", text)).units.tolist() == [2, 1]
    cores = read_trace(written(tmp_path, "b.sacct", text), columns={"units": "AllocCPUS"})
    assert (cores.unit, cores.units.tolist()) == ("cores", [16, 8, 8])


def test_a_requeued_run_counts_and_one_that_started_before_it_came_does_not(tmp_path: Path) -> None:
    text = SACCT.replace("|FAILED|", "|REQUEUED|").replace(
        "T08:07:00|2026-03-01T08:07:00", "T08:07:00|2026-03-01T08:06:00"
    )
    trace = read_trace(written(tmp_path, "a.sacct", text), columns={"units": "AllocCPUS"})
    assert (trace.units.tolist(), trace.waited.tolist()) == ([16, 8], [600, 900])
    assert dict(trace.skipped)["started before it was submitted"] == 1


def test_jobs_without_an_account_belong_to_their_site(tmp_path: Path) -> None:
    trace = read_trace(written(tmp_path, "a.sacct", SACCT.replace("|physics|", "||").replace("|biology|", "||")))
    assert (trace.jobs, trace.organisations) == (2, ("north",))


@pytest.mark.parametrize("text", ["JobID|JobName|Partition|State\n1|a|b|COMPLETED\n", SACCT.split("\n", 1)[1]])
def test_an_accounting_that_lacks_times_or_its_header_says_how_to_export_one(tmp_path: Path, text: str) -> None:
    assert "sacct" in refused(written(tmp_path, "a.sacct", text)).problems[0].message


def test_files_are_sites_by_the_whole_of_their_names(tmp_path: Path) -> None:
    text = SACCT.replace("|Cluster|", "|Where|")
    traces = [read_trace(written(tmp_path, f"log.{name}.sacct", text)) for name in ("north", "south")]
    assert joined(traces).sites == ("log.north", "log.south")


def test_the_standard_workload_format_is_read_and_its_cancelled_jobs_are_counted(tmp_path: Path) -> None:
    trace = read_trace(written(tmp_path, "old.swf", SWF))
    assert (trace.submit.tolist(), trace.run.tolist(), trace.units.tolist()) == ([10**9, 10**9 + 20], [100, 50], [4, 8])
    assert (trace.waited.tolist(), trace.limit.tolist()) == ([5, 30], [200, -1])
    assert dict(trace.skipped) == {"was cancelled before it ran": 1}


def test_a_workload_counts_what_was_asked_for_where_it_does_not_know_more_and_no_part_of_a_job(tmp_path: Path) -> None:
    text = SWF.replace(" 100 4 -1 -1 4 ", " 100 -1 -1 -1 4 ").replace("-1 -1 1 8 3", "-1 -1 3 8 3")
    trace = read_trace(written(tmp_path, "old.swf", text))
    assert (trace.submit.tolist(), trace.units.tolist()) == ([1_000_000_000], [4])
    assert dict(trace.skipped) == {"is a part of a job": 1, "was cancelled before it ran": 1}


def test_logs_without_a_common_clock_are_not_laid_over_each_other(tmp_path: Path) -> None:
    dated = read_trace(written(tmp_path, "a.swf", SWF))
    plain = read_trace(written(tmp_path, "b.swf", SWF.replace("UnixStartTime: 1000000000", "MaxJobs: 3")))
    with pytest.raises(InvalidInput) as caught:
        joined([plain, dated])
    assert "no common clock" in caught.value.problems[0].message


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_table_as_spreadsheets_write_it_is_read(tmp_path: Path, mark: str) -> None:
    path = written(tmp_path, "j.csv", "\ufeffwhen,gpus,secs\r\n1,2,30\r\n".replace(",", mark))
    trace = read_trace(path, columns={"submit": "when", "run": "secs", "units": "gpus"})
    assert (trace.units.tolist(), trace.run.tolist()) == ([2], [30])


def test_a_csv_file_is_read_by_a_map_with_units_of_time(tmp_path: Path) -> None:
    path = written(tmp_path, "jobs.csv", 'when,"how long",gpus,where\n2026-01-01T00:00:00+08:00,1.5,2,a\n60,2,1,b\n')
    packed = tmp_path / "jobs2.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    columns = {"submit": "when", "run": "how long:min", "units": "gpus", "site": "where"}
    for one in (path, packed):
        trace = read_trace(one, form="csv", columns=columns)
        assert sorted(trace.run.tolist()) == [90, 120]
        assert trace.sites == ("a", "b")


def test_a_known_header_needs_no_map(tmp_path: Path) -> None:
    head = "vc,gpus,submit_min,iterations,model_name,duration_min,interval,expect_time_list,expect_value_list,"
    rows = "a,4,1,1,m,10,1,20-30,10-5,0,soft\na,1,2,1,m,5,1,1,10,1,best\na,0,3,1,m,5,1,9,10,0,strict\n"
    trace = read_trace(written(tmp_path, "c.csv", f"{head}best_effort,job_type\n{rows}"))
    assert trace.submit.tolist() == [60, 120]
    assert trace.step_first.tolist() == [0, 2, 2]
    assert (trace.step_after.tolist(), trace.step_value.tolist()) == ([1200, 1800], [10, 5])
    assert (trace.first_step.tolist(), trace.last_step.tolist()) == ([1200, -1], [1800, -1])
    assert dict(trace.skipped) == {"asks for no accelerators": 1}


def test_pods_instances_and_requests_of_public_traces_need_no_map(tmp_path: Path) -> None:
    rows = {
        "openb": "p,12000,16384,2,1000,,LS,Running,100,400,160.0\np,1,1,0,0,,LS,Failed,100,,\n",
        "dlrm": "i,HN,app,12,12,2,2,25,25,1.0,1.0,1.0,1.0,8,100,160,400\n",
        "genai": "1970-01-01 00:01:40,TXT_2_IMG,SUCCEED,240.0,G0,63.0,26.0,1.0,30.0,M0,0\n",
    }
    for name, text in rows.items():
        trace = read_trace(written(tmp_path, f"{name}.csv", f"{PRESETS[name].header}\n{text}"))
        assert (trace.jobs, trace.submit.tolist(), trace.run.tolist()) == (1, [100], [240]), name
        assert trace.units.tolist() == [1 if name == "genai" else 2]


@pytest.mark.parametrize(
    ("cell", "column", "said"),
    [
        ("x", 3, "not a number"),
        ("nan", 3, "range"),
        ("1e300", 3, "range"),
        ("-inf", 3, "range"),
        ("1:2:3:4", 3, "1-12"),
    ],
)
def test_a_figure_that_is_none_is_named_with_line_and_column(tmp_path: Path, cell: str, column: int, said: str) -> None:
    path = written(tmp_path, "j.csv", f"t,r\n1,5\n2,{cell}\n")
    [problem] = refused(path, columns={"submit": "t", "run": "r"}).problems
    assert (problem.line, problem.column) == (3, column)
    assert said in problem.message


def test_a_wrong_time_is_named_once(tmp_path: Path) -> None:
    path = written(tmp_path, "j.csv", "t,s,e\n1,x,5\n")
    assert len(refused(path, columns={"submit": "t", "start": "s", "end": "e"}).problems) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("a,b\n", "no column 't'"),
        ("t,t\n1,2\n", "twice"),
        ("t,r\n1\n", "1 fields"),
        ("t,r\n", "no job in it ran (0 rows"),
        ("t,r\n1,0\n2,-5\n", "1 ran for no time, 1 ended before it started"),
    ],
)
def test_a_file_that_holds_no_jobs_says_why(tmp_path: Path, text: str, said: str) -> None:
    error = refused(written(tmp_path, "j.csv", text), columns={"submit": "t", "run": "r"})
    assert said in "; ".join(problem.message for problem in error.problems)


def test_a_file_in_no_known_format_asks_for_a_map(tmp_path: Path) -> None:
    message = refused(written(tmp_path, "x.csv", "a,b\n1,2\n")).problems[0].message
    assert ("--map" in message, "a, b" in message) == (True, True)


def test_columns_that_bear_the_names_of_their_roles_need_no_map(tmp_path: Path) -> None:
    trace = read_trace(written(tmp_path, "j.csv", "submit,run,units,site,colour\n1,5,2,a,red\n"))
    assert (trace.submit.tolist(), trace.run.tolist(), trace.units.tolist(), trace.sites) == ([1], [5], [2], ("a",))
    half = written(tmp_path, "k.csv", "submit,start\n1,2\n")
    assert "--map" in refused(half).problems[0].message


def test_times_in_milliseconds_are_read_as_such_and_pointed_out(tmp_path: Path) -> None:
    path = written(tmp_path, "j.csv", "t,r\n1767225600000,5\n")
    assert "FIELD:ms" in refused(path, columns={"submit": "t", "run": "r"}).problems[0].message
    assert read_trace(path, columns={"submit": "t:ms", "run": "r"}).submit.tolist() == [1_767_225_600]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "gb18030", "latin-1"])
def test_a_file_in_another_encoding_is_refused_with_a_way_to_convert_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.sacct"
    path.write_bytes(SACCT.replace("|biology|", "|äé|" if encoding == "latin-1" else "|生物|").encode(encoding))
    problem = refused(path).problems[0]
    assert "iconv" in problem.message
    if not encoding.startswith("utf"):
        assert (problem.line, problem.column) == (4, 11)


def test_a_job_that_an_export_or_two_logs_of_one_site_hold_twice_counts_once(tmp_path: Path) -> None:
    head, *rows = SACCT.splitlines()
    both = read_trace(written(tmp_path, "a.sacct", "\n".join([head, *rows, head, *rows])))
    assert (both.jobs, dict(both.skipped)["stands there twice"]) == (2, 4)
    one = read_trace(written(tmp_path, "b.sacct", SACCT))
    later = read_trace(written(tmp_path, "c.sacct", SACCT.replace("|physics|", "|botany|")))
    again = joined(once([one, later, one]))
    assert (again.jobs, again.sites) == (3, ("north",))
    assert dict(again.skipped)["stands in another log too"] == 3
    elsewhere = read_trace(written(tmp_path, "d.sacct", SACCT.replace("|north|", "|south|")))
    assert joined(once([one, elsewhere])).jobs == 4


def test_a_damaged_archive_and_a_file_that_is_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"t,r\n1,2\n" * 50)[:-12])
    (tmp_path / "b.csv").write_bytes(b"t,r\n1,\xff\xfe\n")
    assert "damaged gzip" in refused(tmp_path / "a.gz").problems[0].message
    problem = refused(tmp_path / "b.csv").problems[0]
    assert (problem.line, "UTF-8" in problem.message) == (2, True)


def test_several_files_are_one_trace_by_submission_with_steps_in_place(tmp_path: Path) -> None:
    columns = {"submit": "t", "run": "r", "deadlines": "d"}
    one = read_trace(written(tmp_path, "one.csv", "t,r,d\n5,1,10-20\n1,2,\n"), columns=columns)
    two = read_trace(written(tmp_path, "two.csv", "t,r,d\n3,3,30\n"), columns=columns)
    trace = joined([one, two])
    assert trace.submit.tolist() == [1, 3, 5]
    assert [trace.sites[i] for i in trace.site] == ["one", "two", "one"]
    assert (trace.step_first.tolist(), trace.step_after.tolist()) == ([0, 0, 1, 3], [30, 10, 20])


def test_files_that_count_different_things_are_not_added_up(tmp_path: Path) -> None:
    gpus = read_trace(written(tmp_path, "a.csv", "t,r\n1,2\n"), columns={"submit": "t", "run": "r"})
    cores = read_trace(written(tmp_path, "b.swf", SWF))
    with pytest.raises(InvalidInput, match="1 problem"):
        joined([gpus, cores])


def test_an_accounting_as_sites_really_export_it_is_read(tmp_path: Path) -> None:
    head, first, *_ = SACCT.splitlines()
    rows = [first, first.replace("101|", "102_7|"), first.replace("101|", "103+0|"), head,
            first.replace("101|", "104|").replace("COMPLETED", "CANCELLED by 123").replace("gres/gpu:a=2,", "mem=1T,"),
            first.replace("101|", "105_[8-9%2]|").replace("COMPLETED", "PENDING")]  # fmt: skip
    trace = read_trace(written(tmp_path, "a.sacct", "\n".join([head, *rows])))
    assert (trace.units.tolist(), dict(trace.skipped)) == ([2, 2, 2, 2], {"has not ended": 1})
    path = written(tmp_path, "b.sacct", "\n".join([head, first.replace("gres/gpu:a=2,gres/gpu=2", "gres/gpu=many")]))
    assert (refused(path).problems[0].line, "without a number" in refused(path).problems[0].message) == (2, True)


def test_a_field_without_end_is_refused_at_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "j.csv", "t,r\n1,2\n1," + "5" * 200_000 + "\n")
    assert refused(path, columns={"submit": "t", "run": "r"}).problems[0].line == 3


def test_days_and_deadlines_are_taken_of_a_trace() -> None:
    trace = Trace(
        name="x", unit="cores", submit=np.array([0, 86_400, 200_000]), run=np.array([10, 20, 30]),
        units=np.ones(3, np.int64), limit=np.full(3, -1), waited=np.full(3, -1), organisation=np.array([0, 1, 0]),
        site=np.array([0, 1, 0]), organisations=("a", "b"), sites=("a", "b"), step_first=np.zeros(4, np.int64),
        step_after=np.zeros(0, np.int64), step_value=np.zeros(0, np.int64),
    )  # fmt: skip
    kept = in_days(trace, 0.5, 1.5)
    assert (kept.jobs, kept.sites, kept.organisations, dict(kept.skipped)) == (
        1, ("b",), ("b",), {"submitted outside --days": 2},
    )  # fmt: skip
    assert with_deadlines(trace, 1.5).last_step.tolist() == [15, 30, 45]
    with pytest.raises(InvalidInput):
        with_deadlines(trace, 0.5)


def test_logs_of_different_years_are_refused_until_they_are_moved_by_whole_weeks(tmp_path: Path) -> None:
    now = read_trace(written(tmp_path, "now.sacct", SACCT))
    then = read_trace(written(tmp_path, "then.sacct", SACCT.replace("2026-03-01", "2024-02-25")))
    with pytest.raises(InvalidInput) as caught:
        joined([then, now])
    assert "then runs from 2024-02-25 to 2024-02-25, when no other log does" in caught.value.problems[0].message
    assert aligned([now, then])[1].submit.tolist() == now.submit.tolist()
    assert joined(aligned([now, then])).jobs == 4


def test_bids_are_read_from_a_column_in_money_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    columns = {"submit": "t", "run": "r", "bid": "most"}
    trace = read_trace(written(tmp_path, "j.csv", "t,r,most\n5,5,1.25\n1,5,\n3,5,0\n"), columns=columns)
    assert trace.bid is not None
    assert joined([trace]).bid.tolist() == [0, 1_250_000]  # type: ignore[union-attr]
    assert dict(trace.skipped) == {"bids nothing": 1}
    [problem] = refused(written(tmp_path, "k.csv", "t,r,most\n1,5,-2\n"), columns=columns).problems
    assert (problem.line, problem.column, "not a bid" in problem.message) == (2, 5, True)
