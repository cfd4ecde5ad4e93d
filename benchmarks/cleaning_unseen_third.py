# ruff: noqa: E501, RUF005, SIM905  documents and lists
"""The third unseen set: kinds of documents, spellings of values, people and places that the first two lack, written
before anything was mended for them. Slots as in `cleaning_documents`."""

from cleaning_values import Kinds

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
MONTHS = "January February March April May June July August September October November December".split()
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


CHINESE: dict[str, list[str]] = {
    "group chat": [
        "{!time} 群主\n欢迎新同学，爆照爆电话\n{!time} {NAME}\n大家好我是{NAME}，{MOBILE}\n{!time} {NAME}\n+1，{MOBILE}，微信同号\n{!time} 群主\n@所有人 表格改到{!version}了",
        "我：在吗\n{NAME}：在\n我：你身份证发我下，买票\n{NAME}：{CN_ID}\n我：{!train}可以吗\n{NAME}：可以，票钱转{BANK}？\n我：对",
        "「{NAME}：帮忙取个快递，尾号{!small}」\n- - - - - - - - - - - - - - -\n收到，地址还是{ADDRESS}吗？电话{MOBILE}打不通",
        "{NAME} 撤回了一条消息\n{NAME}：发错了，是这个号 {MOBILE}\n{NAME} 邀请 {NAME} 加入了群聊",
    ],
    "mail thread": [
        "Hi {NAME}，\n\n附件合同请审。我下周出差，急事打{MOBILE}。\n\nBest,\n{NAME}\n市场部 | 手机：{MOBILE} | 直线：{LANDLINE}\n邮箱：{EMAIL}\n公司地址：{ADDRESS}",
        "发件人：{NAME}（{EMAIL}）\n时间：{!time}\n收件人：{NAME}（{EMAIL}）；{NAME}（{EMAIL}）\n主题：Re: Re: 答复：{!order}报价\n\n同意。\n\n> 请{NAME}确认后回传。",
        "尊敬的HR：\n  您好！我叫{NAME}，应聘贵司会计岗。联系方式 {MOBILE} / {EMAIL}，出生于{DOB}，现住{ADDRESS}。\n  此致\n敬礼\n{NAME}\n{!date}",
    ],
    "log line": [
        "{!time} [http-nio-8080-exec-{!small}] WARN  c.a.u.AuthFilter - login fail, phone:{MOBILE}, ip:{IPV4}, ua:Mozilla/{!version}",
        '{"ts":{!stamp},"level":"info","msg":"实名认证","data":{"realname":"{NAME}","certNo":"{CN_ID}","bankCardNo":"{BANK}","phoneNo":"{MOBILE}"},"trace_id":"{!hash}"}',
        "uid={!small}||name={NAME}||mobile={MOBILE}||email={EMAIL}||cost={!price}||rid={!uuid}",
        "{IPV4} - {EMAIL} [{!time}] GET /api/v1/user?mobile={MOBILE}&t={!stamp} 200 {!small}",
        "<134>{!date} fw01 dhcpd: DHCPACK on {!private} to {MAC} via eth0; wan {IPV4} {IPV6}",
    ],
    "medical note": [
        "患者{NAME}，男，56岁，住院号：{MRN}，因反复胸闷3天入院。家属{NAME}（{MOBILE}）签字。BP 148/92mmHg，P 88次/分。主治医师：{NAME}",
        "【出院小结】\n姓名：{NAME}    性别：女    出生日期：{DOB}\n身份证：{CN_ID}\n住址：{ADDRESS}\n入院时间：{!time}\n诊断：2型糖尿病\n随访电话：{MOBILE}",
        "主任医师{NAME}查房：患者{NAME}病情平稳，继续予阿司匹林{!small}mg。医保卡 {SOCIAL_CARD}，检验编号{!number}。",
        "疫苗接种告知：{NAME}家长您好，孩子（{DOB}出生）应于{!date}到社区卫生服务中心接种，咨询{LANDLINE}。",
    ],
    "contract": [
        "股权转让协议\n转让方（甲方）：{NAME}\n身份证号：{CN_ID}\n受让方（乙方）：{NAME}\n身份证号：{CN_ID}\n鉴于甲方持有某某有限公司（统一社会信用代码：{USCC}）{!percent}股权……\n甲方收款账户：{BANK}\n送达地址：{ADDRESS}\n签署日：{!date}",
        "劳动合同书 编号{!order}\n用人单位法定代表人：{NAME}　税号：{USCC}\n劳动者：{NAME}　身份证号码：{CN_ID}　户籍地址：{ADDRESS}　紧急联系人：{NAME} {MOBILE}\n第三条 月工资{!price}元。",
        "保证人{NAME}（身份证{CN_ID}）自愿为债务人{NAME}提供连带责任保证。债权人：{NAME}，联系邮箱：{EMAIL}。",
    ],
    "csv rows": [
        "{NAME},男,{CN_ID},{MOBILE},{ADDRESS},{!price}\n{NAME},女,{CN_ID},{MOBILE},{ADDRESS},{!price}\n{NAME},男,{CN_ID},{MOBILE},{ADDRESS},{!price}",
        '"工号","员工","手机号码","工资卡号","入职日期"\n"{!small}","{NAME}","{MOBILE}","{BANK}","{!date}"\n"{!small}","{NAME}","{MOBILE}","{BANK}","{!date}"',
        "客户名称|证件类型|证件号码|联系方式\n{NAME}|护照|{PASSPORT}|{EMAIL}\n{NAME}|台胞证|{TW_PERMIT}|{MOBILE}\n{NAME}|身份证|{CN_ID}|{LANDLINE}",
        "订单号\t收货人\t收货电话\t收货地址\n{!order}\t{NAME}\t{MOBILE}\t{ADDRESS}\n{!order}\t{NAME}\t{MOBILE}\t{ADDRESS}",
    ],
    "code": [
        'user = User(name="{NAME}", phone="{MOBILE}", email="{EMAIL}")\nassert user.id_card == "{CN_ID}"  # {!version}\nredis.connect("{!private}", 6379)',
        "UPDATE member SET mobile='{MOBILE}', addr='{ADDRESS}' WHERE real_name='{NAME}' AND id={!small};",
        'curl -X POST https://api.example.com/v2/sms -d \'{"to":"{MOBILE}","sign":"{!hash}"}\'\n// 作者：{NAME} {EMAIL}',
        "$cfg['admin_email'] = '{EMAIL}';\n$cfg['admin_mobile'] = '{MOBILE}'; // {NAME}的号\ndefine('KEY', '{!key}');",
    ],
    "form": [
        "申请人信息表\n┌────┬────────┐\n│姓名│{NAME}│\n│性别│男│\n│出生年月│{DOB}│\n│身份证号│{CN_ID}│\n│联系电话│{MOBILE}│\n│电子邮箱│{EMAIL}│\n│通讯地址│{ADDRESS}│\n└────┴────────┘",
        "一、基本情况\n1.姓名：{NAME}（曾用名：{NAME}）\n2.证件号码：{CN_ID}\n3.联系电话：①{MOBILE} ②{LANDLINE}\n4.车牌号码：{PLATE}\n5.邮编：550001",
        "开户信息 户名[{NAME}] 账号[{BANK}] 预留手机[{MOBILE}] 证件[{CN_ID}] 柜员[{!small}]",
        "出境登记：{NAME} / 护照 {PASSPORT} / 港澳通行证 {MAINLAND_PASS} / 生日 {DOB} / 航班 {!train}",
    ],
    "scan": [
        "中 华 人 民 共 和 国\n居 民 身 份 证\n姓 名 {NAME}\n性 别 女 民 族 汉\n出 生 {DOB}\n住 址 {ADDRESS}\n公 民 身 份 号 码 {CN_ID}",
        "增值税普通发票  No {!number}\n购 买 方\n名  称: 某某商行\n纳税人识别号: {USCC}\n地址、电话: {ADDRESS} {LANDLINE}\n开户行及账号: 工行 {BANK}\n收款人: {NAME}  复核: {NAME}  开票人: {NAME}",
        "名片\n{NAME} 总经理\n手机 Mobile: {MOBILE}\n电话 Tel: {LANDLINE}\n邮箱 E-mail: {EMAIL}\n地址 Add: {ADDRESS}",
        "机动车驾驶证\n姓名 Name {NAME}\n住址 Address {ADDRESS}\n出生日期 Date of Birth {DOB}\n证号 {CN_ID}\n准驾车型 Class C1",
    ],
    "news and notice": [
        "寻物启事：本人于{!date}在地铁二号线遗失身份证（{CN_ID}）及银行卡（{BANK}），拾到者请致电{MOBILE}，{NAME}敬上",
        "失信被执行人公告：{NAME}，男，{DOB}生，住{ADDRESS}，公民身份号码{CN_ID}。执行案号{!case}。",
        "居委会提醒：独居老人{NAME}家住{ADDRESS}，子女{NAME}电话{MOBILE}，网格员{NAME}每周探访。",
        "拟录用人员公示：{NAME}（{DOB}出生）、{NAME}、{NAME}。监督电话：{LANDLINE}，邮箱：{EMAIL}",
    ],
    "customer service": [
        "客户来电：{MOBILE}\n客户姓名：{NAME}\n诉求：{ADDRESS}宽带无法上网\n处理：派单给{NAME}，装维电话{MOBILE}，单号{!order}",
        "会话开始\n用户：我的银行卡{BANK}被扣了{!price}元\n客服：请提供姓名和身份证后四位\n用户：{NAME}，全号给你{CN_ID}\n客服：收到，流水{!number}已查",
        "【外卖】骑手{NAME}({MOBILE})正在配送，订单{!order}，收货人：{NAME} {MOBILE}，{ADDRESS}",
        "反馈：加客服微信{WECHAT}没人理，QQ {QQ}也不回，邮箱{EMAIL}退信，打{!service}占线",
    ],
    "transport": [
        "车辆违停告知：{PLATE}，车主{NAME}，停放{ADDRESS}，罚款{!price}元",
        "乘车人：{NAME} {CN_ID}\n乘车人：{NAME} {CN_ID}\n车次 {!train} {!date} 二等座 票号{!order}",
        "司机信息：{NAME}，驾驶证号{CN_ID}，车牌{PLATE}，手机{MOBILE}，车架号已核",
        "来往人员：港澳居民{NAME}（回乡证{HM_PERMIT}）、台湾居民{NAME}（台胞证{TW_PERMIT}）、外籍{NAME}（护照{PASSPORT}）",
    ],
    "device": [
        "设备绑定成功：IMEI={IMEI}; IMSI={IMSI}; ICCID={ICCID}; MAC={MAC}; 机主手机={MOBILE}",
        "路由器WAN口{IPV4}，LAN口{!private}，MAC地址{MAC}，IPv6 {IPV6}，管理员{NAME}",
        "APP埋点 oaid:{DEVICE_ID} imei:{IMEI} gps:{!where} ver:{!version}",
    ],
    "nothing personal": [
        "第{!small}批次，标准{!standard}，产品编号{!part}，总额{!price}元，扫码单号{!order}。",
        "截至{!date}，本市新增{!small}例，热线{!service}；疫苗批号{!number}，效率{!percent}。",
        "python {!version} 安装包 sha256:{!hash} 大小{!bytes}B 镜像{!private}，时间{!stamp}。",
        "《民法典》第{!small}条，参见{!case}；书号{!isbn}；定位{!where}。",
        "余额{!price}，积分{!small}，会员码{!card}，批次流水号{!id}，礼券编码{!number}。",
        "高速G4京港澳，车次{!train}，站台{!small}，检票口A{!small}，候车厅二层。",
    ],
}
LATIN: dict[str, list[str]] = {
    "group chat": [
        "{NAME} [{!clock}]\nhey can someone ping {NAME}? her number's {USPHONE}\n{NAME} [{!clock}]\ndone :+1: also cc {EMAIL}",
        "{!time} - {NAME}: Moving day! New place is {ADDRESS}\n{!time} - {NAME}: congrats!! text me when you're in, {USPHONE}",
        "**{NAME}** — Today at {!clock}\nmy iban btw {IBAN}\n**{NAME}** — Today at {!clock}\nsent, ref {!order}",
    ],
    "mail thread": [
        "From: {EMAIL}\nTo: {EMAIL}, {EMAIL}\nDate: {!time}\nMessage-ID: <{!hash}@mail.host>\nSubject: Re: lease renewal\n\n{NAME},\n\nPlease countersign. My direct line is {USPHONE}.\n\nThanks!\n{NAME}\nLeasing Manager\n{ADDRESS}",
        "> On {!date}, {NAME} <{EMAIL}> wrote:\n>> Can you confirm your date of birth?\n> {DOB}\n\nThank you, {NAME}. Updated in the system (case {!order}).",
        "Hi there,\n\nI'm {NAME}'s assistant. He can be reached at {PHONE} or via {EMAIL} until {!date}.\n\nKind regards,\n{NAME} (she/her)\nm: {PHONE}",
    ],
    "log line": [
        '{IPV4} - - [{!time} +0000] "GET /reset?email={EMAIL} HTTP/1.1" 302 {!small} "-" "curl/{!version}"',
        'level=warn ts={!stamp} user="{NAME}" phone="{USPHONE}" ip={IPV4} msg="otp retry" req={!uuid}',
        '{"event":"payment","card_number":"{CARD}","cardholder":"{NAME}","amount":"{!price}","ts":{!stamp}}',
        "kernel: wlan0: associated with {MAC} (signal -{!small}); inet6 {IPV6}; build {!version}",
    ],
    "medical note": [
        "HPI: {NAME} is a 67 y/o male (DOB {DOB}, MRN {MRN}) presenting with chest pain x 2 days. PCP: Dr. {NAME}. BP 152/90, HR 96. Daughter {NAME} at bedside, cell {USPHONE}.",
        "DISCHARGE SUMMARY\nPatient Name: {NAME}\nDate of Birth: {DOB}\nMedical Record Number: {MRN}\nAddress: {ADDRESS}\nFollow-up: call {USPHONE} in {!small} days\nElectronically signed by {NAME}, MD",
        "Pharmacy called re: {NAME}, SSN {SSN}; refill authorised by {NAME}, NP. Lot {!number}.",
    ],
    "contract": [
        'THIS AGREEMENT is made on {!date} between {NAME}, residing at {ADDRESS} (the "Seller"), and {NAME}, residing at {ADDRESS} (the "Buyer"). Price: ${!price}.',
        "Lessee: {NAME}\nSSN: {SSN}\nPhone: {USPHONE}\nE-mail: {EMAIL}\nPremises: {ADDRESS}\nDeposit: {!price}",
        "IN WITNESS WHEREOF, {NAME} and {NAME} have executed this Deed. Notices to {EMAIL}. Bank: IBAN {IBAN}.",
    ],
    "csv rows": [
        '"{NAME}","{DOB}","{SSN}","{USPHONE}","{ADDRESS}"\n"{NAME}","{DOB}","{SSN}","{USPHONE}","{ADDRESS}"',
        "first_seen,email,ip,card,version\n{!date},{EMAIL},{IPV4},{CARD},{!version}\n{!date},{EMAIL},{IPV4},{CARD},{!version}",
        "employee_name,date_of_birth,home_phone,personal_email\n{NAME},{DOB},{USPHONE},{EMAIL}\n{NAME},{DOB},{USPHONE},{EMAIL}",
    ],
    "code": [
        'const users = [{ name: "{NAME}", email: "{EMAIL}", phone: "{USPHONE}" }]; // rev {!hash}\nconst host = "{!private}";',
        "@author {NAME} <{EMAIL}>\n * @since {!version}\n * @see {!standard}",
        "INSERT INTO patients (name, dob, ssn, mrn) VALUES ('{NAME}', '{DOB}', '{SSN}', '{MRN}');",
        'curl -u {EMAIL}:hunter2 https://{IPV4}/v1/pay -d card={CARD} -H "X-Key: {!key}"',
    ],
    "form": [
        "Last name, first name: {NAME}\nDate of birth (MM/DD/YYYY): {DOB}\nSocial Security #: {SSN}\nMailing address: {ADDRESS}\nDaytime phone: {USPHONE}\nEvening phone: {USPHONE}\nEmail address: {EMAIL}",
        "[x] I agree.  Name: {NAME}  Tel.: {PHONE}  Passport no.: {PASSPORT}  D.O.B.: {DOB}",
        "EMERGENCY CONTACT\nName ......... {NAME}\nRelationship . spouse\nPhone ........ {USPHONE}",
        "Wi-Fi registration: device MAC {MAC}, IMEI {IMEI}, owner {NAME}, {EMAIL}",
    ],
    "scan": [
        "D R I V E R  L I C E N S E\nDOB {DOB}\n{NAME}\n{ADDRESS}\nISS {!date}",
        "RECEIPT {!number}\nVISA {CARD}\nAUTH {!small}\nCardholder {NAME}\nTOTAL {!price}",
        "BUSINESS CARD\n{NAME}\nVice President, Sales\nT {USPHONE}\nM {USPHONE}\nE {EMAIL}\n{ADDRESS}",
    ],
    "customer service": [
        "Agent: May I have your full name?\nCaller: {NAME}.\nAgent: And the phone number on the account?\nCaller: It's {USPHONE}.\nAgent: Ticket {!order} is open.",
        "Case {!order}: customer {NAME} (acct email {EMAIL}) disputes a charge of {!price} on card {CARD}. Callback {PHONE}.",
        "Review by {NAME}: lovely stay, ask for {NAME} at the desk or write {EMAIL}. Room {!small}.",
    ],
    "notice": [
        "MISSING: {NAME}, born {DOB}, last seen near {ADDRESS}. Call Det. {NAME} at {USPHONE}.",
        "In loving memory of {NAME}. Flowers to {ADDRESS}. RSVP {EMAIL}.",
        "Our Beijing office: {NAME}, {MOBILE}, {LANDLINE}; passport on file {PASSPORT}; resident ID {CN_ID}.",
    ],
    "nothing personal": [
        "Model {!part}, firmware {!version}, lot {!number}, {!standard}; shipped {!date}.",
        "commit {!hash}\nbuild {!uuid} took {!small}s, {!bytes} bytes, image {!private}:5000/app:{!version}",
        "Invoice {!order}: total {!price}; coupon {!card}; tracking {!number}; see page {!small}.",
        "ISBN {!isbn}; coordinates {!where}; error margin {!percent}; epoch {!stamp}.",
        "Bus 42 leaves at {!clock}; flight {!train}; toll-free 1-800-356-9377; gate {!small}.",
        "npm i {!package} && export TOKEN={!key} # {!address6}",
    ],
}
HARD_CHINESE = "手机{~MOBILE}|电话是{~MOBILE}，欢迎骚扰|加我：{~MOBILE}|有意者联系 {~MOBILE} 随时|我的号码{~MOBILE}，记得存|微信/电话：{~MOBILE}|预留手机号为{~MOBILE}。|身份证{~CN_ID}|身份证号码：{~CN_ID}，麻烦登记|他的身份证号是{~CN_ID}|银行卡{~BANK}|收款账号：{~BANK} 工行|把钱打到这张卡：{~BANK}|邮箱：{~EMAIL}|我的邮箱是{~EMAIL}|资料发{~EMAIL}|Email：{~EMAIL}，QQ：{~QQ}|QQ号{~QQ}|扣扣 {~QQ} 备注来意|联系人：{NAME} 联系电话：{~MOBILE}|{NAME} {~MOBILE} 上海"
HARD_LATIN = "email {~EMAIL}|e-mail me at {~EMAIL}|contact me: {~EMAIL}|{~EMAIL} is my address|send it to {~EMAIL}, thanks|phone {~USPHONE}|Cell: {~USPHONE}|call or text {~USPHONE}|you can reach me on {~USPHONE}|card {~CARD} exp 04/28|my credit card number is {~CARD}|Visa: {~CARD}|SSN {~SSN}|my social security number is {~SSN}"
LOOK_ALIKES = "一九八四年，二〇〇一年，两本书|第一三五号文件|他说一不二，七上八下，九牛一毛|一二三四五六七|pi is 3.1415926535 8979323846|I was at home. Dot went to the shop.com|see you at the cafe dot|call me maybe, one two three|seven eight nine ten|版本1.3.8.0 / 1.3.8.1|1 / 2 / 3 / 4 / 5 / 6 / 7 / 8 / 9 / 10 / 11|比例 1:3:8:0:0:1:3:8|点赞 138，收藏 001，转发 380|物料 138-00-138-00|价格：１，３８０，０１３元|第①③⑧条|房号 1·3·8|尺码 38/39/40/41/42/43|the dot at the end of example|import at from dot.com.parser|ratio 4-1-1-1 1-1-1-1|五一六一七一八一，来一遍|订单 13.80.01.38.00.0|电阻 1k 3k 8k 10k 13k 80k|①③⑧是选择题|批号138 0013 8000|编码 壹叁捌"
