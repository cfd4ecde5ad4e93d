"""What a site declares of its host: the slices it lends, and what was found there. Kept in the agent's home."""

import json
import os
import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from gridtie.adapters.devices.probe import read_host
from gridtie.adapters.signers.ed25519 import load_or_create, verify
from gridtie.adapters.tables import load_chips
from gridtie.client.transport import Transport, raise_for_problem
from gridtie.dispatch.site import ClusterFacts
from gridtie.errors import InvalidInput, InvalidSignature, LocalFault, Problem
from gridtie.identity.signing import PUBLIC_KEY_BYTES, SIGNATURE_BYTES, decode, encode, fingerprint
from gridtie.registry import inventory
from gridtie.registry.chips import CPU
from gridtie.registry.inventory import CpuInventory, Finding, HostInventory
from gridtie.registry.parts import SHARES, part_of
from gridtie.registry.site import signed_exchange_proof, signed_site_proof
from gridtie.values.canonical import digest as canonical_digest
from gridtie.values.quantity import parse_bytes
from gridtie.wholefile import write_whole

FILE = "site.json"
KEY_FILE = "agent.key"


@dataclass(frozen=True, kw_only=True)
class Slices:
    """How the host is lent: `machines` equal slices, each of this size. None: all there is, shared equally by as many
    slices as there are cards to lend in parts, else by one.

    `each` lists machines one by one instead, as a TOML file does.
    """

    machines: int | None = None
    cpus: int | None = None
    memory_bytes: int | None = None
    disk_bytes: int = 20 << 30
    accelerators: int | None = None
    name: str | None = None  # of the resource; its chip when not given
    resource_class: str | None = None
    each: tuple[dict[str, Any], ...] = ()
    parts: int = 1  # in how many equal parts each card is lent; above 1 each card is a machine of its own

    @staticmethod
    def from_toml(path: Path) -> "Slices":
        """`name`, `class`, `parts`; [[machines]] with name, cpus, memory, disk, accelerators. Raises InvalidInput."""
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
            unknown = sorted(data.keys() - {"name", "class", "machines", "parts"})
            if unknown:
                raise ValueError(f"unknown key {unknown[0]!r}; known: name, class, machines, parts")
            each = tuple(_machine(number, entry) for number, entry in enumerate(data["machines"]))
            if not each or len({machine["name"] for machine in each}) < len(each):
                raise ValueError("machines: at least one, each with a name of its own")
            return Slices(machines=len(each), name=data.get("name"), resource_class=data.get("class"), each=each,
                          parts=data.get("parts", 1))  # fmt: skip
        except KeyError as cause:
            raise InvalidInput(source=str(path), problems=[Problem(f"{cause} is missing")]) from cause
        except OSError as cause:
            raise InvalidInput(source=str(path), problems=[Problem(f"cannot be read: {cause.strerror}")]) from cause
        except UnicodeDecodeError as cause:
            raise InvalidInput(source=str(path), problems=[Problem.undecoded(cause)]) from cause
        except (ValueError, TypeError, AttributeError) as cause:
            raise InvalidInput(source=str(path), problems=[Problem(str(cause))]) from cause


