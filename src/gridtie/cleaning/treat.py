"""Applying a policy to a text and its spans: the text that is kept.

What is kept of a value never depends on other records, so a record reads the same wherever and whenever it is cleaned.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from ipaddress import ip_network

from gridtie.cleaning.ff1 import encrypt, least_length
from gridtie.cleaning.policy import Policy, Treatment
from gridtie.cleaning.spans import Span

_NAMES = {  # of a placeholder, in Chinese and in English
    "CN_ID": ("身份证号", "ID"),
    "CN_ID15": ("身份证号", "ID"),
    "FOREIGN_ID": ("居留证号", "ID"),
    "USCC": ("信用代码", "CREDIT CODE"),
    "PASSPORT": ("护照号", "PASSPORT"),
    "MAINLAND_PASS": ("通行证号", "PERMIT"),
    "HM_PERMIT": ("通行证号", "PERMIT"),
    "TW_PERMIT": ("台胞证号", "PERMIT"),
    "HKID": ("香港身份证号", "HKID"),
    "MOID": ("澳门身份证号", "MACAU ID"),
    "TWID": ("台湾身份证号", "TAIWAN ID"),
    "PLATE": ("车牌号", "PLATE"),
    "MOBILE": ("手机号", "PHONE"),
    "LANDLINE": ("电话号", "PHONE"),
    "USPHONE": ("电话号", "PHONE"),
    "PHONE": ("电话号", "PHONE"),
    "BANK": ("银行卡号", "ACCOUNT"),
    "CARD": ("卡号", "CARD"),
    "IBAN": ("银行账号", "IBAN"),
    "EMAIL": ("邮箱", "EMAIL"),
    "IPV4": ("IP地址", "IP"),
    "IPV6": ("IP地址", "IP"),
    "MAC": ("MAC地址", "MAC"),
    "IMEI": ("设备号", "IMEI"),
    "IMSI": ("设备号", "IMSI"),
    "ICCID": ("SIM卡号", "ICCID"),
    "DEVICE_ID": ("设备号", "DEVICE ID"),
    "WECHAT": ("微信号", "WECHAT"),
    "QQ": ("QQ号", "QQ"),
    "MRN": ("病历号", "RECORD NUMBER"),
    "SOCIAL_CARD": ("社保号", "SOCIAL SECURITY"),
    "LOCAL_NUMBER": ("编号", "NUMBER"),
    "VIN": ("车架号", "VEHICLE"),
    "AADHAAR": ("印度身份号", "AADHAAR"),
    "PAN": ("印度税号", "PAN"),
    "DOB": ("出生日期", "BIRTH DATE"),
    "SSN": ("社会安全号", "SSN"),
    "NAME": ("姓名", "NAME"),
    "ADDRESS": ("地址", "ADDRESS"),
}
_HAN = re.compile("[㐀-鿿]")
_YEAR = re.compile("(?:18|19|20)[0-9]{2}")
_CITY = re.compile(r"^(?:.{2,12}?(?:省|自治区|特别行政区))?.{1,10}?(?:市|自治州|地区|盟|州)")
_PROVINCE = re.compile(r"^.{2,8}?(?:省|自治区|特别行政区|市)")
NEAR = 40  # code points around a finding that say which language a placeholder should speak


def treated(text: str, spans: Sequence[Span], policy: Policy, keys: Mapping[str, bytes]) -> str:
    """`spans`: those that count, in order, without overlaps. `keys`: 32 bytes for each name of the policy."""
    pieces, at = [], 0
    for span in spans:
        pieces.append(text[at : span.start])
        pieces.append(_instead(text, span, policy.treatment(span.kind), policy, keys))
        at = span.end
    return "".join([*pieces, text[at:]])


def _instead(text: str, span: Span, treatment: Treatment, policy: Policy, keys: Mapping[str, bytes]) -> str:
    value = text[span.start : span.end]
    match treatment.action:
        case "keep":
            return value
        case "remove":
            return ""
        case "mask":
            return _masked(value, *treatment.keep)
        case "pseudonym":
            return f"{span.kind.lower()}_{_token(value, span.kind, keys[treatment.key]).hex()[:12]}"
        case "encrypt":
            return _encrypted(value, span.kind, keys[treatment.key]) or _placeholder(text, span, policy)
        case "surrogate":
            return _surrogate(value, span.kind, keys[treatment.key]) or _placeholder(text, span, policy)
        case "generalise":
            return _general(value, span.kind, treatment.to) or _placeholder(text, span, policy)
        case _:
            return _placeholder(text, span, policy)


def _placeholder(text: str, span: Span, policy: Policy) -> str:
    names = _NAMES.get(span.kind, (span.kind, span.kind))
    language = policy.language
    if language == "auto":
        around = text[max(0, span.start - NEAR) : span.start] + text[span.end : span.end + NEAR]
        language = "zh" if _HAN.search(around) else "en"
    return f"<{names[0]}>" if language == "zh" else f"[{names[1]}]"


def _masked(value: str, start: int, end: int) -> str:
    """Letters and digits become stars, the marks between them stay; a short value keeps nothing."""
    places = [place for place, letter in enumerate(value) if letter.isalnum()]
    kept = set(places[:start]) | set(places[len(places) - end :]) if start + end < len(places) else set()
    return "".join("*" if place in places and place not in kept else letter for place, letter in enumerate(value))


def _token(value: str, kind: str, key: bytes) -> bytes:
    """The same for every way of writing one value."""
    bare = "".join(letter for letter in value.lower() if letter.isalnum() or letter == "@")
    return hmac.digest(key, f"{kind}\0{bare}".encode(), sha256)


def _encrypted(value: str, kind: str, key: bytes) -> str:
    """Other digits in the same places; '' where they are too few, or not all its characters but the joints."""
    digits = [int(letter) for letter in value if letter in "0123456789"]
    if len(digits) < least_length(10) or any(letter.isalnum() and letter not in "0123456789" for letter in value):
        return ""
    made = iter(encrypt(key, kind.encode(), digits))
    return "".join(str(next(made)) if letter in "0123456789" else letter for letter in value)


def _surrogate(value: str, kind: str, key: bytes) -> str:
    """Reserved by those who give such numbers out, or wrong on purpose; '' for kinds that have neither."""
    number = int.from_bytes(_token(value, kind, key)[:12], "big")
    match kind:
        case "EMAIL":
            return f"user{number % 10**8:08d}@example.com"  # RFC 2606
        case "IPV4":
            return f"{('192.0.2', '198.51.100', '203.0.113')[number % 3]}.{1 + number // 3 % 254}"  # RFC 5737
        case "IPV6":
            return f"2001:db8:{number % 65536:x}:{number // 65536 % 65536:x}::1"  # RFC 3849
        case "MAC":
            return f"00:00:5e:00:53:{number % 256:02x}"  # RFC 7042
        case "MOBILE":
            return f"100{number % 10**8:08d}"  # no carrier has a segment that begins with 10
        case "USPHONE" | "PHONE":
            return f"{200 + number % 800}-555-01{number // 800 % 100:02d}"  # NANPA: 555-0100 to 0199 are for fiction
        case "CN_ID":
            return f"999999{number % 10**11:011d}X"  # GB/T 2260 has no division 999999
        case "NAME":
            return f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}某" if _HAN.search(value) else f"Person {number % 1000:03d}"
        case _:
            return ""


def _general(value: str, kind: str, to: str) -> str:
    """Less exact, or '' where the value does not say what would be left."""
    if kind == "DOB":
        found = _YEAR.search(value)
        size = {"year": 1, "five-years": 5, "decade": 10}[to]
        if found is None:
            return ""
        year = int(found[0]) // size * size
        return str(year) if size == 1 else f"{year}–{year + size - 1}"
    if kind == "ADDRESS":
        place = (_CITY if to == "city" else _PROVINCE).match(value)
        return place[0] if place else ""
    try:
        return str(ip_network(f"{value}/{24 if kind == 'IPV4' else 48}", strict=False))
    except ValueError:
        return ""
