# ruff: noqa: E501, RUF005, SIM905  lists of words
"""Values of the sixth unseen set, and its odd ways. People are put together of surnames and given names as common as they
are."""

from random import Random

from cleaning_values import MONTHS, Kinds, iban_check, luhn_check, resident_check
from cleaning_ways import Way

SURNAMES = "王 王 王 李 李 李 张 张 张 刘 刘 陈 陈 杨 杨 黄 赵 周 吴 徐 孙 朱 马 胡 郭 林 何 高 梁 郑 罗 宋 谢 唐 韩 曹 许 邓 萧 冯 曾 程 蔡 彭 潘 袁 于 董 余 苏 叶 吕 魏 蒋 田 杜 丁 沈 姜 范 江 傅 钟 卢 汪 戴 崔 任 陆 廖 姚 方 金 邱 夏 谭 韦 贾 邹 石 熊 孟 秦 阎 薛 侯 雷 白 龙 段 郝 孔 邵 史 毛 常 万 顾 赖 武 康 贺 严 尹 钱 施 牛 洪 龚 欧阳 上官 司马 诸葛 尉迟 覃 植 仝 逄 亓 敬".split()
GIVEN = "建国 建华 秀英 桂兰 志强 小红 丽 敏 勇 军 杰 涛 洋 艳 静 磊 娟 超 霞 平 刚 辉 芳 浩宇 子墨 梓萱 一诺 雨桐 宇轩 诗涵 佳怡 俊熙 晨阳 思齐 文静 晓燕 海燕 春梅 冬梅 卫国 爱民 援朝 跃进 红兵 金凤 玉兰 淑珍 德明 福生 长河 永胜 天一 亦凡 若水 青云 向阳 立秋 大海 小满 朝晖 怀瑾 明哲 致远 鸿飞 少东 宗翰 启铭 可欣 语嫣 沐辰 奕辰 昕 玥 琪 鑫 凯 博 阳 帆 婷 莹 倩 华 伟 强 斌 峰 龙 飞 宁 欢 乐 成 光".split()
OTHERS = "阿不力孜·肉孜 帕提古丽·麦麦提 扎西平措 仁青卓嘎 苏日娜 白玛央宗 吐尔逊江·艾山 金正洙 库尔班江·赛买提 其其格".split()
FORENAMES = "Oliver Amelia Jack Isla Harry Ava Rohan Ananya Ishaan Diya Mateo Valentina Luca Chiara Felix Leonie Hugo Manon Jakub Zofia Sven Astrid Dimitrios Katerina Yusuf Elif Omar Salma Kwabena Adaeze Tendai Wei Mei Hiro Aoi Seo-yeon Linh Thabo Noah Grace Tyrone Latasha Wyatt Savannah Brandon Kaitlyn Gregory Denise Walter Gladys".split()
FAMILIES = "Smith Jones Taylor Brown Williams Patel Singh Kumar Sharma Reddy Garcia Rodriguez Rossi Esposito Müller Schneider Martin Dubois Kowalski Andersson Hansen Papadakis Yilmaz Demir Hassan Ibrahim Mensah Okafor Moyo Chen Wang Sato Kim Tran Dlamini Murphy O'Sullivan MacDonald Jackson Washington Baker Cook Carter Young King Wright Hill Green Adams Nelson".split()
ROADS = "广东省东莞市南城街道鸿福路|山东省潍坊市奎文区胜利东街|四川省绵阳市涪城区临园路东段|河南省洛阳市涧西区南昌路|福建省莆田市荔城区文献西路|江苏省南通市崇川区青年中路|湖南省株洲市天元区长江北路|云南省曲靖市麒麟区麒麟东路|陕西省咸阳市秦都区人民中路|重庆市江北区观音桥步行街|上海市闵行区莘松路|北京市通州区新华西街|深圳市宝安区创业一路|苏州工业园区星湖街".split("|")  # fmt: skip
HOMES = "蓝光花满庭 阳光一百 水岸新都 银河湾 学府名苑 保利心语 香榭丽舍 化工厂宿舍 瑞景花园 西城国际".split()
VILLAGES = "安徽省宿州市灵璧县尹集镇菠林村|江西省赣州市于都县梓山镇潭头村|云南省昭通市镇雄县以勒镇庙埂村|山西省吕梁市临县碛口镇李家山村|湖北省恩施州来凤县百福司镇舍米湖村".split(
    "|"
)


