# ruff: noqa: E501, RUF012, SIM905  documents
"""The seventh unseen set, by somebody who had not seen the rules nor any other set but the sixth: court papers,
contracts, parcel labels, service logs, rolls as CSV, web pages, second-hand forums, ward notes, subtitles, code,
chats, mails. Slots as in `cleaning_drawn`; the values stand beside."""

from random import Random

from cleaning_drawn_look_alikes import DrawnKinds, bare, parts
from cleaning_ways import Way

SEED = 20261


class SeventhKinds(DrawnKinds):
    SURNAMES = "王 王 王 王 李 李 李 李 张 张 张 刘 刘 刘 陈 陈 杨 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟 龙 万 段 章 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文 欧阳 司徒 皇甫 端木 令狐 练 牟 闵 苟 麦 佘 邬 卞 宫".split()
    GIVEN = "建平 建军 玉梅 玉珍 秀兰 桂英 凤英 国强 国栋 志明 志刚 文博 文斌 晓东 晓明 晓丽 小军 小燕 海峰 海波 俊杰 俊峰 天佑 天翔 子涵 子轩 子豪 雨欣 雨泽 欣怡 欣悦 梦琪 梦瑶 思远 思雨 诗雨 嘉怡 嘉豪 佳琪 佳慧 宇航 宇辰 浩然 浩天 泽宇 泽楷 若曦 若彤 静怡 雅婷 雅琴 丽娟 丽华 春燕 春生 秋月 秋菊 冬生 红梅 红霞 爱华 爱国 振华 振宇 永强 永红 立新 立军 新民 庆华 庆祥 福贵 来福 根生 水生 土根 连喜 守义 守信 明珠 明轩 一鸣 一凡 可心 乐瑶 沛霖 锦程 书豪 书瑶 芷若 芷晴 羽凡 柏霖 伟 芳 娜 敏 静 磊 洋 艳 勇 杰 娟 涛 超 霞 燕 玲 桐 瑾 晗 萌 琳 淼 彬 健 虹 巍 蕾 颖 雯 岚 斐".split()
    OTHERS = "艾力·买买提 古丽娜尔·吐尔逊 次仁旺堆 卓玛央金 乌云其木格 巴特尔 格桑梅朵 李贞玉 玛依拉·哈斯木 热孜万古丽 约翰·卡特赖特 中村健司".split()
    FORENAMES = "Emma Olivia Liam Ethan Mason Logan Lucas Henry Evelyn Harper Chloe Penelope Nora Zoe Hannah Stella Caleb Isaac Julian Adrian Marcus Andre Darnell Keisha Imani Tamika Carlos Sofia Diego Camila Alejandro Lucia Giulia Matteo Francesca Pierre Camille Lars Ingrid Piotr Agnieszka Dmitri Svetlana Mehmet Ayse Farid Layla Amina Chidi Ngozi Arjun Priya Vikram Sunita Hiroshi Yuki Min-jun Nguyet Deborah Ruth Harold Norman Phyllis Beverley Trevor Nigel Siobhan Ciaran Rhys Angharad Hamish".split()
    FAMILIES = "Johnson Miller Davis Wilson Anderson Thomas Moore Martin Thompson White Lopez Gonzalez Perez Sanchez Ramirez Torres Flores Rivera Gomez Diaz Campbell Mitchell Roberts Phillips Evans Turner Parker Collins Edwards Stewart Morris Rogers Reed Morgan Bell Baines Cooper Richardson Cox Howard Ward Peterson Gray Walton Brooks Bennett Hughes Price Foster Sanders Rossiter Long Powell Perry Fischer Weber Wagner Becker Moreau Laurent Bianchi Romano Nowak Novak Petrov Ivanova Johansson Nielsen Kaya Haddad Mansour Okonkwo Adeyemi Banerjee Iyer Nair Chowdhury Tanaka Yamamoto Park Nguyen Pham O'Brien McCarthy Gallagher".split()
    PINYIN = "Zhang Wei|Li Xiaoming|Wang Fang|Chen Jianguo|Liu Yang|Zhao Lihua|Huang Zixuan|Ouyang Jing|Xu Haifeng|Zhou Meiling".split(
        "|"
    )
    ROADS = "浙江省宁波市鄞州区中河街道四明中路|江苏省无锡市梁溪区学前街|湖北省宜昌市西陵区夷陵大道|河北省保定市莲池区裕华东路|广西南宁市青秀区民族大道|黑龙江省大庆市萨尔图区会战大街|山西省大同市平城区御河西路|安徽省芜湖市镜湖区北京中路|江西省九江市浔阳区浔阳东路|贵州省遵义市红花岗区中华北路|内蒙古自治区包头市昆都仑区钢铁大街|新疆维吾尔自治区乌鲁木齐市天山区解放南路|天津市河西区友谊路|成都市武侯区科华北路|杭州市余杭区良渚街道古墩路|上海市徐汇区漕宝路|海南省三亚市吉阳区迎宾路|甘肃省兰州市城关区庆阳路".split(
        "|"
    )
    HOMES = "翠苑新村 锦绣江南 碧水云天 阳光丽景 东方名城 世纪花园 金色家园 丽水嘉园 滨江公馆 铁路新村 纺织厂宿舍 怡景苑 梧桐里 融创御府".split()
    VILLAGES = "河南省周口市太康县老冢镇韩庄村|四川省南充市仪陇县马鞍镇险岩村|湖南省邵阳市隆回县小沙江镇江边村|陕西省渭南市蒲城县党睦镇孝通村|福建省宁德市霞浦县沙江镇竹江村|甘肃省天水市秦安县魏店镇梨树梁村|广东省梅州市五华县水寨镇大沙村".split(
        "|"
    )
    STREETS = "Maple Ave|Oakwood Dr|Cedar Ridge Rd|E Jefferson St|Sunset Blvd|Willow Creek Ln|SW 8th St|Pleasant Valley Rd|Franklin Ave|N Kedzie Ave|Magnolia Ct|County Road 12".split(
        "|"
    )
    TOWNS = "Columbus, OH 43215|Sacramento, CA 95814|Albany, NY 12207|Boise, ID 83702|Madison, WI 53703|Tucson, AZ 85701|Knoxville, TN 37902|Portland, ME 04101|Omaha, Nebraska 68102|Athens, GA 30601".split(
        "|"
    )
    LANES = "Church Road|High Street|Station Road|Victoria Terrace|Mill Lane|Albert Street|Kings Avenue|The Green|Chapel Hill|Beech Close".split(
        "|"
    )
    POSTS = "Leeds LS1 4AP|Bristol BS1 5TR|Cardiff CF10 2EQ|Dundee DD1 4QB|York, YO1 7HH|Exeter EX4 3SR|Belfast BT1 5GS|Reading RG1 2AG".split(
        "|"
    )
    ELSEWHERE = [
        "{n} Bourke Street, Melbourne VIC 3000",
        "{n} Anzac Parade, Kensington NSW 2033",
        "Hauptstraße {b}, 69117 Heidelberg",
        "{b} rue de la République, 69002 Lyon",
        "Flat {b}C, {f}/F, Tower 3, Tsuen Wan Plaza, Tsuen Wan, New Territories",
        "Blk {n} Bishan Street 12 #{f}-{n}, Singapore 570{n:03d}",
        "Room {room}, Building {b}, No. {n} Zhongshan North Road, Gulou District, Nanjing, Jiangsu 210008",
        "{n}/{b}, 4th Cross, Indiranagar, Bengaluru 560038",
        "{n} Elgin St, Ottawa, ON K2P 1L4",
        "Via Garibaldi {b}, 40124 Bologna",
    ]
    LOCALS = "mwei.zhang|liuyang.hz|emma.hughes|n.okonkwo|xiaoyu.w|finance.chen|t.bennett|jj.lopez|wangdapeng|hello.priya|dr.moreau|zhangsan.feng|k.tanaka|linda.p|cuihua.l|office.mitchell".split(
        "|"
    )
    HOSTS = "lanqiao-jx.example|mail.xinghe-edu.example|hr.beihai-food.example|northgate-legal.example|brightpath.example|st-agnes-school.example|cs.westhill-uni.example|yunfan.com.example".split(
        "|"
    )
    HANDLES = "xiaoyu mochi Nuannuan leaf zhaojie afei Tangtang laozhou hhmm kiki".split()


