# ruff: noqa: E501  tables
"""Numbers and mail addresses as they are spoken, and more odd ways of writing them: those of the fifth unseen set."""

from random import Random

from cleaning_ways import Way

SAID = ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def bare(value: str) -> str:
    kept = "".join(mark for mark in value if mark.isdecimal() or mark in "Xx")
    return kept[-11:] if value.startswith(("+86", "0086", "86 ")) else kept[-10:] if value.startswith("+1") else kept


def parts(value: str) -> list[str]:
    kept = bare(value)
    sizes = (
        [3, 4, 4]
        if len(kept) == 11
        else [3, 3, 4]
        if len(kept) == 10
        else [3, 2, 4]
        if len(kept) == 9
        else [6, 8, 4]
        if len(kept) == 18
        else [4] * 5
    )
    made, at = [], 0
    for size in sizes:
        made.append(kept[at : at + size])
        at += size
    return [one for one in made if one]


def in_han(value: str, digits: str) -> str:
    return "".join(digits[int(mark)] if mark.isdecimal() else "艾克斯" for mark in value)


def spoken_one_breath(value: str, chance: Random) -> str:
    return in_han(bare(value), chance.choice(["零幺二三四五六七八九", "零一二三四五六七八九"]))


def spoken_with_pauses(value: str, chance: Random) -> str:
    mark, digits = (
        chance.choice(["，", " ", "、", "……"]),
        chance.choice(["零幺二三四五六七八九", "零一二三四五六七八九"]),
    )
    return mark.join(in_han(part, digits) for part in parts(value))


def spoken_in_words(value: str, chance: Random) -> str:
    mark = chance.choice([" ", ", ", ". "])
    return mark.join(" ".join(SAID[int(digit)] for digit in part) for part in parts(value))


def spoken_with_doubles(value: str, _: Random) -> str:
    made, at, kept = [], 0, bare(value)
    while at < len(kept):
        pair = kept[at : at + 2]
        made.append(f"double {SAID[int(pair[0])]}" if len(pair) == 2 and pair[0] == pair[1] else SAID[int(pair[0])])
        at += 2 if made[-1].startswith("double") else 1
    return " ".join(made)


def spoken_mail(value: str, chance: Random) -> str:
    return (
        value.replace(".", " dot ")
        .replace("_", " underscore ")
        .replace("-", " dash ")
        .replace("@", chance.choice([" at ", " at, "]))
    )


def underscored(value: str, _: Random) -> str:
    return "_".join(parts(value))


def long_dashes(value: str, chance: Random) -> str:
    return chance.choice(["—", "–", "－", "‑"]).join(parts(value))


def starred(value: str, chance: Random) -> str:
    return chance.choice(["*", "**", "+", "=", "|"]).join(parts(value))


def smiling(value: str, chance: Random) -> str:
    return chance.choice(["😀", "✨", "❤", "☎"]).join(parts(value))


def in_pairs(value: str, chance: Random) -> str:
    kept = bare(value)
    return chance.choice([" ", "-", "."]).join(kept[at : at + 2] for at in range(0, len(kept), 2))


def letters_for_digits(value: str, _: Random) -> str:
    return bare(value).replace("0", "O").replace("1", "l")


def raised(value: str, _: Random) -> str:
    return "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def bengali(value: str, _: Random) -> str:
    return "".join("০১২৩৪৫৬৭৮৯"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def wide_spaces(value: str, chance: Random) -> str:
    return chance.choice(["\u3000", "\u00a0", "\u2009", "  "]).join(parts(value))


def line_between(value: str, chance: Random) -> str:
    kept = bare(value)
    return kept[:-4] + chance.choice(["\n", "\r\n"]) + kept[-4:]


def half_wide(value: str, _: Random) -> str:
    return "".join(
        chr(ord(mark) + 0xFEE0) if at % 2 and mark.isascii() else mark for at, mark in enumerate(bare(value))
    )


def mail_spoken_han(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice([" 艾特 ", "艾特", "圈A", "（在）"])).replace(
        ".", chance.choice([".", "点", " 点 "])
    )


def mail_comma(value: str, _: Random) -> str:
    user, host = value.split("@")
    return user + "@" + host.replace(".", ",", 1)


def mail_star(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["*", "#", "&", " # "]))


def mail_percent(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["%40", "&#64;", "&#x40;", "&commat;"]))


def mail_round_words(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice([" (at) ", "[at]", " AT ", "(at)"])).replace(
        ".", chance.choice([" (dot) ", "[dot]", " DOT ", "(dot)"])
    )


def mail_spread(value: str, _: Random) -> str:
    user, host = value.split("@")
    return f"{user} @ {host}"


def mail_wide_at(value: str, _: Random) -> str:
    return value.replace("@", "＠").replace(".", "．")


FIFTH_DIGITS: list[Way] = [
    underscored, long_dashes, starred, smiling, in_pairs, letters_for_digits, raised, bengali, wide_spaces, line_between, half_wide,
]  # fmt: skip
FIFTH_MAIL: list[Way] = [
    mail_spoken_han,
    mail_comma,
    mail_star,
    mail_percent,
    mail_round_words,
    mail_spread,
    mail_wide_at,
    spoken_mail,
]
FIFTH: dict[str, list[Way]] = {
    "MOBILE": [*FIFTH_DIGITS, spoken_one_breath, spoken_with_pauses, spoken_with_pauses], "CN_ID": [*FIFTH_DIGITS, spoken_one_breath, spoken_with_pauses],
    "BANK": [*FIFTH_DIGITS, spoken_one_breath, spoken_with_pauses], "QQ": [raised, bengali, half_wide, spoken_one_breath, wide_spaces, smiling],
    "EMAIL": FIFTH_MAIL, "USPHONE": [*FIFTH_DIGITS, spoken_in_words, spoken_in_words, spoken_with_doubles],
    "CARD": [*FIFTH_DIGITS, spoken_in_words], "SSN": [*FIFTH_DIGITS, spoken_in_words, spoken_with_doubles],
}  # fmt: skip
