# ruff: noqa: E501, SIM905  lists of words
"""Values and look-alikes of the ninth to eleventh unseen set: more ways of writing each, and any public number."""

from typing import ClassVar

from cleaning_drawn_look_alikes import DrawnKinds
from cleaning_values import MONTHS

VIN_MARKS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vehicle(body: str) -> str:
    """The ninth mark of a vehicle's number (49 CFR 565.15): a letter counts as its place in each row of letters."""
    value = {mark: (int(mark) if mark.isdigit() else (ord(mark) - 65) % 9 + 1) for mark in VIN_MARKS[:18]}
    value.update({mark: 1 + at for at, mark in enumerate("JKLMN")} | {"P": 7, "R": 9})
    value.update({mark: 2 + at for at, mark in enumerate("STUVWXYZ")})
    return "0123456789X"[sum(value[mark] * weight for mark, weight in zip(body, VIN_WEIGHTS, strict=True)) % 11]


def verhoeff(body: str) -> str:
    """The digit that makes a product of the dihedral group of ten the neutral one, each place turned as often as it
    stands from the right."""

    def times(a: int, b: int) -> int:
        return (a + b) % 5 + b // 5 * 5 if a < 5 else (a - b) % 5 + (1 - b // 5) * 5

    def turned(digit: int, often: int) -> int:
        for _ in range(often % 8):
            digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
        return digit

    made = 0
    for at, mark in enumerate(reversed(body), start=1):
        made = times(made, turned(int(mark), at))
    return next(str(last) for last in range(10) if times(made, last) == 0)


