"""Check characters and dates of identifiers, each a yes or no about the bare characters. Sources beside each."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from types import MappingProxyType

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", "012345678912345678123457923456789", strict=True))
_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
# First letter of a Taiwanese identity number: two digits by place of first registration.
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
# GB/T 2260: the first two digits of every division code. 81 to 83 are residence permits of Hong Kong, Macau and Taiwan,
# and 91 stands in the numbers of foreigners' permanent residence cards.
_AREAS = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91"
PROVINCES = frozenset(_AREAS.split())
# SWIFT's registry of IBANs: countries by the length of theirs.
_IBAN_COUNTRIES = {
    15: "NO", 16: "BE BI", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ DZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST", 26: "IS TR", 27: "BF BJ CF CG CM DJ FR GR IT KM MC MG ML MR NE SM SN TD TG",
    28: "AL AZ BY CI CY DO GT HN HU LB NI PL SV GA GQ MA",
    29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip

# NANPA, 2024: area codes of places, by their first digit. Those of services (800, 900, 700 and their like) are not
# here.
_AREA_CODES = {
    "2": "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 23 24 25 26 27 28 29 31 34 35 36 39 40 42 "
    "46 48 49 50 51 52 53 54 56 57 60 62 63 64 67 68 69 70 72 74 76 79 81 83 84 89",
    "3": "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 21 23 24 25 26 27 29 30 31 32 34 36 37 39 "
    "40 41 43 45 46 47 50 51 52 53 54 57 60 61 63 64 65 67 68 69 80 82 85 86",
    "4": "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 23 24 25 28 30 31 32 34 35 36 37 38 40 41 42 "
    "43 45 47 48 50 56 58 60 63 64 68 69 70 71 72 73 74 75 78 79 80 84",
    "5": "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 30 31 34 39 40 41 48 51 57 59 61 62 63 "
    "64 67 70 71 72 73 74 75 79 80 81 82 84 85 86 87",
    "6": "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 21 22 23 24 26 28 29 30 31 36 39 40 41 "
    "45 46 47 49 50 51 56 57 58 59 60 61 62 64 67 69 70 71 72 78 79 80 81 82 83 84 86 89",
    "7": "01 02 03 04 05 06 07 08 09 12 13 14 15 16 17 18 19 20 21 24 25 26 27 28 30 31 32 34 37 38 40 42 43 "
    "47 53 54 57 58 60 62 63 65 67 69 70 71 72 73 74 75 78 79 80 81 82 84 85 86 87",
    "8": "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 25 26 28 29 30 31 32 35 37 38 39 40 43 45 "
    "47 48 49 50 54 56 57 58 59 60 61 62 63 64 65 67 68 69 70 72 73 76 78 79",
    "9": "01 02 03 04 05 06 07 08 09 10 12 13 14 15 16 17 18 19 20 25 28 29 30 31 34 36 37 38 39 40 41 42 43 "
    "45 47 48 49 51 52 54 56 59 70 71 72 73 75 78 79 80 83 84 85 86 89",
}  # fmt: skip
_AMERICAN_AREAS = frozenset(first + rest for first, listed in _AREA_CODES.items() for rest in listed.split())
# Sizes and limits of machines, which would be telephones of Dallas and Puerto Rico.
_POWERS = frozenset(str(2**power + off) for power in range(30, 34) for off in (-1, 0, 1))

Check = Callable[[str], bool]


def _reads(shape: str) -> Callable[[Check], Check]:
    """A check of texts of this shape; anything else fails it, for rules of operators may hold it against anything."""
    whole = re.compile(shape)

    def made(check: Check) -> Check:
        @wraps(check)
        def total(text: str) -> bool:
            return whole.fullmatch(text) is not None and check(text)

        return total

    return made


@_reads("[0-9]{8}")
def is_date(text: str) -> bool:
    """YYYYMMDD of a day that people now living can have been born on."""
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return 1890 <= day.year <= 2049


@_reads("[0-9]{17}[0-9Xx]?")
def resident_id_shape(text: str) -> bool:
    """GB 11643 without its check character: a province and a real date."""
    return text[:2] in PROVINCES and is_date(text[6:14])


@_reads("[0-9]{17}[0-9Xx]")
def resident_id(text: str) -> bool:
    """GB 11643: ISO 7064 MOD 11-2 over 17 digits, besides province and date."""
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper() and resident_id_shape(text)


@_reads("[0-9]{15}")
def old_resident_id(text: str) -> bool:
    """Fifteen digits: six of a place, YYMMDD of the twentieth century, three."""
    return text[:2] in PROVINCES and is_date("19" + text[6:12])


@_reads("[0-9]{17}[0-9Xx]")
def foreigner_id(text: str) -> bool:
    """The card of 2023: 9, two of a place, three of a country, YYYYMMDD, three, and the check of GB 11643."""
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text[:17], strict=True))
    return text[0] == "9" and "10X98765432"[total % 11] == text[17].upper() and is_date(text[6:14])


@_reads("1?[0-9]{10}")
def american_telephone(text: str) -> bool:
    """NANP: an area code that a place has, an exchange that is no service (N11); one random number in three passes."""
    bare = text[-10:]
    alike = len(set(bare)) < 3 or bare in _POWERS or bare[4:] == "000000"
    return bare[:3] in _AMERICAN_AREAS and bare[3] in "23456789" and bare[4:6] != "11" and not alike


@_reads("[0-9]+")
def luhn(text: str) -> bool:
    """ISO/IEC 7812-1, annex B. One random number in ten passes."""
    if len(set(text)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(text)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


@_reads("[0-9A-Za-z]{18}")
def credit_code(text: str) -> bool:
    """GB 32100: MOD 31 over 17 characters, and the organisation code of GB 11714 within."""
    upper = text.upper()
    values = [_CREDIT_ALPHABET.find(letter) for letter in upper]
    if -1 in values or len(values) != 18 or upper[2:4] not in PROVINCES | {"10"}:
        return False
    total = sum(weight * value for weight, value in zip(_CREDIT_WEIGHTS, values[:17], strict=True))
    return -total % 31 == values[17]


@_reads("[0-9A-Za-z]{18}")
def organisation_code(text: str) -> bool:
    """GB 11714 within a credit code: MOD 11 over the ninth to sixteenth character against the seventeenth."""
    inner = text.upper()[8:17]
    total = sum(weight * int(letter, 36) for weight, letter in zip(_ORGANISATION_WEIGHTS, inner[:8], strict=True))
    return "0123456789X"[-total % 11] == inner[8]


@_reads("[0-9A-Za-z]{18}")
def credit_code_whole(text: str) -> bool:
    return credit_code(text) and organisation_code(text)


@_reads("[A-Za-z]{1,2}[0-9]{6}[(（]?[0-9Aa][)）]?")
def hong_kong_id(text: str) -> bool:
    """One or two letters, six digits, a check: mod 11 with A = 10, a missing first letter counts 36."""
    bare = text.upper().translate({ord(mark): None for mark in "()（）"})
    letters, rest = (bare[:2], bare[2:]) if bare[1].isalpha() else (" " + bare[0], bare[1:])
    values = [36 if letter == " " else ord(letter) - 55 for letter in letters] + [int(digit) for digit in rest[:6]]
    total = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return "0123456789A"[-total % 11] == rest[6]


@_reads("[A-Za-z][0-9]{9}")
def taiwan_id(text: str) -> bool:
    """One letter and nine digits, mod 10. The letter stands for two digits, and 1, 2, 8, 9 for a sex."""
    value = _TAIWAN_LETTERS.find(text[0].upper()) + 10
    total = value // 10 + 9 * (value % 10)
    total += sum(weight * int(digit) for weight, digit in zip((8, 7, 6, 5, 4, 3, 2, 1, 1), text[1:], strict=True))
    return total % 10 == 0


@_reads("[A-Za-z]{2}[0-9]{2}[0-9A-Za-z ]+")
def iban(text: str) -> bool:
    """ISO 13616: MOD 97 with the first four characters moved to the end, and as long as its country has them."""
    bare = text.upper().replace(" ", "")
    turned = bare[4:] + bare[:4]
    known = bare[:2] in _IBAN_COUNTRIES.get(len(bare), "")
    return known and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


# Resolvers of names that anybody may ask: they stand in settings everywhere, and say of nobody who it is.
_RESOLVERS = frozenset({
    "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "114.114.114.114", "114.114.115.115", "223.5.5.5",
    "223.6.6.6", "119.29.29.29",
})  # fmt: skip


@_reads(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
def public_ipv4(text: str) -> bool:
    """Four octets of an address that the whole Internet could reach, so no private, local, reserved or test one.

    IANA's registries of special-purpose addresses; of multicast, 224.0.1.0 to 238.255.255.255 is globally scoped.
    """
    octets = [int(part) for part in text.split(".")]
    if max(octets) > 255 or any(len(part) > 1 and part[0] == "0" for part in text.split(".")):
        return False
    a, b, c, _ = octets
    local = a in (0, 10, 127) or a >= 239 or (a, b, c) == (224, 0, 0) or (a, b) in {(169, 254), (192, 168)}
    private = (a == 172 and 16 <= b <= 31) or (a == 100 and 64 <= b <= 127) or (a == 198 and b in (18, 19))
    named = (a, b, c) in {(192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113)}
    return not (local or private or named or text in _RESOLVERS)


@_reads(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
def likely_ipv4(text: str) -> bool:
    """A public address that could hardly be a version or a section: those have small numbers, and small ones first."""
    octets = [int(part) for part in text.split(".")]
    return (max(octets) > 31 and max(octets[:2]) > 15) and public_ipv4(text)


@_reads("[0-9A-Fa-f:]+")
def global_ipv6(text: str) -> bool:
    """RFC 4291 text of a global unicast address (2000::/3) outside documentation and tunnel blocks."""
    bare = text.lower()
    if bare.count("::") > 1 or ":::" in bare:
        return False
    if "::" in bare:
        left, _, right = bare.partition("::")
        known = [group for group in (left + ":" + right).split(":") if group]
        if len(known) > 7:
            return False
    else:
        known = bare.split(":")
        if len(known) != 8 or "" in known:
            return False
    if not known or bare.startswith("::") or any(len(group) > 4 for group in known):
        return False
    first, second = int(known[0], 16), int(known[1], 16) if len(known) > 1 else 0
    shown = (first == 0x2001 and second == 0x0DB8) or (first == 0x3FFF and second < 0x1000)
    return 0x2000 <= first <= 0x3FFF and not shown


@_reads("[0-9A-Fa-f:.-]+")
def device_mac(text: str) -> bool:
    """EUI-48 of one card: not all alike, no row of numbers, none of the groups of bridges, IPv4 and IPv6."""
    bare = text.lower().replace(":", "").replace("-", "").replace(".", "")
    shown = bare in ("010203040506", "123456789abc", "001122334455")
    return len(bare) == 12 and len(set(bare)) > 2 and not shown and not bare.startswith(("0180c2", "01005e", "3333"))


@_reads("[0-9]{9}")
def social_number(text: str) -> bool:
    """SSA: no area 000, 666 or 9xx, no group 00, no serial 0000; and not the ones printed in advertisements."""
    area, group, serial = text[:3], text[3:5], text[5:]
    shown = text in ("078051120", "219099999", "123456789", "111111111")
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000" and not shown


@_reads("[0-9-]+")
def social_number_parted(text: str) -> bool:
    return social_number(text.replace("-", ""))


@_reads("[0-9A-HJ-NPR-Za-hj-npr-z]{17}")
def vehicle_number(text: str) -> bool:
    """49 CFR 565.15: MOD 11 over the other sixteen, the ninth its outcome; and a tenth that stands for a year."""
    upper = text.upper()
    total = sum(weight * int(_VIN_VALUES[mark]) for weight, mark in zip(_VIN_WEIGHTS, upper, strict=True))
    return "0123456789X"[total % 11] == upper[8] and upper[9] not in "UZ0" and len(set(upper)) > 4


@_reads("[0-9]+")
def verhoeff(text: str) -> bool:
    """Verhoeff 1969: the product in the dihedral group of ten, each digit turned as often as it stands from the
    right, is the neutral one. One random number in ten passes."""
    made = 0
    for place, digit in enumerate(reversed(text)):
        turned = int(digit)
        for _ in range(place % 8):
            turned = _VERHOEFF_TURN[turned]
        straight = (made + turned) % 5 if made < 5 else (made - turned) % 5
        made = straight + 5 * ((made < 5) == (turned > 4))
    return made == 0 and len(set(text)) > 2


@_reads(r"[0-9Xx\n]+")
def resident_id_broken(text: str) -> bool:
    return resident_id(text.replace("\n", ""))


@_reads(r"[0-9 \n-]+")
def luhn_broken(text: str) -> bool:
    bare = text.translate({ord(mark): None for mark in " -\n"})
    return 13 <= len(bare) <= 19 and luhn(bare)


CHECKS: Mapping[str, Check] = MappingProxyType({
    check.__name__: check
    for check in (
        resident_id, resident_id_shape, old_resident_id, foreigner_id, luhn, credit_code, credit_code_whole,
        hong_kong_id, taiwan_id, iban, is_date, public_ipv4, likely_ipv4, global_ipv6, device_mac, social_number,
        social_number_parted, resident_id_broken, luhn_broken, american_telephone, vehicle_number, verhoeff,
    )
})  # fmt: skip
