"""Terms and price as an ODRL 2.2 policy (W3C Recommendation of 2018-02-15), and such a policy as terms and price.

Print and read are each other's inverse, but for the release rule of data that may be copied, which has no effect. What
ODRL has no word for stands in a profile of our own: a job that comes to the data (`compute`), what may leave it, and
what a price is paid for (`per`). Whatever the exchange could not keep is refused by its name when a policy is read:
terms that nobody enforces would be worse than none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gridtie.data.addresses import below, dataset_address, party_address
from gridtie.data.contract import Contract
from gridtie.data.dataset import ACCESS, FLAT, FREE, RECORD, Dataset, Price
from gridtie.data.terms import COMPUTE, COPY, Release, Terms
from gridtie.errors import InvalidInput, Problem
from gridtie.values.money import Micros, format_money, parse_money
from gridtie.values.period import from_text, to_text

PROFILE = "urn:gridtie:odrl:1"
ODRL = "http://www.w3.org/ns/odrl/2/"
CURRENCY = "http://publications.europa.eu/resource/authority/currency/"
CONTEXT: Mapping[str, Any] = {
    "@vocab": ODRL, "odrl": ODRL, "gridtie": f"{PROFILE}:", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "uid": "@id",
    **{name: {"@type": "@id"} for name in ("profile", "target", "assigner", "assignee", "unit")},
    **{name: {"@type": "@vocab"} for name in ("action", "conflict", "leftOperand", "operator")},
    "or": {"@container": "@list"},
}  # fmt: skip
_PER = {FLAT: "contract", ACCESS: "delivery", RECORD: "record"}
_RELEASE = {"gridtie:releaseFiles": "isAnyOf", "gridtie:releaseFilesMax": "lteq", "gridtie:releaseBytesMax": "lteq",
            "gridtie:releaseFigures": "eq"}  # fmt: skip
_OPERATORS = {"purpose": ("isAnyOf", "eq"), "recipient": ("isAnyOf", "eq"), "spatial": ("isPartOf",),
              "count": ("lteq",), "dateTime": ("gteq", "lt")}  # fmt: skip
_ENVELOPE = frozenset({"@context", "@type", "uid", "profile", "conflict", "target", "assigner", "assignee",
                       "permission", "prohibition"})  # fmt: skip
_PARTIES = frozenset({"@type", "uid", "target", "assigner", "assignee"})


# ── printing ──────────────────────────────────────────────────────────────────────────────────────────────────────
def offer(dataset: Dataset, *, base: str, currency: str) -> dict[str, Any]:
    """What its owner offers to whoever makes a contract. `base`: the address of the exchange."""
    name = dataset.full_name
    parties = {"target": dataset_address(base, name), "assigner": party_address(base, dataset.owner)}
    return _policy("Offer", below(base, name, "policy"), parties, dataset.terms, dataset.price, currency)


def agreement(contract: Contract, *, base: str, currency: str) -> dict[str, Any]:
    """What a contract allows: its terms, narrowed to the purpose and the time that both signed."""
    starts = (contract.start, contract.terms.not_before or contract.start)
    ends = (contract.end, contract.terms.not_after or contract.end)
    terms = replace(contract.terms, not_before=max(starts), not_after=min(ends),
                    purposes=(contract.purpose,) if contract.purpose else contract.terms.purposes)  # fmt: skip
    parties = {
        "target": dataset_address(base, contract.dataset_name),
        "assigner": party_address(base, contract.provider), "assignee": party_address(base, contract.consumer),
    }  # fmt: skip
    return _policy("Agreement", f"{base}/v1/contracts/{contract.id}", parties, terms, contract.price, currency)


def _policy(
    kind: str, uid: str, parties: Mapping[str, str], terms: Terms, price: Price, currency: str
) -> dict[str, Any]:
    forbidden = [
        name for name, allowed in (("derive", terms.derive), ("distribute", terms.redistribute)) if not allowed
    ]
    permission = {**parties, "action": _action(terms), "constraint": _constraints(terms),
                  "duty": _duties(terms, price, currency)}  # fmt: skip
    return {
        "@context": dict(CONTEXT), "@type": kind, "uid": uid, "profile": PROFILE, "conflict": "prohibit",
        "permission": [{name: value for name, value in permission.items() if value}],
        **({"prohibition": [{**parties, "action": name} for name in forbidden]} if forbidden else {}),
    }  # fmt: skip


def _action(terms: Terms) -> Any:
    if terms.delivery == COPY:
        return "use"
    release = terms.release
    values = (list(release.files), release.files_max, release.bytes_max, release.figures)
    refinement = [_limit(name, _RELEASE[name], value) for name, value in zip(_RELEASE, values, strict=True)]
    return [{"rdf:value": {"@id": "gridtie:compute"}, "refinement": refinement}]


def _constraints(terms: Terms) -> list[dict[str, Any]]:
    made = [_limit(name, "isAnyOf", list(names))
            for name, names in (("purpose", terms.purposes), ("recipient", terms.recipients)) if names]  # fmt: skip
    places = [_limit("spatial", "isPartOf", place) for place in terms.places]
    made += places if len(places) < 2 else [{"or": places}]
    if terms.not_before is not None:
        made.append(_limit("dateTime", "gteq", _typed(to_text(terms.not_before), "dateTime")))
    if terms.not_after is not None:
        made.append(_limit("dateTime", "lt", _typed(to_text(terms.not_after), "dateTime")))
    if terms.count is not None:
        made.append(_limit("count", "lteq", terms.count))
    return made


def _duties(terms: Terms, price: Price, currency: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    if terms.delete_after_days is not None:
        period = _typed(f"P{terms.delete_after_days}D", "duration")
        made.append({"action": "delete", "constraint": [_limit("elapsedTime", "lteq", period)]})
    if price.kind != FREE:
        amount = _limit("payAmount", "eq", _typed(format_money(price.amount), "decimal"))
        per = _limit("gridtie:per", "eq", _PER[price.kind])
        made.append({"action": "compensate", "constraint": [{**amount, "unit": CURRENCY + currency}, per]})
    return made


def _limit(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _typed(text: str, kind: str) -> dict[str, str]:
    return {"@value": text, "@type": f"xsd:{kind}"}


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    terms: Terms
    price: Price


def read_policy(document: object, *, source: str, currency: str) -> Policy:
    """Raises InvalidInput with everything that it asks and the exchange could not keep, each by its place and name."""
    reader = _Reader(currency)
    made = reader.policy(document)
    if reader.problems:
        raise InvalidInput(source=source, problems=reader.problems)
    return made


class _Reader:
    """What is wrong is noted, and read as if it were not there."""

    def __init__(self, currency: str) -> None:
        self.problems: list[Problem] = []
        self._currency = currency

    def wrong(self, path: str, message: str) -> None:
        self.problems.append(Problem(f"{path}: {message}" if path else message, path=path))

    def policy(self, document: object) -> Policy:
        terms, price = Terms(redistribute=True), Price()
        if not isinstance(document, Mapping):
            self.wrong("", "an ODRL policy is a JSON object")
            return Policy(terms=terms, price=price)
        whole = _plain(document)
        self._only(whole, _ENVELOPE, "")
        kind = _name(whole.get("@type"))
        if kind not in ("Offer", "Agreement", "Set", "Policy"):
            self.wrong("@type", "a policy is an Offer, an Agreement or a Set")
        if whole.get("profile", PROFILE) not in (PROFILE, [PROFILE]):
            self.wrong("profile", f"{whole['profile']!r} is another profile than {PROFILE}")
        if _name(whole.get("conflict", "prohibit")) != "prohibit":
            self.wrong("conflict", "where permission and prohibition meet, the prohibition holds: write prohibit")
        if "assignee" in whole and kind != "Agreement":
            self.wrong("assignee", "only an Agreement has one; an Offer names its recipients in a constraint")
        permissions = _listed(whole.get("permission"))
        if len(permissions) != 1:
            self.wrong("permission", f"there is one, with all its constraints; here are {len(permissions)}")
        for number, rule in enumerate(permissions[:1]):
            terms, price = self._permission(rule, f"permission[{number}]", terms, agreed=kind == "Agreement")
        for number, rule in enumerate(_listed(whole.get("prohibition"))):
            terms = self._prohibition(rule, f"prohibition[{number}]", terms)
        if terms.not_before and terms.not_after and terms.not_after <= terms.not_before:
            self.wrong("permission", "it would end before it begins")
        return Policy(terms=terms, price=price)

    def _permission(self, given: object, path: str, terms: Terms, *, agreed: bool) -> tuple[Terms, Price]:
        rule = self._object(given, path, _PARTIES | {"action", "constraint", "duty"})
        if "assignee" in rule and not agreed:
            self.wrong(f"{path}.assignee", "only an Agreement has one; an Offer names its recipients in a constraint")
        terms = self._actions(rule.get("action"), f"{path}.action", terms)
        seen: set[str] = set()
        for number, one in enumerate(_listed(rule.get("constraint"))):
            terms = self._constraint(one, f"{path}.constraint[{number}]", terms, seen)
        price = Price()
        for number, one in enumerate(_listed(rule.get("duty"))):
            terms, price = self._duty(one, f"{path}.duty[{number}]", terms, price, seen)
        return terms, price

    def _actions(self, given: object, path: str, terms: Terms) -> Terms:
        actions = _listed(given)
        if len(actions) != 1:
            self.wrong(path, "a permission has one action: use, or gridtie:compute")
            return terms
        rule: Mapping[str, Any] = {}
        name = _name(actions[0])
        if isinstance(actions[0], Mapping):
            rule = self._object(actions[0], path, frozenset({"rdf:value", "refinement", "uid"}))
            name = _name(rule.get("rdf:value", rule.get("uid")))
        refinements = _listed(rule.get("refinement"))
        if name == "use" and not refinements:
            return terms
        if name != "gridtie:compute":
            self.wrong(path, f"{name!r} is not what the exchange can give: use (not refined), or gridtie:compute")
            return terms
        release = Release()
        for number, one in enumerate(refinements):
            release = self._refinement(one, f"{path}.refinement[{number}]", release)
        return replace(terms, delivery=COMPUTE, release=release)

    def _refinement(self, given: object, path: str, release: Release) -> Release:
        left, _, right = self._operands(given, path, {name: (operator,) for name, operator in _RELEASE.items()})
        match left:
            case "gridtie:releaseFiles":
                return replace(release, files=self._texts(right, path))
            case "gridtie:releaseFilesMax":
                return replace(release, files_max=self._whole(right, path) or 1)
            case "gridtie:releaseBytesMax":
                return replace(release, bytes_max=self._whole(right, path) or 1)
            case "gridtie:releaseFigures":
                if not isinstance(right, bool):
                    self.wrong(path, "it is true or false")
                return replace(release, figures=right is not False)
        return release

    def _constraint(self, given: object, path: str, terms: Terms, seen: set[str]) -> Terms:
        if isinstance(given, Mapping) and "or" in _plain(given):
            return self._either(_plain(given), path, terms, seen)
        left, operator, right = self._operands(given, path, _OPERATORS)
        self._once(f"{left} {operator}" if left == "dateTime" else left, path, seen)
        match left:
            case "purpose":
                return replace(terms, purposes=self._texts(right, path))
            case "recipient":
                return replace(terms, recipients=self._texts(right, path))
            case "spatial":
                return replace(terms, places=self._texts(right, path))
            case "count":
                return replace(terms, count=self._whole(right, path))
            case "dateTime":
                at = self._time(right, path)
                return replace(terms, not_before=at) if operator == "gteq" else replace(terms, not_after=at)
        return terms

    def _either(self, given: Mapping[str, Any], path: str, terms: Terms, seen: set[str]) -> Terms:
        """One of several places: the only alternatives there are."""
        self._only(given, frozenset({"or", "@type", "uid"}), path)
        inner = given["or"]
        inner = inner.get("@list") if isinstance(inner, Mapping) and "@list" in inner else inner
        places: list[str] = []
        for number, one in enumerate(_listed(inner)):
            here = f"{path}.or[{number}]"
            _, _, right = self._operands(one, here, {"spatial": ("isPartOf",)})
            places += self._texts(right, here)
        self._once("spatial", path, seen)
        return replace(terms, places=tuple(dict.fromkeys(places)))

    def _duty(self, given: object, path: str, terms: Terms, price: Price, seen: set[str]) -> tuple[Terms, Price]:
        rule = self._object(given, path, frozenset({"@type", "uid", "action", "constraint"}))
        name, limits = _name(rule.get("action")), _listed(rule.get("constraint"))
        self._once(f"duty {name}", path, seen)
        if name == "compensate":
            return terms, self._price(limits, path)
        if name != "delete":
            self.wrong(path, f"the duty {name!r} is none that the exchange knows: delete, compensate")
            return terms, price
        days = None
        for number, one in enumerate(limits[:2]):
            here = f"{path}.constraint[{number}]"
            _, _, right = self._operands(one, here, {"elapsedTime": ("lteq",)})
            found = re.fullmatch(r"P([0-9]{1,5})D", str(_value(right)))
            days = int(found[1]) if found else None
            if found is None:
                self.wrong(here, "a time to delete in is written in whole days, as P30D")
        if len(limits) != 1:
            self.wrong(path, "to delete has one constraint: elapsedTime, in days")
        return replace(terms, delete_after_days=days), price

    def _price(self, limits: Sequence[object], path: str) -> Price:
        amount, kind = Micros(0), ""
        for number, one in enumerate(limits):
            here = f"{path}.constraint[{number}]"
            left, _, right = self._operands(one, here, {"payAmount": ("eq",), "gridtie:per": ("eq",)}, "unit")
            if left == "gridtie:per":
                kind = next((name for name, word in _PER.items() if word == _value(right)), "")
            elif left == "payAmount":
                amount = self._amount(one, right, here)
        if not kind or amount <= 0:
            self.wrong(path, f"it says payAmount, more than nothing, and gridtie:per: {', '.join(_PER.values())}")
            return Price()
        return Price(kind=kind, amount=amount)

    def _amount(self, given: object, right: object, path: str) -> Micros:
        unit = str(_value(_plain(given).get("unit", ""))) if isinstance(given, Mapping) else ""
        if unit not in (CURRENCY + self._currency, self._currency):
            self.wrong(f"{path}.unit", f"the exchange keeps its books in {self._currency}: {CURRENCY}{self._currency}")
        try:
            return parse_money(str(_value(right)))
        except ValueError:
            self.wrong(path, f"{_value(right)!r} is no amount")
            return Micros(0)

    def _prohibition(self, given: object, path: str, terms: Terms) -> Terms:
        rule = self._object(given, path, _PARTIES | {"action"})
        for action in _listed(rule.get("action")) or [None]:
            match _name(action):
                case "derive":
                    terms = replace(terms, derive=False)
                case "distribute":
                    terms = replace(terms, redistribute=False)
                case name:
                    self.wrong(path, f"{name!r} cannot be forbidden by itself: derive, distribute")
        return terms

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _operands(
        self, given: object, path: str, known: Mapping[str, Sequence[str]], *more: str
    ) -> tuple[str, str, Any]:
        rule = self._object(given, path, frozenset({"@type", "uid", "leftOperand", "operator", "rightOperand", *more}))
        left, operator = _name(rule.get("leftOperand")), _name(rule.get("operator"))
        if left not in known:
            self.wrong(path, f"{left!r} is none of the limits that can be kept here: {', '.join(known)}")
            return "", operator, None
        if operator not in known[left]:
            self.wrong(path, f"{left} is compared by {' or '.join(known[left])}, not by {operator!r}")
            return "", operator, None
        return left, operator, rule.get("rightOperand")

    def _once(self, name: str, path: str, seen: set[str]) -> None:
        if name and name in seen:
            self.wrong(path, f"{name} is limited twice")
        seen.add(name)

    def _object(self, given: object, path: str, known: frozenset[str]) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            self.wrong(path, "it is written as an object, with its parts by name")
            return {}
        whole = _plain(given)
        self._only(whole, known, path)
        return whole

    def _only(self, given: Mapping[str, Any], known: frozenset[str], path: str) -> None:
        for name in given:
            if name not in known:
                self.wrong(f"{path}.{name}" if path else name, "the exchange could not keep this: leave it out")

    def _texts(self, right: object, path: str) -> tuple[str, ...]:
        inner = right.get("@list") if isinstance(right, Mapping) and "@list" in right else right
        found = [_value(one) for one in _listed(inner)]
        if not found or not all(isinstance(one, str) and one.strip() for one in found):
            self.wrong(path, "rightOperand is a text, or a list of texts")
            return ()
        return tuple(dict.fromkeys(str(one).strip() for one in found))

    def _whole(self, right: object, path: str) -> int | None:
        found = _value(right)
        if isinstance(found, str) and re.fullmatch(r"[0-9]{1,15}", found):
            found = int(found)
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            self.wrong(path, "rightOperand is a whole number above 0")
            return None
        return found

    def _time(self, right: object, path: str) -> datetime | None:
        try:
            return from_text(str(_value(right)))
        except ValueError:
            self.wrong(path, "rightOperand is a time with a zone, as 2026-12-31T00:00:00Z")
            return None


def _plain(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Its names as this page writes them, whichever of JSON-LD's spellings they come in."""
    return {{"type": "@type", "@id": "uid"}.get(name := _name(key), name): value for key, value in given.items()}


