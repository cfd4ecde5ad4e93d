# ruff: noqa: E501, RUF005, SIM905  lists of words
"""Values of the third unseen set. Other people and places, and other spellings of values."""

from cleaning_values import MONTHS, Kinds

NAMES_CHINESE = "王建平 李秀兰 张志强 刘洋 陈桂英 杨雪 赵铁柱 黄晓燕 周文彬 吴佳怡 徐海波 孙丽 马国梁 朱永康 胡静 郭子豪 何伟东 林淑芬 高明远 罗一帆 郑爱国 梁雨薇 谢婷婷 宋佳 唐小军 许诺 邓超群 冯玉兰 韩雪梅 曹阳 彭程 曾庆红梅 萧雅文 田甜 董建华 潘虹 袁野 蔡志明 蒋大为 余欢 于得水 杜鹃 叶知秋 程诺 魏来 苏打绿叶 吕良伟杰 丁香 任重 卢照邻水 姚远 沈默 钟灵 姜文静 崔健民 谭咏仪 陆游之 范晓萱 汪洋 廖凡星 欧阳修远 司马相宇 诸葛青云 慕容雪 上官婉儿妹 皇甫嵩山 尉迟恭敬 宇文成 买买提·艾山 古丽娜尔·阿不都 扎西·顿珠 阿依古丽·热合曼 拓跋宏图 呼延灼华 完颜慧 逯遥 亓官静 仇英杰 区志豪 盖建民 鹿晗光 权志敏 束昱辉 芮成钢铁 谌龙生 郗鉴明 訾洪波 麻晓丽 燕青山 褟永明 雍正宏 闾丘露".split()
NAMES_ENGLISH = "James Whitaker|Olivia Hargreaves|Noah Petrov|Emma-Louise Baxter|William T. Garrison|Ava Castellanos|Lucas Oliveira|Mia Johansson|Ethan Goldberg|Isabella Romano|Mohammed Al-Farsi|Sophie Lefebvre|Chukwuemeka Obi|Hye-jin Park|Takumi Fujimoto|Anh Nguyen|Arjun Patel|Leila Hosseini|Dmytro Kovalenko|Marta Zielinska|Jan Willem de Boer|Carlos Eduardo Mendes|Fiona MacGregor|Sean O'Brien|Rachel Cohen|Tyler Jackson|Brittany Wells|DeShawn Carter|Guadalupe Herrera|Xavier Dupont|Ingrid Solberg|Kofi Asante|Amelia Stone|Henry Ward|Lily Cooper|George Bailey|Martha Kent|Peter Quill Jr.|Anna Schmidt|Erik Lund|Maria del Carmen Ruiz|Paul Newman|Grace Kim|Victor Chen|Emily Zhang|Kevin Liu|Michelle Wu|Jason Huang".split(
    "|"
)
STREETS_CHINESE = "北京市丰台区南三环西路|上海市静安区南京西路|广州市越秀区环市东路|深圳市福田区深南大道|杭州市滨江区江南大道|南京市鼓楼区中山北路|武汉市江汉区解放大道|成都市高新区天府大道北段|西安市雁塔区长安南路|长沙市芙蓉区五一大道|济南市历下区泉城路|福州市鼓楼区五四路|浙江省义乌市稠江街道城店南路|江苏省昆山市玉山镇前进中路|河北省保定市莲池区七一路|新疆维吾尔自治区乌鲁木齐市天山区解放北路|海淀区中关村大街|浦东新区世纪大道".split(
    "|"
)
VILLAGES = "河南省周口市太康县马头镇前刘村|山东省菏泽市曹县大集镇丁楼村|四川省南充市仪陇县金城镇石桥村|湖南省邵阳市隆回县司门前镇中团村|安徽省阜阳市临泉县老集镇张庄村".split(
    "|"
)
ESTATES = "望京花园|翠湖天地|龙湖时代天街|碧桂园凤凰城|万科金色家园|阳光海岸|金域华府|保利香槟国际".split("|")
STREETS_ENGLISH = "Elmwood Ave|Washington Street|Sycamore Drive|E 14th St|MLK Blvd|Jefferson Road|Sunset Ridge Ln|Maple Ave NW|Broadway|County Road 12|Oxford Street|Rosewood Close|Victoria Gardens|Station Road|Park Row".split(
    "|"
)
TOWNS = "Cleveland, OH 44113|Phoenix, Arizona 85004|Brooklyn, NY 11201|Des Moines IA 50309|London SW1A 1AA|Manchester M1 4BT|Toronto, ON M5V 2T6|Baltimore, MD 21201-3412|Sydney NSW 2000|Honolulu, HI 96813".split(
    "|"
)
HAN = "〇一二三四五六七八九"


