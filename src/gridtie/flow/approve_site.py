"""The operator read the fingerprint that the agent printed; only the same one lets the agent in."""

from hmac import compare_digest

from gridtie.errors import Refused
from gridtie.flow.exchange import Exchange
from gridtie.flow.issue_identifier import identify_site
from gridtie.identity.signing import PUBLIC_KEY_BYTES, decode, fingerprint
from gridtie.store.unit import Unit
from gridtie.values.ids import SiteId


def approve_site(unit: Unit, exchange: Exchange, key: SiteId, text: str) -> str:
    """The state afterwards. Raises Refused when the fingerprints differ, ForbiddenMove when nobody enrolled."""
    row = unit.sites.get(key)
    state = unit.sites.move(key, row.state, "approve", note="", boots_past="[]", boot=None)
    public = decode(row.public_key or "", length=PUBLIC_KEY_BYTES, subject="the site's key")
    given = "".join(c for c in text.lower() if c.isalnum())
    if not compare_digest(given.encode(), fingerprint(public).replace("-", "").encode()):
        raise Refused(
            reason="this is not the fingerprint of the agent that enrolled; if you typed it right, "
            "somebody else used the token: revoke the site and declare it anew"
        )
    unit.note("site.approved", key, organisation=row.organisation, by=unit.actor)
    identify_site(unit, exchange, key)
    return state
