"""What becomes of what was found, as one TOML file says it. Read whole, or refused whole, before the first byte.

name = "training-text"

[defaults]
action = "placeholder"      for kinds that are not named below
language = "auto"           of placeholders: zh, en, or by the text around
score = 50                  how sure a finding must be

[kinds]
CN_ID = "drop"              the whole record
MOBILE = { action = "mask", keep = [3, 4] }
EMAIL = { action = "pseudonym", key = "mail" }
BANK = { action = "encrypt", key = "bank" }
DOB = { action = "generalise", to = "year" }

[keys]                      each data set has its own, so that two cannot be joined
mail = { variable = "MAIL_KEY" }
bank = { file = "bank.key" }

[duplicates]
exact = true
near = 0.8                  Jaccard likeness from which the later one is dropped; 0 for never

[quality]                   limits of `quality.py`; 0 switches one off
[languages]
keep = ["zh", "en"]         of `language.py`; empty for all

[names]
model = "built-in"          of names that nothing announces: a file of `gridtie clean train`, or "none"
everywhere = false          true: as readily far from other personal data as near it

[rules]
files = ["ours.toml"]       rules of one's own beside the built-in ones, from where the policy lies

[detectors.presidio]        what another tool finds: `detectors.py`

[sample]                    for the report: what a machine and what a person looks at
machine_share = 0.1
hand = 4000
seed = 20261127

[table]                     records of one table, generalised together: `table_policy.py`
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

from gridtie.cleaning.detectors import DetectorPolicy, DetectorReader
from gridtie.cleaning.table_policy import TablePolicy

ACTIONS = {
    "keep": "leave it",
    "drop": "drop the record",
    "remove": "cut it out",
    "placeholder": "say what stood there",
    "mask": "stars, but for the first and the last characters",
    "pseudonym": "a keyed token, the same for the same value",
    "encrypt": "other digits by FF1, which the key turns back",
    "generalise": "less exact",
    "surrogate": "the like of it that can belong to nobody",
}
KEYED = frozenset({"pseudonym", "encrypt", "surrogate"})
SHAPED = frozenset({"keep", "mask", "encrypt", "generalise", "surrogate"})  # what stands there still looks like it
GENERAL = {
    "DOB": ("year", "five-years", "decade"), "ADDRESS": ("city", "province"), "IPV4": ("network",), "IPV6": ("network",)
}  # fmt: skip
# Digits that FF1 can take and give back in place: kinds written with digits alone.
_DIGITS_ALONE = "MOBILE LANDLINE BANK CARD QQ IMEI IMSI ICCID USPHONE TW_PERMIT MRN"
ENCRYPTABLE = frozenset(_DIGITS_ALONE.split())
KEY_BYTES = 32
SHARE_LEAST = 0.000001  # of records that the machine looks at, where it looks at any
_TOP = ("name", "defaults", "kinds", "keys", "duplicates", "quality", "languages", "words", "names", "rules",
        "detectors", "sample", "table")  # fmt: skip
BUILT_IN, NONE = "built-in", "none"  # of the models of names
_LIMITS: Mapping[str, float] = {
    "least_characters": 0, "most_characters": 0, "most_symbols": 0.0, "most_repeated_lines": 0.0,
    "most_repeated_phrases": 0.0, "least_letters": 0.0, "most_digits": 0.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What becomes of one kind. `keep`: characters left at the start and the end by a mask."""

    action: str
    key: str = ""
    keep: tuple[int, int] = (0, 0)
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """Where a key is read from: an environment variable or a file, never the policy itself."""

    name: str
    variable: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    name: str
    default: Treatment
    kinds: Mapping[str, Treatment]
    language: str
    score: int
    keys: Mapping[str, KeyPlace]
    exact: bool
    near: float
    limits: Mapping[str, float]
    languages: tuple[str, ...]
    words: str
    names: str
    names_everywhere: bool
    rules: tuple[str, ...]
    detectors: Mapping[str, DetectorPolicy]
    machine_share: float
    hand: int
    seed: int
    table: TablePolicy | None
    digest: str

    def treatment(self, kind: str) -> Treatment:
        return self.kinds.get(kind, self.default)

    @classmethod
    def read(cls, text: str, *, source: str, kinds: Collection[str]) -> "Policy":
        """`kinds`: all that the rules and taggers in use can find.

        Raises:
            InvalidInput: with every problem and its place.
        """
        reader = _Reader(text, source=source)
        made = reader.policy(kinds)
        reader.done()
        return made

    @staticmethod
    def rule_files(text: str, *, source: str) -> dict[str, tuple[int, int]]:
        """What must be read before it, for its kinds: rule files that it names, with line and column of their key.

        Raises:
            InvalidInput: no TOML, or something else than names of files.
        """
        reader = _Reader(text, source=source)
        names, place = reader.rule_files(), reader.place("rules", "files")
        reader.done()
        return dict.fromkeys(names, place)


