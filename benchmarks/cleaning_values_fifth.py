# ruff: noqa: E501, RUF005, SIM905  lists of words
"""Values of the fifth unseen set."""

from cleaning_values import MONTHS, Kinds, iban_check, luhn_check, resident_check
from cleaning_ways_spoken import (
    spoken_in_words,
    spoken_mail,
    spoken_one_breath,
    spoken_with_doubles,
    spoken_with_pauses,
)

NAMES_CHINESE = "王志远 李梅 张国庆 刘思彤 陈建军 杨丽华 赵晨曦 黄伟杰 周桂芬 吴雅婷 徐向前 孙浩然 马晓东 朱红霞 胡耀明 郭美玲 林志鹏 何秀珍 高建国 罗欣怡 郑凯 梁宏达 谢文斌 宋雨菲 唐国平 许静怡 韩立新 冯小刚 邓丽萍 曹子轩 彭德怀远 曾志伟 萧红军 田雨 董其昌盛 袁隆 潘美辰 蔡依然 蒋勤勤 余秋雨 于文华 杜甫仁 叶青 程前 苏醒 魏晨光 吕方 丁磊明 任贤 姚晨露 沈腾飞 钟汉良 姜昆 崔永远 谭咏 陆毅明 范伟 汪涵 廖凡 石头 金星 韦小宝 贾玲 夏天 付强 方圆 邹市明 熊黛林 白洁 孟非 秦海璐 邱淑贞 江南 尹相杰 薛之谦 闫妮 段奕宏 雷佳音 侯明昊 龙应台 史铁 陶红 黎明 贺岁 顾长卫 毛阿敏 郝蕾 龚琳 邵兵 万茜 钱多多 严宽 覃辉 武松柏 戴玉强 莫言之 孔令辉 向华强 汤唯一 温碧霞 康辉 施一公 文章 牛莉 樊少皇 葛优优 邢慧娜 安以轩 齐秦岭 易中天 乔振宇 伍佰川 庞龙 颜丹晨 倪萍 庄则栋 聂远 章子怡然 鲁豫 岳云鹏 翟天临 殷桃 詹姆明 申军谊 欧阳菲菲 耿乐 关晓彤 兰晓龙 焦俊艳 俞飞鸿 左小青 柳岩 甘薇 祝新运 包贝尔 宁静 尚雯婕 符冰 舒淇 阮经天 柯蓝 纪晓岚 梅婷 童蕾 凌潇肃 毕福剑 单田芳 季羡林 裴艳玲 霍建华 涂磊 成龙泉 苗圃 谷智鑫 曲婉婷 盛中国 冉莹颖 骆玉笙 蓝天野 路遥 游本昌 辛柏青 靳东 欧豪 管虎 柴静 蒙曼 鲍国安 华少 喻恩泰 祁隆 蒲巴甲 房祖名 滕矢初 屈菁菁 饶雪漫 解小东 牟凤彬 艾敬 尤勇智 阳光 时小军 穆铁柱 农夫 司马南 古天乐 吉克隽逸 缪杰 车晓 项海 连奕名 芦芳生 麦家 褚时健 娄艺潇 窦文涛 戚薇 岑宁儿 景甜 党毅飞 宫哲 费翔 卜学亮 冷军 晏紫东 席慕蓉 卫兰 米雪 柏杨 宗峰岩 瞿颖 桂纶镁 全智 佟丽娅 应昊茗 臧天朔 闵恩泽 苟仲文 邬君梅 边策 卞之琳 姬他 师胜杰 和晶 仇和 栾菊杰 隋永良 商务 刁亦男 沙宝亮 荣蓉 巫刚 寇振海 桑兰 郎平 甄妮 丛飞 仲星火 虞书欣 敖嘉年 巩俐 明道 佘诗曼 池昌旭 查良镛 麻宁 苑冉 迟蓬 邝美云 买买提江·吐尔逊 阿卜杜拉·热西提 迪丽努尔·艾合买提 木合塔尔·阿不都克力木 其美多吉 卓玛央金 乌兰图雅 巴特尔 诺布次仁 热依扎·阿里木江 司徒慧敏 上官文露 诸葛瑞阳 公孙大为 夏侯淳一 皇甫立群 东方晓晴 南宫雨 端木蕻 令狐飞".split()
NAMES_ENGLISH = "Bethany Cartwright|Oisin Gallagher|Rukmini Subramaniam|Trent Mulligan|Kirsty Farquharson|Devraj Chatterjee|Saoirse O'Malley|Lachlan Pemberton|Anneke van der Berg|Jürgen Weidmann|Céline Desrosiers|Matteo Santangelo|Agnieszka Wojciechowska|Blessing Adewale|Thandiwe Nkosi|Xiaoling Zhao|Ji-woo Han|Nguyen Van Hung|Farrukh Bashir|Mahmoud El-Sayed|Liora Ben-David|Tatiana Belyaeva|Jesús Maldonado|Camila Barreto|Rosemary Whittle|Gareth Llewellyn|Prakash Rao|Meenakshi Pillai|Harpreet Kaur Gill|Sunil K. Agarwal|Dale Hutchins|Cheyenne Redcloud|Monique Thibodeaux|Wendell P. Stokes|Candace Broussard|Terrence Blackwell|Lorraine Fitzgibbon|Nigel Ramsbottom|Poppy Entwistle|Callum McTavish|Shu-fen Huang|Kanchana Wijesinghe|Aroha Tamihana|Bruce Wilkins|Sheila Dunstan|Piotr Zawadzki|Lars-Erik Nyström|Maija Virtanen|Eleni Papadopoulou|Andrei Dumitrescu|Joe Bloggs|Ann Lee|Max Power|Art Young|Faith Hill|Summer Rhodes|Rich Banks|Dr. Helen Marsh|Will Smart|April Waters".split(
    "|"
)
ROADS_CHINESE = "湖北省宜昌市西陵区东山大道|云南省大理市下关镇泰安路|辽宁省沈阳市铁西区建设东路|山西省太原市小店区学府街|江西省南昌市红谷滩区红谷中大道|甘肃省兰州市城关区天水南路|宁夏银川市兴庆区解放西街|黑龙江省哈尔滨市道里区中央大街|广东省佛山市禅城区季华五路|安徽省合肥市蜀山区长江西路|浙江省绍兴市越城区胜利东路|海南省三亚市吉阳区迎宾路|青海省西宁市城西区五四大街|贵阳市观山湖区林城西路|宁波市鄞州区天童南路|无锡市滨湖区蠡湖大道|珠海市香洲区情侣中路|石家庄市长安区体育北大街|南山区桃园路|虹口区四川北路|西城区阜成门外大街|福州市仓山区上三路".split(
    "|"
)
ESTATES = "幸福里|御景湾|绿地中央广场|融创玖樟台|华润二十四城|紫荆公馆|丽景苑|金地格林小镇|世纪城远大园|东湖名居|招商海月|中海国际社区|天通苑西二区|和平里小区|文锦苑|锦绣江南|滨江一号|铁路新村|教师新村|棉纺厂家属院".split(
    "|"
)
TOWNSHIPS = "湖南省衡阳市衡南县三塘镇金龙村|广西柳州市三江侗族自治县独峒镇林略村|贵州省黔东南州黎平县肇兴乡堂安村|陕西省渭南市蒲城县孙镇赵庄村|河北省邯郸市魏县德政镇后屯村|江苏省宿迁市沭阳县庙头镇聚贤村|福建省泉州市安溪县感德镇槐植村|甘肃省定西市临洮县太石镇水泉村|吉林省松原市扶余市三岔河镇民主村|黑龙江省五常市民乐朝鲜族乡新乐村".split(
    "|"
)
ENGLISH_ROADS = "Cedar Hollow Dr|Pine Ridge Rd|S Michigan Ave|E Colfax Ave|Magnolia Court|State Route 9|Woodland Pkwy|N 3rd St|Glenwood Cir|Commerce Blvd".split(
    "|"
)
ENGLISH_TOWNS = "Omaha, NE 68102|Chattanooga, TN 37402|Fresno, CA 93721|Wichita, KS 67202|Spokane, WA 99201-1410|Providence RI 02903|El Paso, Texas 79901|Anchorage, AK 99501".split(
    "|"
)
HAN = "〇一二三四五六七八九"


