"""Rule files of one's own, held to their examples before a cleaning uses them, and `gridtie clean rules test`."""

import argparse
import re
import signal
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gridtie.cli.context import decoded, read_bounded, text_of_file
from gridtie.cli.output import print_rows, say
from gridtie.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from gridtie.cleaning.rule import Rule, RuleSet
    from gridtie.cleaning.scan import Scanner

RULE_S = 10.0  # of the processor, that one rule may take for the examples of all
AGAIN = 40  # times that a piece of an example is repeated
PIECE = 3  # characters of one at most


def own_rules(policy_text: str, policy: Path) -> dict[str, str]:
    """The texts of the rule files that a policy names, by the names it gives them.

    Raises InvalidInput, with file, line and column: a file that is not there, a rule that cannot be applied, one that
    does not do what its own examples say, or takes seconds for a line."""
    from gridtie.cleaning.policy import Policy
    from gridtie.cleaning.scan import Scanner

    made: dict[str, str] = {}
    for name, (line, column) in Policy.rule_files(policy_text, source=str(policy)).items():
        made[name] = text_beside(policy, name, "the rule file", line, column)
    if made:
        rules, own = _read({str(policy.parent / name): text for name, text in made.items()})
        scanner = Scanner(rules)
        for rule in own:
            if failed := _failed(rule, scanner):
                file, line, column = rules.places[rule.id]
                why = f"rule {rule.id!r}: {failed[0]!r} is not found as marked; see gridtie clean rules test {file}"
                raise InvalidInput(source=file, problems=[Problem(why, line=line, column=column)])
    return made


def text_beside(policy: Path, name: str, what: str, line: int = 0, column: int = 0) -> str:
    """Of a file that the policy names, from where it lies. Raises InvalidInput, at the policy's place where known."""
    try:
        raw = read_bounded(policy.parent / name)
    except OSError as cause:
        problem = Problem(f"{what} {name} cannot be read: {cause.strerror or cause}", line=line, column=column)
        raise InvalidInput(source=str(policy), problems=[problem]) from None
    return decoded(raw, policy.parent / name)


def test_rules(args: argparse.Namespace) -> int:
    from gridtie.cleaning.scan import Scanner

    rules, own = _read({str(path): text_of_file(path) for path in args.files})
    scanner, rows, wrong = Scanner(rules), [], 0
    for rule in rules.rules:
        failed = _failed(rule, scanner)
        wrong += len(failed)
        count = len(rule.hits) + len(rule.misses)
        if failed or rule in own or not args.files:
            rows.append({"rule": rule.id, "kind": rule.kind, "examples": count, "failed": failed})
    print_rows(rows, ("rule", "kind", "examples", "failed"), args)
    beside = f"; {len(own)} of your own, the others built in and not shown" if args.files else ""
    say(f"{len(rules.rules)} rules of {len(rules.kinds)} kinds, {wrong} examples failed{beside}")
    return 1 if wrong else 0


def _read(texts: Mapping[str, str]) -> "tuple[RuleSet, list[Rule]]":
    """All rules, and those of one's own. Raises InvalidInput."""
    from gridtie.adapters.tables import rule_texts
    from gridtie.cleaning.rule import Example, RuleSet

    rules = RuleSet.read(rule_texts(), texts)
    own = [rule for rule in rules.rules if rule.id in rules.own]
    examples = [Example.read(text).text for rule in rules.rules for text in (*rule.hits, *rule.misses)]
    for rule in own:
        pumped = (text for shown in (*rule.hits, *rule.misses) for text in _pumped(Example.read(shown).text))
        if not _quick(rule, (*examples, *pumped)):
            file, line, column = rules.places[rule.id]
            why = (f"rule {rule.id!r} takes over {RULE_S:.0f} s for texts of a line, so that a page would take years; "
                   "let no two repetitions share what they repeat")  # fmt: skip
            raise InvalidInput(source=file, problems=[Problem(why, line=line, column=column)])
    return rules, own


def _failed(rule: "Rule", scanner: "Scanner") -> list[str]:
    from gridtie.cleaning.rule import Example

    examples = [(text, Example.read(text)) for text in (*rule.hits, *rule.misses)]
    return [text for text, example in examples if example.differs(scanner.scan(example.text))]


def _pumped(text: str) -> Iterator[str]:
    """The text with each small piece of it repeated, and an end that fits nothing: what (a+)+$ tries in every way."""
    for start in range(len(text)):
        for end in range(start + 1, min(start + PIECE, len(text)) + 1):
            yield text[:start] + text[start:end] * AGAIN + "\0"


def _quick(rule: "Rule", texts: Iterable[str]) -> bool:
    anchors = [re.compile(anchor[3:]) for anchor in rule.anchors if anchor.startswith("re:")]
    asked = [shape for shape in (rule.shape, rule.then, rule.tail, *anchors) if shape]
    around = [words for words in (rule.refuse, rule.refuse_right) if words]  # looked for in lower case

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, RULE_S)
    try:
        for text in texts:
            for shape in asked:
                shape.search(text)
            for words in around:
                words.search(text.lower())
    except TimeoutError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return True
