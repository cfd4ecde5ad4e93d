# ruff: noqa: E501  tables
"""Odd ways of writing numbers and mail addresses, those the rules were mended on, then others."""

from collections.abc import Callable
from random import Random

Way = Callable[[str, Random], str]
JOINERS = ["\u200c", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u200e"]


def digits_of(value: str) -> str:
    return "".join(letter for letter in value if letter.isalnum())


def grouped(value: str, mark: str, sizes: tuple[int, ...] = (3, 4, 4, 4, 4)) -> str:
    bare, parts, at = digits_of(value), [], 0
    for size in sizes if len(bare) == 11 else (4,) * 5:
        parts.append(bare[at : at + size])
        at += size
    return mark.join(part for part in parts if part)


def widened(value: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in value)


def replaced(value: str, digits: str) -> str:
    return "".join(digits[int(letter)] if letter.isdecimal() and letter.isascii() else letter for letter in value)


def full_width(value: str, _: Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in value)


def zero_width(value: str, _: Random) -> str:
    return value[0] + "".join("\u200b" + letter if at % 3 == 2 else letter for at, letter in enumerate(value[1:]))


def spaced(value: str, _: Random) -> str:
    return " ".join(letter for letter in value if letter.isalnum())


def dotted(value: str, _: Random) -> str:
    bare = "".join(letter for letter in value if letter.isalnum())
    return ".".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def han_digits(value: str, _: Random) -> str:
    return "".join("零一二三四五六七八九"[int(letter)] for letter in value if letter.isdigit())


def circle_digits(value: str, _: Random) -> str:
    return "".join("〇一二三四五六七八九"[int(letter)] for letter in value if letter.isdigit())


def spelled_digits(value: str, _: Random) -> str:
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return " ".join(words[int(letter)] for letter in value if letter.isdigit())


def spelled_mail(value: str, _: Random) -> str:
    return value.replace("@", " at ").replace(".", " dot ")


def bracketed_mail(value: str, _: Random) -> str:
    return value.replace("@", " [at] ").replace(".", " [dot] ")


def spaced_mail(value: str, _: Random) -> str:
    return value.replace("@", " @ ")


def hashed_mail(value: str, _: Random) -> str:
    return value.replace("@", "#")


def full_width_at(value: str, _: Random) -> str:
    return value.replace("@", "＠").replace(".", "．")


def wide_groups(value: str, _: Random) -> str:
    return widened(grouped(value, " ")).replace(" ", "　")


def wide_dashes(value: str, _: Random) -> str:
    return widened(grouped(value, "-"))


def joiners(value: str, chance: Random) -> str:
    return value[0] + "".join((chance.choice(JOINERS) if chance.random() < 0.4 else "") + mark for mark in value[1:])


def middle_dots(value: str, _: Random) -> str:
    return grouped(value, "·")


def slashes(value: str, _: Random) -> str:
    return grouped(value, "/")


def underscores(value: str, _: Random) -> str:
    return grouped(value, "_")


def uneven_spaces(value: str, chance: Random) -> str:
    bare, made = digits_of(value), ""
    while bare:
        size = chance.choice([2, 3, 4])
        made, bare = f"{made} {bare[:size]}", bare[size:]
    return made.strip()


def every_digit_dashed(value: str, _: Random) -> str:
    return "-".join(digits_of(value))


def every_digit_spaced(value: str, _: Random) -> str:
    return " ".join(digits_of(value))


def every_digit_dotted(value: str, _: Random) -> str:
    return ".".join(digits_of(value))


def broken(value: str, chance: Random) -> str:
    bare = value.replace(" ", "")
    at = chance.randint(3, len(bare) - 3)
    return bare[:at] + "\n" + bare[at:]


def capital_numerals(value: str, _: Random) -> str:
    return replaced(value, "零壹贰叁肆伍陆柒捌玖")


def radio_numerals(value: str, _: Random) -> str:
    return replaced(digits_of(value), "洞幺两三四五六拐八勾")


def some_numerals(value: str, chance: Random) -> str:
    return "".join(
        replaced(mark, "零一二三四五六七八九") if chance.random() < 0.4 else mark for mark in digits_of(value)
    )


def circled(value: str, _: Random) -> str:
    return replaced(digits_of(value), "⓪①②③④⑤⑥⑦⑧⑨")


def mathematical(value: str, _: Random) -> str:
    return replaced(value, "".join(chr(0x1D7CE + at) for at in range(10)))


def letters_for_digits(value: str, chance: Random) -> str:
    bare = digits_of(value)
    return "".join(
        {"0": chance.choice("Oo"), "1": chance.choice("lI")}.get(mark, mark) if at else mark
        for at, mark in enumerate(bare)
    )


def words(value: str, _: Random) -> str:
    spoken = ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return "-".join(spoken[int(mark)] for mark in value if mark.isdecimal())


def at_dot(value: str, at: str, dot: str) -> str:
    user, host = value.split("@")
    return user + at + host.replace(".", dot)


def mail_entity(value: str, _: Random) -> str:
    return at_dot(value, "&#64;", "&#46;")


def mail_percent(value: str, _: Random) -> str:
    return value.replace("@", "%40")


def mail_han(value: str, chance: Random) -> str:
    return at_dot(value, chance.choice(["艾特", "（艾特）", " 圈a "]), chance.choice(["点", " 点 ", "."]))


def mail_round(value: str, chance: Random) -> str:
    return at_dot(
        value, chance.choice(["(at)", " (AT) ", "{at}", "<at>", "【at】"]), chance.choice([".", "(dot)", "."])
    )


def mail_capitals(value: str, _: Random) -> str:
    return at_dot(value, " AT ", " DOT ")


def mail_dashes(value: str, chance: Random) -> str:
    return at_dot(value, chance.choice(["-at-", "_at_", "*at*"]), chance.choice([".", "-dot-"]))


def mail_loose(value: str, _: Random) -> str:
    return at_dot(value, " @ ", " . ")


def mail_broken(value: str, _: Random) -> str:
    return value.replace("@", "@\n")


def mail_lookalikes(value: str, _: Random) -> str:
    return value.replace("a", "\u0430").replace("o", "\u043e").replace("e", "\u0435")


def mail_wide(value: str, _: Random) -> str:
    return widened(value)


def mail_full_stop(value: str, _: Random) -> str:
    user, host = value.split("@")
    return f"{user}@{host.replace('.', '。')}"


NUMBERS: list[Way] = [full_width, zero_width, spaced, dotted]
KNOWN: dict[str, list[Way]] = {
    "MOBILE": [*NUMBERS, han_digits, circle_digits], "USPHONE": [full_width, zero_width, spelled_digits],
    "CN_ID": NUMBERS, "BANK": NUMBERS, "CARD": NUMBERS, "SSN": [full_width, zero_width], "QQ": [full_width, zero_width, han_digits],
    "EMAIL": [full_width_at, zero_width, spelled_mail, bracketed_mail, spaced_mail, hashed_mail],
}  # fmt: skip


# ── for the second unseen set ─────────────────────────────────────────────────────────────────────────────────────
def every_digit_with_comma(value: str, chance: Random) -> str:
    return chance.choice(["，", ",", "、"]).join(digits_of(value))


def no_break_spaces(value: str, chance: Random) -> str:
    return grouped(value, chance.choice(["\u00a0", "\u2009", "\u202f", "\u2003"]))


def long_dashes(value: str, chance: Random) -> str:
    return grouped(value, chance.choice(["–", "—", "－", "‑"]))


def keycaps(value: str, _: Random) -> str:
    return "".join(mark + "\ufe0f\u20e3" for mark in digits_of(value))


def arabic_digits(value: str, _: Random) -> str:
    return replaced(value, "٠١٢٣٤٥٦٧٨٩")


def raised(value: str, _: Random) -> str:
    return replaced(value, "⁰¹²³⁴⁵⁶⁷⁸⁹")


def pairs(value: str, _: Random) -> str:
    bare = digits_of(value)
    return " ".join(bare[at : at + 2] for at in range(0, len(bare), 2))


def wide_spaced(value: str, _: Random) -> str:
    return "　".join(widened(digits_of(value)))


def han_groups(value: str, chance: Random) -> str:
    return replaced(grouped(value, chance.choice([" ", "-", ""])), "零一二三四五六七八九")


def joined_twice(value: str, chance: Random) -> str:
    return value[0] + "".join(chance.choice(["", "", "\u200b\u200b", "\ufeff"]) + mark for mark in value[1:])


def broken_at_group(value: str, _: Random) -> str:
    return grouped(value, "\n", (7, 4))[: len(digits_of(value)) + 1] if len(digits_of(value)) == 11 else value


def words_with_commas(value: str, _: Random) -> str:
    return words(value, _).replace("-", ", ").replace("oh", "zero")


def mail_square(value: str, _: Random) -> str:
    return at_dot(value, "[at]", "[dot]")


def mail_round_spaced(value: str, _: Random) -> str:
    return at_dot(value, " (at) ", " (dot) ")


def mail_comma(value: str, _: Random) -> str:
    return value.replace(".", ",")


def mail_no_break(value: str, _: Random) -> str:
    return value.replace("@", "\u200b@\u200b")


def mail_plain_at(value: str, _: Random) -> str:
    return value.replace("@", " at ")


def mail_hash(value: str, _: Random) -> str:
    return value.replace("@", "#")


def mail_mathematical(value: str, _: Random) -> str:
    return replaced(value, "".join(chr(0x1D7D8 + at) for at in range(10)))


def mail_broken_before(value: str, _: Random) -> str:
    return value.replace("@", "\n@")


DIGITS: list[Way] = [
    wide_groups, wide_dashes, joiners, middle_dots, slashes, underscores, uneven_spaces, every_digit_dashed,
    every_digit_spaced, every_digit_dotted, broken, circled, mathematical, letters_for_digits,
]  # fmt: skip
HAN: list[Way] = [capital_numerals, radio_numerals, some_numerals]
MAIL: list[Way] = [
    joiners, mail_entity, mail_percent, mail_han, mail_round, mail_capitals, mail_dashes, mail_loose, mail_broken,
    mail_lookalikes, mail_wide, mail_full_stop,
]  # fmt: skip
FIRST: dict[str, list[Way]] = {
    "MOBILE": DIGITS + HAN, "CN_ID": DIGITS + HAN[:1], "BANK": DIGITS + HAN[:1], "QQ": [*DIGITS[:7], *HAN], "EMAIL": MAIL,
    "USPHONE": [*DIGITS[2:6], words, broken, mathematical], "CARD": [*DIGITS, words], "SSN": [*DIGITS[2:6], words, mathematical],
}  # fmt: skip
AGAIN_DIGITS: list[Way] = [
    every_digit_with_comma, no_break_spaces, long_dashes, keycaps, arabic_digits, pairs, wide_spaced,
    joined_twice, full_width, spaced, mathematical, circled,
]  # fmt: skip
AGAIN: dict[str, list[Way]] = {
    "MOBILE": [*AGAIN_DIGITS, raised, han_groups, broken_at_group, capital_numerals],
    "CN_ID": AGAIN_DIGITS, "BANK": AGAIN_DIGITS, "QQ": [*AGAIN_DIGITS[:8], han_groups],
    "EMAIL": [mail_square, mail_round_spaced, mail_comma, mail_no_break, mail_plain_at, mail_hash, mail_mathematical, mail_broken_before, full_width_at, mail_lookalikes],
    "USPHONE": [no_break_spaces, long_dashes, arabic_digits, joined_twice, full_width, words_with_commas, mathematical],
    "CARD": [*AGAIN_DIGITS, words_with_commas], "SSN": [arabic_digits, joined_twice, full_width, words_with_commas, pairs],
}  # fmt: skip


# ── for the third unseen set ──────────────────────────────────────────────────────────────────────────────────────
def between(value: str, mark: str) -> str:
    return mark.join(digits_of(value))


def tilde_groups(value: str, chance: Random) -> str:
    return grouped(value, chance.choice(["~", "～", "*", "+", "|", "、", ":", "="]))


def bullets(value: str, chance: Random) -> str:
    return grouped(value, chance.choice(["•", "●", "‧", "・", "☆", "…", ".."]))


def tabbed(value: str, _: Random) -> str:
    return grouped(value, "\t")


def every_digit_marked(value: str, chance: Random) -> str:
    return between(value, chance.choice(["*", "~", "|", "_", "/", "·", "。", "  "]))


def bracketed_groups(value: str, chance: Random) -> str:
    opened, closed = chance.choice(["()", "（）", "[]", "【】"])
    parts = grouped(value, " ").split()
    return "".join(f"{opened}{part}{closed}" if at % 2 else part for at, part in enumerate(parts))


def filled_circles(value: str, _: Random) -> str:
    return replaced(digits_of(value), "⓿❶❷❸❹❺❻❼❽❾")


def stroke_digits(value: str, _: Random) -> str:
    return replaced(digits_of(value), "零壹贰叁肆伍陸柒捌玖")


def low_digits(value: str, _: Random) -> str:
    return replaced(value, "₀₁₂₃₄₅₆₇₈₉")


def hindi_digits(value: str, _: Random) -> str:
    return replaced(value, "०१२३४५६७८९")


def keycaps_spaced(value: str, _: Random) -> str:
    return " ".join(mark + "\ufe0f\u20e3" for mark in digits_of(value))


def wide_and_narrow(value: str, chance: Random) -> str:
    return "".join(widened(mark) if chance.random() < 0.5 else mark for mark in value)


def wide_dots(value: str, chance: Random) -> str:
    return widened(grouped(value, chance.choice([".", "/", "_", ","])))


def han_spaced(value: str, chance: Random) -> str:
    return between(replaced(digits_of(value), "零一二三四五六七八九"), chance.choice([" ", "-", "、", "，", "."]))


def han_mixed(value: str, chance: Random) -> str:
    scripts = ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", "0123456789", "洞幺两三四五六拐八勾")
    return "".join(chance.choice(scripts)[int(mark)] if mark.isdecimal() else mark for mark in digits_of(value))


def half_in_han(value: str, _: Random) -> str:
    bare = digits_of(value)
    return bare[:3] + replaced(bare[3:7], "零一二三四五六七八九") + bare[7:]


def pinyin(value: str, chance: Random) -> str:
    said = ["ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"]
    return chance.choice([" ", "-", ""]).join(said[int(mark)] for mark in value if mark.isdecimal())


def words_and_digits(value: str, chance: Random) -> str:
    spoken = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return " ".join(spoken[int(mark)] if chance.random() < 0.5 else mark for mark in value if mark.isdecimal())


def words_in_capitals(value: str, _: Random) -> str:
    return spelled_digits(value, _).upper()


def words_in_groups(value: str, _: Random) -> str:
    said = spelled_digits(value, _).split()
    return f"{' '.join(said[:3])}, {' '.join(said[3:6])}, {' '.join(said[6:])}"


def broken_twice(value: str, _: Random) -> str:
    return grouped(value, "\n")


def broken_with_dash(value: str, chance: Random) -> str:
    bare = digits_of(value)
    at = chance.randint(3, len(bare) - 3)
    return f"{bare[:at]}-\n{bare[at:]}"


def words_between(value: str, chance: Random) -> str:
    """As those write who want to keep machines out."""
    bare = digits_of(value)
    return bare[:3] + chance.choice(["（去掉）", "[空格]", "（中间无空格）", "<b></b>", "&nbsp;", "&#8203;"]) + bare[3:]


def joiner_every(value: str, _: Random) -> str:
    return "\u200d".join(value)


def marks_above(value: str, _: Random) -> str:
    return "".join(mark + "\u0336" if mark.isdecimal() else mark for mark in value)


def mail_defanged(value: str, chance: Random) -> str:
    return at_dot(value, chance.choice(["@", "[@]", "(@)", "[at]"]), chance.choice(["[.]", "(.)", "[dot]"]))


def mail_tight_round(value: str, chance: Random) -> str:
    return at_dot(value, chance.choice(["(At)", "<AT>", "[ at ]", "( at )", "{AT}", "|at|", "~at~", "(a t)"]), ".")


def mail_words_spaced(value: str, chance: Random) -> str:
    return at_dot(
        value,
        chance.choice([" _at_ ", " -at- ", " At ", " (at sign) ", " at sign "]),
        chance.choice([" dot ", " (dot) ", " [dot] ", " . "]),
    )


def mail_han_words(value: str, chance: Random) -> str:
    return at_dot(
        value, chance.choice(["小老鼠", "[艾特]", "@", "（圈a）", "at"]), chance.choice(["点", "[点]", "（点）", "點"])
    )


def mail_spaced_letters(value: str, _: Random) -> str:
    return " ".join(value)


def mail_circled(value: str, _: Random) -> str:
    return "".join(chr(0x24D0 + ord(mark) - 97) if "a" <= mark <= "z" else mark for mark in value)


def mail_bold(value: str, _: Random) -> str:
    return "".join(chr(0x1D41A + ord(mark) - 97) if "a" <= mark <= "z" else mark for mark in value)


def mail_greek(value: str, _: Random) -> str:
    return value.replace("o", "\u03bf").replace("a", "\u03b1").replace("i", "\u0456").replace("c", "\u0441")


def mail_small_at(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["﹫", "ⓐ", "＠", " ＠ "]))