class FifthKinds(Kinds):
    def a_name(self, language: str) -> str:
        return self.of(NAMES_CHINESE if language == "zh" else NAMES_ENGLISH)

    def a_mobile(self, _: str) -> str:
        head = self.of(
            "130 131 133 135 137 138 139 150 152 155 157 158 159 166 170 173 176 177 180 182 185 186 188 189 191 193 198 199".split()
        )
        a, b = self.digits(4), self.digits(4)
        return self.of([head + a + b] * 9 + [f"{head} {a} {b}", f"{head}-{a}-{b}", f"+86 {head} {a} {b}", f"+86{head}{a}{b}", f"0086 {head}{a}{b}", f"86 {head} {a} {b}", f"{head}.{a}.{b}", f"+86-{head}-{a}-{b}"])  # fmt: skip

    def a_landline(self, _: str) -> str:
        area = self.of(
            "010 021 022 023 024 027 028 029 0311 0351 0431 0451 0512 0551 0574 0591 0731 0771 0851 0898 0931 0991".split()
        )
        a, b = self.of("2345678") + self.digits(3), self.digits(4 if len(area) == 3 else self.chance.choice([3, 4]))
        return self.of([f"{area}-{a}{b}"] * 4 + [f"{area}{a}{b}", f"({area}){a}{b}", f"（{area}）{a}{b}", f"{area} {a}{b}", f"{area}-{a}{b}-{self.digits(3)}", f"{area}-{a}{b}转{self.digits(4)}", f"{area}—{a}{b}", f"0086-{area[1:]}-{a}{b}"])  # fmt: skip

    def a_cn_id(self, _: str) -> str:
        body = self.of(
            "110101 120104 130104 140105 150102 210106 220104 230103 310115 320102 330106 340104 350102 360103 370102 410102 420106 430102 440106 450103 460105 500106 510104 520115 530102 540102 610113 620102 630102 640104 650102".split()
        )
        body += "{:04d}{:02d}{:02d}".format(*self.day(1945, 2014)) + self.digits(3)
        return body + resident_check(body)

    def a_bank(self, _: str) -> str:
        body = self.of(
            "622848 622202 621700 622588 621483 621661 623668 622262 622622 621799 622180 436742 955880".split()
        )
        body += self.digits(self.chance.choice([9, 12]) if body[0] == "6" else 12)
        bare = body + luhn_check(body)
        return self.of([bare, bare, bare, self.fours(bare)])

    def a_meid(self, _: str) -> str:
        return "A0000" + self.hexes(9).upper()

    def a_tw_permit(self, _: str) -> str:
        return self.of([self.of("0123") + self.digits(7), self.digits(10) + self.of(["(B)", "B", "01"])])

    def a_mrn(self, language: str) -> str:
        if language == "zh":
            return self.of(
                [
                    self.digits(6),
                    self.digits(8),
                    "ZY" + self.digits(8),
                    "MZ20" + self.digits(8),
                    self.digits(10),
                    "000" + self.digits(7),
                ]
            )
        return self.of(
            [
                self.digits(7),
                "MR" + self.digits(6),
                self.digits(3) + "-" + self.digits(2) + "-" + self.digits(3),
                "0" + self.digits(8),
                "E" + self.digits(7),
            ]
        )

    def a_student(self, _: str) -> str:
        return self.of(
            [
                "20" + self.of(["17", "18", "20", "22", "24"]) + self.digits(6),
                self.of(["G", "L"]) + self.digits(18),
                "B" + self.digits(8),
                self.digits(9),
            ]
        )

    def a_qq(self, _: str) -> str:
        return self.of("123456789") + self.digits(self.chance.choice([6, 7, 8, 9]))

    def a_wechat(self, _: str) -> str:
        return self.of(
            [
                f"wxid_{self.hexes(14)}",
                f"sunny{self.digits(4)}",
                f"LiuXiang-{self.digits(3)}",
                f"abc_{self.digits(5)}",
                f"chenchen{self.digits(6)}",
                f"Mr_Zhou{self.digits(2)}",
                f"x{self.digits(8)}",
                "yuanyuan-home",
                "A_zhuangxiu_lao_li",
            ]
        )

    def a_email(self, _: str) -> str:
        user = self.of(
            "chenxi.liu|zhoujie|13912345678|t.mulligan|b.cartwright|accounts|prakash_rao|he.llo|lxm0923|wuyue-9|dev+alerts|noreply.hr|j_smith|miao|pm.office".split(
                "|"
            )
        )
        host = self.of(
            "qq.com|163.com|126.com|sina.com|gmail.com|outlook.com|hotmail.co.uk|yahoo.co.in|bigpond.com.au|gmx.de|orange.fr|pku.edu.cn|mail.sysu.edu.cn|nhs.net|company.cn|finance.example.org|sohu.com|live.cn".split(
                "|"
            )
        )
        return f"{user}{self.of(['', '', self.digits(2)])}@{host}"

    def a_dob(self, language: str) -> str:
        year, month, day = self.day(1940, 2016)
        shared = [
            f"{year}-{month:02d}-{day:02d}",
            f"{year}/{month:02d}/{day:02d}",
            f"{year}/{month}/{day}",
            f"{year}.{month:02d}.{day:02d}",
        ]
        if language == "zh":
            tens = {0: "", 1: "十", 2: "二十"}
            said = [tens[part // 10] + ("" if part % 10 == 0 else HAN[part % 10]) for part in (month, day)]
            return self.of(
                [f"{year}年{month}月{day}日"] * 4
                + shared
                + [
                    f"{year}{month:02d}{day:02d}",
                    f"{year}年{month:02d}月{day:02d}日",
                    "".join(HAN[int(x)] for x in str(year)) + f"年{said[0]}月{said[1]}日",
                    f"{year}-{month}-{day}",
                ]
            )
        named = MONTHS[month - 1]
        return self.of(
            shared[:2]
            + [
                f"{day} {named} {year}",
                f"{named} {day}, {year}",
                f"{day:02d}/{month:02d}/{year}",
                f"{month:02d}/{day:02d}/{year}",
                f"{day:02d}.{month:02d}.{year}",
                f"{day:02d}-{month:02d}-{year}",
                f"{day}-{named[:3]}-{year}",
                f"{named[:3]} {day} {year}",
                f"{day:02d} {named[:3].upper()} {year}",
                f"{month}/{day}/{year % 100:02d}",
            ]
        )

    def a_address(self, language: str) -> str:
        n, b, u, f = (
            self.chance.randint(1, 999),
            self.chance.randint(1, 36),
            self.chance.randint(1, 4),
            self.chance.randint(1, 32),
        )
        room, of = f"{f}{self.chance.randint(1, 6):02d}", self.of
        if language == "zh":
            road, estate = of(ROADS_CHINESE), of(ESTATES)
            town = road[: max(road.rfind("区"), road.rfind("镇"), road.rfind("市")) + 1]
            return of(
                [f"{road}{n}号", f"{road}{n}号{estate}{b}幢{u}单元{room}室", f"{road}{n}号{estate}{b}栋{room}", f"{road}{n}弄{b}号{room}室", f"{road}{n}号{of(['国际金融中心', '科创大厦', '时代广场', '鑫源商务楼'])}{of('ABC')}座{f}层{room}室"]
                + [f"{town}{estate}{b}号楼{u}单元{room}", f"{town}{estate}{b}栋{room}室", f"{town}{estate}{of(['东区', '二期', 'A区'])}{b}-{u}-{room}", f"{road}{n}号院{b}号楼{u}门{room}", f"{road}{n}-{b}号"]
                + [f"{of(TOWNSHIPS)}{b}号", f"{of(TOWNSHIPS)}{b % 12 + 1}组", f"{of(TOWNSHIPS)}{b % 12 + 1}组{n % 90 + 1}号", f"{road}与建设路交叉口东南角{estate}{b}栋", f"{town}{of(['师范大学', '理工大学', '财经学院'])}{of(['东校区', '南湖校区', ''])}{b}号宿舍楼{room}室", f"{road} {n} 号 {estate} {b} 栋 {u} 单元 {room} 室"]
                + [f"香港九龙旺角弥敦道{n}号{of(['金轮大厦', '联合广场'])}{f}楼{of('ABCD')}室", f"台北市大安区忠孝东路四段{n}号{f}楼", f"{road}{n}号附{b}号", f"{road}{n}号{b}#{room}"]
            )  # fmt: skip
        return of(
            [f"{n} {of(ENGLISH_ROADS)}, {of(ENGLISH_TOWNS)}", f"{n} {of(ENGLISH_ROADS)}, Apt {b}, {of(ENGLISH_TOWNS)}", f"{n} {of(ENGLISH_ROADS)} #{b}, {of(ENGLISH_TOWNS)}", f"{n} {of(ENGLISH_ROADS)}, Ste {n}, {of(ENGLISH_TOWNS)}", f"P.O. Box {n}, {of(ENGLISH_TOWNS)}"]
            + [f"{n % 150 + 1} {of(['Acacia Avenue', 'Mill Lane', 'Church Street', 'Kingsway'])}, {of(['Bristol BS1 5TY', 'Leicester LE2 7QD', 'Edinburgh EH3 9DN', 'London NW3 2PT'])}", f"Flat {b}, {of(['Rowan House', 'Albion Court'])}, {n % 90 + 1} {of(['High Street', 'Park Road'])}, {of(['Cardiff CF10 1EP', 'Croydon CR0 2YR'])}"]
            + [f"Unit {b}/{n % 90 + 1} {of(['Banksia Street', 'Wattle Grove', 'Pacific Highway'])}, {of(['Newtown NSW 2042', 'Fitzroy VIC 3065', 'Nundah QLD 4012'])}", f"{n % 90 + 1} {of(['Banksia Street', 'Esplanade'])}, {of(['Fremantle WA 6160', 'Glenelg SA 5045'])}"]
            + [f"Flat {n % 800 + 1}, {of(['Sai Residency', 'Lotus Towers'])}, {of(['MG Road', '12th Main Road'])}, {of(['Indiranagar, Bengaluru 560038', 'Andheri West, Mumbai 400053', 'Anna Nagar, Chennai - 600040'])}", f"Plot No. {b}, Sector {f}, {of(['Gurugram 122001', 'Noida - 201301'])}"]
            + [f"{of(['Lindenstraße', 'Bahnhofstr.', 'Goethestraße'])} {b}, {of(['50674 Köln', '80336 München', '10969 Berlin'])}", f"{b} {of(['rue de la République', 'avenue Jean Jaurès'])}, {of(['69002 Lyon', '75019 Paris'])}", f"{of(['Prinsengracht', 'Kerkstraat'])} {n}, {of(['1016 HL Amsterdam', '3581 RA Utrecht'])}"]
        )  # fmt: skip

    def a_ukphone(self, _: str) -> str:
        return self.of(
            [
                f"07{self.of('45789')}{self.digits(2)} {self.digits(6)}",
                f"020 7{self.digits(3)} {self.digits(4)}",
                f"0161 {self.of('2489')}{self.digits(2)} {self.digits(4)}",
                f"01{self.of(['223', '865', '792'])} {self.digits(6)}",
                f"07{self.of('45789')}{self.digits(8)}",
                f"+44 7{self.of('45789')}{self.digits(2)} {self.digits(6)}",
            ]
        )

    def a_inphone(self, _: str) -> str:
        head = self.of("6789")
        return self.of(
            [
                f"{head}{self.digits(4)} {self.digits(5)}",
                f"+91 {head}{self.digits(4)} {self.digits(5)}",
                f"+91-{head}{self.digits(9)}",
                f"{head}{self.digits(9)}",
                f"080-2{self.digits(3)} {self.digits(4)}",
                f"+91 {head}{self.digits(9)}",
            ]
        )

    def a_auphone(self, _: str) -> str:
        return self.of(
            [
                f"04{self.digits(2)} {self.digits(3)} {self.digits(3)}",
                f"(0{self.of('2378')}) 9{self.digits(3)} {self.digits(4)}",
                f"+61 4{self.digits(2)} {self.digits(3)} {self.digits(3)}",
                f"0{self.of('2378')} 8{self.digits(3)} {self.digits(4)}",
                f"04{self.digits(8)}",
            ]
        )

    def a_euphone(self, _: str) -> str:
        some = self.digits
        return self.of(
            [
                f"06 {some(2)} {some(2)} {some(2)} {some(2)}",
                f"0171 {some(7)}",
                f"030 {some(8)}",
                f"+49 151 {some(8)}",
                f"+33 6 {some(2)} {some(2)} {some(2)} {some(2)}",
                f"+31 6 {some(8)}",
                f"+39 347 {some(3)} {some(4)}",
                f"+353 86 {some(3)} {some(4)}",
                f"06-{some(8)}",
                f"+48 5{some(2)} {some(3)} {some(3)}",
                f"0049 89 {some(7)}",
            ]
        )

    def a_iban(self, _: str) -> str:
        country, size = self.chance.choice(
            [("DE", 18), ("FR", 23), ("ES", 20), ("IT", 0), ("IE", 1), ("PT", 21), ("SE", 20), ("GB", 2)]
        )
        body = (
            ["X" + self.digits(22), "AIBK" + self.digits(14), "BARC" + self.digits(14)][size]
            if size < 3
            else self.digits(size)
        )
        whole = country + iban_check(country, body) + body
        return self.of([whole, self.fours(whole)])

    def a_spoken_mobile(self, _: str) -> str:
        return self.of([spoken_one_breath, spoken_with_pauses])(self.a_mobile(_), self.chance)

    def a_spoken_cn_id(self, _: str) -> str:
        return self.of([spoken_one_breath, spoken_with_pauses])(self.a_cn_id(_), self.chance)

    def a_spoken_bank(self, _: str) -> str:
        return self.of([spoken_one_breath, spoken_with_pauses])(self.a_bank(_), self.chance)

    def a_spoken_usphone(self, _: str) -> str:
        return self.of([spoken_in_words, spoken_with_doubles])(self.a_usphone(_), self.chance)

    def a_spoken_ssn(self, _: str) -> str:
        return spoken_in_words(self.a_ssn(_), self.chance)

    def a_spoken_card(self, _: str) -> str:
        return spoken_in_words(self.a_card(_), self.chance)

    def a_spoken_email(self, language: str) -> str:
        return spoken_mail(self.a_email(language), self.chance)