class ThirdKinds(Kinds):
    """Other people and places, and other spellings of numbers, days and addresses."""

    def a_name(self, language: str) -> str:
        return self.of(NAMES_CHINESE if language == "zh" else NAMES_ENGLISH)

    def a_mobile(self, _: str) -> str:
        head = self.of(
            "131 133 134 137 139 149 150 151 153 156 162 165 167 172 173 175 177 178 181 183 184 187 189 190 192 195 197 199".split()
        )
        a, b = self.digits(4), self.digits(4)
        bare = head + a + b
        return self.of(
            [bare] * 5
            + [f"{head} {a} {b}", f"{head}-{a}-{b}", f"{head}{a} {b}", f"{head}-{a}{b}", f"{head} {a}{b}"]
            + [f"(+86) {head}-{a}-{b}", f"+86 {head}{a}{b}", f"+86 {head}-{a}-{b}", f"0086-{bare}", f"86{bare}", f"+86-{head}-{a}-{b}", f"（+86）{bare}"]
        )  # fmt: skip

    def a_landline(self, _: str) -> str:
        area = self.of(
            "010 020 021 022 023 025 027 028 0311 0371 0512 0571 0574 0592 0731 0755 0757 0769 0871 0898".split()
        )
        a, b = self.of("2345678") + self.digits(3), self.digits(4)
        return self.of(
            [f"{area}-{a}{b}", f"{area}-{a}-{b}", f"{area} {a}{b}", f"({area}) {a}{b}", f"({area}){a}-{b}", f"+86-{area[1:]}-{a}{b}", f"+86 ({area[1:]}) {a} {b}"]
            + [f"{area}－{a}{b}", f"{area}-{a}{b}-{self.digits(4)}", f"{area}-{a}{b} 转 {self.digits(3)}", f"{area}-{a}{b}分机{self.digits(2)}", f"{area}-{a}{b}*{self.digits(3)}", f"{area}-{a}{b} ext. {self.digits(3)}"]
        )  # fmt: skip

    def a_phone(self, _: str) -> str:
        some = self.digits
        return self.of(
            [f"+44 (0)20 7{some(3)} {some(4)}", f"+44 (0) 161 4{some(2)} {some(4)}", f"+49 (0)89 {some(7)}", f"+49-171-{some(7)}", f"+33 6 {some(2)} {some(2)} {some(2)} {some(2)}"]
            + [f"+7 (495) {some(3)}-{some(2)}-{some(2)}", f"+55 (11) 9{some(4)}-{some(4)}", f"+34 6{some(2)} {some(3)} {some(3)}", f"+39 02 {some(4)} {some(4)}", f"+82-10-{some(4)}-{some(4)}"]
            + [f"+886 9{some(2)} {some(3)} {some(3)}", f"+852-{self.of('69')}{some(3)}-{some(4)}", f"+61 4{some(2)} {some(3)} {some(3)}", f"+353 87 {some(3)} {some(4)}", f"+31 20 {some(3)} {some(4)}", f"0044 20 7{some(3)} {some(4)}"]
        )  # fmt: skip

    def a_usphone(self, _: str) -> str:
        area, office, line = (
            self.of("201 305 404 503 602 713 718 847 916 972".split()),
            self.of("2345679") + self.digits(2),
            self.digits(4),
        )
        return self.of(
            [f"({area}) {office}-{line}", f"({area}) {office} {line}", f"{area}-{office}-{line}", f"{area}.{office}.{line}", f"{area}/{office}-{line}", f"{area} {office}-{line}"]
            + [f"+1 {area} {office} {line}", f"+1.{area}.{office}.{line}", f"+1-{area}-{office}-{line}", f"1 ({area}) {office}-{line}", f"1.{area}.{office}.{line}", f"({area}) {office}-{line} x{self.digits(3)}", f"{area}-{office}-{line} ext. {self.digits(2)}"]
        )  # fmt: skip

    def a_dob(self, language: str) -> str:
        year, month, day = self.day()
        shared = [
            f"{year}-{month}-{day}",
            f"{year}/{month}/{day}",
            f"{year}{month:02d}{day:02d}",
            f"{year}.{month}.{day}",
        ]
        if language == "zh":
            han = "".join(HAN[int(digit)] for digit in str(year))
            return self.of(
                [
                    *shared,
                    f"{year}年{month}月{day}日",
                    f"{year} 年 {month} 月 {day} 日",
                    f"{han}年{self.han(month)}月{self.han(day)}日",
                    f"{year}年{month:02d}月{day:02d}号",
                ]
            )
        named = MONTHS[month - 1]
        return self.of(
            [*shared, f"{day}.{month}.{year}", f"{day:02d}-{named[:3]}-{year}", f"{named[:3]} {day}, {year}", f"{day}{'th' if day > 3 else 'st' if day == 1 else 'nd' if day == 2 else 'rd'} of {named} {year}", f"{named} {day}th, {year}" if day > 3 else f"{named} {day}, {year}"]
            + [f"{month}/{day}/{year}", f"{day:02d}/{month:02d}/{year}", f"{named[:3].upper()} {day:02d} {year}"]
        )  # fmt: skip

    @staticmethod
    def han(number: int) -> str:
        tens = {0: "", 1: "十", 2: "二十", 3: "三十"}[number // 10]
        return tens + ("" if number % 10 == 0 else HAN[number % 10])

    def a_address(self, language: str) -> str:
        number, other = self.chance.randint(1, 1999), self.chance.randint(1, 30)
        if language == "zh":
            return self.of(
                [f"{self.of(STREETS_CHINESE)}{number}号", f"{self.of(STREETS_CHINESE)}{number}号{self.of(ESTATES)}{other}号楼{other % 4 + 1}单元{other}0{other % 4 + 1}", f"{self.of(STREETS_CHINESE)}甲{number % 90 + 1}号院{other}号楼{other}层"]
                + [f"{self.of(STREETS_CHINESE)} {number} 号 {other} 栋 {other}01 室", f"{self.of(STREETS_CHINESE)}{number}弄{other}号{other % 6 + 1}02室", f"{self.of(STREETS_CHINESE)}{number}号{self.of(ESTATES)}{'ABC'[number % 3]}座{other}{number % 90 + 10}", f"{self.of(VILLAGES)}{number % 300 + 1}号", f"{self.of(VILLAGES)}{other % 9 + 1}组{number % 99 + 1}号"]
            )  # fmt: skip
        unit = self.of(
            [
                "",
                "",
                "",
                f", Apt {number % 40}B",
                f" Apt. #{other}",
                f", Suite {number % 900}",
                f", Floor {other}",
                f" Unit {other}",
            ]
        )
        return self.of(
            [f"{number} {self.of(STREETS_ENGLISH)}{unit}, {self.of(TOWNS)}"] * 3
            + [f"Flat {other}, {number % 200 + 1} {self.of(STREETS_ENGLISH[9:])}, {self.of(TOWNS)}", f"{number % 200}-{number % 200 + 4} {self.of(STREETS_ENGLISH)}, {self.of(TOWNS)}"]
        )  # fmt: skip

    def a_email(self, _: str) -> str:
        user = self.of(
            "jdoe|m.garcia|sarah_connor|info.desk|wangxiaoming|lihua2020|zhang-san|13800.zhang|hr+jobs|o'neil.pat|x_y_z|root1|first.middle.last|yu.fei|panda99|q".split(
                "|"
            )
        )
        host = self.of("gmail.com|qq.com|163.com|hotmail.com|vip.sina.com|tsinghua.edu.cn|mail.gov.cn|bbc.co.uk|example-shop.com.hk|startup.ai|uni-muenchen.de|company.tech|aliyun.com|139.com|189.cn|yeah.net".split("|"))  # fmt: skip
        return f"{user}{self.of(['', '', self.digits(1)])}@{host}"

    def a_wechat(self, _: str) -> str:
        return self.of(
            [
                f"wxid_{self.hexes(14)}",
                f"happy{self.digits(5)}",
                f"zhao_liu{self.digits(2)}",
                f"tt-{self.digits(6)}",
                f"meimei{self.digits(3)}",
                f"Cathy_{self.digits(4)}",
                f"lv{self.digits(7)}",
            ]
        )

    def a_cn_id(self, language: str) -> str:
        made = super().a_cn_id(language)
        return self.of([made] * 9 + [f"{made[:6]} {made[6:14]} {made[14:]}"])
