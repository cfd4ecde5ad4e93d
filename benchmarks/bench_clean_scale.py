"""One cleaning by 1, 2 and 4 processes of one machine, and by jobs of 1 and 2 ranks on an exchange of its own:
`python benchmarks/bench_clean_scale.py`. BENCH_TEXT names a file of JSON lines (.gz or not), BENCH_MB how much of it.

Wall seconds beside processor seconds: on a machine with other work only the latter say what a cleaning costs.
"""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stage import agents, exchange, table

TEXT = os.environ.get("BENCH_TEXT", "")
MEGABYTES = float(os.environ.get("BENCH_MB", "16"))
FILES = 8
POLICY = """name = "bench"
[kinds]
CN_ID = "drop"
MOBILE = { action = "mask", keep = [3, 4] }
[duplicates]
near = 0.8
"""
CARD = 'title = "bench"\ndescription = "bench"\nlicence = "CC0-1.0"\n'
MESSAGES = Path(__file__).parents[1] / "examples" / "texts" / "messages.jsonl"


def main() -> None:
    with TemporaryDirectory(prefix="gridtie-bench-") as folder:
        home = Path(folder)
        (home / "policy.toml").write_text(POLICY)
        (home / "card.toml").write_text(CARD)
        size = fill(home / "in")
        rows = [on_one_machine(home, workers) for workers in (1, 2, 4)]
        with exchange(tick_s="1") as running, agents(running, ["site"], machines=2, memory="1GB"):
            environment = {**os.environ, "GRIDTIE_HOME": str(running.home), "GRIDTIE_EXCHANGE": running.url}
            publish = ["dataset", "publish", "bench", str(home / "in"), "--card", str(home / "card.toml")]
            subprocess.run([*COMMAND, *publish], env=environment, check=True, capture_output=True)
            rows += [on_the_exchange(running, environment, home, ranks) for ranks in (1, 2)]
    table(f"{size / 1e6:.1f} MB of JSON lines in {FILES} files, cleaned", rows)


COMMAND = [sys.executable, "-m", "gridtie.cli.main"]


def fill(folder: Path) -> int:
    """The records dealt to files, as many as make the size; how many bytes."""
    folder.mkdir()
    files = [(folder / f"part{number}.jsonl").open("wb") for number in range(FILES)]
    size = 0
    for number, line in enumerate(lines()):
        if size >= MEGABYTES * 1e6:
            break
        size += files[number % FILES].write(line)
    for file in files:
        file.close()
    return size


def lines() -> Iterator[bytes]:
    if TEXT:
        opened: Any = gzip.open if TEXT.endswith(".gz") else open
        with opened(TEXT, "rb") as file:
            yield from file
        return
    messages = [json.loads(line)["text"] for line in MESSAGES.read_text(encoding="utf-8").splitlines() if line]
    number = 0
    while True:
        for message in messages:
            number += 1
            yield json.dumps({"text": f"{number}. {message} " * 4}, ensure_ascii=False).encode() + b"\n"


def on_one_machine(home: Path, workers: int) -> tuple[str, str, str]:
    """In a process of its own, so that each begins with nothing loaded; kernels lie compiled."""
    command = [sys.executable, __file__, "here", str(home), str(workers)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    name = f"one machine, {workers} process{'' if workers == 1 else 'es'}"
    stages = ", ".join(f"{stage} {said[stage]:.1f} s" for stage in ("looking", "comparing", "writing"))
    return name, f"{said['wall']:.1f} s", f"processor {said['cpu']:.1f} s; {stages}"


def here(home: Path, workers: int) -> None:
    from gridtie.adapters.tables import names_text
    from gridtie.cleaner.report import keep_run, usual_pack, write_report
    from gridtie.cleaner.run import Step, clean
    from gridtie.cleaner.work import Task

    began, seen = time.monotonic(), dict[tuple[str, bool], float]()

    def progress(step: Step) -> None:
        seen[step.stage, step.done > 0] = time.monotonic()  # its first and its last word

    task = Task(out=home / f"out{workers}", policy_text=POLICY, policy_source="policy", words_text="",
                names_text=names_text(), text_field="text", aside=False, keys={})  # fmt: skip
    cleaned = clean(task, sorted((home / "in").iterdir()), workers=workers, progress=progress)
    keep_run(task, cleaned, "", usual_pack())
    write_report(task.out, cleaned.parts, None)
    used = os.times()
    said = {
        "wall": time.monotonic() - began, "cpu": sum(used[:4]), "looking": seen["looking", True] - began,
        "comparing": seen["writing", False] - seen["looking", True],
        "writing": time.monotonic() - seen["writing", False],
    }  # fmt: skip
    print(json.dumps(said))


def on_the_exchange(running: Any, environment: Mapping[str, str], home: Path, ranks: int) -> tuple[str, str, str]:
    """The whole command; of its two jobs, how long they ran and what the site measured."""
    arguments = ["dataset", "clean", "bench/bench", "--policy", str(home / "policy.toml"), "--name", f"clean{ranks}",
                 "--workers", str(ranks), "--memory", "1GB"]  # fmt: skip
    began = time.monotonic()
    subprocess.run([*COMMAND, *arguments], env=environment, check=True, capture_output=True)
    wall = time.monotonic() - began
    runs = []
    for step in ("look", "write"):
        job = next(running.client.jobs(name=f"clean-clean{ranks}-{step}"))
        runs.append(running.client.job(job["id"])["runs"][-1])
    look, write = (spent(run) for run in runs)
    cpu = sum(run["cpu_s"] for run in runs)
    name = f"exchange, {ranks} rank{'' if ranks == 1 else 's'}"
    return name, f"{wall:.1f} s", f"processor {cpu:.1f} s; job that looks {look:.1f} s, job that writes {write:.1f} s"


def spent(run: Mapping[str, Any]) -> float:
    return (datetime.fromisoformat(run["ended_at"]) - datetime.fromisoformat(run["started_at"])).total_seconds()


if __name__ == "__main__":
    if sys.argv[1:2] == ["here"]:
        here(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
