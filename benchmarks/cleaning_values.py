# ruff: noqa: E501, RUF005, SIM905  lists of words
"""Values of every kind for the unseen documents of `bench_cleaning.py`, with check characters reckoned here and not by
the software's own checks, and look-alikes that are nobody's data. None of these names stand in `cleaning_documents`."""

import random
import string
from collections.abc import Sequence
from dataclasses import dataclass, field

CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
MONTHS = "January February March April May June July August September October November December".split()
NAMES_CHINESE = "隗晓棠 岑柏霖 阮文澜 祝清和 屈振海 卞雨桐 娄志刚 翟素云 戚建新 鲍国庆 麦嘉欣 冼伟明 钟离秋 上官晴 东方启明 令狐远 路遥知 申屠岳 乔木森 廖启凡 童家兴 兰心怡 符永健 练美华 梁启智 龚雪梅 庞大海 费思敏 储光远 桂芳 邬磊 祁山 盛夏 喻晨曦 柯以敏 闵慧 温庭玉 史可为 高翔 林间月 胡杨 郭天磊 曾祥瑞 邓紫薇 谭德明 侯建国 邵逸 孟凡 龙飞 段誉清 黎明辉 易小川 武成功 白鹭 田野 石磊 江南春 丁一凡 万里 潘石林 夏雨荷 尤佳 巫启贤 聂卫东 车晓峰 单春雷 应采宁".split()
NAMES_ENGLISH = "Delphine Arceneaux|Tobias Wren|Ngozi Achebe-Cole|Harold J. Pettigrew|Svetlana Morozova|Caleb Thornbury|Imani Jefferson|Rosalind Okafor|Bartholomew Finch|Priyanka Deshpande|Giulia Bianchi|Magnus Halvorsen|LaToya Simmons|Wei-Han Tsai|Eamon Doyle|Fatima al-Rashid|Gwendolyn Ashcroft|Hiroshi Tanabe|Isabel de la Cruz|Jasper Quill|Kwabena Mensah|Lucinda McAllister|Mateo Villanueva|Noor Siddiqui|Ottilie Krause|Percival Drummond|Quentin Lafleur|Ruth Abernathy|Sanjay Iyer|Theodora Vance|Ulrich Steinmann|Valentina Rossi|Winston Clarke|Xiomara Delgado|Yolanda Briggs|Zachary Holloway|Mary Kowalczyk|Joanna Price|Stephen Hall|Brian Foster|Alice Young|Mark Bennett|Linda Graves|Omar Haddad|Chloe Martin|Ravi Menon|Agnes Lund|Pavel Novotny".split(
    "|"
)
STREETS_CHINESE = "天津市河西区友谊路|重庆市渝中区解放碑民权路|江苏省苏州市姑苏区平江路|山东省青岛市市南区香港中路|湖北省武汉市洪山区珞喻路|陕西省西安市碑林区南大街|福建省厦门市思明区湖滨南路|辽宁省大连市沙河口区中山路|湖南省长沙市岳麓区麓山南路|河南省郑州市金水区花园路|杭州市余杭区仓前街道余杭塘路|成都市锦江区春熙路街道东大街下东大街段|昆明市盘龙区北京路|广西壮族自治区南宁市青秀区民族大道|内蒙古自治区呼和浩特市赛罕区大学西街".split(
    "|"
)
STREETS_ENGLISH = "Harborview Terrace|Old Mill Road|Larkspur Lane|Beacon Street|W 47th Street|Juniper Court|Ridgeline Dr|St. James Place|North Canal St|Highland Avenue|Quarry Hill Rd|Fifth Avenue|Kings Parkway|Bayshore Blvd|Willow Way".split(
    "|"
)
TOWNS = "Duluth, MN 55802|Savannah, GA 31401|Tucson, AZ 85701|Burlington, VT 05401|Austin, TX 78702|Albany, NY 12207|Seattle, WA 98109|Boise, ID 83702|Madison, WI 53703".split(
    "|"
)
AREAS = "120101 130102 210202 320508 350203 370202 410105 430104 500103 530103 610103 640104".split()
TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
IBANS = {"DE": 18, "GB": 0, "FR": 23, "NL": 0, "CH": 17, "ES": 20, "AT": 16, "BE": 12, "PL": 24}
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident_check(body: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def luhn_check(body: str) -> str:
    doubled = [int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def iban_check(country: str, body: str) -> str:
    whole = int("".join(str(int(letter, 36)) for letter in body + country + "00"))
    return f"{98 - whole % 97:02d}"


def credit_check(body: str) -> str:
    return CREDIT[-sum(CREDIT.index(letter) * pow(3, at, 31) for at, letter in enumerate(body)) % 31]


def organisation_check(body: str) -> str:
    weights = [3, 7, 9, 10, 5, 8, 4, 2]
    rest = 11 - sum(int(letter, 36) * weight for letter, weight in zip(body, weights, strict=True)) % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def hong_kong_check(body: str) -> str:
    values = [36 if letter == " " else int(letter, 36) for letter in body.rjust(8)]
    rest = -sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True)) % 11
    return "A" if rest == 10 else str(rest)