def _machine(number: int, entry: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(entry.keys() - {"name", "cpus", "memory", "disk", "accelerators"})
    if unknown:
        raise ValueError(f"machines[{number}]: unknown key {unknown[0]!r}")
    return {
        "name": str(entry.get("name", f"m{number}")),
        "cpus": int(entry["cpus"]),
        "memory_bytes": parse_bytes(str(entry["memory"]), default_unit="GB"),
        "disk_bytes": parse_bytes(str(entry.get("disk", "20GB")), default_unit="GB"),
        "accelerators": int(entry.get("accelerators", 0)),
    }


@dataclass(frozen=True, kw_only=True)
class SiteConfig:
    """Written once by `gridtie agent join`; the private key lies beside it."""

    site: str
    site_name: str
    exchange_url: str
    exchange_key: str
    fingerprint: str
    slices: Slices
    trusted: tuple[str, ...] = ()
    isolation: str = "sandbox"
    scheduler: dict[str, Any] | None = None  # {kind, settings} of the cluster it stands before; None: this host
    shared: tuple[tuple[str, bool], ...] = ()  # folders of the host that jobs see, and whether they may write there
    user: int | None = None  # the local user that jobs run as; None: each run has an id of its own
    containers: dict[str, Any] | None = None  # {engine, settings} of what runs images; None: this host runs none
    datasets: str = ""  # the folder of data that jobs may come to here, and that never leaves; '': none

    @property
    def datasets_folder(self) -> Path | None:
        return Path(self.datasets) if self.datasets else None

    @staticmethod
    def load(home: Path) -> "SiteConfig":
        """Raises LocalFault when this home has not joined anything."""
        try:
            data = json.loads((home / FILE).read_text(encoding="utf-8"))
            data["slices"] = Slices(**{**data["slices"], "each": tuple(data["slices"].get("each", ()))})
            data["trusted"] = tuple(data["trusted"])
            data["shared"] = tuple((str(path), bool(writable)) for path, writable in data.get("shared", ()))
            return SiteConfig(**data)
        except FileNotFoundError:
            raise LocalFault(reason=f"no site in {home}: join one with `gridtie agent join`") from None
        except OSError as cause:
            raise LocalFault(reason=f"{home / FILE}: {cause.strerror}") from cause
        except (ValueError, TypeError, KeyError) as cause:
            raise LocalFault(reason=f"{home / FILE} cannot be read ({cause}); join again") from cause

    def save(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(home / FILE, json.dumps(asdict(self), indent=2) + "\n")

    def declaration(self, *, images: bool = False) -> dict[str, Any]:
        """What every hello says: the host as it is now, and the slices of it that are lent."""
        return declare(read_host(load_chips()), self.slices, isolation=self.isolation, images=images)


def declare(host: HostInventory, slices: Slices, *, isolation: str, images: bool = False) -> dict[str, Any]:
    """Raises InvalidInput when the slices are larger than the host."""
    cores = os.cpu_count() or host.cpu.threads
    sold = [(number, chip) for number, chip in inventory.sells(host) if chip != "cpu"] or [(0, "cpu")]
    if slices.parts != 1:
        slices = _one_card_each(slices, sold)
    resources = []
    for number, chip in sold:
        machines = _machines(host, slices, cores=cores, accelerators=number)
        used = sum(machine["memory_bytes"] for machine in machines)
        if used > host.memory_bytes:
            problem = Problem(f"{used:,} bytes of memory are more than the host's {host.memory_bytes:,}")
            raise InvalidInput(source="what is to be lent", problems=[problem])
        memories = [a.memory_bytes for a in host.accelerators if a.chip == chip and a.memory_bytes]
        resources.append(
            {
                "name": slices.name
                if slices.name and len(sold) == 1
                else part_of(chip, slices.parts).replace("/", "-"),
                "class": slices.resource_class or ("ai" if chip != "cpu" else "general"),
                "chip": part_of(chip, slices.parts),
                "chip_memory_bytes": min(memories, default=0) // slices.parts,
                "isolation": isolation,
                "machines": machines,
                "host_digest": inventory.host_digest(host),
                "host_cpus": cores,
                "host_memory_bytes": host.memory_bytes,
                "simulated_machines": len(machines) > 1,
                "images": images,
                **({"devices": devices} if (devices := list(inventory.fingerprints(host, chip))) else {}),
            }
        )
    found = inventory.public(host)
    return {
        "inventory": inventory.to_json(found),
        "inventory_digest": inventory.digest(host),
        "resources": resources,
    }


def declare_cluster(
    facts: ClusterFacts, *, isolation: str, images: bool, name: str | None, resource_class: str | None = None
) -> dict[str, Any]:
    """The pools of a cluster. Its processors are not this host's: of those nothing is known but their number, so that
    their first certificate is what later ones are compared with.

    Two agents before one cluster declare parts of one host, whose sum may not exceed it.
    """
    who = canonical_digest(dict(facts.identity))
    cpu = CpuInventory(model="", vendor="", architecture="", sockets=1, cores=facts.cpus, threads=facts.cpus)
    found = HostInventory(
        host_name="", machine_id="", kernel="", cpu=cpu, memory_bytes=facts.memory_bytes,
        problems=tuple(Finding(subject="node", message=note) for note in facts.notes),
    )  # fmt: skip
    resources = [
        {
            "name": name if name and len(facts.pools) == 1 else pool.chip,
            "class": resource_class or ("ai" if pool.chip != CPU else "hpc"),
            "chip": pool.chip,
            "chip_memory_bytes": pool.chip_memory_bytes,
            "isolation": isolation,
            "machines": [dict(machine) for machine in pool.machines],
            "host_digest": who,
            "host_cpus": facts.cpus,
            "host_memory_bytes": facts.memory_bytes,
            "simulated_machines": False,
            "images": images,
        }
        for pool in facts.pools
    ]
    lent = canonical_digest({"host": who, "pools": [f"{len(pool.machines)} {pool.chip}" for pool in facts.pools]})
    return {"inventory": inventory.to_json(found), "inventory_digest": lent, "resources": resources}


def _one_card_each(slices: Slices, sold: Sequence[tuple[int, str]]) -> Slices:
    """A machine for each card that is lent in parts, with all of its parts. Raises InvalidInput."""
    problem, cards = "", sold[0][0]
    if slices.parts not in SHARES:
        problem = f"a card is lent in {', '.join(map(str, SHARES))} parts, not {slices.parts}"
    elif len(sold) > 1:
        problem = f"this host has {', '.join(chip for _, chip in sold)}: only cards of one kind are lent in parts"
    elif not cards:
        problem = "this host has no accelerator that is known here, so none that could be lent in parts"
    elif slices.accelerators not in (None, 1) or any(machine["accelerators"] != 1 for machine in slices.each):
        problem = "cards that are lent in parts are machines of their own: one accelerator each"
    elif (wanted := len(slices.each) or slices.machines or 1) > cards:
        problem = f"{wanted} cards are more than the {cards} that there are"
    if problem:
        raise InvalidInput(source="parts", problems=[Problem(problem)])
    each = tuple({**machine, "accelerators": slices.parts} for machine in slices.each)
    return replace(slices, each=each, machines=slices.machines or cards, accelerators=slices.parts)


def _machines(host: HostInventory, slices: Slices, *, cores: int, accelerators: int) -> list[dict[str, Any]]:
    if slices.each:
        return [dict(machine) for machine in slices.each]
    count = slices.machines or 1
    one = {
        "cpus": slices.cpus if slices.cpus is not None else max(1, cores // count),
        "memory_bytes": slices.memory_bytes
        if slices.memory_bytes is not None
        else host.memory_bytes * 9 // 10 // count,
        "disk_bytes": slices.disk_bytes,
        "accelerators": slices.accelerators if slices.accelerators is not None else accelerators // count,
    }
    return [{"name": f"m{index}", **one} for index in range(count)]


def join(
    transport: Transport, home: Path, *, url: str, printed: str, slices: Slices, isolation: str, version: str,
    trusted: tuple[str, ...] = (), shared: tuple[tuple[str, bool], ...] = (), user: int | None = None,
    scheduler: dict[str, Any] | None = None, declared: dict[str, Any] | None = None,
    containers: dict[str, Any] | None = None, images: bool = False, datasets: str = "",
) -> tuple[SiteConfig, str]:  # fmt: skip
    """Enrols with a one-time token this host, or the cluster behind `scheduler` as `declared`; (the configuration kept,
    the site's state).

    The exchange proves that it holds the key named in the token before the token's secret is sent. Raises
    InvalidSignature when it cannot, and the exchange's own errors.
    """
    token, _, expected = printed.strip().partition(".")
    parts = token.split("_")
    if len(parts) < 4 or parts[1] != "enrol" or not expected:
        raise InvalidInput(source="token", problems=[Problem("not an enrolment token: gridtie_enrol_….<fingerprint>")])
    token_id, client_nonce = parts[2], secrets.token_hex(16)
    started = _post(transport, "/agent/v1/enrol/start", {"token_id": token_id, "client_nonce": client_nonce})
    exchange_key = decode(started["exchange_key"], length=PUBLIC_KEY_BYTES, subject="exchange key")
    if fingerprint(exchange_key) != expected:
        raise InvalidSignature(subject=f"the exchange at {url}", reason="it is not the one that made this token")
    message = signed_exchange_proof(token_id, client_nonce, started["server_nonce"])
    signature = decode(started["signature"], length=SIGNATURE_BYTES, subject="exchange proof")
    if not verify(exchange_key, message, signature):
        raise InvalidSignature(subject=f"the exchange at {url}", reason="it does not hold the key it shows")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    signer = load_or_create(home / KEY_FILE, secrets.token_bytes(32))
    proof = signer.sign(signed_site_proof(token_id, started["server_nonce"]))
    application = {
        "token": token,
        "public_key": encode(signer.public_key),
        "server_nonce": started["server_nonce"],
        "proof": encode(proof),
        "version": version,
        **(declared or declare(read_host(load_chips()), slices, isolation=isolation, images=images)),
    }
    answer = _post(transport, "/agent/v1/enrol", application)
    config = SiteConfig(
        site=answer["site"],
        site_name=answer["site_name"],
        exchange_url=url,
        exchange_key=answer["exchange_key"],
        fingerprint=fingerprint(signer.public_key),
        slices=slices,
        trusted=trusted,
        isolation=isolation,
        scheduler=scheduler,
        shared=shared,
        user=user,
        containers=containers,
        datasets=datasets,
    )
    config.save(home)
    return config, str(answer["state"])


def _post(transport: Transport, path: str, document: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    response = transport.request("POST", path, body=json.dumps(document).encode(), headers=headers)
    raise_for_problem(response)
    answer: dict[str, Any] = json.loads(response.body)
    return answer