def mail_no_spam(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["@nospam.", "@REMOVE-THIS.", "-nospam@"]))


def mail_tags(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["<span>@</span>", "<b>@</b>", "<!-- -->@<!-- -->", "<i></i>@"]))


def mail_underscores(value: str, _: Random) -> str:
    return at_dot(value, "_at_", "_dot_")


def mail_wide_dots(value: str, chance: Random) -> str:
    return value.replace(".", chance.choice(["．", "。", "｡", "·", "•", " 。"]))


THIRD_DIGITS: list[Way] = [
    tilde_groups, bullets, tabbed, every_digit_marked, bracketed_groups, filled_circles, stroke_digits, hindi_digits,
    keycaps_spaced, wide_and_narrow, wide_dots, broken_twice, broken_with_dash, words_between, joiner_every, marks_above,
    full_width, zero_width, spaced, dotted, every_digit_dashed,
]  # fmt: skip
THIRD_HAN: list[Way] = [han_spaced, han_mixed, half_in_han, pinyin, han_digits, circle_digits, capital_numerals]
THIRD: dict[str, list[Way]] = {
    "MOBILE": THIRD_DIGITS + THIRD_HAN, "CN_ID": [*THIRD_DIGITS, half_in_han, capital_numerals], "BANK": [*THIRD_DIGITS, half_in_han],
    "QQ": [*THIRD_DIGITS[:4], *THIRD_DIGITS[6:11], *THIRD_HAN],
    "EMAIL": [
        mail_defanged, mail_tight_round, mail_words_spaced, mail_han_words, mail_spaced_letters, mail_circled, mail_bold, mail_greek,
        mail_small_at, mail_no_spam, mail_tags, mail_underscores, mail_wide_dots, spelled_mail, bracketed_mail, full_width_at, zero_width,
        mail_round, mail_plain_at, mail_wide,
    ],
    "USPHONE": [*THIRD_DIGITS[:6], *THIRD_DIGITS[8:], words_and_digits, words_in_capitals, words_in_groups, spelled_digits, low_digits],
    "CARD": [*THIRD_DIGITS, words_and_digits, words_in_groups], "SSN": [*THIRD_DIGITS[:4], *THIRD_DIGITS[9:11], *THIRD_DIGITS[14:], words_and_digits, words_in_capitals],
}  # fmt: skip


