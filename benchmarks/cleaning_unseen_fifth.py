# ruff: noqa: E501, RUF005, SIM905  documents and lists
"""The fifth unseen set: papers and messages of everyday life that the first four lack, written without a look at any rule
and before anything was mended for them. Slots as in `cleaning_documents`."""

from cleaning_values import Kinds, iban_check, luhn_check, resident_check
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
MONTHS = "January February March April May June July August September October November December".split()


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


CHINESE: dict[str, list[str]] = {
    "discharge note": [
        "某某市人民医院出院记录\n科室：骨科三病区    床号：17    住院号：{MRN}\n姓名：{NAME}　性别：男　年龄：63岁　婚姻：已婚\n出生年月：{DOB}　身份证号：{CN_ID}\n住址：{ADDRESS}　联系电话：{MOBILE}\n入院日期：{!date}　出院日期：{!date}　住院天数：12天\n入院情况：因“摔伤致右髋部疼痛、活动受限3小时”入院。查体：T 36.5℃，P 78次/分，BP 138/82mmHg。\n出院医嘱：1. 卧床休息；2. 阿司匹林肠溶片 100mg qd；3. 一月后门诊复查，预约电话{LANDLINE}。\n主治医师：{NAME}　　住院医师：{NAME}",
        "今日查房，{NAME}主任示：26床{NAME}术后第3天，引流量{!small}ml，继续观察。病案号{MRN}。\n护士长{NAME}已通知其女{NAME}，联系号码{MOBILE}。",
        "检验报告单  条码 {!number}\n病人：{NAME} 门诊号：{MRN} 社保卡号：{SOCIAL_CARD}\n白细胞 6.{!small} 10^9/L   血小板 {!small}\n送检医生 {NAME}   检验者 {NAME}   审核者 {NAME}\n报告时间 {!time}",
        "产科建档：孕妇{NAME}，{DOB}出生，丈夫{NAME}（手机{MOBILE}），末次月经{!date}，户籍{ADDRESS}，现住址同户籍。",
        "转诊单：兹有患者{NAME}，女，57岁，病历号{MRN}，诊断为脑梗死恢复期，由我院{NAME}医师转至贵院神经内科，请予接诊。家属联系方式：{MOBILE}。",
    ],
    "judgment": [
        "某某市中级人民法院\n民 事 判 决 书\n{!case}\n上诉人（原审被告）：{NAME}，男，{DOB}出生，汉族，个体工商户，住{ADDRESS}。公民身份号码：{CN_ID}。\n委托诉讼代理人：{NAME}，某某律师事务所律师。\n被上诉人（原审原告）：{NAME}，女，{DOB}生，回族，无固定职业，住{ADDRESS}。\n上诉人{NAME}因与被上诉人{NAME}民间借贷纠纷一案，不服一审判决，向本院提起上诉。\n审判长　{NAME}\n审判员　{NAME}\n审判员　{NAME}\n{!date}\n书记员　{NAME}",
        "本院认为，被告人{NAME}伙同{NAME}（另案处理）、{NAME}等人，以非法占有为目的，骗取被害人{NAME}人民币{!price}元，其行为已构成诈骗罪。被告人{NAME}归案后如实供述，依法可从轻处罚。作案车辆{PLATE}予以没收。",
        "执行裁定书：冻结被执行人{NAME}（身份证号码{CN_ID}）名下银行账户{BANK}存款{!price}元；查封其所有的位于{ADDRESS}的房产一套。申请执行人某某公司，统一社会信用代码{USCC}，法定代表人{NAME}。",
        "经审理查明：{!date}，{NAME}驾驶{PLATE}号小型轿车沿人民路由东向西行驶，与{NAME}驾驶的{PLATE}号货车相撞，致乘车人{NAME}受伤。交警部门认定{NAME}负主要责任。",
        "传票\n案号：{!case}\n案由：买卖合同纠纷\n被传唤人：{NAME}\n住所：{ADDRESS}\n应到时间：{!time}\n联系人：{NAME}法官助理　电话：{LANDLINE}",
    ],
    "waybill": [
        "运单号：{!order}\n【寄】{NAME} {MOBILE} {ADDRESS}\n【收】{NAME} {MOBILE} {ADDRESS}\n品名：衣物  件数1  重量1.8kg  到付{!price}元\n收派员：{NAME}({!small})",
        "收件人:{NAME}\n电话:{MOBILE}\n地址:{ADDRESS}\n邮编:430070\n备注:易碎品请轻放，周末派送，打不通电话请联系{NAME}{MOBILE}",
        "{!time} 快件已由【{NAME}，电话：{MOBILE}】派送，投诉电话：{!service}\n{!time} 快件到达 某某营业点\n{!time} 已签收，签收人：{NAME}",
        "{NAME} {MOBILE} {ADDRESS}",
        "{ADDRESS} {NAME}收 {MOBILE}",
        "面单补打：收货人={NAME};手机={MOBILE};省市区详细地址={ADDRESS};代收货款={!price}",
    ],
    "group chat": [
        "群聊的聊天记录\n{NAME}  {!clock}\n明天几点集合？\n老K  {!clock}\n八点，找{NAME}领票，他电话{MOBILE}\n{NAME}  {!clock}\n收到，我开车去，车牌{PLATE}\n{NAME}  {!clock}\n[捂脸][捂脸]我又迟到了，我把身份证发一下：{CN_ID}",
        "@{NAME} 麻烦把{NAME}的微信推我一下\n他微信号 {WECHAT}\n好的谢谢[抱拳]",
        "{NAME}: 接龙\n1. {NAME} 2人\n2. {NAME} 1人\n3. {NAME} 3人 电话{MOBILE}\n4. {NAME}（不吃辣）",
        "妈：你舅家的{NAME}考上研究生了\n我：哪个学校\n妈：不知道，你问{NAME}，或者打你舅电话{MOBILE}\n妈：顺便给他转{!price}，卡号{BANK}，户名{NAME}",
        "以下为新消息\n[{!time}] {NAME}：大家好，我是楼上1502的{NAME}，漏水的事请加我V {WECHAT} 或者直接call {MOBILE}\n[{!time}] 物业小王：收到\n[{!time}] {NAME}：QQ也可以，{QQ}",
    ],
    "school notice": [
        "致家长的一封信\n尊敬的{NAME}同学家长：\n　　您好！经研究，决定于{!date}召开家长会，请您准时参加。因故不能到会者请向班主任{NAME}老师请假，电话{MOBILE}。\n　　　　　　　　　某某实验小学",
        "关于表彰2024—2025学年优秀学生的决定\n一等奖：{NAME}、{NAME}、{NAME}\n二等奖：{NAME}、{NAME}、{NAME}、{NAME}\n指导教师：{NAME}　{NAME}",
        "缓考申请表\n学号 {STUDENT}　姓名 {NAME}　学院 计算机学院　专业 软件工程\n联系电话 {MOBILE}　辅导员 {NAME}\n申请理由：因病住院，附诊断证明。",
        "学生{NAME}，学籍号{STUDENT}，出生于{DOB}，监护人{NAME}（父子），家庭住址{ADDRESS}，特此证明。经办人{NAME}，教务处{LANDLINE}。",
        "硕士研究生拟录取名单公示\n考生编号 姓名 总成绩\n{!number} {NAME} 412.{!small}\n{!number} {NAME} 398.5\n{!number} {NAME} 377.2\n如有异议请与研招办{NAME}联系，{LANDLINE}，{EMAIL}",
    ],
    "bank statement": [
        "账户明细 户名：{NAME} 账号：{BANK} 打印日期 {!date}\n{!date} 转账支取 {!price} 余额 {!price} 对方 {NAME} {BANK}\n{!date} 工资 {!price} 余额 {!price}\n{!date} 快捷支付 财付通-{NAME} {!price}",
        "您尾号{!small}的储蓄卡{!date}向{NAME}转账支出{!price}元，余额{!price}元。【某某银行】",
        "付款人全称 {NAME} 付款人账号 {BANK} 收款人全称 {NAME} 收款人账号 {BANK} 金额(小写) ¥{!price} 用途 房款 回单编号 {!number}",
        "开户许可：单位名称 某某商贸有限公司 统一社会信用代码 {USCC} 法人 {NAME} 证件号 {CN_ID} 基本户账号 {BANK} 预留电话 {LANDLINE}",
        "交易对手,对手账号,借贷,金额,摘要\n{NAME},{BANK},贷,{!price},还款\n{NAME},{BANK},借,{!price},转账",
    ],
    "property contract": [
        "存量房买卖合同\n出卖人（以下简称甲方）：{NAME}  证件名称：身份证  证件号：{CN_ID}  通讯地址：{ADDRESS}  联系电话：{MOBILE}\n买受人（以下简称乙方）：{NAME}  证件名称：护照  证件号：{PASSPORT}  出生日期：{DOB}\n第一条 甲方所售房屋坐落为：{ADDRESS}，建筑面积89.{!small}平方米。\n第二条 房款汇入监管账户 {BANK}。\n居间方经纪人：{NAME}（执业编号{!small}）",
        "物业服务协议 业主：{NAME} 房号见附件 紧急联系人：{NAME}/{MOBILE} 车位登记：{PLATE} 邮箱：{EMAIL}",
        "租客{NAME}，台湾居民，持台胞证{TW_PERMIT}，承租{ADDRESS}，押一付三，房东{NAME}，收款卡{BANK}（工商银行）。",
        "授权委托书\n委托人{NAME}，港澳居民来往内地通行证{HM_PERMIT}，因本人不能亲自到场，特委托{NAME}（身份证：{CN_ID}，电话：{MOBILE}）办理{ADDRESS}房屋的过户手续。",
    ],
    "resume": [
        "个人简历\n{NAME}　|　男　|　29岁　|　{MOBILE}　|　{EMAIL}\n求职意向：数据分析师　期望城市：杭州\n教育背景：2015.09—2019.06 某某大学 统计学 本科\n工作经历：2019.07—至今 某某公司，直属领导{NAME}（证明人，电话{MOBILE}）",
        "姓名:{NAME}\n出生年月:{DOB}\n籍贯:四川\n现居住地:{ADDRESS}\n手机号码:{MOBILE}\nE-mail:{EMAIL}\n微信:{WECHAT}\n自我评价:本人性格开朗，抗压能力强。",
        "推荐信：{NAME}同学是我指导的硕士生，学号{STUDENT}，在校期间表现优异。推荐人：{NAME}教授，{EMAIL}。",
        "候选人 {NAME} 一面通过，面试官 {NAME}、{NAME}，薪资期望 {!price}，手机 {MOBILE}，下一轮由{NAME}约时间。",
    ],
    "call transcript": [
        "坐席：您好，请问怎么称呼？\n客户：我姓名叫{NAME}。\n坐席：请报一下您的手机号。\n客户：{SPOKEN_MOBILE}。\n坐席：好的，{NAME}先生，帮您查到了，宽带装在{ADDRESS}对吧？\n客户：对。",
        "[00:12] 客服 请您提供一下身份证号码\n[00:15] 用户 {SPOKEN_CN_ID}\n[00:24] 客服 好的请稍等\n[00:31] 用户 我电话是{SPOKEN_MOBILE}，你们打这个",
        "嗯，你记一下啊，我的电话是{SPOKEN_MOBILE}，姓名{NAME}，对，就这个名字。",
        "录音转写：您拨打的用户{NAME}正在通话中。留言内容：我是{NAME}，请回电{SPOKEN_MOBILE}。",
        "客户：我那张银行卡是{SPOKEN_BANK}，昨天被扣了{!price}。客服：请问持卡人是{NAME}本人吗？",
    ],
    "log line": [
        "{!time}.{!small} INFO [order-svc,{!hash}] c.m.o.OrderController : create order userName={NAME}, receiverPhone={MOBILE}, addr={ADDRESS}, skuId={!number}",
        "[{!date}T08:11:02+08:00] ERROR sms-gateway send fail mobile[{MOBILE}] sign[某某] resp={\"code\":{!small}} clientIp={IPV4} uid={!stamp}",
        "{!stamp} UserInfo(id={!small}, name={NAME}, idCardNo={CN_ID}, email={EMAIL}, wechat={WECHAT}, deviceId={DEVICE_ID}, imei={IMEI}, lastIp={IPV4})",
        "audit|{!time}|operator={NAME}|action=EXPORT|rows={!small}|ip={IPV4}|mac={MAC}|v{!version}",
        "DEBUG 请求参数: {\"custName\":\"{NAME}\",\"certType\":\"01\",\"certNo\":\"{CN_ID}\",\"mobileNo\":\"{MOBILE}\",\"acctNo\":\"{BANK}\",\"reqId\":\"{!uuid}\"}",
    ],
    "csv rows": [
        "序号,姓名,性别,部门,手机号,身份证号,银行卡号,家庭住址\n1,{NAME},男,销售部,{MOBILE},{CN_ID},{BANK},{ADDRESS}\n2,{NAME},女,财务部,{MOBILE},{CN_ID},{BANK},{ADDRESS}\n3,{NAME},男,研发部,{MOBILE},{CN_ID},{BANK},{ADDRESS}",
        "{NAME}\t{DOB}\t{CN_ID}\t{MOBILE}\n{NAME}\t{DOB}\t{CN_ID}\t{MOBILE}",
        "{!small},{NAME},{PASSPORT},{DOB},中国,{!date}\n{!small},{NAME},{PASSPORT},{DOB},中国,{!date}",
        "login_name;real_name;mobile;email;reg_ip;reg_time\nu{!small};{NAME};{MOBILE};{EMAIL};{IPV4};{!time}\nu{!small};{NAME};{MOBILE};{EMAIL};{IPV4};{!time}",
        "车主,车牌号,车架号,电话,保险到期\n{NAME},{PLATE},LSVAM4187C2184{!small},{MOBILE},{!date}\n{NAME},{PLATE},LFV2A21K8A3{!small},{MOBILE},{!date}",
        "{NAME}|{MOBILE}|{ADDRESS}|{!price}|已付款\n{NAME}|{MOBILE}|{ADDRESS}|{!price}|待发货",
    ],
    "government notice": [
        "关于{NAME}等23名同志任职的通知\n各乡镇人民政府、县直各单位：\n经研究，任命{NAME}同志为县财政局局长；{NAME}同志为县审计局副局长（试用期一年）；免去{NAME}同志县审计局副局长职务。",
        "公示\n根据有关规定，现将拟补贴对象公示如下：{NAME}（身份证号{CN_ID}）、{NAME}（身份证号{CN_ID}）。公示期5个工作日，监督电话：{LANDLINE}，联系人：{NAME}。",
        "行政处罚决定书\n当事人：{NAME}　经营场所：{ADDRESS}　统一社会信用代码：{USCC}　经营者：{NAME}　身份证件号码：{CN_ID}　联系电话：{MOBILE}",
        "遗失声明：{NAME}遗失居民身份证，号码{CN_ID}，声明作废。{NAME}遗失机动车驾驶证，档案编号{LICENCE}，声明作废。某某公司遗失公章，信用代码{USCC}。",
        "征地补偿花名册\n户主 人口 身份证 开户账号\n{NAME} 4 {CN_ID} {BANK}\n{NAME} 3 {CN_ID} {BANK}\n{NAME} 5 {CN_ID} {BANK}\n村会计：{NAME}",
        "各社区：请通知{NAME}（{MOBILE}）、{NAME}（{MOBILE}）于{!date}前到街道办事处{NAME}处领取证件。",
    ],
    "border and hotel": [
        "入住登记 房间{!small} 姓名 {NAME} 证件类型 台湾居民来往大陆通行证 号码 {TW_PERMIT} 生日 {DOB}",
        "同行人员：{NAME} 香港永久性居民身份证 {HKID}；{NAME} 澳门居民身份证 {MOID}；{NAME} 台湾身份证 {TWID}；{NAME} 外国人永久居留身份证 {FOREIGN_ID}",
        "值机信息 旅客{NAME} 护照号{PASSPORT} 出生日期{DOB} 航班{!train} 座位32A",
        "往来港澳通行证号：{MAINLAND_PASS}，持证人{NAME}，签发机关公安部出入境管理局，旧证（一代身份证）号码{CN_ID15}",
        "回乡证 {HM_PERMIT} {NAME} {DOB} 男",
    ],
    "device report": [
        "售后检测单\n机主：{NAME}\n串号(IMEI1)：{IMEI}\nMEID：{MEID}\nICCID：{ICCID}\n预留电话：{MOBILE}\n故障描述：无法开机",
        "网络设备巡检 WAN {IPV4} IPv6 {IPV6} 网卡地址 {MAC} 管理IP {!private} 固件 {!version} 巡检人 {NAME}",
        "检测到异常登录：账号{EMAIL}，IP：{IPV4}（归属地未知），设备标识{DEVICE_ID}，时间{!time}。如非本人操作请联系{!service}。",
        "开卡记录 号码{MOBILE} IMSI:{IMSI} ICCID:{ICCID} 营业员{NAME}",
    ],
    "insurance": [
        "保险单号 {!order}\n投保人：{NAME}　证件号码：{CN_ID}　联系地址：{ADDRESS}\n被保险人：{NAME}　与投保人关系：配偶　出生日期：{DOB}\n受益人：{NAME} 100%\n车牌号码：{PLATE}\n保险代理人：{NAME}　工号{!small}　电话：{MOBILE}",
        "理赔进度：{NAME}女士您好，您于{!date}报案的{PLATE}车辆案件，查勘员{NAME}（{MOBILE}）将与您联系，赔款将汇至{BANK}。",
        "体检人 {NAME} 体检号 {!small} 单位：某某集团 手机 {MOBILE} 总检医师 {NAME}",
    ],
    "mail and forum": [
        "From: {NAME}<{EMAIL}>\nTo: {NAME}<{EMAIL}>;{NAME}<{EMAIL}>\nSubject: 转发: 年会名单\n\n{NAME}、{NAME}：\n请补充{NAME}的手机号，我这里只有座机{LANDLINE}。\n\n{NAME}\n行政人事部",
        "转让健身卡，原价{!price}，现半价出，地点在{ADDRESS}，联系微信 {WECHAT}（注明来意），或者企鹅 {QQ}",
        "寻找失主：捡到钱包一个，内有{NAME}的身份证和驾驶证，请失主或认识{NAME}的朋友联系{MOBILE}。",
        "招聘：本店招服务员两名，包吃住，有意者电话联系{NAME}{MOBILE}，地址：{ADDRESS}。",
        "求购二手车一辆，QQ：{QQ}，非诚勿扰；邮箱 {EMAIL}",
    ],
    "story and news": [
        "记者{NAME} 通讯员{NAME} 报道：昨日，热心市民{NAME}将拾到的{!price}元现金交到派出所。失主{NAME}赶来时激动得说不出话。",
        "{NAME}从小喜欢画画，父亲{NAME}是中学老师，母亲{NAME}在医院当护士。2008年，{NAME}考上美院，认识了后来的妻子{NAME}。",
        "会上，{NAME}首先发言，{NAME}作了补充，{NAME}和{NAME}进行了讨论，最后由{NAME}总结。",
        "嘉宾{NAME}与主持人{NAME}聊起往事，{NAME}说：“那时候真苦。”现场观众{NAME}提问。",
    ],
    "nothing personal": [
        "会议室预订：三楼第{!small}会议室，{!date} {!clock}，主题为高性能计算，温馨提示：请于会前十分钟到场。",
        "商品编码{!number}，规格{!part}，批号{!small}，执行标准{!standard}，单价{!price}元，全国统一客服{!service}。",
        "本报告期内公司营业收入{!price}万元，同比增长{!percent}，详见公告{!case}。流水号{!number}。",
        "系统将于{!time}升级至v{!version}，镜像sha256:{!hash}，内网地址{!private}，如有问题提交工单{!order}。",
        "春天来了，江南的石头路上长满青苔，阳光照在白色的墙上，远方的路遥遥无期，孩子们从田野里跑过。",
        "高一年级共开设文章选读、方圆几何、金星观测等选修课，时间从周三下午开始，成功报名者请于明道楼集合。",
    ],
}  # fmt: skip
LATIN: dict[str, list[str]] = {
    "mail thread": [
        "Subject: Fwd: Keys for Saturday\n\n---------- Forwarded message ---------\nFrom: {NAME} <{EMAIL}>\nDate: {!date}\nTo: {NAME} <{EMAIL}>\n\nHi {NAME},\n\nThe keys are with my neighbour, {NAME}. Ring her first: {UKPHONE}.\n\nCheers\n{NAME}\n\nSent from my iPhone",
        "Dear Mr Thompson,\n\nPlease find attached the quote you asked for ({!order}).\n\nYours sincerely\n\n{NAME}\nProcurement Lead | Northwind Traders Ltd\nTel: {UKPHONE} | Mob: {UKPHONE}\n{ADDRESS}\nwww.example.co.uk\nThis e-mail and any attachments are confidential.",
        "Hi team,\n\n{NAME} will cover for {NAME} next week. If the pager goes off and nobody answers, try {NAME} on {USPHONE} or {NAME} on {USPHONE}.\n\n- {NAME}",
        "Good day,\nKindly note my new details: {NAME}, mobile {INPHONE}, {EMAIL}, residing at {ADDRESS}.\nThanks & regards,\n{NAME}",
        "Guten Tag Frau Weber,\nbitte rufen Sie {NAME} unter {EUPHONE} zurück.\nMit freundlichen Grüßen\n{NAME}\n{ADDRESS}\nIBAN: {IBAN}",
    ],
    "support ticket": [
        "Ticket #{!small} | Priority: High | Requester: {NAME} ({EMAIL})\nDescription: Customer says the router at {ADDRESS} drops every evening. WAN IP {IPV4}, router MAC {MAC}. Call back on {USPHONE} after 5pm.\nAssigned to: {NAME}",
        "Comment by {NAME} on {!date}: spoke with {NAME}, verified last four and DOB {DOB}. Refund of ${!price} goes to card {CARD}.",
        "Zendesk export\nrequester_name: {NAME}\nrequester_email: {EMAIL}\nrequester_phone: {USPHONE}\nsubject: Locked out of account\nlast_login_ip: {IPV4}",
        "Caller {NAME} (SSN {SSN}) wants statement copies mailed to {ADDRESS}. Verified by mother's maiden name. Rep: {NAME}.",
    ],
    "invoice": [
        "TAX INVOICE\nInvoice No: {!order}   Date: {!date}\nBilled to:\n{NAME}\n{ADDRESS}\nPhone: {AUPHONE}\n\nQty  Description        Amount\n1    Gutter cleaning    {!price}\nTotal incl. GST         {!price}\nPay to: BSB 062-000  Acct name {NAME}",
        "Rechnung {!number}\nRechnungsempfänger: {NAME}, {ADDRESS}\nBetrag {!price} EUR\nBankverbindung: IBAN {IBAN}",
        "Statement for {NAME}\nAccount on file: Visa {CARD}\nBilling address: {ADDRESS}\nQuestions? Email {EMAIL} or call {USPHONE}.",
        "Remittance advice: paid {!price} to {NAME}, IBAN {IBAN}, ref {!part}, value date {!date}.",
    ],
    "hr letter": [
        "PRIVATE AND CONFIDENTIAL\n\n{NAME}\n{ADDRESS}\n\n{!date}\n\nDear {NAME},\n\nOffer of employment\n\nI am delighted to offer you the position of Warehouse Supervisor reporting to {NAME}. Your salary will be {!price} per annum. Please call {NAME} in HR on {UKPHONE} with any questions.\n\nYours sincerely,\n\n{NAME}\nHead of People",
        "Employee change form\nEmployee: {NAME}   DOB: {DOB}   SSN: {SSN}\nNew home address: {ADDRESS}\nEmergency contact: {NAME} (mother), {USPHONE}\nApproved by: {NAME}",
        "To whom it may concern: this is to certify that {NAME}, holding passport no. {PASSPORT} and born on {DOB}, has been employed with us since {!date}. For verification contact {NAME} at {EMAIL} or {INPHONE}.",
        "Reference check notes - candidate {NAME}; referee {NAME} ({EMAIL}); \"would hire again\"; spoke {!date}.",
    ],
    "medical note": [
        "Clinic letter\nRe: {NAME}, DOB {DOB}, Hospital No: {MRN}\n{ADDRESS}\n\nDear Dr. {NAME},\n\nI reviewed this 54-year-old teacher today. Blood pressure 128/76, HbA1c 48 mmol/mol. I have asked her to see you in six weeks.\n\nDr. {NAME}\nConsultant Physician",
        "ED triage: {NAME} 31F MRN {MRN}, fall from ladder, GCS 15, pain 6/10. NOK {NAME} (husband) {USPHONE}. Seen by {NAME} RN at {!clock}.",
        "Pt {NAME} (DOB: {DOB}) called, req. refill of lisinopril {!small} mg; pharmacy {USPHONE}; insurance card on file; SSN {SSN}.",
        "LAB RESULT  Patient ID: {MRN}  Patient: {NAME}  Ordering provider: {NAME}\nSodium 139  Potassium 4.1  Glucose {!small}",
    ],
    "slack export": [
        '{"type":"message","user":"U02{!small}","user_profile":{"real_name":"{NAME}","email":"{EMAIL}","phone":"{USPHONE}"},"text":"standup in 5","ts":"{!stamp}.000200"}',
        "{NAME}  {!clock} AM\nanyone have the number for the plumber?\n{NAME}  {!clock} AM\n{USPHONE}, ask for {NAME}\n:thumbsup: 2",
        "#random\n{NAME}: my wifi is down, hotspotting. if urgent text {USPHONE}\n{NAME}: k\n{NAME}: also {NAME} is out sick, pls send slides to {EMAIL}",
        "<@U01> {NAME} joined #incident-{!small} :wave: on-call tonight is {NAME} ({USPHONE})",
    ],
    "json log": [
        '{"level":"error","time":{!stamp},"msg":"card declined","customer":{"firstName":"Bob","fullName":"{NAME}","dob":"{DOB}","email":"{EMAIL}"},"card":{"number":"{CARD}","exp":"11/29"},"remoteAddr":"{IPV4}","requestId":"{!uuid}"}',
        '{"event":"device_enrolled","owner":"{NAME}","imei":"{IMEI}","iccid":"{ICCID}","wifiMac":"{MAC}","advertisingId":"{DEVICE_ID}","appVersion":"{!version}"}',
        '{"shipTo":{"name":"{NAME}","street":"{ADDRESS}","phone":"{USPHONE}"},"orderId":"{!order}","total":{!price}}',
        "ts={!time} lvl=info caller=auth.go:{!small} msg=\"login ok\" user=\"{NAME}\" email={EMAIL} src={IPV4} src6={IPV6} trace={!hash}",
        '{!time} WARN applicant{ssn={SSN}, name=\'{NAME}\', phone=\'{USPHONE}\', iban={IBAN}} rejected: score {!small}',
    ],
    "shipping label": [
        "SHIP TO:\n{NAME}\n{ADDRESS}\nTEL {USPHONE}\n\nFROM:\n{NAME}\n{ADDRESS}\n\nWEIGHT 2.4 LBS   TRACKING # 1Z{!hash}",
        "DELIVER TO {NAME}, {ADDRESS}. Leave with neighbour if out. Contact: {UKPHONE}",
        "Sender: {NAME} ({AUPHONE})\nReceiver: {NAME} ({AUPHONE})\n{ADDRESS}\nAuthority to leave: yes",
        "Consignee: {NAME}\nPh: {INPHONE}\n{ADDRESS}\nCOD: {!price}",
        "{NAME}\n{ADDRESS}\n{USPHONE}",
    ],
    "classified ad": [
        "FOR SALE: upright piano, good nick, ${!price} ono. Pick up from {ADDRESS}. Call {NAME} {AUPHONE}.",
        "Lost dog! Answers to Biscuit. If found please ring {NAME} on {UKPHONE} or email {EMAIL}. Reward.",
        "Room for rent near campus, utilities included, {!price}/mo. Text {USPHONE}, ask for {NAME}. No calls before 9.",
        "Tutor available (maths, physics). {NAME}, {INPHONE}, {EMAIL}. References on request.",
        "Garage sale this Sunday, {ADDRESS}. Cash only!",
    ],
    "call transcript": [
        "AGENT: Thank you for calling. Who am I speaking with?\nCALLER: This is {NAME}.\nAGENT: And a good callback number?\nCALLER: Sure, it's {SPOKEN_USPHONE}.\nAGENT: Email address?\nCALLER: {SPOKEN_EMAIL}",
        "[00:41] Speaker 2: my social is {SPOKEN_SSN}\n[00:47] Speaker 1: thanks, and your date of birth?\n[00:50] Speaker 2: {DOB}",
        "Voicemail transcript: Hi {NAME}, it's {NAME} from the clinic, please call us back at {SPOKEN_USPHONE}. Thanks, bye.",
        "CALLER: the card number is {SPOKEN_CARD} and the name on the card is {NAME}.",
    ],
    "legal and civic": [
        "AFFIDAVIT\nI, {NAME}, of {ADDRESS}, being duly sworn, state that on {!date} I saw {NAME} enter the premises. My date of birth is {DOB}.\nSworn before me, {NAME}, Notary Public",
        "Police report {!number}: victim {NAME} (DOB {DOB}), witness {NAME}, {USPHONE}. Suspect vehicle registered to {NAME}, {ADDRESS}.",
        "Planning notice: applicant {NAME}, site {ADDRESS}; comments to case officer {NAME}, {EMAIL}, before {!date}.",
        "NOTICE TO CREDITORS: Estate of {NAME}, deceased. All persons having claims should present them to {NAME}, Executor, {ADDRESS}.",
    ],
    "list and table": [
        "Name,Mobile,Email,Postcode\n{NAME},{UKPHONE},{EMAIL},BS1 5TY\n{NAME},{UKPHONE},{EMAIL},LE2 7QD\n{NAME},{UKPHONE},{EMAIL},CF10 1EP",
        "Roster wk 32\nMon  {NAME}  {AUPHONE}\nTue  {NAME}  {AUPHONE}\nWed  {NAME}  {AUPHONE}",
        "| Attendee | Dietary | Phone |\n| --- | --- | --- |\n| {NAME} | vegan | {USPHONE} |\n| {NAME} | none | {EUPHONE} |",
        "{NAME};{DOB};{IBAN};{!price}\n{NAME};{DOB};{IBAN};{!price}",
        "cust_id\tcust_name\tssn\tdob\tcell\n{!small}\t{NAME}\t{SSN}\t{DOB}\t{USPHONE}\n{!small}\t{NAME}\t{SSN}\t{DOB}\t{USPHONE}",
    ],
    "travel and hotel": [
        "Booking {!order} confirmed for {NAME} + 1. Passport {PASSPORT}. Contact {PHONE}. Arriving on {!train} at {!clock}.",
        "Guest folio: {NAME}, {ADDRESS}, card {CARD}, 3 nights at {!price}.",
        "Crew list: {NAME} (born {DOB}), {NAME} (born {DOB}). Agent in Shanghai: {NAME}, {MOBILE}, resident ID {CN_ID}; card {BANK}.",
    ],
    "nothing personal": [
        "Release {!version} fixes #{!small}; checksum {!hash}; see {!standard} section 4.2. Image at {!private}:5000.",
        "Order {!order} shipped. Total {!price}. Part no. {!part}. Toll-free support 1-800-275-2273, hours 9-5.",
        "The hearing starts at {!clock} on {!date}; room {!small}. Case {!number}. Bring {!small} copies.",
        "Throughput went from {!small} to {!small} MB/s ({!percent}); epoch {!stamp}; ISBN {!isbn}; at {!where}.",
        "April showers bring May flowers; the rich banks of the river; art for the young; faith in the summer; will power.",
        "Dear customer, your one-time code is {!small}. Never share it. Reference {!uuid}. Card ending 4242.",
    ],
}  # fmt: skip