def _name(given: object) -> str:
    """`use` for odrl:use and its whole address, gridtie:compute likewise."""
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, Mapping):
        given = given.get("@id", given.get("@value"))
    text = given if isinstance(given, str) else ""
    if text.startswith(f"{PROFILE}:"):
        return "gridtie:" + text.removeprefix(f"{PROFILE}:")
    return text.removeprefix(ODRL).removeprefix("odrl:")


def _value(given: object) -> Any:
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    return given.get("@value", given.get("@id")) if isinstance(given, Mapping) else given


def _listed(given: object) -> list[Any]:
    return [] if given is None else list(given) if isinstance(given, list) else [given]


# ── for a card ────────────────────────────────────────────────────────────────────────────────────────────────────
def card_terms(policy: Policy) -> str:
    """The tables [terms] and [price] of a card file that say the same."""
    terms, release, price = policy.terms, policy.terms.release, policy.price
    lines = ["[terms]"]
    for name in ("purposes", "recipients", "places", "not_before", "not_after", "count", "delivery", "derive",
                 "redistribute", "delete_after_days"):  # fmt: skip
        value = getattr(terms, name)
        if value is not None and value != ():
            lines.append(f"{name} = {_toml(value)}")
    if terms.delivery == COMPUTE:
        lines += ["", "[terms.release]"]
        lines += [
            f"{name} = {_toml(getattr(release, name))}" for name in ("files", "files_max", "bytes_max", "figures")
        ]
    if price.kind != FREE:
        lines += ["", "[price]", f"kind = {_toml(price.kind)}", f"amount = {_toml(format_money(price.amount))}"]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, int):
        return str(value)
    return '"' + re.sub(r'[\x00-\x1f\x7f"\\]', lambda found: f"\\u{ord(found[0]):04x}", str(value)) + '"'