VALUES = SeventhKinds


# ── documents ──
CHINESE: dict[str, list[str]] = {
    "judgment": [
        """浙江省某县人民法院
民 事 判 决 书
{!case}
原告：{NAME:a}，男，{DOB}出生，汉族，住{ADDRESS}。公民身份号码：{CN_ID}。
委托诉讼代理人：{NAME}，浙江某某律师事务所律师。
被告：{NAME:b}，女，{DOB}出生，回族，住{ADDRESS}，公民身份号码{CN_ID}。
原告{NAME:a}与被告{NAME:b}民间借贷纠纷一案，本院于{!date}立案受理。原告诉称，被告{NAME:b}于{!date}向其借款{!price}元，约定月利率{!percent}。
审　判　长　{NAME}
人民陪审员　{NAME}
书　记　员　{NAME}""",
        """失信被执行人信息
姓名：{NAME}
证件号码：{CN_ID15}（第一代居民身份证）
执行案号：{!case}
立案时间：{!date}
举报电话：{LANDLINE}，承办法官：{NAME}""",
        "公证书\n申请人：{NAME}，男，{DOB}出生，台湾地区居民，身份证字号{TWID}，台胞证号{TW_PERMIT}，现住{ADDRESS}。\n公证事项：委托书\n兹证明{NAME}于{!date}来到我处，在我的面前签署了前面的《委托书》。",
    ],
    "contract": [
        """劳 动 合 同 书
甲方（用人单位）：宁波某某电子有限公司　统一社会信用代码：{USCC}
法定代表人：{NAME}　　联系电话：{LANDLINE}
乙方（劳动者）：{NAME}　性别：女　出生年月日：{DOB}
居民身份证号码：{CN_ID}
户籍地址：{ADDRESS}
现居住地址：{ADDRESS}
联系电话：{MOBILE}　紧急联系人：{NAME}（配偶）　电话：{MOBILE}
第一条 本合同期限为三年，自{!date}起。
第六条 甲方于每月15日将工资转入乙方账户：{BANK}。""",
        "房屋租赁合同（自行成交版）\n出租人：{NAME}\n承租人：{NAME} 护照号：{PASSPORT}\n一、房屋坐落：{ADDRESS}，建筑面积{!small}平方米。\n二、租金每月{!price}元，承租人转至出租人账号 {BANK}。\n三、双方微信确认：出租人{WECHAT}，承租人{WECHAT}。",
        "今借到{NAME}人民币叁万元整（￥30000.00），于{!date}前还清。借款人：{NAME}（捺印） 身份证号：{CN_ID} 电话{MOBILE} 担保人：{NAME} 身份证号：{CN_ID}",
    ],
    "parcel label by OCR": [
        "寄 件 人 : {NAME}    电话: {MOBILE}\n寄件地址：{ADDRESS}\n-------------------------\n收 件 人 : {NAME}    电话:{MOBILE}\n收件地址：{ADDRESS}\n运单号 {!track}  件数1  重量{!weight}\n内件:衣物   保价 ¥0.00  [已验视]",
        "【货到付款】\n代收金额 ￥{!price}\n收: {NAME} {MOBILE}\n{ADDRESS}\n寄: {NAME} {LANDLINE}\n订单号 {!order} 打印时间 {!time}",
        "居民身份证\n姓 名 {NAME}\n性 别 男  民 族 汉\n出 生 {DOB}\n住 址 {ADDRESS}\n公民身份号码 {CN_ID0}\n签发机关 某某市公安局\n有效期限 2015.06.11-2035.06.11",
    ],
    "api log": [
        '{"code":0,"msg":"ok","traceId":"{!uuid}","data":{"userId":{!small},"realName":"{NAME}","mobile":"{MOBILE0}","idNo":"{CN_ID0}","bankCardNo":"{BANK0}","regIp":"{IPV4}","deviceMac":"{MAC}","createTime":{!millis}}}',
        "{!time} INFO  [http-nio-8080-exec-3] c.x.u.LoginController - 用户 {NAME} 登录成功, phone={MOBILE0}, ip={IPV4}, cost=35ms, traceId={!hash}",
        '{IPV6} - - [{!weblog}] "GET /api/v2/bind?mobile={MOBILE0}&email={EMAIL} HTTP/1.1" 200 {!bytes} "-" "okhttp/{!version}"',
        "{!time} WARN  sms-gateway - 发送失败 to=[{MOBILE0},{MOBILE0},{MOBILE0}] tpl={!small} err=isv.BUSINESS_LIMIT_CONTROL",
        "[kernel] br-lan: 新终端接入 mac={MAC} ip={!private} 外网出口 {IPV4} / {IPV6}，上报序号 {!epoch}",
    ],
    "staff roll as CSV": [
        """序号,姓名,性别,身份证号,手机号,工资卡号,入职日期
1,{NAME},男,{CN_ID0},{MOBILE0},{BANK0},{!date}
2,{NAME},女,{CN_ID0},{MOBILE0},{BANK0},{!date}
3,{NAME},女,{CN_ID0},{MOBILE0},{BANK0},{!date}
4,{NAME},男,{CN_ID0},{MOBILE0},{BANK0},{!date}""",
        "客户编号;客户名称;证件类型;证件号码;地址;邮箱\n{!small};{NAME};港澳居民居住证;{RESIDENCE};{ADDRESS};{EMAIL}\n{!small};{NAME};外国人永久居留身份证;{FOREIGNER};{ADDRESS};{EMAIL}\n{!small};{NAME};居民身份证;{CN_ID0};{ADDRESS};{EMAIL}",
        "车位号,业主,房号,车牌,电话\nB2-017,{NAME},3-1-802,{PLATE},{MOBILE0}\nB2-018,{NAME},3-1-901,{PLATE},{MOBILE0}\nB2-021,{NAME},5-2-1104,{PLATE},{MOBILE0}",
    ],
    "web page": [
        '<table class="contact"><tr><th>部门</th><th>联系人</th><th>办公电话</th><th>邮箱</th></tr>\n<tr><td>教务科</td><td>{NAME}</td><td>{LANDLINE}</td><td><a href="mailto:{EMAIL}">发邮件</a></td></tr>\n<tr><td>总务科</td><td>{NAME}</td><td>{LANDLINE}</td><td>&nbsp;</td></tr></table>',
        '<p>投稿请寄：{ADDRESS}&nbsp;编辑部&nbsp;{NAME}（收）</p>\n<p>Tel：{LANDLINE}　E-mail：{EMAIL}</p>\n<img src="{!weblink}" alt="封面">',
        '<div class="author-card"><h4>{NAME}</h4><span>微信号：{WECHAT}</span><span>QQ：{QQ}</span><em>更新于 {!date}</em></div>',
    ],
    "second-hand forum": [
        "【出】95新显示器，自用一年，箱说全，可小刀。同城自提优先，地点{ADDRESS}。有意加V：{WECHAT}，或者打电话{MOBILE}，非诚勿扰！",
        "楼主 发表于 {!time}\n曝光骗子！！此人自称{NAME}，支付宝账号{MOBILE}，收款卡号{BANK}，收了我{!price}元定金就拉黑。QQ {QQ} 也是他的小号，大家注意。\n\n2楼 回复：我也被骗了，他给我的名字是{NAME}，身份证{CN_ID}，不知真假。",
        "求带微积分！本人{NAME}，计院大二，学号{STUDENT}，私信或者发邮件{EMAIL}都行，一节课80，风雨无阻~~",
        "顶顶顶，需要的加我q{QQ}，备注“团购”。群主微信{WECHAT}",
    ],
    "admission note": [
        """入院记录
姓名：{NAME}　性别：男　年龄：63岁　住院号：{MRN}
出生日期：{DOB}　　职业：退休　　联系人：{NAME}（儿子）　电话：{MOBILE}
住址：{ADDRESS}
主诉：反复胸闷3月，加重2天。
现病史：患者3月前无明显诱因出现胸闷，予阿司匹林肠溶片（{!drug}）口服。
体格检查：T 36.5℃，P 78次/分，R 18次/分，BP 152/94mmHg。
医师签名：{NAME}　　记录时间：{!time}""",
        "急诊分诊单\n门诊号 {MRN} 患者 {NAME} 女 4岁 家长{NAME} 手机{MOBILE}\n体温39.2℃ 血氧97% 分诊级别Ⅲ 医保卡号（社会保障卡）{SOCIAL_CARD}",
        "手术知情同意书\n患者{NAME:a}（病案号{MRN}）拟于{!date}行腹腔镜胆囊切除术。本人已知悉上述风险。患者签字：{NAME:a}　被授权人：{NAME}　与患者关系：夫妻　证件号码：{CN_ID}　谈话医师：{NAME}",
    ],
    "subtitles": [
        "1\n00:00:03,120 --> 00:00:05,480\n大家好，我是{NAME}\n\n2\n00:00:05,600 --> 00:00:09,010\n今天请到的嘉宾是{NAME}老师\n\n3\n00:00:09,200 --> 00:00:13,770\n报名可以加微信 {WECHAT}\n\n4\n00:00:14,000 --> 00:00:17,350\n或者发短信到 {MOBILE}",
        "47\n00:21:40,000 --> 00:21:42,900\n警官，撞我的车是{PLATE}\n\n48\n00:21:43,100 --> 00:21:45,300\n司机好像叫{NAME}",
    ],
    "code": [
        '# 作者: {NAME} <{EMAIL}>\n# 最后修改: {!date}\n# TODO({NAME}): 线上排查用的测试账号，记得删\nTEST_USER = {"phone": "{MOBILE0}", "id_card": "{CN_ID0}"}\nURL = f"http://{host}:{port}/v{version}"\nBUILD = "{!fourversion}"  # commit {!short}',
        '@Test\npublic void shouldDesensitize() {\n    // 生产脱敏漏了这一条，{NAME}反馈的\n    Customer c = new Customer("{NAME}", "{MOBILE0}", "{BANK0}");\n    assertEquals("{!uuid}", c.traceId());\n}',
        "-- 临时修数，工单{!order}\nUPDATE t_member SET real_name='{NAME}', tel='{MOBILE0}' WHERE cert_no='{CN_ID0}';\n-- DBA: {NAME} 分机见通讯录，座机{LANDLINE}",
    ],
    "group chat": [
        "{NAME:t} {!time}\n@所有人 请各位家长接龙，姓名+电话\n{NAME} {!time}\n1. {NAME:k} {MOBILE}\n{NAME} {!time}\n2. {NAME} {MOBILE}\n{NAME:t} {!time}\n{NAME:k}同学的出生证明还没交，{DOB}出生的对吧？",
        "—— 2024年3月 ——\n客服小蜜：亲，请提供收货信息哦\n买家：{NAME}，{MOBILE}，{ADDRESS}\n客服小蜜：好的，核对一下订单{!order}\n买家：对的，开发票抬头个人，发到{EMAIL}",
        "A: 卡号发我\nB: {BANK}\nA: 户名\nB: {NAME}，招行的\nA: 转了{!price}，查收\nB: 收到，我qq{QQ}，回头联系",
    ],
    "mail": [
        "发件人: {NAME:s} <{EMAIL}>\n收件人: {NAME:r} <{EMAIL}>\n抄送: {NAME} <{EMAIL}>\n日期: {!time}\n主题: 关于{!date}出差报销\n\n{NAME:r}，你好：\n附件是行程单（{!flight}次），报销款请打到 {BANK}。有问题打我手机{MOBILE}。\n\n{NAME:s}\n财务部 | 座机 {LANDLINE} | {ADDRESS}",
        "尊敬的{NAME}女士：您尾款{!price}元已到账。客户经理{NAME}将与您联系，直线{LANDLINE}，邮箱{EMAIL}。本邮件由系统自动发送，请勿回复。客服热线{!service}。",
    ],
    "invoice": [
        "浙江增值税普通发票\n购买方 名称：{NAME}　纳税人识别号：{CN_ID0}\n销售方 名称：杭州某某百货有限公司　纳税人识别号：{USCC}\n地址、电话：{ADDRESS} {LANDLINE}\n货物名称 *日用品*毛巾　数量 {!small}　金额 {!price}　税率 13%\n收款人：{NAME}　复核：{NAME}　开票人：{NAME}\n校验码 {!long}",
        "个体工商户营业执照\n统一社会信用代码 {USCC}\n名称 某某县鲜果便利店\n经营者 {NAME}\n经营场所 {ADDRESS}\n注册日期 {!date}",
    ],
    "news": [
        "本报讯（记者 {NAME} 通讯员 {NAME}）{!date}，家住{ADDRESS}的居民{NAME:v}在晨练时捡到一个钱包，内有现金{!price}元。失主{NAME}赶到后连声道谢。“换谁都会这么做。”{NAME:v}说。",
        "警情通报：{!date}{!clock}许，{NAME:x}（男，{DOB}出生，外省务工人员）驾驶{PLATE}小型轿车与行人{NAME}发生碰撞。目前{NAME:x}已被依法控制。提供线索请拨打{LANDLINE}，联系民警{NAME}，{MOBILE}。",
    ],
    "bank statement": [
        "账户交易明细\n户名：{NAME}　卡号：{BANK}\n交易日期|摘要|金额|对方户名|对方账号\n{!date}|转账|{!price}|{NAME}|{BANK0}\n{!date}|消费|{!price}|某某超市|—\n{!date}|工资|{!price}|某某电子有限公司|—\n流水号 {!long}",
        "境外汇款申请书：汇款人{NAME}，护照{PASSPORT}；收款人{NAME}，收款账号（IBAN）{IBAN}；国外联系电话{USPHONE}；信用卡{CARD}；美国社会安全号码（SSN）{SSN}。",
    ],
    "school roll": [
        "学籍卡片\n姓名 {NAME}　学籍号（学号）{STUDENT}　出生日期 {DOB}\n身份证号 {CN_ID}\n家庭住址 {ADDRESS}\n父亲 {NAME} 联系电话 {MOBILE}\n母亲 {NAME} 联系电话 {MOBILE}\n班主任 {NAME}",
        "考场安排：第12考场 {NAME} 学号{STUDENT}；{NAME} 学号{STUDENT}；{NAME} 学号{STUDENT}。监考：{NAME}、{NAME}。",
    ],
    "repair slip": [
        "手机维修受理单 No.{!batch}\n客户：{NAME} 电话：{MOBILE}\n机型：某某 12 Pro　IMEI1：{IMEI}　IMEI2：{IMEI}　MEID：{MEID}\n故障：不识别SIM卡（卡面ICCID：{ICCID}，IMSI {IMSI}）　WLAN MAC地址 {MAC}\n工程师：{NAME}　取机日期：{!date}",
        "设备信息上报 imei={IMEI};imsi={IMSI};mac={MAC};os={!version};ip={IPV4}",
    ],
    "border": [
        "旅客信息补录\n姓名 {NAME}　护照 {PASSPORT}　往来港澳通行证 {MAINLAND_PASS}　手机 {MOBILE}\n姓名 {NAME}　回乡证 {HM_PERMIT}　香港身份证 {HKID}\n姓名 {NAME}　台胞证 {TW_PERMIT}　台湾身份证 {TWID}\n姓名 {NAME}　澳门居民身份证 {MACAUID}　港澳居民居住证 {RESIDENCE}",
        "外国人永久居留身份证换发：持证人{NAME}，证件号码{FOREIGNER}，原护照{PASSPORT}，居住地{ADDRESS}，受理民警{NAME}。",
        "办理签注需携带：港澳居民来往内地通行证（{HM_PERMIT}）、往来台湾通行证（{MAINLAND_PASSTW}）。预约人{NAME}，预约号{!batch}。",
    ],
    "car": [
        "机动车驾驶证\n姓名 {NAME}　证号 {CN_ID0}　档案编号 {LICENCE_FILE}\n住址 {ADDRESS}\n出生日期 {DOB}　初次领证日期 {!date}　准驾车型 C1",
        "违法停车告知单：号牌号码{PLATE}，小型汽车，于{!time}在某某路段停放。处理窗口{LANDLINE}，执勤民警{NAME}。",
        "二手车转让协议：卖方{NAME}，身份证{CN_ID}；买方{NAME}，身份证{CN_ID}；车牌{PLATE}，档案编号{LICENCE_FILE}，成交价{!price}元。",
        "挪车请拨{MOBILE}，车牌{PLATE}，车主{NAME}，给您添麻烦了！",
    ],
    "resume": [
        "个人简历\n{NAME}｜男｜{DOB}出生｜5年经验\n电话：{MOBILE}｜邮箱：{EMAIL}｜微信：{WECHAT}\n现居：{ADDRESS}\n教育背景：某某大学 计算机科学与技术 本科\n推荐人：{NAME}（前主管，{MOBILE}）",
        "背调记录：候选人{NAME}，身份证{CN_ID}，{DOB}出生，前单位HR {NAME} 电话{LANDLINE}，证实其于{!date}离职。",
    ],
    "run together": [
        "{NAME}{MOBILE0}身份证{CN_ID0}收款卡{BANK0}已核",
        "文件列表：简历_{NAME}_{MOBILE0}.docx　报名表-{NAME}-{CN_ID0}.pdf　IMG_{!epoch}.jpg",
        "身份证号码（录入有误待核）：{CN_IDWRONG}，姓名{NAME}，请补正后重新提交。",
        "https://h5.shop-某某.test/confirm?tel={MOBILE0}&card={BANK0}&ts={!millis}&sign={!hash}",
        "报名成功：{NAME}/{MOBILE0}/{CN_ID0}；{NAME}/{MOBILE0}/{CN_ID0}",
    ],
}
LATIN: dict[str, list[str]] = {
    "pleading": [
        """IN THE CIRCUIT COURT OF FRANKLIN COUNTY
{NAME:a}, Plaintiff, v. {NAME:b}, Defendant.   Case No. 2023-CV-{!small}
COMPLAINT
1. Plaintiff {NAME:a} is an adult resident of {ADDRESS}.
2. Defendant {NAME:b} was born on {DOB} and resides at {ADDRESS}.
3. On {!date}, Defendant wrote a check for ${!price} that was returned unpaid.
Respectfully submitted, {NAME}, Attorney for Plaintiff, {USPHONE}, {EMAIL}""",
        "AFFIDAVIT. I, {NAME}, being duly sworn, depose and say: my date of birth is {DOB}; my Social Security number is {SSN}; I make this affidavit in support of the motion filed {!date}. Notary: {NAME}, commission expires {!date}.",
    ],
    "discharge summary": [
        "DISCHARGE SUMMARY\nPatient: {NAME}    MRN: {MRN}    DOB: {DOB}\nAdmitted: {!date}   Attending: {NAME}, MD\nHx: 71 y/o with Parkinson's disease, Foley catheter removed on day 2. BP 148/92, SpO2 96%.\nDisposition: home with daughter {NAME}, phone {USPHONE}.\nPharmacy to fax {USPHONE}. Ref {!order}",
        "Dental recall list: {NAME} (chart no. {MRN}) - {ANYPHONE}; {NAME} (chart no. {MRN}) - {ANYPHONE}; {NAME} (chart no. {MRN}) - no phone, write to {ADDRESS}.",
    ],
    "webhook": [
        '{"event":"customer.created","id":"evt_{!short}","created":{!epoch},"data":{"name":"{NAME}","email":"{EMAIL}","phone":"{USPHONE0}","shipping":{"name":"{NAME}","address":"{ADDRESS}"},"ip":"{IPV4}","user_agent":"Mozilla/5.0"}}',
        '{"timestamp":"{!time}","level":"error","msg":"payment declined","card":"{CARD0}","cardholder":"{NAME}","amount":"{!price}","request_id":"{!uuid}"}',
        '{"employee":{"fullName":"{NAME}","nationalId":{"type":"CN_RESIDENT","value":"{CN_ID0}"},"mobile":"{MOBILE0}","payout":{"bankCard":"{BANK0}"}},"version":"{!version}"}',
    ],
    "staff list as CSV": [
        'id,full_name,dob,ssn,email,phone,address\n{!small},{NAME},{DOB0},{SSN},{EMAIL},{USPHONE},"{ADDRESS}"\n{!small},{NAME},{DOB0},{SSN},{EMAIL},{USPHONE},"{ADDRESS}"\n{!small},{NAME},{DOB0},{SSN},{EMAIL},{USPHONE},"{ADDRESS}"',
        "payee|iban|reference|amount\n{NAME}|{IBAN}|{!batch}|{!price}\n{NAME}|{IBAN}|{!batch}|{!price}\n{NAME}|{IBAN}|{!batch}|{!price}",
        "asset_tag,assigned_to,imei,mac,iccid\n{!small},{NAME},{IMEI},{MAC},{ICCID}\n{!small},{NAME},{IMEI},{MAC},{ICCID}",
    ],
    "web page": [
        '<address>{NAME}<br>{ADDRESS}<br>Tel. <a href="tel:{USPHONE0}">call</a> &middot; <a href="mailto:{EMAIL}">e-mail</a></address>\n<footer>&copy; 2023 &middot; build {!fourversion}</footer>',
        "<ul class='team'><li><b>{NAME}</b>, Principal, {EMAIL}</li><li><b>{NAME}</b>, Registrar, {ANYPHONE}</li><li>Switchboard {!tollfree}</li></ul>",
    ],
    "system log": [
        "Mar 14 {!clock}:07 bastion sshd[{!small}]: Accepted publickey for deploy from {IPV4} port {!small} ssh2: RSA SHA256:{!hash}",
        "{!time} imapd: login failed user=<{EMAIL}> rip={IPV4} lip={!private} session=<{!short}>",
        "{!time} dnsmasq-dhcp: DHCPACK(wlan0) {!private} {MAC} pixel-7",
        '{IPV6} - - [{!weblog}] "POST /checkout?email={EMAIL}&phone={USPHONE0} HTTP/2.0" 302 {!bytes}',
        "{!time} radius: Access-Accept Calling-Station-Id={MAC} Framed-IPv6-Address={IPV6} imsi={IMSI} imei={IMEI}",
    ],
    "subtitles": [
        "12\n00:01:14,200 --> 00:01:16,900\n- My name's {NAME}.\n- And I'm {NAME}.\n\n13\n00:01:17,100 --> 00:01:20,000\nYou can reach me on {ANYPHONE}.\n\n14\n00:01:20,300 --> 00:01:22,100\nHe was born on {DOB}.",
    ],
    "helpdesk thread": [
        "From: {NAME:c} <{EMAIL}>\nTo: support desk\nSent: {!time}\nSubject: Ticket #{!small} can't log in\n\nHi,\nMy account got locked. Phone on file is {USPHONE}, card ending is on the invoice but the full number is {CARD}.\nThanks,\n{NAME:c}\n\n> On {!date}, {NAME:g} wrote:\n> Hi {NAME:c}, can you confirm your billing address?\nIt's {ADDRESS}.",
        "Agent note ({NAME}): caller verified with DOB {DOB} and SSN {SSN}; new e-mail on file {EMAIL}; old number {USPHONE} removed. Case {!order}.",
        "WeChat support log: user ID {WECHAT}, QQ {QQ}, bound mobile {MOBILE}, name {NAME}; refund to UnionPay card {BANK}.",
    ],
    "invoice": [
        "INVOICE {!batch}\nBill to:\n{NAME}\n{ADDRESSLINES}\nPhone {USPHONE}\n\nQty {!small}  Widget bracket {!part}  ${!price}\nPay by card (we have {CARD} on file) or wire to {IBAN}.\nQuestions? {NAME}, {EMAIL}",
        "Proforma: seller Ningbo Lanqiao Machinery, unified social credit code {USCC}, contact {NAME}, mobile {MOBILE}, landline {LANDLINE}; buyer {NAME}, {ADDRESS}. HS code {!small}. Total USD {!price}.",
    ],
    "classified": [
        "FOR SALE: 2011 Ford Fiesta, one careful owner, 62k. First to see will buy! Ring {NAME} on {ANYPHONE} after 6pm. Viewing at {ADDRESS}.",
        "u/throwaway wrote: careful with this landlord, {NAME}, he asked me for my SSN ({SSN}) by text from {USPHONE} before I'd even seen the place. Zelle name shows as {NAME}.",
        "Lost near the Wells Fargo branch: grey Jack Russell. Please call {USPHONE} or email {EMAIL}. Reward! -- {NAME}",
    ],
    "code": [
        '# Maintainer: {NAME} <{EMAIL}>\n# Reviewed-by: {NAME} ({!date})\nFIXTURE = {"name": "{NAME}", "card": "{CARD0}", "ssn": "{SSN}"}  # FIXME real data from ticket {!small}\nBASE = f"https://{host}/v{major}"\nassert sha == "{!hash}"',
        "// TODO: ask {NAME} why prod still whitelists {IPV4} and {IPV6}\nconst OWNER = '{NAME} <{EMAIL}>'; // ext, desk {USPHONE}",
    ],
    "police blotter": [
        "{!clock} hrs - Officer {NAME} stopped a silver sedan. The driver, identified as {NAME:d}, DOB {DOB}, of {ADDRESS}, was cited. {NAME:d} was released; passenger {NAME} called a relative at {USPHONE}.",
        "Traffic camera hit in Guangzhou: plate {PLATE}, registered keeper {NAME}, licence file no. {LICENCE_FILE}, resident ID {CN_ID}, mobile {MOBILE}.",
    ],
    "lease": [
        'RESIDENTIAL LEASE between {NAME} ("Landlord") and {NAME} and {NAME} ("Tenants") for the premises at {ADDRESS}. Rent ${!price} due on the 1st. Notices: {EMAIL}. Emergency contact: {NAME}, {USPHONE}.',
        "Tenancy deposit: tenant {NAME}, born {DOB}, correspondence address {ADDRESS}; refund to IBAN {IBAN}; agent {NAME}, {ANYPHONE}.",
    ],
    "CV": [
        "{NAME}\n{ADDRESS} | {USPHONE} | {EMAIL}\nEXPERIENCE\nLine cook, Johnny's Diner, 2018-2021\nREFERENCES\n{NAME}, head chef, {USPHONE}\n{NAME}, shift lead, {EMAIL}",
        "Student transcript: {NAME}, student no. {STUDENT}, date of birth {DOB}. Registrar {NAME}. GPA 3.{!small}",
    ],
    "travel": [
        "PNR {!short}: 1. {NAME}, PRC passport {PASSPORT}, born {DOB}; 2. {NAME}, Home Return Permit {HM_PERMIT}, HKID {HKID}; 3. {NAME}, Taiwan Compatriot Permit no. {TW_PERMIT}, Taiwan ID {TWID}; 4. {NAME}, Macau ID card {MACAUID}. Contact {MOBILE}, {EMAIL}.",
        "Visa desk: holder {NAME}, Exit-Entry Permit for Travelling to and from Hong Kong and Macau {MAINLAND_PASS}; residence permit for HK/Macau/Taiwan residents {RESIDENCE}; foreign permanent resident ID card {FOREIGNER}; old 15-digit Chinese ID card {CN_ID15}; social security card no. {SOCIAL_CARD}.",
        "Guest registration: {NAME}, passport no. {PASSPORT}, room {!small}, home address {ADDRESS}, paid with {CARD}.",
    ],
    "device": [
        "Stolen handset: IMEI {IMEI}, MEID {MEID}, SIM ICCID {ICCID}, IMSI {IMSI}, Wi-Fi MAC {MAC}; owner {NAME}, alternate number {USPHONE}; last seen from IP {IPV4}.",
    ],
    "obscure order": [
        "Name: {NAME} / Tel: {ANYPHONE} / Postal address: {ADDRESS} / Born: {DOB} / Next of kin: {NAME}",
        "attendees_{NAME}_{USPHONE0}.csv attached; duplicate row for {NAME} <{EMAIL}> dropped.",
        "Wire details: beneficiary {NAME}, account {IBAN}, beneficiary address {ADDRESS}, phone {ANYPHONE}.",
    ],
}
HARD_CHINESE = [
    "出小电驴，九成新，看车联系{~MOBILE}，晚上八点后方便",
    "主播说了，加他手机 {~MOBILE} 领红包，别信平台",
    "姓名{NAME}，联系电话：{~MOBILE}，备注：货到先打电话",
    "实名信息：{NAME}，身份证号：{~CN_ID0}，照片已传",
    "申请人身份证号码是{~CN_ID0}，请窗口核对",
    "老板让打到这张卡 {~BANK0} ，户名{NAME}，建行",
    "收款银行卡号：{~BANK0}",
    "想要资料的留邮箱，或发我邮箱 {~EMAIL} ，看到必回",
    "联系邮箱：{~EMAIL}",
    "开黑加QQ：{~QQ}，备注区服",
]
HARD_LATIN = [
    "txt me at {~USPHONE0} if the couch is still available",
    "call {NAME} on phone number {~USPHONE0}, evenings only",
    "the site eats addresses so email me: {~EMAIL} thanks",
    "contact e-mail {~EMAIL}",
    "he pasted the whole card number {~CARD0} into the chat!!",
    "my social security number is {~SSN} and yes they asked for it by phone",
    "the login came from IP {~IPV4} last night",
    "WhatsApp / mobile in China: {~MOBILE0}",
]
LOOK_ALIKES_CHINESE = [
    "本次更新 v{!fourversion}：修复若干问题。下载包 sha1 {!hash}，构建号 {!millis}，内网镜像 {!private}:5000/base:{!version}。",
    "该视频累计播放{!eleven}次，点赞{!bytes}，弹幕{!small}条，收入{!price}元，同比增长{!percent}。",
    "订单号：{!order}，运单号：{!track}，下单时间{!time}，实付￥{!price}，官方客服{!service}。",
    "依据{!standard}及{!standard}执行；专利号{!patent}；书号 ISBN {!isbn}；案号{!case}。",
    "本品为处方药，批准文号：{!drug}，产品批号：{!batch}，有效期至{!date}，消费者服务热线{!service}。",
    "李宁牌运动鞋打折，王老吉买一送一，周黑鸭、老干妈、张小泉剪刀、马应龙同享；中山路店营业至22:00。",
    "高铁{!flight}次晚点，改签窗口在1号厅；航班{!flight}延误至{!clock}；如需帮助请拨12306。",
    "京东A12345会场开抢，满A类券减30；川A级旅游景区名单、粤B2-20090059号经营许可证已公布。",
    "常见问题：何时发货？方便面怎么煮？任何温度都行吗？马上到账，金额成功显示，高度关注，白银价格下跌。",
    "型号 {!part}，物料编码 {!long}，颜色 #1A2B3C，尺寸 138×2000×13mm，额定 220V，序列区间 00001-99999。",
    "微信支付成功，QQ音乐绿钻续费，微信公众号平台规则更新；登录请使用短信验证码，5分钟内有效，验证码 {!small}。",
    "会议纪要：{!date}召开第13次例会，出席18人，表决12票同意、3票反对，预算{!price}万元，附件3份。",
    "坐标 30.274150,120.155150，海拔 1380 米，水库库容 {!eleven} 立方米，GPS 周 {!small}。",
    "00:00:00:00:00:00 与 ff:ff:ff:ff:ff:ff 为保留地址，0.0.0.0 表示任意，::1 为回环，掩码 255.255.255.0。",
]
LOOK_ALIKES_LATIN = [
    "Upgrade to {!fourversion} (commit {!hash}); pull {!private}:5000/web:{!version}; see git@github.com:acme/tool.git and @acme/ui@{!version}.",
    "Serve the Granny Smith apples with Victoria sponge; Baker Street was closed, so we met at King's Cross by the Ford garage.",
    "Part {!part}, lot 123-45-67890, invoice {!order}, tracking {!ups}, SKU {!long}; call toll-free {!tollfree}.",
    "Deaths from Parkinson's and Crohn's disease fell {!percent}; the Hodgkin lymphoma arm had {!small} patients; see {!standard}.",
    "The county paid {!price} dollars on {!date}; the meeting ran {!clock} to 21:30 and 138 of 2,000 voters came.",
    "ssh root@db-01 then copy icon@2x.png; the mask is 255.255.255.0, the broadcast MAC is ff:ff:ff:ff:ff:ff and the loopback is 127.0.0.1.",
    "Mark your calendar, grant access, will advise; May flowers, rose bushes and a frank discussion; Jack-o'-lanterns; a bill to pay.",
    "UUID {!uuid}, epoch {!epoch}, millis {!millis}, ISBN {!isbn}, ratio 555:0143, score 212-198, pages 404-415.",
    "Johnson & Johnson, Wells Fargo, Harley-Davidson and Morgan Stanley rose; Ben Nevis and Mount Washington had snow.",
    "Chapter 12, verse 8; flight {!flight}; chess 1. e4 e5 2. Nf3; model A123456(7) of the G20000000 series; Form E-10473.",
]