class WiderKinds(DrawnKinds):
    AREA_CODES: ClassVar = (
        "201 203 206 208 210 213 216 217 225 240 248 251 253 267 301 305 309 315 319 325 330 334 347 352 361 385 402 406 408 412 415 423 434 440 443 469 478 503 505 508 512 513 520 530 541 551 559 562 570 585 602 605 608 612 615 619 630 636 646 651 660 678 701 702 706 713 716 719 724 727 732 740 747 757 760 763 770 775 781 785 801 802 803 804 808 810 812 815 816 828 830 843 845 856 859 860 864 901 903 904 907 909 912 913 914 916 918 919 925 928 937 940 951 954 970 971 978 980 985 989"
    ).split()

    # telephones
    def a_usphone0(self, _: str) -> str:
        while True:
            office = self.of("23456789") + self.digits(2)
            if not office.endswith("11"):
                return self.of(self.AREA_CODES) + office + self.digits(4)

    def a_usphone(self, language: str) -> str:
        bare = self.a_usphone0(language)
        a, b, c = bare[:3], bare[3:6], bare[6:]
        return self.of(
            [f"({a}) {b}-{c}"] * 4
            + [f"{a}-{b}-{c}"] * 4
            + [f"{a}.{b}.{c}", f"{a} {b} {c}", f"+1 {a} {b} {c}", f"+1-{a}-{b}-{c}", f"({a}){b}-{c}", f"+1{bare}", bare]
        )

    def a_ukphone(self, _: str) -> str:
        some = self.digits
        return self.of(
            [
                f"07{self.of('45789')}{some(2)} {some(6)}",
                f"07{self.of('45789')}{some(2)} {some(3)} {some(3)}",
                f"07{self.of('45789')}{some(8)}",
                f"+44 7{self.of('45789')}{some(2)} {some(6)}",
                f"+447{self.of('45789')}{some(8)}",
                f"020 {self.of('378')}{some(3)} {some(4)}",
                f"0{self.of(['121', '131', '141', '151', '161'])} {self.of('2345678')}{some(2)} {some(4)}",
                f"01{self.of('2346789')}{some(2)} {self.of('2345678')}{some(5)}",
            ]
        )

    def a_worldphone(self, _: str) -> str:
        some = self.digits
        return self.of(
            [
                f"+49 30 {self.of('23456789')}{some(6)}",
                f"+49 15{self.of('127')} {some(8)}",
                f"+33 {self.of('16')} {some(2)} {some(2)} {some(2)} {some(2)}",
                f"+61 4{some(2)} {some(3)} {some(3)}",
                f"+61 2 {self.of('89')}{some(3)} {some(4)}",
                f"+91 {self.of('9876')}{some(4)} {some(5)}",
                f"+81 90-{self.of('23456789')}{some(3)}-{some(4)}",
                f"+852 {self.of('569')}{some(3)} {some(4)}",
                f"+65 {self.of('89')}{some(3)} {some(4)}",
                f"+353 8{self.of('3567')} {some(3)} {some(4)}",
                f"+34 6{some(2)} {some(3)} {some(3)}",
                f"+55 11 9{self.of('6789')}{some(3)}-{some(4)}",
                f"+31 6 {self.of('12345')}{some(7)}",
                f"+41 7{self.of('689')} {some(3)} {some(2)} {some(2)}",
            ]
        )

    # days
    def a_dob(self, language: str) -> str:
        year, month, day = self.day(1936, 2017)
        if language == "zh":
            return super().a_dob(language)
        named = MONTHS[month - 1]
        end = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        return self.of(
            [f"{month:02d}/{day:02d}/{year}"] * 3
            + [f"{year}-{month:02d}-{day:02d}"] * 2
            + [
                f"{named} {day}, {year}",
                f"{day} {named} {year}",
                f"{named[:3]} {day}, {year}",
                f"{day} {named[:3]} {year}",
                f"{day:02d}/{month:02d}/{year}",
                f"{month}/{day}/{year}",
                f"{day:02d}.{month:02d}.{year}",
                f"{day}{end} {named} {year}",
                f"{day:02d}-{named[:3].upper()}-{year}",
                f"{month:02d}-{day:02d}-{year}",
            ]
        )

    # names
    def a_namerev(self, _: str) -> str:
        return f"{self.of(self.FAMILIES)}, {self.of(self.FORENAMES)}"

    def a_first(self, _: str) -> str:
        return str(self.of(self.FORENAMES))

    def a_last(self, _: str) -> str:
        return str(self.of(self.FAMILIES))

    def a_nameup(self, _: str) -> str:
        return f"{self.of(self.FORENAMES)} {self.of(self.FAMILIES)}".upper()

    # mail
    def a_email(self, language: str) -> str:
        if language == "zh":
            return super().a_email(language)
        first, last = self.of(self.LOGINS).split(".")
        host = self.of("gmail.com gmail.com yahoo.com hotmail.com outlook.com icloud.com proton.me aol.com".split())
        host = self.of([host, host, *self.HOSTS])
        user = self.of(
            [
                f"{first}.{last}",
                f"{first}{last}",
                f"{first[0]}{last}{self.digits(2)}",
                f"{first}_{last}",
                f"{first}{self.digits(3)}",
                f"{first}.{last}+{self.of(['news', 'shop', 'work'])}",
                f"{first}-{last}",
            ]
        )
        return f"{user}@{host}"

    def a_emailpercent(self, language: str) -> str:
        return self.a_email(language).replace("+", "%2B").replace("@", "%40")

    # networks
    def a_ipv4(self, _: str) -> str:
        while True:
            first = self.chance.choice(
                [3, 5, 8, 13, 18, 23, 31, 34, 37, 45, 46, 52, 54, 58, 61, 62, 66, 71, 72, 73, 76]
            )
            if self.chance.random() < 0.5:
                first = self.chance.choice([81, 84, 86, 91, 94, 98, 101, 104, 108, 112, 117, 121, 139, 144, 151, 176])
            second, third, fourth = (self.chance.randint(1, 254) for _ in range(3))
            if not (first == 8 and second == 8) and third != 0:
                return f"{first}.{second}.{third}.{fourth}"

    def a_mac(self, language: str) -> str:
        if self.chance.random() < 0.15:
            made = self.of("0123456789abcdef") + self.of("048c") + self.hexes(10)
            return f"{made[:4]}.{made[4:8]}.{made[8:]}"
        return super().a_mac(language)

    def a_ssn(self, _: str) -> str:
        area = self.of([self.chance.randint(1, 665), self.chance.randint(667, 899)])
        return f"{area:03d}-{self.chance.randint(10, 99)}-{self.chance.randint(1000, 9998)}"

    def a_ssn0(self, language: str) -> str:
        return self.a_ssn(language).replace("-", "")

    def a_uspassport(self, _: str) -> str:
        return self.of([self.of("1234567") + self.digits(8), self.of("ABCXZ") + self.digits(8)])

    def a_mrn(self, language: str) -> str:
        if language == "zh":
            return super().a_mrn(language)
        return self.of(
            [
                self.of("123456789") + self.digits(6),
                f"00{self.digits(6)}",
                f"H{self.digits(7)}",
                f"{self.of('123456789')}{self.digits(7)}",
                f"MR{self.digits(6)}",
            ]
        )

    # vehicles, India, members
    def a_vin(self, _: str) -> str:
        maker = self.of("1HG 2T1 JTD WBA WVW LSV LFV LGB 5YJ 3FA SAL VF1 KMH".split())
        made = maker + "".join(self.of(VIN_MARKS) for _ in range(5)) + "0" + self.of("HJKLMNPR")
        made += self.of(VIN_MARKS[1:]) + self.digits(6)
        return made[:8] + vehicle(made) + made[9:]

    def a_aadhaar(self, _: str) -> str:
        body = self.of("23456789") + self.digits(10)
        whole = body + verhoeff(body)
        return self.of([self.fours(whole), self.fours(whole), self.fours(whole, "-"), whole])

    def a_pan(self, _: str) -> str:
        def letters(size: int) -> str:
            return "".join(self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(size))

        return letters(3) + "P" + letters(1) + self.digits(4) + letters(1)

    def a_member(self, language: str) -> str:
        if language == "zh":
            return self.of([self.digits(8), "VIP" + self.digits(6), self.digits(10)])
        return self.of(
            ["W" + self.digits(9), "XJB" + self.digits(9), self.digits(9), "H" + self.digits(8), self.digits(11)]
        )

    def a_street(self, _: str) -> str:
        return f"{self.chance.randint(1, 90)} {self.of(self.LANES)}"

    # look-alikes
    def not_coord(self, _: str) -> str:
        return f"{self.chance.randint(10, 60)}.{self.digits(6)}, {self.of(['', '-'])}{self.chance.randint(10, 179)}.{self.digits(6)}"

    def not_sku(self, _: str) -> str:
        return (
            f"{self.of(['TX', 'AB', 'KLM', 'HD', 'GRN'])}-{self.digits(4)}-{self.of(['BLK', 'WHT', 'XL', 'S', '42'])}"
        )

    def not_upc(self, _: str) -> str:
        return self.failing(self.of("04678"), self.of([12, 13]))

    def not_usps(self, _: str) -> str:
        return self.failing("9400", 22)

    def not_po(self, _: str) -> str:
        return "45000" + self.digits(5)

    def not_ten(self, _: str) -> str:
        return self.of("01") + self.digits(9)

    def not_invoice(self, _: str) -> str:
        return self.of(
            [f"INV-{self.digits(6)}", f"INV{self.digits(8)}", f"2024-{self.digits(4)}", f"#{self.digits(7)}"]
        )

    def not_isbn(self, language: str) -> str:
        if language == "zh":
            return super().not_isbn(language)
        return self.of(
            [
                f"978-0-{self.digits(3)}-{self.digits(5)}-{self.digits(1)}",
                f"0-{self.digits(3)}-{self.digits(5)}-{self.digits(1)}",
            ]
        )

    def not_measure(self, _: str) -> str:
        return self.of(
            [
                f"{self.chance.randint(10, 900)} x {self.chance.randint(10, 900)} x {self.chance.randint(10, 900)} mm",
                f"{self.chance.randint(1, 99)}.{self.digits(2)} mg/dL",
                f"{self.chance.randint(1000, 9999)} mAh",
                f"{self.chance.randint(90, 140)}/{self.chance.randint(50, 90)} mmHg",
            ]
        )
