# ruff: noqa: E501, SIM905  lists of words
"""Values of the seventh and eighth unseen set, drawn when their documents are made, with check characters
reckoned here and not by the software. Each set has words of its own."""

from random import Random
from typing import Any

from cleaning_values import MONTHS

# ── check characters ──
AREAS = "110105 110229 120103 130602 140105 150207 210211 220104 230306 310114 320508 330106 340203 350582 360111 370285 410105 420106 430104 440304 450405 460108 500112 510107 520302 530111 540102 610113 620102 630104 640106 650104".split()
USCC_MARKS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TAIWAN = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def luhn(body: str) -> str:
    total = 0
    for at, mark in enumerate(reversed(body)):
        number = int(mark) * (2 if at % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def resident(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(mark) * weight for mark, weight in zip(body, weights, strict=True)) % 11]


def organisation(body: str) -> str:
    total = sum(int(mark, 36) * weight for mark, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X0"[11 - total % 11]


def credit(body: str) -> str:
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    return USCC_MARKS[-sum(USCC_MARKS.index(m) * w for m, w in zip(body, weights, strict=True)) % 31]


def hong_kong(letters: str, body: str) -> str:
    values = [36] * (2 - len(letters)) + [ord(mark) - 55 for mark in letters] + [int(mark) for mark in body]
    return "0123456789A"[-sum(v * w for v, w in zip(values, (9, 8, 7, 6, 5, 4, 3, 2), strict=True)) % 11]


def taiwan(letter: str, body: str) -> str:
    number = TAIWAN[letter]
    total = (
        number // 10 + number % 10 * 9 + sum(int(m) * w for m, w in zip(body, (8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    )
    return str(-total % 10)


def iban(country: str, body: str) -> str:
    turned = "".join(str(int(mark, 36)) for mark in body + country + "00")
    return f"{98 - int(turned) % 97:02d}"


class DrawnValues:
    """a_X gives a value of type X (labelled). Nobody's values where that can be had:
    resident numbers with the order codes 990 to 999, telephone numbers of the ranges kept for drama (555-01xx, 7700 900xxx,
    020 7946 0xxx ...), social security areas 773 to 899, cards of the test ranges, German bank codes that begin with 9,
    addresses of unallocated or unannounced networks, locally administered MAC, mail names that most providers refuse or of the .example domain."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def of(self, some: Any) -> Any:
        return self.chance.choice(some)

    def digits(self, size: int) -> str:
        return "".join(self.chance.choice("0123456789") for _ in range(size))

    def hexes(self, size: int) -> str:
        return "".join(self.chance.choice("0123456789abcdef") for _ in range(size))

    def fours(self, value: str, mark: str = " ") -> str:
        return mark.join(value[at : at + 4] for at in range(0, len(value), 4))

    def day(self, first: int, last: int) -> tuple[int, int, int]:
        return self.chance.randint(first, last), self.chance.randint(1, 12), self.chance.randint(1, 28)

    # names, places, dates
    def a_name(self, language: str) -> str:
        draw = self.chance.random()
        if language == "zh":
            return self.of(self.OTHERS) if draw < 0.04 else self.of(self.SURNAMES) + self.of(self.GIVEN)
        if draw < 0.08:
            return self.of(self.PINYIN)
        middle = f"{self.of('ABCDEFGHJLMPRSTW')}. " if draw > 0.9 else ""
        return f"{self.of(self.FORENAMES)} {middle}{self.of(self.FAMILIES)}"

    def a_dob(self, language: str) -> str:
        year, month, day = self.day(1938, 2016)
        if language == "zh":
            return self.of(
                [f"{year}年{month}月{day}日"] * 3
                + [
                    f"{year}-{month:02d}-{day:02d}",
                    f"{year}/{month:02d}/{day:02d}",
                    f"{year}.{month:02d}.{day:02d}",
                    f"{year}年{month:02d}月{day:02d}日",
                ]
            )
        named = MONTHS[month - 1]
        return self.of(
            [
                f"{day} {named} {year}",
                f"{named} {day}, {year}",
                f"{year}-{month:02d}-{day:02d}",
                f"{month:02d}/{day:02d}/{year}",
                f"{day} {named[:3]} {year}",
                f"{day:02d}-{named[:3]}-{year}",
            ]
        )

    def a_dob0(self, _: str) -> str:
        return "{:04d}-{:02d}-{:02d}".format(*self.day(1938, 2016))

    def a_dob8(self, _: str) -> str:
        return "{:04d}{:02d}{:02d}".format(*self.day(1938, 2016))

    def a_address(self, language: str) -> str:
        n, b, f, of = self.chance.randint(1, 690), self.chance.randint(1, 36), self.chance.randint(2, 27), self.of
        room = f"{f}{self.chance.randint(1, 8):02d}"
        if language == "zh":
            road, home = of(self.ROADS), of(self.HOMES)
            town = road[
                : max(road.rfind("区"), road.rfind("县"), road.rfind("市"), road.rfind("镇"), road.rfind("街道") + 1)
                + 1
            ]
            return of(
                [
                    f"{road}{n}号",
                    f"{road}{n}号{home}{b}幢{b % 3 + 1}单元{room}室",
                    f"{road}{n}号{home}{b}栋{room}",
                    f"{town}{home}{b}号楼{b % 4 + 1}单元{room}",
                    f"{road}{n}弄{b}号{room}室",
                    f"{of(self.VILLAGES)}{n % 230 + 1}号",
                    f"{of(self.VILLAGES)}{b % 14 + 1}组",
                ]
            )
        return of(
            [
                f"{n * 7 % 9800 + 100} {of(self.STREETS)}, {of(self.TOWNS)}",
                f"{n * 7 % 9800 + 100} {of(self.STREETS)}, {of(['Apt', 'Unit', 'Apt.', '#'])} {b}{of('ABCDE')}, {of(self.TOWNS)}".replace(
                    "# ", "#"
                ),
                f"{n % 180 + 1} {of(self.LANES)}, {of(self.POSTS)}",
                f"Flat {b}, {n % 90 + 1} {of(self.LANES)}, {of(self.POSTS)}",
                of(self.ELSEWHERE).format(n=n % 150 + 1, b=b, f=f, room=room),
            ]
        )

    def a_addresslines(self, _: str) -> str:
        return f"{self.chance.randint(101, 9400)} {self.of(self.STREETS)}\n{self.of(self.TOWNS)}"

    # telephones and networks
    def a_mobile(self, language: str) -> str:
        bare, draw = self.a_mobile0(language), self.chance.random()
        if draw < 0.66:
            return bare
        return self.of(
            [
                f"{bare[:3]}-{bare[3:7]}-{bare[7:]}",
                f"{bare[:3]} {bare[3:7]} {bare[7:]}",
                f"+86{bare}",
                f"+86 {bare[:3]} {bare[3:7]} {bare[7:]}",
                f"(+86){bare}",
                f"86-{bare}",
                f"{bare[:3]}.{bare[3:7]}.{bare[7:]}",
            ]
        )

    def a_mobile0(self, _: str) -> str:
        return self.of(
            "130 131 133 135 137 139 145 149 150 152 155 157 158 166 172 173 176 177 180 182 185 186 188 189 191 193 199".split()
        ) + self.digits(8)

    def a_landline(self, _: str) -> str:
        area, local = self.of(
            [
                ("010", 8),
                ("021", 8),
                ("0571", 8),
                ("0755", 8),
                ("028", 8),
                ("0431", 8),
                ("0592", 7),
                ("0731", 8),
                ("0898", 8),
                ("0374", 7),
                ("0851", 8),
                ("0917", 7),
            ]
        )
        number = self.of("2345678") + self.digits(local - 1)
        return self.of(
            [f"{area}-{number}"] * 4
            + [
                f"（{area}）{number}",
                f"({area}){number}",
                f"{area} {number}",
                f"{area}-{number}转{self.of('68')}{self.digits(2)}",
                f"+86-{area[1:]}-{number}",
            ]
        )

    def a_usphone(self, language: str) -> str:
        bare = self.a_usphone0(language)
        a, b, c = bare[:3], bare[3:6], bare[6:]
        return self.of(
            [
                f"({a}) {b}-{c}",
                f"{a}-{b}-{c}",
                f"{a}-{b}-{c}",
                f"+1 {a}-{b}-{c}",
                f"{a}.{b}.{c}",
                f"1-{a}-{b}-{c}",
                f"+1 ({a}) {b}-{c}",
                bare,
            ]
        )

    def a_usphone0(self, _: str) -> str:
        return self.of("212 213 303 312 404 415 503 512 602 617 702 713 786 816 919".split()) + "55501" + self.digits(2)

    def a_anyphone(self, _: str) -> str:
        some = self.digits
        return self.of(
            [
                f"07700 900{some(3)}",
                f"+44 7700 900{some(3)}",
                f"020 7946 0{some(3)}",
                f"0161 496 0{some(3)}",
                f"+44 (0)117 496 0{some(3)}",
                f"0491 570 {some(3)}",
                f"(02) 5550 {some(4)}",
                f"+61 3 7010 {some(4)}",
                f"030 23125 {some(3)}",
                f"+49 171 39200{some(2)}",
                f"01 99 00 {some(2)} {some(2)}",
                f"+33 6 39 98 {some(2)} {some(2)}",
                f"+1 604 555 01{some(2)}",
            ]
        )

    def a_email(self, language: str) -> str:
        if self.chance.random() < 0.14:
            return f"{self.of('56789')}{self.digits(9)}@qq.com"
        user = self.of(self.LOCALS)
        host = self.of(
            "163.com 163.com 126.com gmail.com sina.com foxmail.com sohu.com 139.com".split()
            if language == "zh"
            else "gmail.com gmail.com yahoo.com hotmail.com outlook.com icloud.com comcast.net".split()
        )
        if self.chance.random() < 0.3:
            return f"{user}@{self.of(self.HOSTS)}"
        joint = "_" if host in ("gmail.com", "icloud.com") else "-"
        return f"{user.replace('.', joint)}{joint}{self.digits(self.of([1, 2, 4]))}@{host}"

    def a_wechat(self, _: str) -> str:
        return self.of(
            [
                f"wxid_{self.hexes(14)}",
                self.of(self.HANDLES) + self.digits(4),
                self.of(self.HANDLES) + "_" + self.digits(3),
                self.of(self.HANDLES) + "-" + self.of(["hz", "cd", "sz"]) + self.digits(2),
            ]
        )

    def a_qq(self, _: str) -> str:
        return self.of(
            ["56789"[self.chance.randrange(5)] + self.digits(9)] * 2
            + [self.of("123456789") + self.digits(self.of([7, 8]))]
        )

    def a_ipv4(self, _: str) -> str:
        return f"{self.of([7, 11, 21, 22, 26, 28, 29, 30, 33, 55])}.{self.chance.randint(1, 254)}.{self.chance.randint(0, 254)}.{self.chance.randint(1, 254)}"

    def a_ipv6(self, _: str) -> str:
        head = f"{self.of(['2437', '24a2', '2a4f', '26e1', '2c81'])}:{self.of('123456789abcdef')}{self.hexes(3)}"
        group = lambda: self.of("123456789abcdef") + self.hexes(3)  # noqa: E731
        return self.of(
            [
                f"{head}:{group()}:{group()}::{self.of('123456789')}",
                f"{head}::{group()}:{group()}",
                ":".join([head] + [group() for _ in range(6)]),
            ]
        )

    def a_mac(self, _: str) -> str:
        pairs = [self.of("0123456789abcdef") + self.of("26ae")] + [self.hexes(2) for _ in range(5)]
        return self.of([":".join(pairs), ":".join(pairs).upper(), "-".join(pairs).upper(), ":".join(pairs)])

    # documents of people and firms
    def a_cn_id0(self, _: str) -> str:
        body = self.of(AREAS) + "{:04d}{:02d}{:02d}".format(*self.day(1945, 2014)) + "99" + self.digits(1)
        return body + resident(body)

    def a_cn_id(self, language: str) -> str:
        whole = self.a_cn_id0(language)
        return self.of([whole] * 8 + [whole.lower(), f"{whole[:6]} {whole[6:14]} {whole[14:]}"])

    def a_cn_idwrong(self, language: str) -> str:
        whole = self.a_cn_id0(language)
        return whole[:-1] + self.of([mark for mark in "0123456789" if mark != whole[-1]])

    def a_cn_id15(self, _: str) -> str:
        _year, month, day = self.day(1938, 1984)
        return self.of(AREAS) + f"{_year % 100:02d}{month:02d}{day:02d}" + "99" + self.digits(1)

    def a_residence(self, _: str) -> str:
        return self.permit(self.of(["810000", "820000"]))

    def a_residencetw(self, _: str) -> str:
        return self.permit("830000")

    def permit(self, body: str) -> str:
        body += "{:04d}{:02d}{:02d}".format(*self.day(1955, 2012)) + self.digits(3)
        return body + resident(body)

    def a_foreigner(self, _: str) -> str:
        if self.chance.random() < 0.4:
            _year, month, day = self.day(1955, 1999)
            return (
                self.of(["USA", "JPN", "KOR", "DEU", "FRA"])
                + self.of(["1101", "3100", "4403"])
                + f"{_year % 100:02d}{month:02d}{day:02d}"
                + self.digits(2)
            )
        body = (
            "9"
            + self.of(["11", "31", "44", "51"])
            + self.of(["840", "392", "410", "276", "250", "826"])
            + "{:04d}{:02d}{:02d}".format(*self.day(1955, 2005))
            + self.digits(3)
        )
        return body + resident(body)

    def a_uscc(self, _: str) -> str:
        inner = self.of(["MA", "MA", "MB", ""])
        inner += "".join(self.of(USCC_MARKS if inner else "0123456789") for _ in range(8 - len(inner)))
        body = self.of(["91", "91", "91", "92", "52"]) + self.of(AREAS) + inner + organisation(inner)
        return body + credit(body)

    def a_passport(self, _: str) -> str:
        return self.of(
            [
                f"E{self.digits(8)}",
                f"E{self.of('ABCDEFGHJKLMN')}{self.digits(7)}",
                f"E{self.of('ABCDEFGHJKLMN')}{self.digits(7)}",
                f"G{self.digits(8)}",
                f"PE{self.digits(7)}",
                f"K{self.digits(8)}",
                f"MA{self.digits(7)}",
            ]
        )

    def a_mainland_pass(self, _: str) -> str:
        return self.of([f"C{self.digits(8)}", f"C{self.of('ABCDEFGHJK')}{self.digits(7)}", f"W{self.digits(8)}"])

    def a_mainland_passtw(self, _: str) -> str:
        return self.of("LT") + self.digits(8)

    def a_hm_permit(self, _: str) -> str:
        return self.of("HM") + self.digits(8) + self.of(["", "", "01", "02"])

    def a_tw_permit(self, _: str) -> str:
        return self.of("123456789") + self.digits(7)

    def a_hkid(self, _: str) -> str:
        letters, body = self.of(["A", "C", "D", "G", "K", "P", "R", "V", "Y", "Z", "WX", "XA"]), self.digits(6)
        return f"{letters}{body}({hong_kong(letters, body)})"

    def a_macauid(self, _: str) -> str:
        return f"{self.of('157')}{self.digits(6)}({self.digits(1)})"

    def a_twid(self, _: str) -> str:
        letter, body = self.of("ABCDEFGHJKLMNPQRSTUVX"), self.of("12") + self.digits(7)
        return letter + body + taiwan(letter, body)

    def a_plate(self, _: str) -> str:
        head, mark = (
            self.of("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋陕吉闽贵粤青川宁琼") + self.of("ABCDEFGH"),
            self.of(["", "", "·"]),
        )
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        tail = self.of(
            [
                self.digits(5),
                self.of(letters) + self.digits(4),
                self.digits(3) + self.of(letters) + self.digits(1),
                self.digits(2) + self.of(letters) + self.digits(2),
                self.of("DF") + self.digits(5),
                self.digits(5) + "D",
                self.of("DFAB") + self.of(letters) + self.digits(4),
                self.digits(4) + self.of("学挂警"),
            ]
        )
        return head + mark + tail

    def a_mrn(self, _: str) -> str:
        return self.of(
            [
                f"ZY{self.digits(8)}",
                self.of("123456789") + self.digits(6),
                f"00{self.digits(8)}",
                f"B{self.digits(7)}",
                f"MZ{self.digits(9)}",
            ]
        )

    def a_student(self, _: str) -> str:
        return self.of(["2019", "2020", "2021", "2022", "2023"]) + self.digits(self.of([6, 7, 8]))

    def a_social_card(self, _: str) -> str:
        return self.of("ABCDEFGH") + self.digits(8)

    def a_licence_file(self, _: str) -> str:
        return self.of(["3301", "4401", "5101", "3702", "6101"]) + "0" + self.digits(7)

    # money and devices
    def a_bank(self, language: str) -> str:
        bare = self.a_bank0(language)
        return self.of([bare, bare, bare, self.fours(bare), self.fours(bare, "-")])

    def a_bank0(self, _: str) -> str:
        prefix, size = self.of(
            [
                ("621700", 19),
                ("622202", 19),
                ("622848", 19),
                ("621661", 19),
                ("621226", 19),
                ("622588", 16),
                ("622609", 16),
                ("622700", 19),
                ("621483", 16),
                ("621799", 19),
                ("622908", 18),
                ("622262", 19),
            ]
        )
        body = prefix + self.digits(size - 1 - len(prefix))
        return body + luhn(body)

    def a_card(self, language: str) -> str:
        bare = self.a_card0(language)
        if len(bare) == 15:
            return self.of([bare, f"{bare[:4]} {bare[4:10]} {bare[10:]}", f"{bare[:4]}-{bare[4:10]}-{bare[10:]}"])
        return self.of([bare, self.fours(bare), self.fours(bare), self.fours(bare, "-")])

    def a_card0(self, _: str) -> str:
        prefix, size = self.of(
            [
                ("411111", 16),
                ("424242", 16),
                ("400005", 16),
                ("510510", 16),
                ("520082", 16),
                ("555555", 16),
                ("222300", 16),
                ("378282", 15),
                ("371449", 15),
                ("601111", 16),
                ("305693", 14),
                ("385200", 14),
                ("353011", 16),
                ("356600", 16),
            ]
        )
        body = prefix + self.digits(size - 1 - len(prefix))
        return body + luhn(body)

    def a_ssn(self, _: str) -> str:
        return f"{self.chance.randint(773, 899)}-{self.chance.randint(10, 99)}-{self.chance.randint(1000, 9998)}"

    def a_iban(self, _: str) -> str:
        country, head, size = self.of(
            [
                ("DE", "9", 18),
                ("GB", "ZZQX", 18),
                ("FR", "99997", 23),
                ("NL", "QXZZ", 14),
                ("ES", "9998", 20),
                ("BE", "999", 12),
                ("CH", "99996", 17),
                ("IT", "X99998", 23),
                ("PL", "999", 24),
                ("IE", "QZXX", 18),
            ]
        )
        body = head + self.digits(size - len(head))
        whole = country + iban(country, body) + body
        return self.of([whole, self.fours(whole)])

    def a_imei(self, _: str) -> str:
        body = self.of(["35", "86", "01"]) + self.digits(12)
        return body + luhn(body)

    def a_meid(self, _: str) -> str:
        return "A0000" + self.of("0123") + self.of("ABCDEF") + self.hexes(7).upper()

    def a_imsi(self, _: str) -> str:
        return "460" + self.of(["00", "01", "02", "07", "11"]) + self.digits(10)

    def a_iccid(self, _: str) -> str:
        body = "8986" + self.of(["00", "01", "03", "04"]) + self.digits(13)
        return body + luhn(body)

    # look-alikes
    def failing(self, head: str, size: int) -> str:
        while True:
            body = head + self.digits(size - len(head))
            if luhn(body[:-1]) != body[-1] and (size != 18 or resident(body[:-1]) != body[-1]):
                return body