HARD_CHINESE = "手机号：{~MOBILE}|联系电话 {~MOBILE}，谢谢|有事拨打{~MOBILE}找我|{NAME}的电话：{~MOBILE}|加微信手机同号{~MOBILE}|身份证号码是{~CN_ID}|证件号（身份证）：{~CN_ID}|银行卡号：{~BANK}|工行卡 {~BANK} 户名{NAME}|我的邮箱 {~EMAIL}|简历投递至{~EMAIL}|电子邮件：{~EMAIL}|QQ号码：{~QQ}|Q Q {~QQ}"
HARD_LATIN = "Email address: {~EMAIL}|write to {~EMAIL} please|my mail is {~EMAIL}|Tel. {~USPHONE}|give me a ring on {~USPHONE}|mobile number: {~USPHONE}|Mastercard {~CARD}|card no: {~CARD}|SSN# {~SSN}|social security no. {~SSN}"
LOOK_ALIKES = "三三两两，四五六七个人|二〇二四年十二月三十一日零时|他在九八年到零三年当兵|一二一，一二一，齐步走|上证指数 3_138_001|比分 21-13 8-0 0-13|x*y**2+z=138|page 4 of 15 – 555 – 12|meet at dot on five one two|look at, one two three four|double trouble, triple jump|房价 1 3 8 0 万|第 ⁱ³⁸ 条|l0O1 是易混字符|第138、0013、8000号议案|型号 A_13_80_01|共计一百三十八万零一十三|# heading at example|x & y at z . com|十、二十、三十、四十、五十"