class SixthKinds(Kinds):
    def a_name(self, language: str) -> str:
        if language == "zh":
            return self.of(OTHERS) if self.chance.random() < 0.04 else self.of(SURNAMES) + self.of(GIVEN)
        first, last, draw = self.of(FORENAMES), self.of(FAMILIES), self.chance.random()
        middle = f"{self.of('ABCDEJKLMRST')}. " if draw < 0.1 else ""
        return f"{first} {middle}{last}" + (f"-{self.of(FAMILIES)}" if draw > 0.95 else "")

    def a_mobile(self, _: str) -> str:
        bare = self.of("132 134 136 138 147 151 153 156 159 171 175 178 181 183 187 190 195 198".split()) + self.digits(
            8
        )
        return self.of([bare] * 7 + [f"{bare[:3]}-{bare[3:7]}-{bare[7:]}", f"{bare[:3]} {bare[3:7]} {bare[7:]}", f"+86 {bare}", f"+86-{bare[:3]}-{bare[3:7]}-{bare[7:]}", f"{bare[:4]} {bare[4:7]} {bare[7:]}"])  # fmt: skip

    def a_cn_id(self, _: str) -> str:
        body = self.of(
            "110111 130602 210811 320611 341302 360731 370705 410305 430211 441900 510703 530302 610402".split()
        )
        body += "{:04d}{:02d}{:02d}".format(*self.day(1936, 2018)) + self.digits(3)
        return body + resident_check(body)

    def a_bank(self, _: str) -> str:
        body = self.of("621081 622230 623052 622568 621559 622843 621098 622150".split()) + self.digits(12)
        bare = body + luhn_check(body)
        return self.of([bare, bare, self.fours(bare)])

    def a_dob(self, language: str) -> str:
        year, month, day = self.day(1936, 2018)
        if language == "zh":
            return self.of([f"{year}年{month}月{day}日", f"{year}年{month}月{day}日", f"{year}-{month:02d}-{day:02d}", f"{year}.{month}.{day}", f"{year}/{month}/{day}", f"{year}{month:02d}{day:02d}"])  # fmt: skip
        named = MONTHS[month - 1]
        return self.of([f"{day} {named} {year}", f"{named} {day}, {year}", f"{year}-{month:02d}-{day:02d}", f"{day:02d}/{month:02d}/{year}", f"{month}/{day}/{year}", f"{named[:3]}. {day}, {year}", f"{day}.{month}.{year}"])  # fmt: skip

    def a_address(self, language: str) -> str:
        n, b, f, of = self.chance.randint(1, 888), self.chance.randint(1, 40), self.chance.randint(1, 28), self.of
        room = f"{f}0{b % 6 + 1}"
        if language == "zh":
            road, home = of(ROADS), of(HOMES)
            town = road[: max(road.rfind("区"), road.rfind("街道") + 1, road.rfind("市")) + 1]
            return of(
                [f"{road}{n}号", f"{road}{n}号{home}{b}栋{b % 4 + 1}单元{room}", f"{town}{home}{b}幢{room}室", f"{of(VILLAGES)}{b % 15 + 1}组{n % 70 + 1}号", f"{of(VILLAGES)}{n % 200 + 1}号", f"{road}{n}号{of(['天安数码城', '万达写字楼', '金融大厦'])}{f}楼"]
                + [f"{town}{home}{b}号楼{b % 4 + 1}单元{f}层东户", f"{road}{n}弄{b}号{room}", f"{town}{home}{b}-{b % 4 + 1}-{room}"]
            )  # fmt: skip
        return of(
            [f"{n} {of(['Orchard Lane', 'W Main St', 'Lakeshore Blvd', 'Hickory Trail'])}, {of(['Tulsa, OK 74103', 'Raleigh, NC 27601', 'Tampa, FL 33602'])}", f"{n} {of(['Walnut St', 'N Clark St'])} Apt {b}, {of(['Chicago, IL 60610', 'Philadelphia, PA 19106'])}"]
            + [f"{n % 99 + 1} {of(['Queen Street', 'The Crescent', 'Manor Drive'])}, {of(['Sheffield S1 2JE', 'Glasgow G1 3DN', 'Norwich NR2 1TF'])}", f"{n % 99 + 1} {of(['Collins Street', 'Ocean Parade'])}, {of(['Melbourne VIC 3000', 'Cairns QLD 4870'])}", f"{of(['Schillerstraße', 'Am Markt'])} {b}, {of(['04109 Leipzig', '28195 Bremen'])}"]
            + [f"{b}, {of(['Nehru Nagar', 'Gandhi Road'])}, {of(['Pune 411001', 'Kochi - 682016'])}", f"{n} {of(['Yonge St', 'Rue Sherbrooke O'])}, {of(['Toronto, ON M4W 1J7', 'Montreal QC H3A 1B9'])}"]
        )  # fmt: skip

    def a_email(self, _: str) -> str:
        user = self.of(
            "amelia.t|rohan-k|liwei1985|zhao.min|contact|s.kowalski|xiaolong|ann_b|d.okafor|caiwu|vorstand|m2".split(
                "|"
            )
        )
        return user + self.of(["", self.digits(1), self.digits(3)]) + "@" + self.of("qq.com|163.com|gmail.com|yahoo.com|web.de|tsinghua.edu.cn|council.gov.uk|btinternet.com|rediffmail.com|foxmail.com|corp.cn|naver.com".split("|"))  # fmt: skip

    def a_wechat(self, _: str) -> str:
        return self.of(
            [
                f"wxid_{self.hexes(12)}",
                f"lele{self.digits(5)}",
                f"Hui_{self.digits(4)}",
                f"s{self.digits(7)}",
                "hongbing-1970",
            ]
        )

    def a_anyphone(self, _: str) -> str:
        some = self.digits
        return self.of([f"07{self.of('45789')}{some(2)} {some(6)}", f"0114 2{some(2)} {some(4)}", f"+44 7{some(3)} {some(6)}", f"+91 9{some(4)} {some(5)}", f"0{self.of('23')} 9{some(3)} {some(4)}", f"+61 4{some(2)} {some(3)} {some(3)}", f"+49 341 {some(6)}", f"0176 {some(8)}", f"(416) 5{some(2)}-{some(4)}", f"+1 514-2{some(2)}-{some(4)}"])  # fmt: skip

    def a_iban(self, _: str) -> str:
        country, size = self.chance.choice([("DE", 18), ("FR", 23), ("AT", 16), ("DK", 14), ("FI", 14), ("NO", 11)])
        body = self.digits(size)
        whole = country + iban_check(country, body) + body
        return self.of([whole, self.fours(whole)])


