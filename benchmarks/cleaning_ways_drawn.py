"""Odd ways of writing of the seventh to eleventh unseen set, whose files name them."""

from random import Random

ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def parts(kept: str) -> list[str]:
    sizes = {9: (3, 2, 4), 10: (3, 3, 4), 11: (3, 4, 4), 18: (6, 8, 4)}.get(len(kept), (4, 4, 4, 4, 4))
    return [part for at, size in enumerate(sizes) if (part := kept[sum(sizes[:at]) :][:size])]


def bare(value: str) -> str:
    kept = "".join(mark for mark in value if mark.isdecimal() or mark in "Xx")
    if value.startswith(("+86", "(+86", "86-")):
        return kept[2:]
    return kept[1:] if len(kept) == 11 and value.startswith(("+1", "1-")) else kept


def wide(value: str, _: Random) -> str:
    return "".join(chr(ord(mark) + 0xFEE0) for mark in bare(value))


def circled(value: str, _: Random) -> str:
    return "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def spaced(value: str, _: Random) -> str:
    return " ".join(bare(value))


def dotted(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("·•．")
    return mark.join(parts(kept))


def formal(value: str, _: Random) -> str:
    return "".join("零壹贰叁肆伍陆柒捌玖"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def lettered(value: str, _: Random) -> str:
    kept = bare(value)
    return kept[0] + kept[1:].replace("0", "O").replace("1", "l")


def wrapped(value: str, _: Random) -> str:
    kept = bare(value)
    return kept[: len(kept) // 2] + "\n" + kept[len(kept) // 2 :]


def said(value: str, _: Random) -> str:
    return " ".join(ENGLISH[int(mark)] for mark in bare(value))


def mail_wide(value: str, _: Random) -> str:
    return value.replace("@", "＠").replace(".", "．")


def mail_han(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["艾特", " 艾特 ", "圈a"])).replace(".", "点")


def mail_entity(value: str, _: Random) -> str:
    return value.replace("@", "&#64;").replace(".", "&#46;")


def mail_percent(value: str, _: Random) -> str:
    return value.replace("@", "%40")


def mail_words(value: str, _: Random) -> str:
    return value.replace("@", " [at] ").replace(".", " [dot] ")


def defanged(value: str, chance: Random) -> str:
    return value.replace(".", chance.choice(["[.]", "(.)", " . "]))


def bold(value: str, chance: Random) -> str:
    first = chance.choice([0x1D7CE, 0x1D7EC, 0x1D7F6])
    return "".join(chr(first + int(mark)) if mark.isdecimal() else mark for mark in bare(value))


def keycaps(value: str, _: Random) -> str:
    return "".join(mark + "\ufe0f\u20e3" if mark.isdecimal() else mark for mark in bare(value))


def arabic(value: str, _: Random) -> str:
    return "".join("٠١٢٣٤٥٦٧٨٩"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def underscored(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("_~*+")
    return mark.join(parts(kept))


def softly(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("\u00ad\u200d\ufeff")
    return kept[:4] + mark + kept[4:7] + mark + kept[7:]


def emojied(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("🌸❤✨")
    return mark.join(parts(kept))


def halves(value: str, _: Random) -> str:
    kept = bare(value)
    return (
        kept[:3]
        + "".join("〇一二三四五六七八九"[int(mark)] if mark.isdecimal() else mark for mark in kept[3:7])
        + kept[7:]
    )


def spoken(value: str, chance: Random) -> str:
    heard = "".join("洞幺两三四五六拐八勾"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))
    return chance.choice(["", " "]).join([heard[:3], heard[3:7], heard[7:]])


def doubled(value: str, chance: Random) -> str:
    names, kept, heard, at = ["oh", *ENGLISH[1:]], bare(value), [], 0
    while at < len(kept):
        twice = kept[at : at + 2] == kept[at] * 2
        heard.append(("double " if twice else "") + names[int(kept[at])])
        at += 2 if twice else 1
    return chance.choice([" ", ", "]).join(heard)


def mail_spaced(value: str, _: Random) -> str:
    return value.replace("@", " @ ").replace(".", " . ")


def mail_square(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["[at]", "【at】", "-at-", "(at)"]))


def mail_hash(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["#", "＃"]))


def mail_mouse(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["（小老鼠）", "[小老鼠]", "(艾特)"])).replace(
        ".", chance.choice([".", "。"])
    )


def mail_spelt(value: str, _: Random) -> str:
    return value.replace("@", " AT ").replace(".", " DOT ")


def iban_odd(value: str, chance: Random) -> str:
    kept = value.replace(" ", "")
    return chance.choice(
        [
            kept.lower(),
            "-".join(kept[at : at + 4] for at in range(0, len(kept), 4)),
            ".".join(kept[at : at + 4] for at in range(0, len(kept), 4)),
        ]
    )


def entity_digits(value: str, _: Random) -> str:
    return "".join(f"&#{ord(mark)};" for mark in bare(value))


def slashed(value: str, _: Random) -> str:
    return "/".join(parts(bare(value)))


def dotted_parts(value: str, _: Random) -> str:
    return ".".join(parts(bare(value)))


def plus_words(value: str, chance: Random) -> str:
    mark = chance.choice(["-", " - "])
    return chance.choice([", ", " / "]).join(
        mark.join(ENGLISH[int(digit)] for digit in part) for part in parts(bare(value))
    )


def mail_entities(value: str, _: Random) -> str:
    return "".join(f"&#{ord(mark)};" for mark in value)


def mail_curly(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["{at}", " {at} ", "<at>", "_at_"]))
