"""An operator asks, with his own logs and in one command, what his clusters would gain by interconnecting."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gridtie.cli.main import main
from gridtie.simulator.formats import MINUTES_HEADER


def log(folder: Path, cluster: str, burst: int) -> Path:
    """A day of `sacct -P`: every hour `burst` jobs of two accelerators and twenty minutes."""
    rows = ["JobID|Cluster|Account|Submit|Start|End|State|AllocCPUS|AllocTRES|Timelimit"]
    for hour in range(20):
        for job in range(burst):
            rows.append(
                f"{hour * 100 + job}|{cluster}|{cluster}|2026-03-01T{hour:02d}:00:0{job % 10}|"
                f"2026-03-01T{hour:02d}:05:00|2026-03-01T{hour:02d}:25:00|COMPLETED|4|cpu=4,gres/gpu=2|01:00:00"
            )
    path = folder / f"{cluster}.sacct"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_two_logs_give_a_table_a_record_and_a_page_and_again_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = [str(log(tmp_path, "north", 8)), str(log(tmp_path, "south", 1))]
    out = [tmp_path / "one", tmp_path / "two"]
    for folder in out:
        code = main(["simulate", *logs, "--capacity", "load=0.7", "--policies", "easy,market", "--out", str(folder)])
        assert code == 0
    shown = capsys.readouterr().out
    assert "180 jobs of 2 organisations at 2 sites" in shown
    assert "Who gains and who loses, federated · market against silo · easy" in shown
    one, two = ((folder / "study.json").read_bytes() for folder in out)
    assert one == two
    assert (out[0] / "report.html").read_bytes() == (out[1] / "report.html").read_bytes()
    study = json.loads(one)
    assert study["command"].startswith("gridtie simulate ")
    assert "--out" not in study["command"]
    waits = {(cell["arrangement"], cell["policy"]): cell["figures"]["mean_s"] for cell in study["cells"]}
    assert waits["federated", "easy"] < waits["silo", "easy"]
    assert "never ran" not in shown
    assert "- Bids are assumed" in shown
    assert "- The market clears every 60 s" in shown
    assert "eadlines" not in shown


def test_deadlines_that_are_made_up_are_said_to_be_on_the_terminal_and_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = [str(log(tmp_path, "north", 8)), str(log(tmp_path, "south", 1))]
    assert main(["simulate", *logs, "--policies", "edf", "--deadline", "2", "--out", str(tmp_path / "out")]) == 0
    assert "Deadlines are assumed, not the log's: each job is due 2 times its run time" in capsys.readouterr().out
    text = (tmp_path / "out" / "report.html").read_text()
    assert "Deadlines are assumed" in text
    assert "期限为假设" in text
    plan = json.loads((tmp_path / "out" / "study.json").read_text())["plan"]
    assert plan["assumed"]["deadline"] == 2


def test_files_of_one_name_are_two_sites_and_a_file_given_twice_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = log(tmp_path, "north", 8).read_text().replace("|Cluster|", "|Where|")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.sacct").write_text(rows)
    logs = [str(tmp_path / folder / "log.sacct") for folder in ("a", "b")]
    assert main(["simulate", *logs, "--policies", "easy", "-o", "json"]) == 0
    assert [site["site"] for site in json.loads(capsys.readouterr().out)["sites"]] == ["a/log", "b/log"]
    assert main(["simulate", logs[0], logs[0]]) == 2
    assert "it is given twice" in capsys.readouterr().err


def test_logs_with_real_starts_need_no_capacity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(log(tmp_path, "north", 8)), "--policies", "fifo", "-o", "json"]) == 0
    study = json.loads(capsys.readouterr().out)
    assert (study["capacity_rule"], study["sites"][0]["units"]) == ("observed", 16)


def test_jobs_that_fit_nowhere_are_counted_beside_the_waits_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = log(tmp_path, "north", 8)
    rows.write_text(rows.read_text().replace("gres/gpu=2|", "gres/gpu=9|", 3))
    (tmp_path / "sizes.csv").write_text("site,units\nnorth,8\n")
    assert main(["simulate", str(rows), "--capacity", str(tmp_path / "sizes.csv"), "--policies", "easy"]) == 0
    shown = capsys.readouterr().out
    assert "NEVER RAN" in shown
    assert shown.split("\n")[4].split()[-1] == "3"
    assert "160 jobs of 1 organisation at 1 site," in shown
    assert "There is one site: nothing can be shared." in shown
    assert "Waits are of the jobs that ran." in shown


def test_a_folder_that_cannot_be_made_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert main(["simulate", str(log(tmp_path, "north", 8)), "--out", str(tmp_path / "taken")]) != 0
    told = capsys.readouterr()
    assert (told.out, "taken" in told.err) == ("", True)


def test_a_log_of_minutes_is_measured_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "minutes.csv"
    path.write_text(f"{MINUTES_HEADER}\na,0,8,8,4,1,1,0,0\na,720,8,4,0,1,0,0,0\nb,0,8,2,0,1,0,0,0\n", encoding="utf-8")
    assert main(["simulate", str(path), "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["minutes"], found["waiting_hours"], found["elsewhere"]) == (1440, 48.0, 1.0)
    assert found["minutes_with_waiting"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--capacity", "load=0"], "load=0.6"),
        (["--policies", "edf"], "--deadline"),
        (["--policies", "market", "--arrangements", "silo"], "add federated or merged"),
        (["--min-jobs", "0"], "is not from 1 on"),
        (["--min-jobs", "5000"], "the largest site has 40"),
        (["--min-jobs", "5000", "--days", "0:0.4"], "in --days 0:0.4"),
        (["--policies", "best"], "no 'best'"),
        (["--mobility", "2"], "share from 0 to 1"),
        (["--mobility", "x"], "list of numbers"),
        (["--days", "80:20"], "two days"),
        (["--days", "500:600"], "they came on days 0.0 to 0.8"),
        (["--estimates", "error=-1"], "SIGMA"),
        (["--step", "0"], "--step"),
        (["--format", "word"], "no format 'word'"),
        (["--zone", "../Mars"], "no zone '../Mars'"),
        (["--map", "submit"], "ROLE=FIELD"),
        (["--map", "owner=Account"], "no role 'owner'"),
        (["--deadline", "nan"], "at least its own run time"),
        (["--seeds", "0"], "--seeds"),
        (["--delay", "-1"], "seconds from 0"),
        (["--bids", "log"], "bid=COLUMN"),
        (["--bids", "high"], "none of log, flat"),
    ],
)
def test_an_argument_that_makes_no_sense_ends_with_code_2_and_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["simulate", str(log(tmp_path, "north", 2)), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_log_that_is_not_there_ends_with_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_a_wrong_cell_is_shown_with_file_line_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = log(tmp_path, "north", 1)
    path.write_text(path.read_text().replace("2026-03-01T03:00:00", "soon"), encoding="utf-8")
    assert main(["simulate", str(path)]) == 2
    assert f"{path}:5:17: submit: 'soon' is neither a number nor a time" in capsys.readouterr().err


def test_no_other_command_loads_the_compiler_or_the_pictures() -> None:
    probe = (
        "import sys; from gridtie.cli.main import main; main(['--help']);"
        "print([m for m in ('numba', 'numpy', 'matplotlib', 'highspy') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is missing")
def test_where_nothing_compiled_can_be_kept_it_says_so_and_goes_on() -> None:
    program = "from gridtie.cli.local.simulate import _say_compiling; _say_compiling(); import gridtie.simulator.events"
    walls = ("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/var/tmp",
             "--setenv", "TMPDIR", "/var/tmp",
             "--setenv", "HOME", "/nonexistent", "--unsetenv", "XDG_CACHE_HOME")  # fmt: skip
    done = subprocess.run([*walls, sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, "NUMBA_CACHE_DIR" in done.stderr) == (0, True), done.stderr
