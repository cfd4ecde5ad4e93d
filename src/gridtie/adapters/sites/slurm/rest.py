"""slurmrestd, in the newest version both sides speak; nothing is decided here."""

import http.client
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from gridtie.adapters.sites.asking import ask
from gridtie.adapters.sites.slurm import parse_rest
from gridtie.adapters.sites.slurm.parse import JobRecord, NodeRecord, ReservationRecord, unreadable
from gridtie.adapters.sites.slurm.script import Submission
from gridtie.adapters.sites.slurm.settings import SlurmSettings
from gridtie.adapters.sites.slurm.talk import PATH, UNCERTAIN
from gridtie.errors import SchedulerAway, SiteRefused

NAMES_MAX = 100  # in the address of one call
_UNCERTAIN = (*UNCERTAIN, "failed while looking", "unspecified error")


class Rest:
    """The token is read anew for each call: who renews it writes the file."""

    def __init__(self, settings: SlurmSettings) -> None:
        self._settings, self._parts = settings, urlsplit(settings.url)
        self._version = self._books = ""

    # ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _call(self, method: str, path: str, *, user: str = "", document: Any = None) -> tuple[int, dict[str, Any]]:
        settings = self._settings
        try:
            token = Path(settings.token).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as cause:
            raise self._away(f"its token cannot be read from {settings.token}: {cause}") from cause
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(self._parts.hostname), self._parts.port, timeout=settings.timeout)
        headers = {"X-SLURM-USER-NAME": user or settings.token_user, "X-SLURM-USER-TOKEN": token}
        return ask(connection, method, path, document, headers=headers, place=settings.url, away=self._away)

    def _away(self, reason: str) -> SchedulerAway:
        return SchedulerAway(scheduler="slurmrestd", reason=reason, look=f"curl {self._settings.url}/openapi/v3")

    def _get(self, what: str) -> dict[str, Any]:
        """One list of the negotiated version. Older servers answer a bad token with 500 and `Unspecified error`."""
        status, found = self._call("GET", f"/slurm/{self.version}/{what}")
        if status != 200:
            words = parse_rest.errors(found) or "no reason given"
            raise self._away(f"{what}: {status}, {words}; is the token in {self._settings.token} still good?")
        return found

    @property
    def version(self) -> str:
        if not self._version:
            _, document = self._call("GET", "/openapi/v3")
            self._version = parse_rest.versions(document)[0]
            self._books = parse_rest.books(document, self._version)
        return self._version

    # ── what the adapter asks ─────────────────────────────────────────────────────────────────────────────────────
    def config(self) -> Mapping[str, str]:
        """Its identity only: its name, which versions before v0.0.40 do not tell, its controllers, our way there."""
        found = self._get("ping")
        meta = found.get("meta", {})
        name = (meta.get("slurm") or meta.get("Slurm") or {}).get("cluster", "")
        controllers = ",".join(sorted(str(one.get("hostname", "")) for one in found.get("pings", [])))
        return {"ClusterName": str(name), "SlurmctldHost": f"{controllers} by {self._parts.netloc}"}

    def jobs(self, names: Collection[str]) -> list[JobRecord]:  # noqa: ARG002  nobody writes records in JSON's words
        return parse_rest.jobs(self._get("jobs"))

    def past(self, names: Sequence[str]) -> list[JobRecord]:
        """Where slurmrestd speaks for slurmdbd, which is another set of calls; elsewhere results alone tell."""
        found: list[JobRecord] = []
        for start in range(0, len(names), NAMES_MAX) if self.version and self._books else ():
            some = names[start : start + NAMES_MAX]
            status, document = self._call("GET", f"{self._books}?job_name={quote(','.join(some))}")
            words = parse_rest.errors(document)
            if status != 200 or (words and "nothing found" not in words.lower()):
                raise self._away(f"{self._books}: {status}, {words or 'no reason given'}")
            found += parse_rest.past(document)
        return found

    def nodes(self) -> list[NodeRecord]:
        return parse_rest.nodes(self._get("nodes"))

    def reservations(self) -> list[ReservationRecord]:
        return parse_rest.reservations(self._get("reservations"))

    def submit(self, what: Submission) -> int:
        document = parse_rest.body(what, self.version, path=PATH)
        status, found = self._call("POST", f"/slurm/{self.version}/job/submit", user=what.user, document=document)
        words = parse_rest.errors(found)
        if status != 200 or words:
            self._certain(f"submit: {status}", words)
            raise SiteRefused(reason=words)
        key = parse_rest.number(found.get("job_id"))
        if key is None:
            raise unreadable("POST job/submit", "no job_id")
        return key

    def cancel(self, ids: Sequence[int], *, at_once: bool) -> None:
        for key in ids:
            path = f"/slurm/{self.version}/job/{key}" + ("?signal=KILL" if at_once else "")
            status, found = self._call("DELETE", path)
            if status != 200:  # a certain no is that the job has ended already
                self._certain(f"cancel {key}: {status}", parse_rest.errors(found))

    def _certain(self, what: str, words: str) -> None:
        """Raises SchedulerAway for an answer after which nobody knows whether it was done."""
        if any(word in words.lower() for word in _UNCERTAIN) or not words:
            raise self._away(f"{what}, {words or 'no reason given'}")