def taiwan_check(body: str) -> str:
    letter = TAIWAN.index(body[0]) + 10
    total = letter // 10 + letter % 10 * 9
    total += sum(int(digit) * weight for digit, weight in zip(body[1:], range(8, 0, -1), strict=True))
    return str(-total % 10)


@dataclass
class Document:
    shape: str
    language: str
    text: str = ""
    labels: list[tuple[int, int, str, str]] = field(default_factory=list)  # start, end, kind, way of writing


class Kinds:
    """A value of each kind, in the spellings people use."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def of(self, listed: Sequence[str]) -> str:
        return self.chance.choice(listed)

    def digits(self, count: int) -> str:
        return "".join(self.of(string.digits) for _ in range(count))

    def hexes(self, count: int) -> str:
        return "".join(self.of("0123456789abcdef") for _ in range(count))

    def fours(self, bare: str, mark: str = " ") -> str:
        return mark.join(bare[at : at + 4] for at in range(0, len(bare), 4))

    def value(self, kind: str, language: str) -> str:
        return str(getattr(self, f"a_{kind.lower()}")(language))

    def day(self, first: int = 1938, last: int = 2012) -> tuple[int, int, int]:
        return self.chance.randint(first, last), self.chance.randint(1, 12), self.chance.randint(1, 28)

    def a_name(self, language: str) -> str:
        return self.of(NAMES_CHINESE if language == "zh" else NAMES_ENGLISH)

    def a_mobile(self, _: str) -> str:
        head = self.of("130 132 135 136 145 147 152 155 157 158 159 166 171 176 180 182 185 188 191 193 198".split())
        bare = head + self.digits(8)
        parts = [bare[:3], bare[3:7], bare[7:]]
        return self.of(
            [bare] * 6
            + ["-".join(parts), " ".join(parts), ".".join(parts)]
            + ["+86" + bare, "+86-" + bare, "+86 " + " ".join(parts), "(+86)" + bare, "0086 " + bare, "86-" + bare]
        )

    def a_landline(self, _: str) -> str:
        area = self.of("010 020 021 022 023 024 025 027 028 029 0311 0431 0532 0591 0731 0851 0991".split())
        body = self.of("2345678") + self.digits(7 if len(area) == 3 or self.chance.random() < 0.7 else 6)
        return self.of(
            [f"{area}-{body}"] * 4
            + [f"({area}){body}", f"（{area}）{body}", f"{area} {body[:4]} {body[4:]}", f"+86 {area[1:]} {body}"]
            + [f"{area}-{body}-{self.digits(3)}", f"{area}-{body}转{self.digits(4)}", f"{area}{body}"]
        )

    def a_cn_id(self, _: str) -> str:
        head = self.of(AREAS) if self.chance.random() < 0.9 else self.of(["810000", "820000", "830000"])
        body = head + "{:04d}{:02d}{:02d}".format(*self.day()) + self.digits(3)
        made = body + resident_check(body)
        return made.lower() if self.chance.random() < 0.1 else made

    def a_cn_id15(self, _: str) -> str:
        year, month, day = self.day(1938, 1985)
        return f"{self.of(AREAS)}{year % 100:02d}{month:02d}{day:02d}{self.digits(3)}"

    def a_foreign_id(self, _: str) -> str:
        if self.chance.random() < 0.4:
            return self.of(["USA", "DEU", "JPN", "GBR", "CAN"]) + self.digits(12)
        body = f"9{self.of(['11', '31', '44'])}{self.of(['840', '276', '392'])}"
        body += "{:04d}{:02d}{:02d}".format(*self.day(1950, 2000)) + self.digits(3)
        return body + resident_check(body)

    def a_passport(self, _: str) -> str:
        return self.of([f"E{self.of('ABCDEFGHJK')}", "E" + self.digits(1), "G" + self.digits(1), "PE"]) + self.digits(7)

    def a_mainland_pass(self, _: str) -> str:
        return self.of(["C" + self.digits(1), "W" + self.digits(1), "L" + self.digits(1), "CA", "CD"]) + self.digits(7)

    def a_hm_permit(self, _: str) -> str:
        return self.of("HM") + self.digits(8) + self.of(["", "", "01"])

    def a_tw_permit(self, _: str) -> str:
        return self.of("012") + self.digits(7)

    def a_hkid(self, _: str) -> str:
        body = self.of([self.of(CAPITALS), self.of(["XA", "WX", "XD"])]) + self.digits(6)
        return f"{body}({hong_kong_check(body)})"

    def a_moid(self, _: str) -> str:
        return f"{self.of('157')}{self.digits(6)}({self.digits(1)})"

    def a_twid(self, _: str) -> str:
        body = self.of(CAPITALS) + self.of("12") + self.digits(7)
        return body + taiwan_check(body)

    def a_bank(self, _: str) -> str:
        head = self.of("622700 622588 621226 622262 621661 622155 623058 622908".split())
        body = head + self.digits(self.chance.choice([9, 12]))
        bare = body + luhn_check(body)
        return self.of([bare, bare, self.fours(bare)])

    def a_card(self, _: str) -> str:
        head, size = self.chance.choice([("4", 16), ("52", 16), ("37", 15), ("3056", 14), ("3530", 16), ("6011", 16)])
        body = head + self.digits(size - len(head) - 1)
        bare = body + luhn_check(body)
        if size == 15:
            return self.of([bare, f"{bare[:4]} {bare[4:10]} {bare[10:]}"])
        return self.of([bare, self.fours(bare), self.fours(bare, "-")]) if size == 16 else bare

    def a_iban(self, _: str) -> str:
        country = self.of(list(IBANS))
        size = IBANS[country]
        body = (
            self.of(["NWBK", "INGB", "ABNA"]) + self.digits(14 if country == "GB" else 10)
            if not size
            else self.digits(size)
        )
        whole = country + iban_check(country, body) + body
        return self.of([whole, self.fours(whole)])

    def a_uscc(self, _: str) -> str:
        inner = self.of(["MA", "MAC", self.digits(2)])
        inner += "".join(self.of(CREDIT) for _ in range(8 - len(inner)))
        body = self.of(["91", "92", "12", "51"]) + self.of(AREAS) + inner + organisation_check(inner)
        return body + credit_check(body)

    def a_email(self, language: str) -> str:
        user = self.of(
            "anna.keller|b_lopez|qiuyue1990|h.zhou|office+billing|no1fan|x7|li-na.sun|m.t.okoro|tanaka_h|service.zhu|jz2004|cobalt".split(
                "|"
            )
        )
        host = self.of(
            "126.com|outlook.com|foxmail.com|sina.com.cn|proton.me|yahoo.co.jp|mail.ustc.edu.cn|acme-widgets.io|lists.debian.org|icloud.com|t-online.de|city.gov.uk".split(
                "|"
            )
        )
        return self.of([user, user + self.digits(2), user.upper() if language == "en" else user]) + "@" + host

    def a_qq(self, _: str) -> str:
        return self.of("123456789") + self.digits(self.chance.randint(5, 9))

    def a_wechat(self, _: str) -> str:
        return self.of(
            [
                "wxid_" + self.hexes(12),
                "moonlight_" + self.digits(3),
                "Ajie-" + self.digits(5),
                "xiaoyu" + self.digits(4),
                "laowang_" + self.digits(2),
            ]
        )

    def a_plate(self, _: str) -> str:
        head = self.of("津渝冀豫云辽黑湘皖鲁新赣鄂桂甘晋蒙陕吉闽贵青藏琼宁") + self.of("ABCDEFGH")
        mark = self.of(["", "", "·", " "])
        letter = self.of("ABCEGHKMPQRT")
        body = self.of(
            [
                self.digits(5),
                letter + self.digits(4),
                self.digits(2) + letter + self.digits(2),
                self.digits(3) + letter + letter,
            ]
            + [self.of("DF") + self.digits(5), self.digits(5) + self.of("DF"), self.digits(4) + self.of("警学挂")]
        )
        return head + mark + body

    def a_ipv4(self, _: str) -> str:
        first = self.of("23 36 47 58 81 101 112 120 139 180 203 218".split())
        made = f"{first}.{self.chance.randint(10, 250)}.{self.chance.randint(0, 250)}.{self.chance.randint(1, 250)}"
        return made if not made.startswith("203.0.113.") else "47.93.18.6"

    def a_ipv6(self, _: str) -> str:
        head = self.of(["2408:8207", "240e:3a1", "2a02:8109", "2607:f8b0"])
        return (
            head + ":" + self.of([f"{self.hexes(3)}::{self.hexes(2)}", ":".join("1" + self.hexes(3) for _ in range(6))])
        )

    def a_mac(self, _: str) -> str:
        pairs = [self.of(["00", "3c", "a4", "f8", "d0"])] + [self.hexes(2) for _ in range(4)] + ["1" + self.hexes(1)]
        made = self.of(":-").join(pairs)
        return self.of([made, made.upper(), ".".join("".join(pairs[at : at + 2]) for at in (0, 2, 4))])

    def a_imei(self, _: str) -> str:
        body = self.of(["35", "86"]) + self.digits(12)
        return body + luhn_check(body)

    def a_imsi(self, _: str) -> str:
        return "460" + self.of(["00", "01", "11"]) + self.digits(10)

    def a_iccid(self, _: str) -> str:
        body = "8986" + self.digits(self.chance.choice([14, 15]))
        return body + luhn_check(body)

    def a_device_id(self, _: str) -> str:
        return self.of([self.uuid().upper(), self.uuid()])

    def uuid(self) -> str:
        return "-".join([self.hexes(8), self.hexes(4), "4" + self.hexes(3), "a" + self.hexes(3), self.hexes(12)])

    def a_social_card(self, _: str) -> str:
        return self.of(CAPITALS) + self.digits(8)

    def a_student(self, _: str) -> str:
        return self.of(["2019", "2021", "2023"]) + self.digits(self.chance.choice([4, 6, 8]))

    def a_licence(self, _: str) -> str:
        return self.of(AREAS) + self.digits(6)

    def a_mrn(self, _: str) -> str:
        return self.of([self.digits(7), self.digits(8), "M" + self.digits(7), "00" + self.digits(6)])

    def a_ssn(self, _: str) -> str:
        area = self.chance.randint(100, 640)
        return f"{area}-{self.chance.randint(10, 99)}-{self.chance.randint(1000, 9999)}"

    def a_usphone(self, _: str) -> str:
        area, office, line = (
            self.of("218 303 412 512 646 704 813 907".split()),
            self.of("234678") + self.digits(2),
            self.digits(4),
        )
        return self.of(
            [
                f"({area}) {office}-{line}",
                f"{area}-{office}-{line}",
                f"{area}.{office}.{line}",
                f"{area} {office} {line}",
            ]
            + [
                f"+1 {area}-{office}-{line}",
                f"+1 ({area}) {office}-{line}",
                f"1-{area}-{office}-{line}",
                f"({area}){office}-{line}",
                f"+1{area}{office}{line}",
            ]
        )

    def a_phone(self, _: str) -> str:
        some = self.digits
        return self.of(
            [
                f"+44 20 7{some(3)} {some(4)}",
                f"+44 7{some(3)} {some(6)}",
                f"+49 30 {some(4)}{some(4)}",
                f"+33 1 4{some(1)} {some(2)} {some(2)} {some(2)}",
            ]
            + [
                f"+91 98{some(3)} {some(5)}",
                f"+61 2 9{some(3)} {some(4)}",
                f"+852 9{some(3)} {some(4)}",
                f"+65 8{some(3)} {some(4)}",
                f"+81-3-5{some(3)}-{some(4)}",
                f"+447{some(9)}",
            ]
        )

    def a_dob(self, language: str) -> str:
        year, month, day = self.day()
        named = MONTHS[month - 1]
        shared = [f"{year}-{month:02d}-{day:02d}", f"{year}/{month:02d}/{day:02d}"]
        if language == "zh":
            return self.of(
                [
                    *shared,
                    f"{year}年{month}月{day}日",
                    f"{year}年{month:02d}月{day:02d}日",
                    f"{year}.{month:02d}.{day:02d}",
                ]
            )
        return self.of(
            [
                *shared,
                f"{day} {named} {year}",
                f"{named} {day}, {year}",
                f"{month:02d}/{day:02d}/{year}",
                f"{day} {named[:3]} {year}",
            ]
        )

    def a_address(self, language: str) -> str:
        number = self.chance.randint(2, 999)
        if language == "zh":
            tail = self.of(
                [
                    "",
                    f"{number % 20 + 1}幢{number % 4 + 1}单元{self.chance.randint(101, 1804)}",
                    f"弄{number % 40 + 1}号{number % 6 + 1}01室",
                    f"金桂苑{number % 20 + 1}栋{number % 9 + 1}02",
                    f"创业大厦{number % 30 + 1}层",
                ]
            )
            return self.of(STREETS_CHINESE) + (f"{number}{tail}" if tail.startswith("弄") else f"{number}号{tail}")
        unit = self.of(["", "", f" Apt {number % 40}B", f", Unit {number % 30}", f" #{number % 900}"])
        return f"{number} {self.of(STREETS_ENGLISH)}{unit}{self.of([', ', ', '])}{self.of(TOWNS)}"

    def decoy(self, name: str) -> str:
        return str(getattr(self, f"no_{name}")())

    def no_order(self) -> str:
        return self.of(
            [
                f"20251{self.digits(14)}",
                f"SF{self.digits(13)}",
                f"JD{self.digits(15)}",
                f"PO-{self.digits(6)}",
                f"YT{self.digits(12)}",
                f"INV{self.digits(10)}",
            ]
        )

    def no_number(self) -> str:
        return self.of(
            [self.digits(12), self.digits(13), self.digits(20), "7" + self.digits(10), "9" + self.digits(16)]
        )

    def no_price(self) -> str:
        return self.of(
            [
                f"{self.chance.randint(1, 99999)}.{self.digits(2)}",
                f"{self.chance.randint(1, 99)},{self.digits(3)}.{self.digits(2)}",
            ]
        )

    def no_hash(self) -> str:
        return self.hexes(self.chance.choice([7, 32, 40, 64]))

    def no_small(self) -> str:
        return str(self.chance.randint(10, 9999))

    def no_version(self) -> str:
        return ".".join(str(self.chance.randint(0, 30)) for _ in range(self.chance.choice([3, 3, 4])))

    def no_stamp(self) -> str:
        return self.of(["17" + self.digits(8), "17" + self.digits(11), "1" + self.digits(18)])

    def no_time(self) -> str:
        return f"2025-{self.chance.randint(1, 12):02d}-{self.chance.randint(1, 28):02d} {self.chance.randint(0, 23):02d}:{self.chance.randint(0, 59):02d}:{self.chance.randint(0, 59):02d}"

    def no_date(self) -> str:
        return self.no_time()[:10]

    def no_clock(self) -> str:
        return self.no_time()[11:16]

    def no_isbn(self) -> str:
        body = f"9787{self.digits(8)}"
        rest = str(-sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(body)) % 10)
        return self.of([f"978-7-{body[4:7]}-{body[7:12]}-{rest}", body + rest])

    def no_where(self) -> str:
        return f"{self.chance.randint(18, 52)}.{self.digits(self.chance.choice([4, 6, 14]))}, {self.chance.randint(75, 134)}.{self.digits(self.chance.choice([4, 6, 13]))}"

    def no_private(self) -> str:
        return self.of(["10.0.{}.{}", "192.168.{}.{}", "127.0.{}.{}", "172.16.{}.{}"]).format(
            self.chance.randint(0, 9), self.chance.randint(1, 250)
        )

    def no_service(self) -> str:
        return self.of(
            [
                f"400-{self.digits(3)}-{self.digits(4)}",
                f"400{self.digits(7)}",
                f"800-{self.digits(3)}-{self.digits(4)}",
                "955" + self.digits(2),
                "12345",
                "10086",
                "12315",
                "110",
            ]
        )

    def no_tollfree(self) -> str:
        return f"0120-{self.digits(3)}"

    def no_id(self) -> str:
        body = self.of(AREAS) + "{:04d}{:02d}{:02d}".format(*self.day()) + self.digits(3)
        return body + self.of([digit for digit in "0123456789" if digit != resident_check(body)])

    def no_card(self) -> str:
        body = self.of(["4", "5", "62"]) + self.digits(14)
        return body + self.of([digit for digit in "0123456789" if digit != luhn_check(body)])

    def no_case(self) -> str:
        return f"（2025）{self.of('京沪粤浙')}{self.digits(4)}民初{self.digits(5)}号"

    def no_standard(self) -> str:
        return self.of(
            [
                f"GB/T {self.digits(5)}-2020",
                f"ISO {self.digits(4)}-2:2018",
                f"RFC {self.digits(4)}",
                f"DOI 10.{self.digits(4)}/s{self.digits(5)}-021-{self.digits(5)}-3",
            ]
        )

    def no_key(self) -> str:
        letters = string.ascii_letters + string.digits
        return self.of(["sk-", "ghp_", "AKIA", ""]) + "".join(
            self.of(letters) for _ in range(self.chance.choice([16, 36, 44]))
        )

    def no_package(self) -> str:
        return self.of(
            [
                "@babel/core@7.22.5",
                "git@github.com:org/repo.git",
                "lodash@4.17.21",
                "actions/checkout@v4",
                "ssh://git@host:2222/x",
                "@Override",
                "user@host:~$",
            ]
        )

    def no_train(self) -> str:
        return self.of([f"G{self.digits(4)}", f"CA{self.digits(4)}", f"D{self.digits(3)}", f"MU{self.digits(4)}"])

    def no_address6(self) -> str:
        return self.of(["fe80::1", "2001:db8::8a2e:370:7334", "::1", "fc00::12"])

    def no_uuid(self) -> str:
        return self.uuid()

    def no_part(self) -> str:
        return self.of(
            [
                f"{self.digits(3)}-{self.digits(4)}-{self.digits(2)}",
                f"A{self.digits(7)}X",
                f"HX{self.digits(4)}-{self.digits(2)}",
                f"{self.digits(2)}-{self.digits(7)}",
            ]
        )

    def no_percent(self) -> str:
        return f"{self.chance.randint(1, 99)}.{self.digits(16)}%"

    def no_bytes(self) -> str:
        return f"1{self.of('3578')}{self.digits(9)}"