# ── for the fourth unseen set ─────────────────────────────────────────────────────────────────────────────────────
def commas(value: str, chance: Random) -> str:
    return grouped(value, chance.choice([",", "，", ", ", "、"]))


def spaced_dashes(value: str, chance: Random) -> str:
    return grouped(value, chance.choice([" - ", " – ", " / ", " . "]))


def square_digits(value: str, chance: Random) -> str:
    return "".join(f"[{mark}]" if chance.random() < 0.3 else mark for mark in digits_of(value))


def thai_digits(value: str, _: Random) -> str:
    return replaced(value, "๐๑๒๓๔๕๖๗๘๙")


def parenthesised(value: str, _: Random) -> str:
    return "".join(chr(0x2474 + int(mark) - 1) if mark in "123456789" else mark for mark in digits_of(value))


def capitals_mixed(value: str, chance: Random) -> str:
    return "".join(chance.choice("零一二三四五六七八九"[int(mark)] + "零壹贰叁肆伍陆柒捌玖"[int(mark)]) for mark in value if mark.isdecimal())  # fmt: skip


def word_pairs(value: str, _: Random) -> str:
    said = spelled_digits(value, _).split()
    return " - ".join(" ".join(said[at : at + 2]) for at in range(0, len(said), 2))


def mail_at_only(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["{at}", " <at> ", "（at）", "[AT]", " (a) "]))


def mail_dot_only(value: str, chance: Random) -> str:
    return value.replace(".", chance.choice(["(dot)", " dot ", "[.]", "{dot}"]))


def mail_blank_after(value: str, _: Random) -> str:
    return value.replace("@", "@ ")


FOURTH_DIGITS: list[Way] = [
    commas, spaced_dashes, square_digits, thai_digits, parenthesised, full_width, zero_width, spaced, dotted, broken, middle_dots, mathematical,
]  # fmt: skip
FOURTH: dict[str, list[Way]] = {
    "MOBILE": [*FOURTH_DIGITS, capitals_mixed, han_digits, capital_numerals], "CN_ID": FOURTH_DIGITS, "BANK": FOURTH_DIGITS,
    "QQ": [full_width, zero_width, spaced, thai_digits, capitals_mixed],
    "EMAIL": [mail_at_only, mail_dot_only, mail_blank_after, spelled_mail, bracketed_mail, full_width_at, zero_width, mail_bold, mail_round],
    "USPHONE": [*FOURTH_DIGITS[1:4], *FOURTH_DIGITS[5:], word_pairs, spelled_digits], "CARD": FOURTH_DIGITS, "SSN": [*FOURTH_DIGITS[3:9], word_pairs],
}  # fmt: skip
