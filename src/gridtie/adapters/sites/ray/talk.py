"""Ray's dashboard over HTTP: its jobs, nodes and usage. Nothing is decided here, and Ray itself is not imported."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gridtie.adapters.sites.ray import parse
from gridtie.adapters.sites.ray.parse import JobRecord, NodeRecord, Usage
from gridtie.adapters.sites.ray.settings import RaySettings
from gridtie.client.transport import HttpTransport, Response
from gridtie.errors import SchedulerAway, SiteRefused, Unreachable

NODES_MAX = 10_000  # more than that Ray's state interface refuses to list


class Talk:
    """Each call raises SchedulerAway when no certain answer came. The token is read anew each time: who renews it
    writes the file."""

    def __init__(self, settings: RaySettings) -> None:
        self._settings = settings
        self._transport = HttpTransport(settings.url, timeout_s=settings.timeout)

    def _call(self, method: str, path: str, document: Any = None) -> Response:
        headers = {"Content-Type": "application/json"}
        if self._settings.token:
            try:
                token = Path(self._settings.token).read_text(encoding="ascii").strip()
            except (OSError, UnicodeDecodeError) as cause:
                raise self._away(f"its token cannot be read from {self._settings.token}: {cause}") from cause
            headers["Authorization"] = f"Bearer {token}"
        body = None if document is None else json.dumps(document).encode()
        try:
            answer = self._transport.request(method, path, body=body, headers=headers)
        except Unreachable as cause:
            raise self._away(f"{self._settings.url} cannot be reached: {cause.params['reason']}") from cause
        except ValueError as cause:  # a token with a line break in it cannot be a header
            raise self._away(f"what {self._settings.token} holds is no token") from cause
        if answer.status in (401, 403):
            mend = f"is {self._settings.token} still good?" if self._settings.token else "give it: --set token=FILE"
            raise self._away(f"it wants a token ({answer.status} {parse.words(answer.body)}); {mend}")
        return answer

    def _away(self, reason: str) -> SchedulerAway:
        return SchedulerAway(scheduler="Ray", reason=reason, look=f"curl {self._settings.url}/api/version")

    def _get(self, path: str) -> Any:
        answer = self._call("GET", path)
        if answer.status != 200:
            raise self._away(f"it answers {answer.status} {parse.words(answer.body)!r} to {path}")
        return parse.read(answer.body, path)

    def nodes(self) -> list[NodeRecord]:
        return parse.nodes(self._get(f"/api/v0/nodes?limit={NODES_MAX}"))

    def usage(self) -> Usage:
        return parse.usage(self._get("/api/cluster_status"))

    def identity(self) -> str:
        return parse.identity(self._get("/cluster_id"))

    def job(self, name: str) -> JobRecord | None:
        """None: Ray certainly does not have it."""
        path = f"/api/jobs/{quote(name, safe='')}"
        answer = self._call("GET", path)
        if answer.status == 404 and b"does not exist" in answer.body:
            return None
        if answer.status != 200:
            raise self._away(f"it answers {answer.status} {parse.words(answer.body)!r} to {path}")
        return parse.job(parse.read(answer.body, path))

    def submit(self, name: str, document: Any) -> None:
        """Done too when Ray has one of that name: it takes no second. Raises SiteRefused with Ray's words for a no."""
        answer = self._call("POST", "/api/jobs/", {"submission_id": name, **document})
        if answer.status == 200 or b"already exists" in answer.body:
            return
        if 400 <= answer.status < 500:
            raise SiteRefused(reason=parse.words(answer.body))
        raise self._away(f"submit: {answer.status}, {parse.words(answer.body)}")

    def stop(self, name: str) -> None:
        """What has ended or is gone is no error."""
        answer = self._call("POST", f"/api/jobs/{quote(name, safe='')}/stop")
        if answer.status not in (200, 400, 404):
            raise self._away(f"stop: {answer.status}, {parse.words(answer.body)}")

    def forget(self, name: str) -> None:
        self._call("DELETE", f"/api/jobs/{quote(name, safe='')}")
