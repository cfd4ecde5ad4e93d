"""Where things of the data side are found on an exchange, as the catalogue formats name them."""

import re

DELTA_SHARING = "/delta-sharing"


def dataset_address(base: str, full_name: str, version: str = "") -> str:
    """Of what the exchange says about it; `base` is the exchange's own address, without a slash at its end."""
    return f"{base}/v1/datasets/{quoted(full_name)}" + (f"?version={version}" if version else "")


def below(base: str, full_name: str, what: str, version: str = "") -> str:
    """Of its `policy`, `croissant`, `report`, `report.html` or `lineage`."""
    return f"{base}/v1/datasets/{quoted(full_name)}/{what}" + (f"?version={version}" if version else "")


def file_address(base: str, full_name: str, version: str, path: str) -> str:
    """As loaders that know the Hub ask for it; it is given to who has a token, and a contract where one is needed."""
    return f"{base}/datasets/{quoted(full_name)}/resolve/{version}/{quoted(path)}"


def party_address(base: str, organisation: str) -> str:
    return f"{base}/v1/organisations/{organisation}"


def licence_address(licence: str) -> str | None:
    """Of a name of the SPDX list; None for a licence in words."""
    return f"https://spdx.org/licenses/{licence}" if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+-]*", licence) else None


def quoted(text: str) -> str:
    """RFC 3986: everything but unreserved characters and the slash is written as %XX of its UTF-8 bytes."""
    return re.sub(r"[^A-Za-z0-9._~/-]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)
