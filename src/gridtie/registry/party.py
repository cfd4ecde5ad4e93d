"""Organisations and members: what their names may look like, and which roles may be given by whom."""

import re
import unicodedata

from gridtie.access import ADMIN, EXCHANGE_ROLES, ROLES, Actor
from gridtie.errors import InvalidInput, NotAllowed, Problem

NAME_MAX = 64
SLUG_MAX = 16
_ORGANISATION = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def check_organisation_name(text: str) -> str:
    """Lower-case letters, digits and '-': it is also the owner part of identifiers. Raises InvalidInput."""
    if not _ORGANISATION.fullmatch(text) or len(text) > SLUG_MAX or "--" in text:
        message = f"name: {text!r} must be 1 to {SLUG_MAX} lower-case letters, digits and single '-' inside"
        raise InvalidInput(source="organisation", problems=[Problem(message, path="name")])
    return text


def check_display_name(text: str, *, source: str) -> str:
    """Any script, no control characters, in one normal form. Raises InvalidInput."""
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > NAME_MAX or any(unicodedata.category(char)[0] == "C" for char in name):
        message = f"name: must be 1 to {NAME_MAX} visible characters"
        raise InvalidInput(source=source, problems=[Problem(message, path="name")])
    return name


def check_role(actor: Actor, role: str) -> None:
    """Nobody gives a role of the exchange but its administrators. Raises InvalidInput, NotAllowed."""
    if role not in ROLES:
        raise InvalidInput(source="member", problems=[Problem(f"role: one of {', '.join(ROLES)}", path="role")])
    if role in EXCHANGE_ROLES and ADMIN not in actor.roles:
        raise NotAllowed(role=" and ".join(sorted(actor.roles)), action=f"give the role {role}", needed=ADMIN)
