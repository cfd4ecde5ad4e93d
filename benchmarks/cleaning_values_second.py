# ruff: noqa: E501, SIM905  lists of words
"""Values of the second unseen set. Other names and places, and other odd ways, than the first set has."""

from cleaning_values import Kinds

NAMES_CHINESE = "詹世豪 佘佩珊 邝美云 揭晓燕 汤显祖德 古天明 毛阿敏 左小青 蓝正龙 苗圃 宋运辉 雷东宝 梁思申 程开颜 冯紫英 水建国 鲁大治 秦明 尹天仇 柳飘飘 纪晓岚 项少波 辛弃勇 向文波 安嘉和 梅湘南 褚时新 阳光明 滕华涛 于曼丽 明诚 郝思嘉 齐铭 连杰 谷雨生 关山月 倪大红 舒畅 钱多多 徐悲雁 邱淑敏 薛宝琴 熊黛林 霍元武 简爱华 池铁城 荣飞燕 鲍小萍 房似锦 卜志强".split()
NAMES_ENGLISH = "Adaeze Nwachukwu|Bruno Castellano|Carys Llewellyn|Dmitri Volkonsky|Esperanza Quintero|Florian Weiss|Gita Raghunathan|Henrik Sandberg|Ines Carvalho|Jonathan Peabody|Keiko Morimoto|Liam O'Sullivan|Margaret Thistlewood|Nasser Al-Khatib|Olena Shevchenko|Philippa Grantham|Rosa M. Benitez|Stefan Kowalski|Tamsin Fairweather|Umar Farooqi|Vivian Leung|Walter Hoffmann|Yasmin Karimi|Zoltan Nagy|Abigail Turner|Benjamin Ford|Clara Whitman|Derek Shaw|Edith Rowe|Frank DeLuca|Geraldine Pope|Hugo Mercier|Ida Bergstrom|Jack Nolan|Katherine Bell|Lorenzo Marini|Monique Dubois|Nigel Cartwright|Oscar van Houten|Paula Stern".split(
    "|"
)
STREETS_CHINESE = "哈尔滨市南岗区西大直街|长春市朝阳区人民大街|石家庄市长安区中山东路|合肥市蜀山区黄山路|南昌市东湖区八一大道|海口市龙华区滨海大道|贵阳市南明区遵义路|兰州市城关区东岗西路|太原市小店区平阳路|宁波市鄞州区中兴路|佛山市顺德区大良街道清晖路|无锡市梁溪区中山路".split(
    "|"
)
STREETS_ENGLISH = "Cedar Hollow Road|Magnolia Ave|Prospect St|N Lakeshore Dr|Chestnut Street|Wildflower Lane|Pine Grove Court|S 8th Street|Market Street|Orchard Way|College Ave|Mission Blvd".split(
    "|"
)
TOWNS = "Fargo, ND 58102|Santa Fe, NM 87501|Omaha, NE 68114|Lexington, KY 40507|Spokane, WA 99201|Raleigh, NC 27601|Tampa, FL 33602".split(
    "|"
)


class OtherKinds(Kinds):
    """The same kinds, about other people and places."""

    def a_name(self, language: str) -> str:
        return self.of(NAMES_CHINESE if language == "zh" else NAMES_ENGLISH)

    def a_address(self, language: str) -> str:
        number = self.chance.randint(1, 880)
        if language == "zh":
            tail = self.of(
                [
                    "",
                    "院",
                    f"{number % 9 + 1}号楼{number % 5 + 1}单元{number % 20 + 1}02",
                    f"-{number % 9 + 1}号",
                    f"{number % 12 + 1}栋{number % 30 + 1}01室",
                ]
            )
            joined = f"{number}{tail}" if tail.startswith("-") else f"{number}号{tail}"
            return self.of(STREETS_CHINESE) + joined
        unit = self.of(["", "", f", Apt. {number % 60}", f", Suite {number % 500}", f" Unit {number % 9}C"])
        return f"{number} {self.of(STREETS_ENGLISH)}{unit}, {self.of(TOWNS)}"