# ── odd ways ──
def wide(value: str, _: Random) -> str:
    return "".join(chr(ord(mark) + 0xFEE0) for mark in bare(value))


def circled(value: str, _: Random) -> str:
    return "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def spaced(value: str, _: Random) -> str:
    return " ".join(bare(value))


def dotted(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("·•．")
    return mark.join(parts(kept))


def formal(value: str, _: Random) -> str:
    return "".join("零壹贰叁肆伍陆柒捌玖"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def lettered(value: str, _: Random) -> str:
    kept = bare(value)
    return kept[0] + kept[1:].replace("0", "O").replace("1", "l")


def wrapped(value: str, _: Random) -> str:
    kept = bare(value)
    return kept[: len(kept) // 2] + "\n" + kept[len(kept) // 2 :]


def said(value: str, _: Random) -> str:
    return " ".join("zero one two three four five six seven eight nine".split()[int(mark)] for mark in bare(value))


def mail_wide(value: str, _: Random) -> str:
    return value.replace("@", "＠").replace(".", "．")


def mail_han(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["艾特", " 艾特 ", "圈a"])).replace(".", "点")


def mail_entity(value: str, _: Random) -> str:
    return value.replace("@", "&#64;").replace(".", "&#46;")


def mail_percent(value: str, _: Random) -> str:
    return value.replace("@", "%40")


def mail_words(value: str, _: Random) -> str:
    return value.replace("@", " [at] ").replace(".", " [dot] ")


def defanged(value: str, chance: Random) -> str:
    return value.replace(".", chance.choice(["[.]", "(.)", " . "]))


ODD_DIGITS: list[Way] = [wide, circled, spaced, dotted, lettered, wrapped]
ODD: dict[str, list[Way]] = {
    "MOBILE": [*ODD_DIGITS, formal],
    "MOBILE0": ODD_DIGITS,
    "CN_ID0": [*ODD_DIGITS, formal],
    "BANK0": [*ODD_DIGITS, formal],
    "QQ": [wide, circled, spaced, formal],
    "EMAIL": [mail_wide, mail_han, mail_entity, mail_percent, mail_words],
    "USPHONE0": [*ODD_DIGITS, said],
    "CARD0": [wide, circled, spaced, dotted, wrapped, said],
    "SSN": [wide, circled, spaced, said],
    "IPV4": [defanged],
}
CHINESE_ONLY: set[Way] = {formal, mail_han}
LATIN_ONLY: set[Way] = {said, mail_words}
