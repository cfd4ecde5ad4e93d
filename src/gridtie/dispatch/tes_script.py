"""The shell commands of a TES task: lay out inputs, run executors one after another, bring results where they belong.

bash and coreutils are all they need at a site (and the site's Python for http). What the executors did is written below
LOGS in the work directory, which travels back with the results:

    .tes/log          one line an executor: number, start, end, exit code
    .tes/N.out, .err  the end of what executor N printed
    .tes/delivered    one line a file that was copied or put elsewhere: size, path, URL, separated by tabs
"""

import re
from collections.abc import Sequence
from shlex import quote

from gridtie.dispatch.tes_shape import Executor, Input, Output

LOGS = ".tes"
TAIL = 64 << 10  # bytes kept of each stream of each executor
UNDELIVERED = 74  # exit code of a task whose results could not be brought where they belong

HTTP = """\
import sys, urllib.request
way, url, path = sys.argv[1:]
with open(path, "rb" if way == "PUT" else "wb") as file:
    import os, shutil
    size = {"Content-Length": str(os.fstat(file.fileno()).st_size)} if way == "PUT" else {}
    call = urllib.request.Request(url, data=file if way == "PUT" else None, method=way, headers=size)
    with urllib.request.urlopen(call, timeout=60) as answer:
        if way == "GET": shutil.copyfileobj(answer, file)
        if answer.length or (answer.length is None and not answer.chunked and not file.tell()):
            sys.exit("the line broke off: " + url)
"""

_COMMON = f"""\
d=$HOME/sky_workdir/{LOGS}
mkdir -p "$d"
http() {{ "${{GRIDTIE_PYTHON:-python3}}" -c {quote(HTTP)} "$@"; }}
"""

_RUNNING = f"""\
child=
trap '[ -n "$child" ] && kill -TERM -- "-$child"; exit 143' TERM
now() {{ date -u +%Y-%m-%dT%H:%M:%S.%6NZ; }}
start() {{ # number stdin stdout stderr ignore
  local n=$1 in=${{2:-/dev/null}} out=$3 err=$4 began code taps= guard
  began=$(now)
  if [ -z "$out" ]; then out=$d/o; mkfifo "$out"; tee "$d/$n.all" <"$out" & taps=$!; fi
  if [ -z "$err" ]; then err=$d/e; mkfifo "$err"; tee "$d/$n.bad" <"$err" >&2 & taps="$taps $!"; fi
  set -m; ( "body$n" ) <"$in" >"$out" 2>"$err" &
  child=$!; set +m
  wait "$child"; code=$?
  kill -KILL -- "-$child" 2>/dev/null; child=
  if [ -n "$taps" ]; then # who left the group may hold a stream open: not for long
    ( sleep 5; kill $taps ) >/dev/null 2>&1 & guard=$!
    wait $taps; kill "$guard" 2>/dev/null
  fi
  [ -n "$3" ] || {{ out=$d/$n.all; rm -f "$d/o"; }}
  [ -n "$4" ] || {{ err=$d/$n.bad; rm -f "$d/e"; }}
  tail -c {TAIL} -- "$out" >"$d/$n.out"; tail -c {TAIL} -- "$err" >"$d/$n.err"
  rm -f "$d/$n.all" "$d/$n.bad"
  echo "$n $began $(now) $code" >>"$d/log"
  [ "$code" = 0 ] || [ "$5" = 1 ] || exit $(( code == {UNDELIVERED} ? 1 : code ))
}}
lost() {{ echo "[tes] result not delivered: $1" >&2; exit {UNDELIVERED}; }}
note() {{ # path URL
  if [ -d "$1" ]; then (cd -- "$1" && find . -type f -printf '%s\\t%P\\n') | while IFS=$'\\t' read -r size name; do
    printf '%s\\t%s\\t%s\\n' "$size" "$1/$name" "$2/$name"; done
  else printf '%s\\t%s\\t%s\\n' "$(stat -c %s -- "$1")" "$1" "$2"; fi >>"$d/delivered"
}}
deliver() {{ # path URL or path
  case $2 in
    http://*|https://*) http PUT "$2" "$1" || lost "$1"; note "$1" "$2" ;;
    *) [ "$1" -ef "$2" ] || {{ mkdir -p -- "$(dirname -- "$2")" && cp -RT -- "$1" "$2"; }} || lost "$1"
       note "$1" "file://$2" ;;
  esac
}}
"""


def staging(
    inputs: Sequence[Input], outputs: Sequence[Output], executors: Sequence[Executor], volumes: Sequence[str]
) -> str:
    """Makes the folders that commands expect, and brings inputs that did not travel with the job. Fails as a setup."""
    fetched = [entry for entry in inputs if entry.url and entry.url != entry.path]
    folders = [*volumes, *(executor.workdir for executor in executors if executor.workdir)]
    files = [*(entry.path for entry in fetched), *(entry.path for entry in outputs)]
    files += [path for executor in executors for path in (executor.stdout, executor.stderr) if path]
    folders += [_parent(path) for path in files]
    folders += [entry.path for entry in inputs if entry.folder and entry in fetched]
    lines = [_COMMON]
    wanted = sorted(dict.fromkeys(folder for folder in folders if folder and not _wild(folder)))
    if wanted:
        lines.append(f"mkdir -p -- {' '.join(map(quote, wanted))} 2>/dev/null")
    for entry in fetched:
        words = quote(f"[tes] input not there: {entry.url}")
        way = f"http GET {quote(entry.url)} {quote(entry.path)}"
        if entry.url.startswith("/"):
            way = f"cp -RT -- {quote(entry.url)} {quote(entry.path)}"
        lines.append(f"{way} || {{ echo {words} >&2; exit 1; }}")
    return "\n".join(lines) + "\n"


def commands(executors: Sequence[Executor], delivered: Sequence[Output]) -> str:
    lines = [_COMMON + _RUNNING]
    for number, executor in enumerate(executors):
        folder = f"cd -- {quote(executor.workdir)} || exit 125; " if executor.workdir else ""
        variables = "".join(f"export {name}={quote(value)}; " for name, value in executor.env)
        lines.append(f"body{number}() {{ {folder}{variables}exec {' '.join(map(quote, executor.command))}; }}")
        streams = " ".join(quote(path) for path in (executor.stdin, executor.stdout, executor.stderr))
        lines.append(f"start {number} {streams} {int(executor.ignore_error)}")
    if any(entry.prefix for entry in delivered):
        lines.append("shopt -s nullglob")
    for entry in delivered:
        if entry.prefix:
            target = f'{quote(entry.url.rstrip("/"))}"${{f#{quote(entry.prefix)}}}"'
            lines.append(f'for f in {_pattern(entry.path)}; do deliver "$f" {target}; done')
        else:
            lines.append(f"deliver {quote(entry.path)} {quote(entry.url)}")
    lines.append("exit 0")
    return "\n".join(lines) + "\n"


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _wild(path: str) -> bool:
    return re.search(r"[*?\[]", path) is not None


def _pattern(path: str) -> str:
    """Quoted, but for its wildcards."""
    parts = re.split(r"([*?]|\[[^/\]]+\])", path)
    return "".join(part if number % 2 else (quote(part) if part else "") for number, part in enumerate(parts))