# ── odd ways ──
def bare(value: str) -> str:
    kept = "".join(mark for mark in value if mark.isdecimal() or mark in "Xx")
    return kept[2:] if value.startswith("+86") else kept[1:] if value.startswith(("+1", "1-", "1 ")) and len(kept) == 11 and not value[1:4].isdecimal() else kept  # fmt: skip


def threes(value: str, chance: Random) -> str:
    kept = bare(value)
    return chance.choice([" ", "-", "/"]).join(kept[at : at + 3] for at in range(0, len(kept), 3))


def angled(value: str, chance: Random) -> str:
    kept, (opened, closed) = bare(value), chance.choice(["[]", "（）", "【】", "<>"])
    return "".join(f"{opened}{kept[at : at + 4]}{closed}" for at in range(0, len(kept), 4))


def persian(value: str, _: Random) -> str:
    return "".join("۰۱۲۳۴۵۶۷۸۹"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def commas_wide(value: str, _: Random) -> str:
    kept = bare(value)
    return "，".join(kept[at : at + 4] for at in range(0, len(kept), 4))


def backticked(value: str, chance: Random) -> str:
    kept = bare(value)
    return kept[:3] + chance.choice(["\u200b", "\u2060", "`", "\u200b "]) + kept[3:]


def han_four(value: str, chance: Random) -> str:
    said = "".join("零一二三四五六七八九"[int(mark)] if mark.isdecimal() else "X" for mark in bare(value))
    return chance.choice(["", " ", "，"]).join(said[at : at + 4] for at in range(0, len(said), 4))


def words_dashed(value: str, _: Random) -> str:
    return "-".join(
        "zero one two three four five six seven eight nine".split()[int(mark)]
        for mark in bare(value)
        if mark.isdecimal()
    )


def mail_curly(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["{at}", "{@}", "<at>", "［at］", "(＠)"])).replace(
        ".", chance.choice([".", "{dot}", "[.]"])
    )


def mail_remove(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["(a)", " (@) ", " at ", "_AT_"])).replace(
        ".", chance.choice([" dot ", "_DOT_"])
    )


def mail_zero(value: str, _: Random) -> str:
    return value.replace("@", "\u200b@\u200b")


SIXTH_DIGITS: list[Way] = [threes, angled, persian, commas_wide, backticked]
SIXTH: dict[str, list[Way]] = {
    "MOBILE": [*SIXTH_DIGITS, han_four], "CN_ID": [*SIXTH_DIGITS, han_four], "BANK": [*SIXTH_DIGITS, han_four], "QQ": [persian, han_four],
    "EMAIL": [mail_curly, mail_remove, mail_zero], "USPHONE": [*SIXTH_DIGITS, words_dashed], "CARD": [*SIXTH_DIGITS, words_dashed], "SSN": [persian, words_dashed],
}  # fmt: skip
