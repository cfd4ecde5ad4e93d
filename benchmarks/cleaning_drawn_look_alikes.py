# ruff: noqa: E501  lists of words
"""What looks like the values of the seventh and eighth unseen set and is none."""

from cleaning_drawn_values import DrawnValues
from cleaning_values import MONTHS


class DrawnKinds(DrawnValues):
    """not_x gives a look-alike (never labelled)."""

    def not_date(self, language: str) -> str:
        year, month, day = self.day(2012, 2024)
        if language == "zh":
            return self.of([f"{year}年{month}月{day}日", f"{year}-{month:02d}-{day:02d}"])
        named = MONTHS[month - 1]
        return self.of([f"{named} {day}, {year}", f"{day} {named} {year}", f"{year}-{month:02d}-{day:02d}"])

    def not_clock(self, _: str) -> str:
        return f"{self.chance.randint(0, 23):02d}:{self.chance.randint(0, 59):02d}"

    def not_time(self, language: str) -> str:
        return (
            "{:04d}-{:02d}-{:02d}".format(*self.day(2018, 2024))
            + f" {self.not_clock(language)}:{self.chance.randint(0, 59):02d}"
        )

    def not_weblog(self, language: str) -> str:
        return f"{self.chance.randint(10, 28)}/Mar/2024:{self.not_clock(language)}:{self.chance.randint(10, 59)} +0800"

    def not_epoch(self, _: str) -> str:
        return f"17{self.digits(8)}"

    def not_millis(self, _: str) -> str:
        return self.failing("17", 13)

    def not_small(self, _: str) -> str:
        return str(self.chance.randint(11, 9999))

    def not_price(self, _: str) -> str:
        return f"{self.chance.randint(12, 98000):,}.{self.digits(2)}"

    def not_percent(self, _: str) -> str:
        return f"{self.chance.randint(1, 99)}.{self.digits(1)}%"

    def not_order(self, _: str) -> str:
        return self.failing("2024" + f"{self.chance.randint(13, 99)}", self.of([17, 18, 20]))

    def not_long(self, _: str) -> str:
        return self.failing(self.of("3789"), self.of([16, 19]))

    def not_eleven(self, _: str) -> str:
        return "1" + self.of("35789") + self.digits(9)

    def not_track(self, _: str) -> str:
        return self.of([f"SF{self.failing('13', 13)}", f"YT{self.failing('88', 13)}", f"JDVA{self.failing('0', 11)}"])

    def not_ups(self, _: str) -> str:
        return f"1Z{self.of(['A4', 'X9', 'R7'])}{self.digits(3)}W{self.digits(10)}"

    def not_case(self, _: str) -> str:
        return f"（202{self.of('1234')}）{self.of(['浙0109', '京02', '粤0306', '川01'])}民{self.of(['初', '终'])}{self.chance.randint(11, 9876)}号"

    def not_standard(self, _: str) -> str:
        return self.of(
            [
                f"GB/T {self.chance.randint(1000, 45000)}-20{self.of(['08', '15', '20'])}",
                f"ISO {self.chance.randint(1000, 29999)}:2018",
                f"JGJ {self.chance.randint(10, 200)}-2011",
            ]
        )

    def not_drug(self, _: str) -> str:
        return f"国药准字{self.of('HZS')}{self.of(['1099', '2005', '2013', '2020'])}{self.digits(4)}"

    def not_patent(self, _: str) -> str:
        return f"ZL20{self.of(['15', '18', '21'])}{self.of('123')}{self.digits(7)}.{self.digits(1)}"

    def not_hash(self, _: str) -> str:
        return self.hexes(40)

    def not_short(self, _: str) -> str:
        return self.of("abcdef") + self.hexes(6)

    def not_uuid(self, _: str) -> str:
        return f"{self.hexes(8)}-{self.hexes(4)}-4{self.hexes(3)}-a{self.hexes(3)}-{self.hexes(12)}"

    def not_isbn(self, _: str) -> str:
        return f"978-7-{self.digits(3)}-{self.digits(5)}-{self.digits(1)}"

    def not_version(self, _: str) -> str:
        return f"{self.chance.randint(0, 12)}.{self.chance.randint(0, 40)}.{self.chance.randint(0, 90)}"

    def not_fourversion(self, language: str) -> str:
        return f"{self.not_version(language)}.{self.chance.randint(100, 250)}"

    def not_private(self, _: str) -> str:
        return self.of(
            [
                f"192.168.{self.chance.randint(0, 9)}.{self.chance.randint(2, 250)}",
                f"10.{self.chance.randint(0, 99)}.{self.chance.randint(0, 99)}.{self.chance.randint(2, 250)}",
                "127.0.0.1",
                f"172.18.0.{self.chance.randint(2, 99)}",
            ]
        )

    def not_service(self, _: str) -> str:
        return self.of(
            [
                f"400-{self.of('68')}{self.digits(2)}-{self.digits(4)}",
                f"400{self.digits(7)}",
                f"800-820-{self.digits(4)}",
                "95588",
                "95533",
                "10086",
                "12306",
                "12315",
            ]
        )

    def not_tollfree(self, _: str) -> str:
        return f"1-8{self.of(['00', '77', '88'])}-555-01{self.digits(2)}"

    def not_bytes(self, _: str) -> str:
        return str(self.chance.randint(200, 98000))

    def not_weight(self, _: str) -> str:
        return f"{self.chance.randint(0, 9)}.{self.digits(2)}kg"

    def not_part(self, _: str) -> str:
        return f"{self.of(['PN', 'RX', 'KD'])}-{self.digits(4)}-{self.of('ABC')}{self.digits(2)}"

    def not_batch(self, _: str) -> str:
        return f"{self.of(['L', 'B', ''])}20{self.of(['22', '23', '24'])}{self.chance.randint(13, 99)}{self.digits(3)}"

    def not_flight(self, _: str) -> str:
        return self.of(
            [
                f"CA1{self.digits(3)}",
                f"MU5{self.digits(3)}",
                f"G{self.chance.randint(11, 7999)}",
                f"D{self.chance.randint(101, 3999)}",
            ]
        )

    def not_weblink(self, _: str) -> str:
        return f"https://img.cdn-static.test/p/{self.hexes(8)}/{self.failing('9', 12)}.jpg"
