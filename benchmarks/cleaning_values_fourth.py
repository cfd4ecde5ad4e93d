# ruff: noqa: E501, SIM905  lists of words
"""Values of the fourth unseen set."""

from cleaning_values import Kinds

NAMES_CHINESE = "江一鸣 毕淑敏 蒲安国 傅雪晴 吴桐 李卫东 张美凤 王海燕 赵心怡 陈嘉豪 黄丽娟 周杰森 杨晓彤 徐大勇 马玉兰 胡建平 郭倩 何思远 罗永刚 沈秋月 曾国华 彭文静 卢俊义夫 贾平生 薛宝田 侯跃文 白云飞 孟庆祥 秦岚月 康小花 申纪兰花 倪虹洁 武志红 龚琳娜 牛群山 欧阳娜 夏侯远 艾力·买买提 晁盖天 粟裕民".split()
NAMES_ENGLISH = "Robert Kaminski|Hannah Oduya|Carlos Vega|Yuki Tanaka|Laura Jennings|Amir Rezaei|Nicole Fontaine|Patrick Byrne|Shanice Walker|Giovanni Conti|Mei Chan|Thomas Becker|Aaliyah Brooks|Sergei Orlov|Elena Popescu|Marcus Lindgren|Rosa Delgado|Kenji Sato|Abena Owusu|Daniel Rosenberg".split(
    "|"
)


class FourthKinds(Kinds):
    def a_name(self, language: str) -> str:
        return self.of(NAMES_CHINESE if language == "zh" else NAMES_ENGLISH)

    def a_address(self, language: str) -> str:
        number, other = self.chance.randint(1, 480), self.chance.randint(1, 18)
        if language == "zh":
            street = self.of("遵义市汇川区珠海路|贵阳市云岩区中华北路|天津市南开区卫津路|温州市鹿城区车站大道|桂林市七星区育才路|呼和浩特市新城区海拉尔东路|烟台市芝罘区南大街".split("|"))  # fmt: skip
            return self.of([f"{street}{number}号", f"{street}{number}号附{other}号", f"{street}{number}号恒大名都{other}栋{other % 3 + 1}单元{other}-2", f"{street}{number}号{other}幢{other}03"])  # fmt: skip
        town = self.of(["Anaheim, CA 92805", "Buffalo, NY 14202", "Leeds LS1 4AP", "Reno, Nevada 89501", "Ottawa, ON K1P 5M7"])  # fmt: skip
        street = self.of(["Birch Street", "Lakeview Dr", "Old Post Rd", "5th Avenue", "Queens Road"])
        return f"{number} {street}{self.of(['', ', Apt 3', ' #12'])}, {town}"
