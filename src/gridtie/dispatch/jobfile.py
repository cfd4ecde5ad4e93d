"""A job file's text becomes checked jobs, or every problem at its line and column.

Any valid SkyPilot task file loads; what it says that has no meaning here yet becomes a note. `#!` and `#SBATCH` scripts
are read by dispatch/sbatch.py.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from gridtie.dispatch.artefact import safe_path
from gridtie.dispatch.gridtie_keys import read_gridtie, read_labels
from gridtie.dispatch.job import FileMount, JobDocument, JobSpec
from gridtie.dispatch.resources_keys import ChipFinder, read_resources
from gridtie.dispatch.sbatch import is_script, parse_script
from gridtie.dispatch.yaml_source import Reader, documents, is_mapping, is_null, items
from gridtie.errors import InvalidJobFile, Problem, UnsafePath

JOBS_MAX = 256
MACHINES_MAX = 4096
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)")

IGNORED = {
    "managed_secrets": "secrets kept by a SkyPilot server; give them with --secret",
    "volumes": "volumes of a cloud",
    "volume_mounts": "volumes of a cloud",
    "service": "a service with replicas; services with a URL come later",
    "pool": "a pool of warm workers",
    "config": "SkyPilot's own settings",
    "event_callback": "a script run on state changes; use gridtie job events",
    "api_server_access": "a token for nested submits",
    "file_mounts_mapping": "internal to SkyPilot",
    "outputs": "sizes for SkyPilot's optimiser; name files to bring back under gridtie.outputs",
    "_metadata": "internal to SkyPilot",
}
READ = (
    "name",
    "workdir",
    "num_nodes",
    "resources",
    "setup",
    "run",
    "envs",
    "secrets",
    "file_mounts",
    "inputs",
    "gridtie",
)
KNOWN = (*READ, *IGNORED)
HEADER = ("name", "execution", "primary_tasks", "termination_delay", "inter_connection")


def parse(
    raw: bytes | str, *, source: str, chips: ChipFinder, environment: Mapping[str, str] | None = None
) -> JobDocument:
    """`environment` are values given at submit; they win over `envs`. Raises InvalidJobFile, InputTooLarge."""
    if is_script(raw):
        return parse_script(raw, source=source, chips=chips)
    nodes = documents(raw, source)
    reader = Reader()
    if not nodes:
        raise InvalidJobFile(source=source, problems=[Problem("the file is empty", 1, 1)])
    kind, name = "job", ""
    if len(nodes) > 1 and (header := _header(reader, nodes[0])) is not None:
        kind, name = header
        nodes = nodes[1:]
    elif len(nodes) > 1:
        kind = "chain"
    if len(nodes) > JOBS_MAX:
        reader.problem(nodes[JOBS_MAX], f"more than {JOBS_MAX} jobs in one file")
    jobs = tuple(_job(reader, node, chips, environment or {}) for node in nodes[:JOBS_MAX])
    if reader.problems:
        ordered = sorted(reader.problems, key=lambda problem: (problem.line, problem.column))
        raise InvalidJobFile(source=source, problems=ordered)
    return JobDocument(jobs=jobs, kind=kind, name=name, notes=tuple(reader.notes))


def _header(reader: Reader, node: yaml.Node) -> tuple[str, str] | None:
    """(kind, name) when the first document only announces a chain or a group."""
    if not is_mapping(node):
        return None
    keys = [str(key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    if not keys or not set(keys) <= set(HEADER):
        return None
    values = {key: value for key, _, value in reader.pairs(node, "the first document")}
    execution = reader.text(values["execution"], "execution") if "execution" in values else "serial"
    if execution not in ("serial", "parallel"):
        reader.problem(values["execution"], f"execution must be serial or parallel, not {execution[:40]!r}")
    for key in ("primary_tasks", "termination_delay", "inter_connection"):
        if key in values:
            reader.note(values[key], f"{key} has no effect here yet; the jobs of a group end on their own")
    name = reader.text(values["name"], "name") if "name" in values else ""
    return ("group" if execution == "parallel" else "chain"), name


def _job(reader: Reader, node: yaml.Node, chips: ChipFinder, given: Mapping[str, str]) -> JobSpec:
    fields: dict[str, yaml.Node] = {}
    for key, key_node, value in reader.pairs(node, "a job"):
        if key not in KNOWN:
            reader.unknown(key_node, key, KNOWN, "in the job")
        elif key in IGNORED:
            if not is_null(value):
                reader.note(key_node, f"{key} has no effect here yet ({IGNORED[key]})")
        elif not is_null(value):
            fields[key] = value
    if not is_mapping(node) and not is_null(node):
        reader.problem(node, "a job file is a mapping: name:, resources:, run: …")
    spec = JobSpec()
    if "resources" in fields:
        alternatives, labels, priority = read_resources(reader, fields["resources"], chips)
        spec = replace(spec, alternatives=alternatives, priority=priority or 0)
        spec = read_labels(reader, labels, spec)
    for key in ("name", "setup", "run"):
        if key in fields:
            text: dict[str, Any] = {key: reader.text(fields[key], key)}
            spec = replace(spec, **text)
    if len(spec.name) > 200:
        reader.problem(fields["name"], "name is longer than 200 characters")
    if "num_nodes" in fields:
        count = reader.integer(fields["num_nodes"], "num_nodes", low=1, high=MACHINES_MAX, default=1)
        spec = replace(spec, machines=count)
    spec = _environment(reader, fields, spec, given)
    known = {**dict(spec.envs), **given}
    spec = _files(reader, fields, spec, known)
    if "inputs" in fields:
        spec = replace(spec, input_gb=_inputs(reader, fields["inputs"]))
    return read_gridtie(reader, fields["gridtie"], spec) if "gridtie" in fields else spec


def _environment(reader: Reader, fields: dict[str, yaml.Node], spec: JobSpec, given: Mapping[str, str]) -> JobSpec:
    envs: dict[str, str] = {}
    required: list[str] = []
    if "envs" in fields:
        for name, name_node, value in reader.pairs(fields["envs"], "envs"):
            if not _ENV_NAME.fullmatch(name):
                reader.problem(name_node, f"{name[:40]!r} is not a name of an environment variable")
            elif is_null(value) and name not in given:
                required.append(name)
            else:
                envs[name] = given.get(name, "" if is_null(value) else reader.text(value, name))
    secrets: list[str] = []
    if "secrets" in fields:
        node = fields["secrets"]
        if is_mapping(node):
            for name, _, value in reader.pairs(node, "secrets"):
                secrets.append(name)
                if not is_null(value) and reader.text(value, name):
                    reader.note(
                        value,
                        f"the value of secret {name} stands in the file; it is used, better give it with --secret",
                    )
                    envs[name] = reader.text(value, name)
        else:
            secrets = [text.removeprefix("secrets:") for text in reader.texts(node, "secrets")]
    hidden = tuple(name for name in secrets if name not in envs)
    return replace(spec, envs=tuple(envs.items()), envs_required=tuple(required), secrets=hidden)


def _files(reader: Reader, fields: dict[str, yaml.Node], spec: JobSpec, known: Mapping[str, str]) -> JobSpec:
    if "workdir" in fields:
        node = fields["workdir"]
        if is_mapping(node):
            reader.note(node, "workdir from a git URL has no effect here yet; check it out and name the folder")
        else:
            spec = replace(spec, workdir=_substituted(reader.text(node, "workdir"), known))
    mounts = []
    if "file_mounts" in fields:
        for target, target_node, value in reader.pairs(fields["file_mounts"], "file_mounts"):
            mount = _mount(reader, _substituted(target, known), target_node, value, known)
            if mount is not None:
                mounts.append(mount)
    return replace(spec, file_mounts=tuple(mounts))


def _mount(
    reader: Reader, target: str, target_node: yaml.Node, value: yaml.Node, known: Mapping[str, str]
) -> FileMount | None:
    """A local path is copied in; a bucket or URI has no meaning here yet."""
    if is_mapping(value):
        reader.note(target_node, f"file_mounts.{target}: buckets are not mounted here yet")
        return None
    source = _substituted(reader.text(value, f"file_mounts.{target}"), known)
    if "://" in source:
        reader.note(
            target_node, f"file_mounts.{target}: {source.split('://')[0]}:// is not fetched here yet; do it in setup"
        )
        return None
    inside = target.removeprefix("~/").removeprefix("./").lstrip("/")
    try:
        return FileMount(target=safe_path(inside), source=source)
    except UnsafePath as unsafe:
        reader.problem(target_node, f"file_mounts: {unsafe.message}")
        return None


def _substituted(text: str, known: Mapping[str, str]) -> str:
    """`${VAR}` and `$VAR` from envs, as SkyPilot does for paths; an unknown name stays as it is."""
    return _SUBSTITUTED.sub(lambda m: known.get(m[1] or m[2], m[0]), text)


def _inputs(reader: Reader, node: yaml.Node) -> float:
    """{URI: GB}: what has to be moved to wherever it runs."""
    total = 0.0
    for item in items(node):
        for uri, _, value in reader.pairs(item, "inputs"):
            total += reader.converted(value, f"inputs.{uri}", _gigabytes, 0.0)
    return total


def _gigabytes(text: str) -> float:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text):
        raise ValueError(f"{text!r} is not a number of GB")
    return float(text)


def summary(document: JobDocument) -> dict[str, Any]:
    """What a client must know before it submits: which files to send, what to give values for."""
    mounts = [{"target": m.target, "source": m.source} for spec in document.jobs for m in spec.file_mounts]
    return {
        "kind": document.kind,
        "jobs": [spec.name for spec in document.jobs],
        "workdir": document.jobs[0].workdir,
        "mounts": mounts,
        "envs_required": sorted({name for spec in document.jobs for name in spec.envs_required}),
        "secrets": sorted({name for spec in document.jobs for name in spec.secrets}),
        "notes": list(document.notes),
    }
