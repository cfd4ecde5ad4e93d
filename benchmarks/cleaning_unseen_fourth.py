# ruff: noqa: E501, SIM905  documents and lists
"""The fourth unseen set, small: written after the mends on the third, and not looked at before it was measured. Slots as
in `cleaning_documents`."""

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


CHINESE: dict[str, list[str]] = {
    "meeting notes": [
        "会议纪要（{!date}）\n出席：{NAME}、{NAME}、{NAME}\n决议：由{NAME}联系物业（{LANDLINE}），费用{!price}元；纪要发{EMAIL}。",
        "【值班】今晚{NAME}，有事打{MOBILE}；明早{NAME}接班。门禁卡{!part}。",
    ],
    "bank flow": [
        "交易时间 {!time} 对方户名 {NAME} 对方账号 {BANK} 金额 {!price} 附言 {!order}",
        "贷款申请人{NAME}，{DOB}出生，身份证号{CN_ID}，单位信用代码{USCC}，联系电话{MOBILE}，家庭住址{ADDRESS}",
    ],
    "subtitle": ["1\n00:00:01,000 --> 00:00:03,500\n我叫{NAME}，电话{MOBILE}\n\n2\n00:00:04,000 --> 00:00:06,200\n住在{ADDRESS}"],
    "ini and env": [
        "[联系人]\n姓名={NAME}\n手机={MOBILE}\n身份证={CN_ID}\n[服务器]\n地址={!private}\n版本={!version}",
        "ADMIN_MAIL={EMAIL}\nADMIN_PHONE={MOBILE}\nDB_HOST={!private}\nAPP_KEY={!key}",
    ],
    "questionnaire": ["1. 您的姓名？ {NAME}\n2. 出生日期？ {DOB}\n3. 手机号？ {MOBILE}\n4. 微信号？ {WECHAT}\n5. 您的住址？ {ADDRESS}"],
    "travel": ["团友名单：{NAME} 护照{PASSPORT} {DOB}；{NAME} 护照{PASSPORT} {DOB}。领队{NAME}{MOBILE}，航班{!train}"],
    "repair": ["IMEI:{IMEI} 客户:{NAME} TEL:{MOBILE} 故障:不开机 报价:{!price} 单号:{!order}", "车牌{PLATE} 车主{NAME} {MOBILE} 里程{!small} 工时费{!price}"],
    "nothing personal": ["标书{!order}，限价{!price}元，见{!standard}。", "{!hash} {!uuid} {!version} {!stamp}", "咨询{!service}，{!case}，流水{!id}。"],
}  # fmt: skip
LATIN: dict[str, list[str]] = {
    "meeting notes": [
        "Minutes, {!date}. Present: {NAME}, {NAME}, {NAME}. Action: {NAME} to call the landlord on {USPHONE}; notes to {EMAIL}.",
        "Standup: {NAME} is out, ping {NAME} ({EMAIL}).",
    ],
    "bank flow": ["{!time} CARD {CARD} {NAME} {!price} REF {!order}", "Payee {NAME}, IBAN {IBAN}, amount {!price}, note {!part}"],
    "subtitle": ["1\n00:00:01,000 --> 00:00:03,500\nMy name is {NAME}.\n\n2\n00:00:04,000 --> 00:00:06,200\nCall me at {USPHONE}."],
    "ini and env": ["[owner]\nname = {NAME}\nphone = {USPHONE}\nssn = {SSN}\naddress = {ADDRESS}\n[host]\nip = {!private}", "ALERT_TO={EMAIL}\nKEY={!key}\nVERSION={!version}"],
    "questionnaire": ["Q1 Full name: {NAME}\nQ2 Date of birth: {DOB}\nQ3 Phone: {USPHONE}\nQ4 Address: {ADDRESS}\nQ5 Email: {EMAIL}"],
    "repair": ["Job {!order}: customer {NAME}, tel {PHONE}, IMEI {IMEI}, quote {!price}", "Tow to {ADDRESS}, owner {NAME}, {USPHONE}"],
    "clinic": ["{NAME}, DOB {DOB}, MRN {MRN}, seen {!date}; next of kin {NAME} {USPHONE}."],
    "nothing personal": ["Lot {!number}, part {!part}, {!standard}, {!price}.", "{!hash} {!uuid} {!version} {!bytes} bytes", "See {!where}; ISBN {!isbn}; {!train}."],
}  # fmt: skip
HARD_CHINESE = "手机：{~MOBILE}|电话{~MOBILE}，随时|请联系{~MOBILE}|身份证号：{~CN_ID}|本人身份证{~CN_ID}。|卡号{~BANK}|收款账户：{~BANK}|邮箱：{~EMAIL}|发邮件到{~EMAIL}|QQ：{~QQ}"
HARD_LATIN = "email: {~EMAIL}|mail me at {~EMAIL}|contact {~EMAIL}|phone: {~USPHONE}|call me at {~USPHONE}|card number {~CARD}|credit card {~CARD}|SSN: {~SSN}|my SSN is {~SSN}"
LOOK_ALIKES = "二〇二六年三月五日|一二三四五六七八九十|第七八九条|版本 1.3.8.0013|look at the dot|one by one, two by two, three by three|订单 1 3 8 0 0 1 3 8 0 0 0|比分 3:1 8:0 0:1|1·2·3·4·5|①②③④⑤⑥|room 4 1 5 5 5 5|see fig. 3 at page 12 dot"
