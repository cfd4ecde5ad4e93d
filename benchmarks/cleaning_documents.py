# ruff: noqa: E501, SIM905  lists of words and sentences
"""Labelled documents for `bench_cleaning.py`: shapes that no rule was written for, values that belong to nobody.

Each set is a file in `unseen/`. Up to the sixth a slot `{MOBILE}` becomes a value of that kind and a label; `{~MOBILE}` the
same value written in an odd way; `{!order}` a look-alike that is no personal data. From the seventh on: `cleaning_drawn`.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import cleaning_values_sixth
import cleaning_ways
import cleaning_ways_spoken
from cleaning_drawn import Drawn, read
from cleaning_values import Document, Kinds
from cleaning_values_fifth import FifthKinds
from cleaning_values_fourth import FourthKinds
from cleaning_values_second import OtherKinds
from cleaning_values_third import ThirdKinds
from cleaning_ways import Way
from gridtie.cleaning.checks import CHECKS

Ways = Mapping[str, list[Way]]


class Filler(Protocol):
    """Who makes values and look-alikes of each kind."""

    chance: random.Random

    def of(self, listed: Sequence[str]) -> str: ...
    def value(self, kind: str, language: str) -> str: ...
    def decoy(self, name: str) -> str: ...


FAMILY = "赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 蒋 沈 韩 杨 朱 秦 许 何 吕 施 张 孔 曹 严 华 金 魏 陶 姜 谢 邹 苏 潘 葛 范 彭 鲁 韦 马 苗 方 俞 任 袁 柳 唐 罗 薛 贺 倪 汤 殷 毕 郝 安 常 于 傅 齐 康 伍 余 顾 孟 黄 萧 尹 欧阳 司马 诸葛 慕容".split()
GIVEN = "国栋 雅琴 永福 思源 秋菊 志远 婉清 建业 梦瑶 德胜 小龙 凤英 文博 若兰 海涛 翠花 正阳 依然 学军 晓峰 玉珍 俊杰 丹 磊 敏 强 静怡 佳慧 长青 书豪 春燕 振邦 美玲 天宇 素芬 宏伟 子涵 一鸣 润芝 少华".split()
ENGLISH = "Hannah Whitfield|Marcus Oyelaran|Siobhan Gallagher|Rajesh Venkataraman|Emily Carter|Luis Fernandez|Aiko Matsumoto|Peter van Dijk|Oluwaseun Adeyemi|Katarzyna Nowak|Daniel O'Connor|Zeynep Kaya|Grace Liu|Tom Becker|Nadia Hussein|Victor Lindqvist|Amara Nwosu|Jean-Luc Moreau|Irina Kuznetsova|Samuel T. Brooks|Mei-Ling Chang|George Papadakis|Yusuf Rahman|Charlotte Hughes|Diego Ramirez|Anneliese Vogel|Kevin Murphy|Sunita Sharma|Patrick Osei|Rebecca Stone".split(
    "|"
)


class Values:
    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def of(self, listed: Sequence[str]) -> str:
        return self.chance.choice(listed)

    def digits(self, count: int) -> str:
        return "".join(self.of("0123456789") for _ in range(count))

    def until(self, check: str, make: Callable[[], str]) -> str:
        while not CHECKS[check](made := make()):
            pass
        return made

    def value(self, kind: str, language: str) -> str:
        return str(getattr(self, f"a_{kind.lower()}")(language))

    def a_name(self, language: str) -> str:
        return self.of(FAMILY) + self.of(GIVEN) if language == "zh" else self.of(ENGLISH)

    def a_mobile(self, _: str) -> str:
        bare = "1" + self.of(["38", "39", "50", "51", "86", "87", "77", "99", "73"]) + self.digits(8)
        return self.of(
            [
                bare,
                bare,
                bare,
                f"{bare[:3]}-{bare[3:7]}-{bare[7:]}",
                f"{bare[:3]} {bare[3:7]} {bare[7:]}",
                f"+86 {bare}",
            ]
        )

    def a_landline(self, _: str) -> str:
        return f"{self.of(['010', '021', '0755', '0571', '028'])}-{self.of('5678')}{self.digits(7)}"

    def a_cn_id(self, _: str) -> str:
        head = self.of(["110105", "310104", "440304", "510107", "330106", "420111"])
        body = f"{head}{self.of(['1968', '1979', '1985', '1992', '2001'])}{self.chance.randint(1, 12):02d}{self.chance.randint(1, 28):02d}{self.digits(3)}"
        return self.until("resident_id", lambda: body + self.of("0123456789X"))

    def a_bank(self, _: str) -> str:
        head = self.of(["622202", "621700", "622848", "621483"])
        return self.until("luhn", lambda: head + self.digits(13))

    def a_card(self, _: str) -> str:
        bare = self.until("luhn", lambda: self.of("45") + self.of("12345") + self.digits(14))
        return self.of([bare, " ".join(bare[n : n + 4] for n in range(0, 16, 4))])

    def a_email(self, _: str) -> str:
        user = self.of(["k.lind", "wzy1988", "maria_s", "jt-office", "zhang.wei", "p0well", "lin"]) + self.digits(
            self.chance.randint(0, 3)
        )
        return f"{user}@{self.of(['163.com', 'gmail.com', 'qq.com', 'corp.example.com', 'univ.edu.cn', 'mail.de'])}"

    def a_qq(self, _: str) -> str:
        return self.of("123456789") + self.digits(self.chance.randint(7, 9))

    def a_wechat(self, _: str) -> str:
        return self.of(["wxid_", "hello_", "lily-", "tom"]) + self.digits(6)

    def a_plate(self, _: str) -> str:
        return self.of("京沪粤浙苏川") + self.of("ABCDE") + self.of(["", "·"]) + self.of("ABKQ") + self.digits(4)

    def a_passport(self, _: str) -> str:
        return "E" + self.of(["A", "C", "D", "1"]) + self.digits(7)

    def a_uscc(self, _: str) -> str:
        letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        return self.until("credit_code_whole", lambda: "91" + self.of(["310115", "440300", "110108"]) + "MA" + "".join(
            self.of(letters) for _ in range(8)))  # fmt: skip

    def a_dob(self, language: str) -> str:
        year, month, day = self.chance.randint(1950, 2005), self.chance.randint(1, 12), self.chance.randint(1, 28)
        spelled = f"{year}年{month}月{day}日" if language == "zh" else f"{month:02d}/{day:02d}/{year}"
        return self.of([spelled, f"{year}-{month:02d}-{day:02d}"])

    def a_mrn(self, _: str) -> str:
        return "ZY" + self.digits(8)

    def a_address(self, language: str) -> str:
        if language == "zh":
            place = self.of(
                [
                    "北京市朝阳区建国路",
                    "上海市徐汇区漕溪北路",
                    "广东省深圳市南山区科技园科苑路",
                    "浙江省杭州市西湖区文三路",
                    "四川省成都市武侯区人民南路四段",
                ]
            )
            return f"{place}{self.chance.randint(2, 900)}号" + self.of(
                ["", f"{self.chance.randint(1, 30)}栋{self.chance.randint(101, 2404)}室", "阳光花园3单元502"]
            )
        street = self.of(["Maple Street", "Oak Ave", "Sunset Blvd", "Church Road", "Elm Drive"])
        return f"{self.chance.randint(2, 9000)} {street}, {self.of(['Portland, OR 97205', 'Boston, MA 02118', 'Denver, CO 80203'])}"

    def a_ipv4(self, _: str) -> str:
        return self.until("public_ipv4", lambda: ".".join(str(self.chance.randint(1, 223)) for _ in range(4)))

    def a_mac(self, _: str) -> str:
        return self.until("device_mac", lambda: ":".join(f"{self.chance.randrange(256):02x}" for _ in range(6)))

    def a_ssn(self, _: str) -> str:
        return self.until(
            "social_number_parted", lambda: f"{self.digits(3)}-{self.chance.randint(1, 99):02d}-{self.digits(4)}"
        )

    def a_usphone(self, _: str) -> str:
        area, office, line = self.of(["415", "312", "617", "206"]), "5" + self.digits(2), self.digits(4)
        return self.of(
            [
                f"({area}) {office}-{line}",
                f"{area}-{office}-{line}",
                f"+1 {area} {office} {line}",
                f"{area}.{office}.{line}",
            ]
        )

    def a_iban(self, _: str) -> str:
        return self.until("iban", lambda: f"DE{self.digits(2)}37040044{self.digits(10)}")

    def decoy(self, name: str) -> str:
        made = {
            "order": lambda: "20260302" + self.digits(9), "price": lambda: f"{self.chance.randint(1, 99999)}.{self.digits(2)}",
            "hash": lambda: f"{self.chance.getrandbits(128):032x}", "small": lambda: str(self.chance.randint(10, 9999)),
            "version": lambda: f"{self.chance.randint(1, 9)}.{self.chance.randint(0, 30)}.{self.chance.randint(0, 9)}",
        }  # fmt: skip
        return made[name]()


def filled(form: str, shape: str, language: str, values: Filler, ways: Ways) -> Document:
    made = Document(shape, language)
    at = 0
    while at < len(form):
        start = form.find("{", at)
        end = form.find("}", start)
        slot = form[start + 1 : end]
        known = slot.lstrip("~!")
        if start < 0 or not (slot.startswith("!") or hasattr(values, f"a_{known.lower()}")):
            step = start + 1 if start >= 0 else len(form)
            made.text, at = made.text + form[at:step], step
            continue
        made.text += form[at:start]
        if slot.startswith("!"):
            made.text += values.decoy(known)
        else:
            value, way = values.value(known, language), ""
            if slot.startswith("~"):
                change = values.chance.choice(ways[known])
                value, way = change(value, values.chance), change.__name__
            made.labels.append((len(made.text), len(made.text) + len(value), known, way))
            made.text += value
        at = end + 1
    return made


@dataclass(frozen=True)
class Batch:
    """A set as its file has it, by the first word of its name: forms of documents, forms with odd ways of writing and
    texts that only look so. And who fills them."""

    name: str
    ways: Ways
    values: Callable[[int], Filler]

    @cached_property
    def said(self) -> Mapping[str, Any]:
        return read(self.name.split()[0])

    def documents(self, count: int, seed: int) -> list[Document]:
        """`count` documents of each shape and language."""
        values = self.values(seed)
        return [
            filled(values.of(forms), shape, language, values, self.ways)
            for table, language in (("zh", "zh"), ("en", "en"), ("mixed", "zh"))
            for shape, forms in self.said.get(table, {}).items()
            for _ in range(count)
        ]

    def hard(self, count: int, seed: int) -> list[Document]:
        """`count` documents of each language, and as many that only look so."""
        values = self.values(seed)
        made = []
        for _ in range(count):
            for language, forms in self.said["hard"].items():
                made.append(filled(values.of(forms), "hard", language, values, self.ways))
            made.append(filled(values.of(self.said["alike"]["mixed"]), "hard", "zh", values, self.ways))
        return made


BATCHES: list[Batch | Drawn] = [
    Batch("seen set, on which the rules were first mended", cleaning_ways.KNOWN, Values),
    Batch("first unseen set", cleaning_ways.FIRST, Kinds),
    Batch("second unseen set", cleaning_ways.AGAIN, OtherKinds),
    Batch("third unseen set", cleaning_ways.THIRD, ThirdKinds),
    Batch("fourth unseen set", cleaning_ways.FOURTH, FourthKinds),
    Batch("fifth unseen set", cleaning_ways_spoken.FIFTH, FifthKinds),
    Batch("sixth unseen set", cleaning_values_sixth.SIXTH, cleaning_values_sixth.SixthKinds),
    Drawn("seventh unseen set"),
    Drawn("eighth unseen set"),
    Drawn("ninth unseen set"),
    Drawn("tenth unseen set"),
    Drawn("eleventh unseen set"),
    Drawn("twelfth unseen set"),
    Drawn("thirteenth unseen set"),
    Drawn("fourteenth unseen set"),
    Drawn("fifteenth unseen set"),
    Drawn("sixteenth unseen set"),
    Drawn("seventeenth unseen set"),
    Drawn("eighteenth unseen set"),
    Drawn("harsh set"),
    Drawn("brief set"),
    Drawn("small set"),
]