class _Reader(DetectorReader):
    def policy(self, kinds: Collection[str]) -> Policy:
        self.only(self.data, _TOP)
        defaults, sample = self.table("defaults"), self.table("sample")
        self.only(defaults, ("action", "language", "score"), "defaults")
        self.only(sample, ("machine_share", "hand", "seed"), "sample")
        duplicates, words, names = self.table("duplicates"), self.table("words"), self.table("names")
        self.only(duplicates, ("exact", "near"), "duplicates")
        self.only(words, ("library",), "words")
        self.only(names, ("model", "everywhere"), "names")
        self.only(self.table("quality"), _LIMITS, "quality")
        self._known_kinds(self.table("kinds"), kinds)
        keys = self._keys()
        default = self._treatment("*", defaults.get("action", "placeholder"), keys, "defaults", "action")
        treatments = {
            kind: self._treatment(kind, said, keys, "kinds", kind) for kind, said in self.table("kinds").items()
        }
        score = int(self._number(defaults.get("score", 50), 1, 100, "defaults", "score"))
        text = "\n".join(self.lines)
        return Policy(
            name=self._text(self.data.get("name", ""), "name"),
            default=default, kinds=treatments,
            language=self._one_of(defaults.get("language", "auto"), ("auto", "zh", "en"), "defaults", "language"),
            score=score, keys=keys, exact=self._flag(duplicates.get("exact", True), "duplicates", "exact"),
            near=self._number(duplicates.get("near", 0.0), 0, 1, "duplicates", "near"),
            limits={name: self._number(self.table("quality").get(name, usual), 0, 1e12, "quality", name)
                    for name, usual in _LIMITS.items()},
            languages=self._languages(), words=self._text(words.get("library", ""), "words", "library"),
            names=self._text(names.get("model", BUILT_IN), "names", "model"),
            names_everywhere=self._flag(names.get("everywhere", False), "names", "everywhere"),
            rules=self.rule_files(), detectors=self.read_detectors(kinds, score),
            machine_share=self._share(sample.get("machine_share", 0.1)),
            hand=int(self._number(sample.get("hand", 4000), 0, 1e9, "sample", "hand")),
            seed=int(self._number(sample.get("seed", 1), 0, 2**63 - 1, "sample", "seed")),
            table=self.read_table(), digest=sha256(text.encode()).hexdigest(),
        )  # fmt: skip

    def _share(self, given: object) -> float:
        """Of a smaller one the number of neighbours, of which one is drawn, could not be counted."""
        share = self._number(given, 0, 1, "sample", "machine_share")
        if 0 < share < SHARE_LEAST:
            self.wrong(
                f"machine_share must be 0, or from {SHARE_LEAST:f} to 1, not {share!r}", "sample", "machine_share"
            )
        return share

    def _known_kinds(self, given: Mapping[str, Any], kinds: Collection[str]) -> None:
        """The name that is alike is often not the one that is meant, so all stand behind the first."""
        listed = f"; all kinds: {', '.join(sorted(kinds))}"
        for name in sorted(set(given) - set(kinds)):
            near = get_close_matches(name, kinds, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            self.wrong(f"no kind is called {name}{hint}{listed}", "kinds", name)
            listed = ""

    def rule_files(self) -> tuple[str, ...]:
        given = self.table("rules")
        self.only(given, ("files",), "rules")
        named = given.get("files", [])
        if isinstance(named, list) and all(isinstance(name, str) and name for name in named):
            return tuple(dict.fromkeys(named))
        self.wrong('files is a list of rule files, such as ["ours.toml"]', "rules", "files")
        return ()

    def _treatment(
        self, kind: str, said: object, keys: Mapping[str, KeyPlace], table: str, key: str
    ) -> Treatment:  # fmt: skip
        given: Mapping[str, Any] = {"action": said} if isinstance(said, str) else said if isinstance(said, dict) else {}
        if not given:
            self.wrong(f'{key} is an action, such as "placeholder", or a table with one', table, key)
            return Treatment(action="placeholder")
        known_keys = ("action", "key", "keep", "to")
        self.only(given, known_keys, table, key)
        if "action" not in given:
            if given.keys() <= set(known_keys):  # else one of them is written wrongly, and was told
                self.wrong(f"{key}: its action is missing; one of {', '.join(ACTIONS)}", table, key)
            return Treatment(action="placeholder")
        action = self._one_of(given["action"], tuple(ACTIONS), table, key)
        named = given.get("key", "")
        if action in KEYED and named not in keys:
            self.wrong(f'{key}: {action} needs a key that [keys] names, such as key = "mine"', table, key)
        if action == "encrypt" and kind not in ENCRYPTABLE:
            self.wrong(f"{key}: only digits are encrypted in place: {', '.join(sorted(ENCRYPTABLE))}", table, key)
        to = str(given.get("to", ""))
        if action == "generalise":
            known = GENERAL.get(kind, ())
            if not known:
                self.wrong(f"{key}: cannot be made less exact; only {', '.join(sorted(GENERAL))} can", table, key)
            else:
                to = self._one_of(to or known[0], known, table, key)
        return Treatment(action=action, key=str(named), keep=self._keep(given.get("keep", [0, 0]), table, key), to=to)

    def _keep(self, value: object, table: str, key: str) -> tuple[int, int]:
        if isinstance(value, list) and len(value) == 2 and all(type(n) is int and 0 <= n <= 64 for n in value):
            return value[0], value[1]
        self.wrong(f"{key}: keep is two whole numbers, such as [3, 4]: left at the start, left at the end", table, key)
        return 0, 0

    def _keys(self) -> dict[str, KeyPlace]:
        made = {}
        for name, said in self.table("keys").items():
            given = said if isinstance(said, dict) else {}
            places = {place: given.get(place, "") for place in ("variable", "file")}
            wrong = set(given) - set(places) or not all(isinstance(value, str) for value in places.values())
            if wrong or sum(bool(value) for value in places.values()) != 1:
                self.wrong(
                    f'{name} says where its key lies: {{ variable = "NAME" }} or {{ file = "PATH" }}', "keys", name
                )
                places = {"variable": "", "file": ""}
            made[name] = KeyPlace(name=name, variable=str(places["variable"]), file=str(places["file"]))
        return made

    def _languages(self) -> tuple[str, ...]:
        given = self.table("languages")
        self.only(given, ("keep",), "languages")
        kept = given.get("keep", [])
        if isinstance(kept, list) and all(isinstance(code, str) for code in kept):
            return tuple(kept)
        self.wrong('keep is a list of language codes, such as ["zh", "en"]', "languages", "keep")
        return ()

    def _flag(self, value: object, table: str, key: str) -> bool:
        if not isinstance(value, bool):
            self.wrong(f"{key} must be true or false, not {value!r}", table, key)
        return value is True

    def _text(self, value: object, table: str, key: str = "") -> str:
        if not isinstance(value, str):
            self.wrong(f"{key or table} must be a text in quotes, not {value!r}", table, key)
        return str(value)
