# ruff: noqa: E501, RUF012, SIM905  documents
"""The eighth unseen set, by somebody who had not seen the rules nor any other set but the sixth: registers, agents'
talk, policies, village papers, Markdown, settings, legal questions, call transcripts, laboratory reports, notices,
SMS, XML, HL7, TSV. Slots as in `cleaning_drawn`; the values stand beside."""

from random import Random

from cleaning_drawn_look_alikes import DrawnKinds, bare, parts
from cleaning_ways import Way

SEED = 70307


class EighthKinds(DrawnKinds):
    SURNAMES = "王 王 王 李 李 李 张 张 张 张 刘 刘 陈 陈 陈 杨 杨 赵 黄 黄 周 吴 吴 徐 孙 胡 朱 高 林 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 程 曹 袁 邓 许 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 潘 杜 戴 夏 钟 汪 田 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 崔 康 邱 秦 江 史 顾 侯 邵 孟 段 雷 钱 汤 尹 黎 易 武 乔 贺 赖 龚 樊 兰 殷 施 陶 洪 翟 安 颜 倪 严 温 芦 季 俞 鲁 葛 伍 申 尤 毕 聂 丛 焦 向 柳 邢 路 岳 齐 梅 莫 庄 辛 管 祝 左 涂 谷 祁 时 舒 耿 卜 詹 关 苗 凌 费 纪 靳 盛 童 欧 甄 项 曲 成 游 阳 裴 席 卫 查 屈 鲍 位 霍 翁 隋 甘 景 薄 单 包 司 柏 宁 柯 阮 桂 闫 解 强 柴 华 车 冉 房 边 夏侯 东方 慕容 公孙 南宫 钟离".split()
    GIVEN = "志华 志勇 志远 文华 文杰 文涛 明辉 明亮 明霞 国华 国平 国庆 建设 建国 建明 玉华 玉英 玉洁 秀珍 秀芳 秀梅 桂花 桂珍 淑芬 淑华 淑英 素芳 素珍 惠芳 惠敏 美玲 美华 丽萍 丽君 丽红 晓华 晓峰 晓琳 晓彤 小平 小芳 小龙 海涛 海霞 海洋 俊宏 俊豪 嘉伟 嘉欣 家豪 家明 佩珊 淑娟 雅雯 怡君 宗宪 志豪 承恩 冠宇 雨薇 雨辰 语桐 梓轩 梓涵 梓豪 子怡 子墨 子睿 一帆 一诺 依诺 依婷 欣妍 欣然 诗琪 思琪 思涵 睿哲 睿轩 博文 博涛 皓轩 皓宇 奕涵 沐阳 沐晴 芮熙 昊天 昊然 景行 望舒 若云 清扬 云飞 长青 长生 长江 大勇 大伟 二妹 三妹 四清 五一 金宝 银花 铁柱 栓柱 满仓 得福 有才 丰收 解放 抗美 文革 忠诚 孝先 慧 鹏 浩 亮 欣 丹 萍 红 梅 兰 英 雪 冰 雷 峰 刚 波 斌 毅 俊 旭 东 凤 琴 蓉 薇 蓓 茜 璐 瑶 婧 媛 昊 睿 逸 骁 翀 喆 昱 祎".split()
    OTHERS = "买买提江·吾布力 阿依夏木·克里木 丹增平措 拉姆次仁 斯琴高娃格 哈斯巴根 朴善姬 崔哲龙 努尔兰·赛力克 玛丽亚·伊万诺娃 佐藤美咲 迈克尔·布莱克伍德".split()
    FORENAMES = "James Patricia Robert Linda Michael Barbara David Susan Joseph Karen Christopher Nancy Daniel Lisa Matthew Margaret Anthony Sandra Steven Ashley Paul Kimberly Andrew Donna Joshua Michelle Kevin Carol Brian Amanda Dorothy Melissa Aaliyah DeShawn Malik Ximena Joaquín Renata Thiago Beatriz Gonçalo Inês Jürgen Annelies Søren Freja Tomasz Katarzyna Bogdan Ioana Nikolai Olga Georgios Eleni Reza Nasrin Ahmed Fatima Yetunde Emeka Abena Kofi Sipho Nomsa Ravi Lakshmi Sanjay Deepika Imran Zainab Kenji Haruka Ji-woo Anh Putu Malai Tane Aroha Callum Eilidh Gethin Niamh Wilfred Edith Clarence Mabel".split()
    FAMILIES = (
        "Smith Williams Brown Jones Garcia Hernandez Martinez Lee Harris Clark Lewis Robinson Walker Young Allen Scott Hill Adams Baker Hall Rivera Carter Gordon Hunt Stone Marsh Field Wood Webb Palmer Knight Fox Barnes Chapman Pearce Sutton Lowe Bishop Page Rice Bush Silva Santos Ferreira Costa Popescu Horvat Kovács Zieliński Lindqvist Bergström Virtanen de Vries van Dijk Schröder Krüger Lefèvre Fontaine Marino Greco Christou Aydın Rahimi Khan Malik Hussain Qureshi Gupta Mehta Joshi Fernando Perera Suzuki Watanabe Choi Jung Le Vo Santoso Mwangi Wanjiru Boateng Asante Nkosi Zulu Tamihana McKenzie Fraser Llewellyn Fitzgerald Byrne".replace(
            "de Vries", "Vries"
        )
        .replace("van Dijk", "Dijkstra")
        .split()
    )
    PINYIN = "Sun Yiming|Guo Jing|Ma Xiuying|Luo Wenhao|Xie Tingting|Tang Guoqiang|Feng Lili|Zhuge Ming|Cheung Ka-wai|Lin Chia-hao|Wong Siu-ming".split(
        "|"
    )
    ROADS = "福建省泉州市丰泽区田安路|辽宁省鞍山市铁东区胜利南路|四川省宜宾市翠屏区人民路|湖南省岳阳市岳阳楼区巴陵中路|山东省烟台市芝罘区南大街|江苏省扬州市邗江区邗江中路|广东省中山市石岐街道悦来南路|陕西省宝鸡市金台区中山西路|河北省唐山市路北区新华西道|湖北省襄阳市樊城区长虹路|重庆市渝中区中山三路|北京市海淀区北四环西路|上海市浦东新区浦建路|深圳市南山区科苑南路|昆明市五华区人民西路|宁夏回族自治区银川市金凤区北京中路|吉林省延边朝鲜族自治州延吉市光明街|青海省西宁市城西区五四西路".split(
        "|"
    )
    HOMES = "龙湖天街 中海国际社区 绿地世纪城 机床厂家属院 百合花园 天鹅湾 桃园小区 书香门第 御景湾 春江花月 橡树湾 望京西园 工人新村 海棠公寓".split()
    VILLAGES = "山东省菏泽市曹县古营集镇孙庄村|贵州省毕节市威宁县石门乡新龙村|河北省邯郸市大名县金滩镇杨家寨村|广西百色市田东县作登乡大板村|浙江省丽水市遂昌县王村口镇桥东村|黑龙江省绥化市青冈县祯祥镇兆林村|重庆市酉阳县龚滩镇红花村".split(
        "|"
    )
    STREETS = "Birch St|Harrison Ave|Old Mill Rd|W Lincoln Hwy|Lakeview Ter|Peachtree St NE|Ocean Park Blvd|Stonegate Cir|NW 23rd Ave|S Halsted St|Meadowbrook Pkwy|FM 1960 Rd".split(
        "|"
    )
    TOWNS = "Baltimore, MD 21201|Phoenix, AZ 85004|Milwaukee, WI 53202|Spokane, WA 99201|Louisville, KY 40202|Providence, RI 02903|Fresno, CA 93721|Little Rock, Arkansas 72201|Houston, TX 77090|Burlington, VT 05401".split(
        "|"
    )
    LANES = "London Road|Park Lane|Springfield Road|Grange Avenue|Wellington Street|School Lane|Meadow View|Rectory Gardens|Castle Street|Nelson Mews".split(
        "|"
    )
    POSTS = "Manchester M1 4BT|Nottingham NG1 5FW|Aberdeen AB10 1AB|Swansea SA1 3SN|Oxford, OX1 2JD|Plymouth PL1 1EA|Londonderry BT48 6HQ|London SE15 4QN".split(
        "|"
    )
    ELSEWHERE = [
        "{n} George Street, Brisbane QLD 4000",
        "{n} Hay Street, Perth WA 6000",
        "Bahnhofstrasse {b}, 8001 Zürich",
        "{b} avenue Victor Hugo, 31000 Toulouse",
        "Room {room}, Block {b}, Mei Foo Sun Chuen, Lai Chi Kok, Kowloon, Hong Kong",
        "{n} Queen Street, Auckland 1010",
        "{f}F, No. {n}, Sec. 2, Zhongxiao E. Rd., Da'an Dist., Taipei City 106",
        "Unit {room}, No. {b} Huaihai Middle Road, Huangpu District, Shanghai 200021",
        "H.No. {b}-{n}, Banjara Hills, Hyderabad 500034",
        "Calle de Alcalá {n}, 28009 Madrid",
        "{n} Jasper Ave NW, Edmonton, AB T5J 1N9",
        "Kungsgatan {b}, 411 19 Göteborg",
    ]
    LOCALS = "sunyiming|accounts.payable|r.hernandez|guojing.cd|mabel.c|o.virtanen|lily.feng|jiawen|hr.recruit|deepika.j|wenhao.luo|b.mwangi|laoma|studio.renata|qiqi.x|david.knight".split(
        "|"
    )
    HOSTS = "jinfeng-logistics.example|oa.huachen-group.example|mail.riverbend-clinic.example|castlegate-lettings.example|tpe.yongsheng.example|physics.northmoor.example|greenfield-coop.example".split(
        "|"
    )
    HANDLES = "coco momo Lulu sunny jiajia xiaobai Orange tutu anan aqiang".split()


VALUES = EighthKinds


# ── documents ──
CHINESE: dict[str, list[str]] = {
    "visitor register": [
        """来访人员登记簿　{!date}
| 时间 | 姓名 | 证件号 | 电话 | 被访人 | 车牌 |
|---|---|---|---|---|---|
| {!clock} | {NAME} | {CN_ID0} | {MOBILE} | {NAME} | {PLATE} |
| {!clock} | {NAME} | {CN_ID0} | {MOBILE} | {NAME} | 无 |
| {!clock} | {NAME} | {PASSPORT} | {MOBILE} | {NAME} | {PLATE} |""",
        "民宿入住登记：主客{NAME}，身份证{CN_ID}，手机{MOBILE}；同住人{NAME}，港澳居民来往内地通行证{HM_PERMIT}；同住人{NAME}，台湾居民来往大陆通行证{TW_PERMIT}。房号{!small}，离店{!date}。",
        "门卫交接：夜里{!clock}有个叫{NAME}的来找{NAME}，说是送货的，车号{PLATE}，留了个电话{MOBILE}就走了。",
    ],
    "estate agent chat": [
        "中介小哥：姐，{NAME}家那套降了，{ADDRESS}，挂{!small}万\n我：能看房吗\n中介小哥：约业主，他电话{MOBILE}，微信{WECHAT}\n我：我老公去看，他叫{NAME}，{MOBILE}",
        "房源核验单\n产权人：{NAME}、{NAME}（共有）\n坐落：{ADDRESS}\n证件：{CN_ID}；{CN_ID}\n维护人：{NAME} {MOBILE}\n核验编号：{!batch}",
    ],
    "insurance policy": [
        """机动车商业保险保险单（电子保单）
保单号：{!long}
被保险人：{NAME:a}　证件号码：{CN_ID}　联系方式：{MOBILE}
号牌号码：{PLATE}　　厂牌型号：{!part}
住址：{ADDRESS}
投保人：{NAME:a}　　受益人：{NAME}
服务专员：{NAME}　报案电话：{!service}
理赔款账户：{BANK}""",
        "理赔通知：尊敬的{NAME}，您{!date}提交的住院津贴申请已结案，赔款{!price}元将于3日内转入{BANK}。如有疑问请联系{NAME}（{LANDLINE}）。",
    ],
    "village papers": [
        "证　明\n兹有我村村民{NAME:a}（身份证号：{CN_ID}），与{NAME}系父女关系，家住{ADDRESS}，家庭生活困难，情况属实。\n特此证明\n经办人：{NAME}　联系电话：{MOBILE}\n{!date}",
        "低保公示（第三批）\n序号 户主 人口 住址\n1 {NAME} 3 {ADDRESS}\n2 {NAME} 1 {ADDRESS}\n3 {NAME} 2 {ADDRESS}\n监督电话 {LANDLINE}",
        "户口迁移申请：申请人{NAME}，{DOB}出生，由{ADDRESS}迁往{ADDRESS}。原一代身份证号码{CN_ID15}，现身份证号码{CN_ID}。",
    ],
    "markdown handbook": [
        "## 值班与联系方式\n\n- 一线：**{NAME}**，`{MOBILE}`\n- 二线：**{NAME}**，`{MOBILE}`，微信 `{WECHAT}`\n- 机房座机：{LANDLINE}\n\n> 数据库跳板机出口 `{IPV4}`，内网段 `{!private}/24`，镜像 `{!version}`\n\n```bash\ngit clone git@gitlab.internal:ops/runbook.git\n```",
        "# 维护者\n\n| 模块 | 负责人 | 邮箱 |\n|:--|:--|:--|\n| 网关 | {NAME} | {EMAIL} |\n| 计费 | {NAME} | {EMAIL} |\n\n变更记录：{!date} v{!version} 由 {NAME} 合入 {!short}。",
    ],
    "settings": [
        "[alarm]\nreceivers = {MOBILE0},{MOBILE0}\nmail_to = {EMAIL}\n; {NAME} 负责白名单\nallow_ip = {IPV4}, {IPV6}\nlisten = {!private}:9093\nversion = {!fourversion}",
        'wifi:\n  bind_mac: \'{MAC}\'\n  owner: {NAME}\n  sim:\n    iccid: "{ICCID}"\n    imsi: "{IMSI}"\n  imei: "{IMEI}"\n  meid: "{MEID}"\n  remark: 借用人{NAME}，学号{STUDENT}',
    ],
    "legal question": [
        "问：我叫{NAME:a}，2019年嫁到{ADDRESS}，老公{NAME:b}欠了网贷跑了，催收天天打我电话{MOBILE}，还把我身份证{CN_ID}发到群里，怎么办？\n答（律师 {NAME}）：{NAME:a}女士您好，该债务若未用于夫妻共同生活，一般认定为{NAME:b}个人债务。可致电本所{LANDLINE}或发邮件至{EMAIL}。",
        "悬赏50：公司拖欠工资，老板叫{NAME}，个体户执照代码{USCC}，经营地址{ADDRESS}，能不能直接去仲裁？",
    ],
    "call transcript": [
        "【客服】您好，工号{!small}为您服务。\n【客户】你好，我要改一下绑定手机，原来是{MOBILE}，换成{MOBILE}。\n【客服】请问机主姓名？\n【客户】{NAME}。\n【客服】麻烦报一下身份证。\n【客户】{CN_ID0}。\n【客服】好的，{!date}前生效，订单{!order}不受影响。",
        "[00:00:12] 坐席: 请问是{NAME:a}先生吗\n[00:00:15] 客户: 我是{NAME:a}，你哪位\n[00:00:21] 坐席: 您尾款打到这个账户，{BANK}，户名{NAME}\n[00:00:34] 客户: 你们地址在哪\n[00:00:37] 坐席: {ADDRESS}",
    ],
    "laboratory report": [
        "某某医院检验报告单\n姓名:{NAME} 性别:女 年龄:46岁 病历号:{MRN} 科别:内分泌科 标本:血清\n送检医生:{NAME} 检验者:{NAME} 审核者:{NAME}\n项目 结果 参考区间\nGLU 6.{!small}mmol/L 3.9-6.1\nALT 13.8U/L 0-40\n条码号 {!long} 报告时间 {!time}",
        "体检预约：{NAME}，{DOB}生，社会保障卡号{SOCIAL_CARD}，单位电话{LANDLINE}，手机{MOBILE}，套餐B，{!date}空腹到检。",
        "新生儿听力筛查 母亲{NAME} 住院号{MRN} 婴儿出生日期{DOB} 联系地址{ADDRESS} 电话{MOBILE} 筛查者{NAME}",
    ],
    "company record": [
        "企业名称：某某县兴旺种植专业合作社\n统一社会信用代码：{USCC}\n法定代表人：{NAME}\n企业联系电话：{LANDLINE}\n电子邮箱：{EMAIL}\n企业通信地址：{ADDRESS}\n股东：{NAME}（认缴{!small}万元）、{NAME}（认缴{!small}万元）\n年报日期：{!date}",
        "拟录用人员：{NAME}、{NAME}、{NAME}；递补：{NAME}。公示期7天，监督举报{LANDLINE}，来信寄{ADDRESS}。",
    ],
    "lost and found": [
        "寻人启事：{NAME}，女，{DOB}出生，身高一米五八，于{!date}从{ADDRESS}走失，左额有疤。有消息请打{MOBILE}，联系人{NAME}，必有重谢。",
        "捡到一个书包，里面有{NAME}同学的学生证（学号{STUDENT}），失主请到图书馆一楼或者加QQ：{QQ}。",
        "寻车！{!date}凌晨车被偷，车牌{PLATE}，白色面包车，知情者微信{WECHAT}或手机{MOBILE}",
    ],
    "TSV": [
        "姓名\t证件号码\t手机\t收件地址\t备注\n{NAME}\t{CN_ID0}\t{MOBILE0}\t{ADDRESS}\t\n{NAME}\t{CN_ID0}\t{MOBILE0}\t{ADDRESS}\t放驿站\n{NAME}\t{CN_ID0}\t{MOBILE0}\t{ADDRESS}\t{!track}",
        "捐赠人\t金额\t账号\t日期\n{NAME}\t{!price}\t{BANK0}\t{!date}\n{NAME}\t{!price}\t{BANK0}\t{!date}\n爱心人士\t100.00\t\t{!date}\n{NAME}\t{!price}\t{BANK0}\t{!date}",
        "序号\t考生\t生日\t监护人\t监护人电话\n1\t{NAME}\t{DOB}\t{NAME}\t{MOBILE0}\n2\t{NAME}\t{DOB}\t{NAME}\t{MOBILE0}",
    ],
    "SMS": [
        "【某某银行】{NAME}您好，您尾号的信用卡本期应还{!price}元，到期还款日{!date}。客户经理{NAME} {MOBILE}，回T退订。",
        "【菜鸟驿站】您的包裹{!track}已到{ADDRESS}，取件码 8-3-{!small}，咨询{MOBILE}",
        "妈我手机坏了 这是同学{NAME}的号 学费打这张卡{BANK} 户名{NAME} 急",
        "【交管】您的小型汽车{PLATE}于{!time}违法，驾驶证档案编号{LICENCE_FILE}记3分。咨询{!service}。",
    ],
    "broadcast transcript": [
        "听众朋友们晚上好，我是主持人{NAME}。刚才那位手机是{MOBILE}的听众说，他父亲{NAME}今年过寿，想点一首老歌。导播{NAME}已经记下了，热线是{LANDLINE}。",
        "弹幕护体 本期感谢投币的{NAME}同学 商务合作请发{EMAIL} 客服QQ {QQ} 别加错了",
    ],
    "message queue": [
        'topic=order.paid partition=3 offset={!epoch} value={"buyer":"{NAME}","tel":"{MOBILE0}","addr":"{ADDRESS}","orderNo":"{!order}","fee":{!bytes}}',
        'receiver { name: "{NAME}" phone: "{MOBILE0}" } payer_card: "{BANK0}" client_ip: "{IPV4}" trace: "{!uuid}"',
        "{!time}|RISK|uid={!small}|name={NAME}|certNo={CN_ID0}|ipv6={IPV6}|mac={MAC}|score=0.83",
        "<soap:Body><applyRequest><xm>{NAME}</xm><sfzh>{CN_ID0}</sfzh><csrq>{DOB8}</csrq><lxdh>{MOBILE0}</lxdh><jtzz>{ADDRESS}</jtzz><yhkh>{BANK0}</yhkh></applyRequest></soap:Body>",
    ],
    "driving school": [
        "学员档案\n姓名：{NAME}　出生：{DOB}　身份证明号码：{CN_ID}\n教练：{NAME}（教练车{PLATE}）\n手机：{MOBILE}　住所：{ADDRESS}\n档案编号：{LICENCE_FILE}",
        "科二约考成功 {NAME} {!date} 第{!small}号 教练{NAME} {MOBILE}",
    ],
    "papers of Hong Kong, Macau, Taiwan, abroad": [
        "受养人签证申请摘要：申请人{NAME}，香港永久性居民身份证{HKID}，回乡证号{HM_PERMIT}；配偶{NAME}，内地身份证{CN_ID}，往来港澳通行证{MAINLAND_PASS}；子女{NAME}，澳门居民身份证{MACAUID}。",
        "台胞子女入学登记：學生{NAME}，臺灣身分證字號{TWID}，台湾居民居住证{RESIDENCETW}，台胞证{TW_PERMIT}，家長電話{MOBILE}，住址{ADDRESS}。",
        "外教信息：{NAME}，护照{PASSPORT}，永久居留身份证{FOREIGNER}，美国手机{USPHONE}，SSN {SSN}，国外账户IBAN {IBAN}，邮箱{EMAIL}。",
        "海淘支付失败：持卡人{NAME}，Visa卡号{CARD}，账单地址{ADDRESS}，请求IP {IPV4}。",
        "往来台湾通行证{MAINLAND_PASSTW}遗失声明：{NAME}，护照号码{PASSPORT}同时作废，登报联系{LANDLINE}。",
    ],
    "workshop minutes": [
        "班前会记录 {!date}\n主持：{NAME:z}　记录：{NAME}　缺席：{NAME}（病假）\n1. {NAME:z}通报了上周{!part}模具崩边，责任人{NAME}已整改；\n2. 新来的{NAME}跟{NAME}师傅学铣床；\n3. 宿舍报修找{NAME}，{MOBILE}。",
        "光荣榜　先进个人：{NAME} {NAME} {NAME} {NAME} {NAME}　优秀班组长：{NAME} {NAME}",
        "家长会签到：{NAME}妈妈、{NAME}爸爸、{NAME}奶奶；请假：{NAME}家长（{MOBILE}）。",
    ],
    "stuck together": [
        "联系人{NAME}电话{MOBILE0}邮箱{EMAIL}地址{ADDRESS}身份证{CN_ID0}",
        "办卡人:{NAME},身份证:{CN_IDWRONG}(系统提示校验位不符),请重新核对",
        "{NAME}，{NAME}，{NAME}，以上三人今晚值班，叫车找{MOBILE0}（{PLATE}）",
        "扫描件名称：{CN_ID0}_{NAME}_正面.jpg；{CN_ID0}_{NAME}_反面.jpg",
        "wx同号{MOBILE0}，也可以+v {WECHAT}，QQ号{QQ}",
    ],
}
LATIN: dict[str, list[str]] = {
    "insurance claim": [
        """AUTO CLAIM NOTICE   Claim #{!batch}
Insured: {NAME:a}      DOB: {DOB}
Address: {ADDRESS}
Home phone: {USPHONE}   Email: {EMAIL}
Loss date: {!date} at {!clock}
Narrative: {NAME:a} was stopped at a red light when a vehicle driven by {NAME} struck the rear bumper. Witness {NAME} left a number, {USPHONE}.
Adjuster: {NAME}   Reserve: ${!price}""",
        "Claim payment: payee {NAME}, SSN {SSN}, mail check to {ADDRESS}; or ACH refund to card {CARD}. Questions: toll-free {!tollfree}.",
    ],
    "HL7": [
        "MSH|^~\\&|LAB|NORTH|EHR|MAIN|20240311||ORU^R01|{!small}|P|2.5\nPID|1||{MRN}^^^MAIN^MR||{NAME}||{DOB8}|F|||{ADDRESS}||{USPHONE}|||||{SSN}\nOBR|1||{!batch}|GLU^Glucose",
        "Nursing handover: bed 7 {NAME} (hospital no. {MRN}), born {DOB}, daughter {NAME} to be phoned on {ANYPHONE} after rounds; bed 8 {NAME} for discharge, GP letter to {ADDRESS}.",
    ],
    "workplace chat export": [
        "[{!clock}] {NAME:x}: who has the visitor list for tomorrow?\n[{!clock}] {NAME:y}: 3 people, {NAME}, {NAME} and {NAME}\n[{!clock}] {NAME:x}: car reg / phone?\n[{!clock}] {NAME:y}: just {USPHONE}, and {EMAIL} for the NDA\n[{!clock}] deploybot: build {!fourversion} passed, sha {!short}",
        "channel: #china-office\n{NAME}: courier wants a Chinese mobile, use mine {MOBILE}\n{NAME}: or the desk line {LANDLINE}\n{NAME}: wechat is {WECHAT}, qq {QQ} if that's blocked",
    ],
    "bug tracker": [
        "PROJ-{!small} | Reporter: {NAME} | Assignee: {NAME} | Created: {!time}\nSteps: 1) log in as {EMAIL} 2) add card {CARD} 3) observe 500.\nExpected: masked. Actual: full PAN in log at {IPV4}. Env: {!version}, trace {!uuid}",
        "Security report: an S3 file exposes rows such as `{NAME},{SSN},{DOB0},{USPHONE0}` and `{NAME},{SSN},{DOB0},{USPHONE0}`. Credit: {NAME} ({EMAIL}).",
    ],
    "markdown": [
        "# Contributors\n\n* {NAME} - parser - <{EMAIL}>\n* {NAME} - docs\n* {NAME} - packaging - <{EMAIL}>\n\nInstall with `pip install acme=={!version}` and report security problems to {NAME}.",
        "| Guest | RSVP | Phone | Meal |\n|---|---|---|---|\n| {NAME} | yes | {ANYPHONE} | fish |\n| {NAME} | yes | {USPHONE} | beef |\n| {NAME} | no | | |\n\nParty at **{ADDRESS}**, {!clock}.",
    ],
    "TSV": [
        "donor\taddress\temail\tamount\n{NAME}\t{ADDRESS}\t{EMAIL}\t{!price}\n{NAME}\t{ADDRESS}\t{EMAIL}\t{!price}\nAnonymous\t\t\t25.00\n{NAME}\t{ADDRESS}\t{EMAIL}\t{!price}",
        "emp_no\tname\tbirth_date\ttin\tiban\n{!small}\t{NAME}\t{DOB0}\t{SSN}\t{IBAN}\n{!small}\t{NAME}\t{DOB0}\t{SSN}\t{IBAN}",
        "supplier\tuscc\tlegal_rep\tmobile\tunionpay_card\nQingdao Haitian Foods\t{USCC}\t{NAME}\t{MOBILE0}\t{BANK0}\nXiamen Gulang Tea\t{USCC}\t{NAME}\t{MOBILE0}\t{BANK0}",
    ],
    "SMS": [
        "Hi {NAME}, it's {NAME} from the clinic. Your appt moved to {!date} {!clock}. Ring {ANYPHONE} if no good.",
        "hey new phone!! this is {NAME}, my old number {USPHONE} is dead. also we moved: {ADDRESS}",
        "Your parcel {!ups} is out for delivery to {ADDRESS}. Driver {NAME}, {USPHONE}. Reply STOP to opt out.",
    ],
    "podcast transcript": [
        "HOST: Welcome back. I'm {NAME} and with me is {NAME:g}, who wrote the book on bread.\nGUEST: Thanks. People can write to me at {EMAIL}.\nHOST: And our listener line is {ANYPHONE}. {NAME:g}, you were born on {DOB}, the night of the great storm?\nGUEST: That's what my mother {NAME} says.",
    ],
    "school enrolment": [
        "ENROLMENT FORM\nPupil's full name: {NAME}\nDate of birth: {DOB}\nHome address: {ADDRESS}\nParent/carer 1: {NAME}   Tel: {ANYPHONE}\nParent/carer 2: {NAME}   Tel: {ANYPHONE}\nDoctor: {NAME}, surgery on Park Street\nAllergies: none   Form received: {!date}",
        "Bus list, route 4: {NAME}, {NAME}, {NAME}, {NAME}. Driver {NAME}. If late, text {ANYPHONE}. Student ID {STUDENT} left her bag on board.",
    ],
    "letting particulars": [
        "Two-bed flat with views of Arthur's Seat, available {!date}, {!small} pcm. Viewings through {NAME}, {ANYPHONE}, {EMAIL}. Previous tenant {NAME} forwards to {ADDRESS}.",
        "Inventory check-out at {ADDRESS}: present {NAME} (clerk) and {NAME} (tenant). Meter {!bytes}. Deposit back to {IBAN}.",
    ],
    "family history": [
        "{NAME}, born {DOB} at Leeds, married {NAME} in the parish church; their children were {NAME}, {NAME} and {NAME}. Compiled by {NAME}, {ADDRESS}.",
        "Reunion update: {NAME} moved in with her son {NAME}; write to her at {ADDRESS}. {NAME}'s birthday is {DOB}.",
    ],
    "network": [
        "hostapd: wlan0: STA {MAC} IEEE 802.11: authenticated; user={NAME}; lease {!private}",
        "abuse report: spam from {IPV4} and {IPV6} between {!clock} and {!clock}, envelope-from <{EMAIL}>, HELO mail-{!small}, contact {NAME}",
        "MDM export: device owner {NAME}; IMEI {IMEI}; MEID {MEID}; IMSI {IMSI}; ICCID {ICCID}; Bluetooth MAC {MAC}; os {!version}",
        "vpn-gw: peer {NAME} endpoint {IPV4}:51820 allowed-ips {!private}/32 handshake {!epoch}",
        "{!time} cdn edge: client={IPV6} ua=curl/{!version} x-user-email={EMAIL} status=403 bytes={!bytes}",
    ],
    "payroll XML": [
        '<Employee seq="{!small}"><Name>{NAME}</Name><BirthDate>{DOB0}</BirthDate><SSN>{SSN}</SSN><Mail>{EMAIL}</Mail><BankAccount type="IBAN">{IBAN}</BankAccount><Home>{ADDRESS}</Home></Employee>',
        "employee:\n  name: {NAME}\n  emergency_contact: {NAME}\n  emergency_phone: '{USPHONE}'\n  corporate_card: '{CARD}'\n  budget_code: {!part}",
    ],
    "immigration desk": [
        "Applicant {NAME}, Hong Kong identity card {HKID}, Home Return Permit No. {HM_PERMIT}; spouse {NAME}, Chinese passport {PASSPORT}, resident ID card {CN_ID}; sponsor {NAME}, Macau Resident ID {MACAUID}. Address: {ADDRESS}.",
        "Taiwan branch KYC: {NAME}, national ID {TWID}, Mainland Travel Permit for Taiwan Residents {TW_PERMIT}, Taiwan resident's residence permit {RESIDENCETW}, card {BANK}, phone {MOBILE}.",
        "Foreigner Permanent Residence ID {FOREIGNER} issued to {NAME}; earlier 15-digit identity card {CN_ID15} of spouse {NAME}; EEP to Hong Kong and Macau {MAINLAND_PASS}; social insurance card number {SOCIAL_CARD}.",
        "Rental car in Chengdu: {NAME}, driving licence file number {LICENCE_FILE}, number plate {PLATE}, deposit on {CARD}.",
    ],
    "local news": [
        'RIVERTON, {!date} - A retired teacher, {NAME:h}, 71, of {ADDRESS}, pulled two boys from the river. "Anyone would have," said {NAME:h}. Neighbor {NAME} called for help at {!clock}. Tips: {USPHONE}.',
        "Results, under-12 boys: 1 {NAME}, 2 {NAME}, 3 {NAME}. Timekeeper {NAME}. Next meet {!date}; entries to {EMAIL}.",
    ],
    "letter": [
        "{NAME:w}\n{ADDRESSLINES}\n{USPHONE}\n\n{!date}\n\nTo whom it may concern,\nI wish to dispute a charge of ${!price} on my card {CARD}. My date of birth is {DOB}.\n\nYours faithfully,\n{NAME:w}",
    ],
    "jammed": [
        "{NAME}/{DOB0}/{USPHONE0}/{EMAIL}",
        "scan_{NAME}_{SSN}.pdf, scan_{NAME}_{SSN}.pdf, notes_{!epoch}.txt",
        "GET /track?u={EMAIL}&ph={USPHONE0}&cc={CARD0}&sid={!uuid} from {IPV4}",
    ],
}
HARD_CHINESE = [
    "家教五年经验，接小初数学，致电 {~MOBILE} 面谈",
    "老板手机号{~MOBILE}，批发价另谈",
    "这号别接！诈骗电话：{~MOBILE}，冒充{NAME}",
    "身份证 {~CN_ID0} ，本人{NAME}承诺以上属实",
    "替我取个号，身份证号：{~CN_ID0}",
    "捐款请汇：农行卡号 {~BANK0} ，{NAME}",
    "工资打我卡里，卡号是{~BANK0}",
    "投稿邮箱 {~EMAIL} （防爬虫，见谅）",
    "需要PDF的发邮件到{~EMAIL}",
    "裙主扣扣：{~QQ}",
]
HARD_LATIN = [
    "number's {~USPHONE0} but please text first",
    "Phone: {~USPHONE0} (ask for {NAME})",
    "drop me a mail: {~EMAIL} and remove the odd bits",
    "my e-mail address is {~EMAIL}",
    "the caller read out his credit card number, {~CARD0}, on the recording",
    "SSN on the form: {~SSN}",
    "IBAN for the deposit: {~IBAN}",
    "add me, my Chinese cell is {~MOBILE0}",
]
LOOK_ALIKES_CHINESE = [
    "公告编号：{!batch}。本公司{!date}股东大会审议通过，回购{!eleven}股，占总股本{!percent}，金额不超过{!price}元。",
    "升级包 {!hash}，校验 {!uuid}，版本 {!fourversion}，发布时间戳 {!epoch}，下载量{!eleven}次。",
    "医保目录：{!drug}，{!drug}；说明书修订日期{!date}；贮藏温度2-8℃；批号{!batch}；咨询{!service}。",
    "论文引用：{!isbn}；{!standard}；{!patent}；见{!case}判决；第13卷第8期第1380-1391页。",
    "商品条码{!long}，货号{!part}，运单{!track}，订单编号{!order}，售后{!service}，净重{!weight}。",
    "中山陵门票、黄鹤楼公园、白云山缆车、张飞牛肉、李锦记酱油、徐福记酥糖、康师傅红烧牛肉面、海底捞免排队。",
    "安全第一，严禁烟火；高空作业，任何人不得擅入；成本万元以内；方向正确；时间安排；管道施工，包装完好；车辆绕行。",
    "航班{!flight}值机柜台C12，列车{!flight}次检票口A3，候车至{!clock}；行李额23kg；安检咨询12345。",
    "DNS 填 {!private}，网关 {!private}，子网 255.255.0.0；容器 MAC 全零 00-00-00-00-00-00；端口 13800-13899。",
    "考试范围：第138页至第150页，共13题，每题8分；{!clock}开考；条形码贴在{!small}号框；成绩{!date}公布。",
    "微信小程序搜索“某某公交”，QQ浏览器打开；抖音号未开通；支付宝扫码立减{!price}元；密码连错5次锁定。",
    "沪指3138.00点，成交1380亿；黄金每克{!price}元；币价{!price}；汇率7.1380；指数代码 000300；债券 {!batch}。",
    "电阻 E12系列，芯片 STM32F103C8T6，螺栓 M8×13800，钢材 Q235B，电缆 YJV-0.6/1kV，图号 {!part}。",
    "出版日期{!date}，竣工日期{!date}，生产日期{!date}，合同签订日期{!date}，保质期18个月。",
]
LOOK_ALIKES_LATIN = [
    "Release {!fourversion} fixes {!small} bugs; sha {!hash}; run `npm i @widgets/core@{!version}` or clone git@gitlab.com:widgets/core.git.",
    "Marks and Spencer, Lloyds, Barnes & Noble, Burberry and Ben & Jerry's closed early; Victoria station and King's Cross stayed open.",
    "The Richter scale, a Bunsen burner, Alzheimer's, a Phillips screwdriver, Murphy's law and the Stanley knife.",
    "Shipment {!ups}, PO {!order}, SKU {!long}, lot {!batch}; measured 212 x 555 x 143 mm; ring toll-free {!tollfree}.",
    "Subnet {!private}/24, gateway {!private}, netmask 255.255.255.0, MAC 00:00:00:00:00:00, loopback ::1, any 0.0.0.0.",
    "On {!date} the committee voted 12 to 3; section 4.1.2.3 was amended; page 1380 of the record; bill H.R. {!small}.",
    "Grace period ends Friday; hope springs; will power; a young smith at the mill; rich brown wood, long hill, fair price, stone bridge.",
    "Reaction at 138 C for 1380 min gave {!percent} yield; CAS 7732-18-5; grant DE-SC0012345; strain E12345678; {!standard}.",
    "Premiere on {!date}; box office ${!price}; ticket {!batch}; seat H12; ISBN {!isbn}; runtime {!clock}.",
    "cron 0 3 * * 1-5; ports 13800-13899; offset {!epoch}; {!millis} ms; uuid {!uuid}; ref main@{2024-01-01}; logo@3x.png",
]


# ── odd ways ──
def bold(value: str, chance: Random) -> str:
    first = chance.choice([0x1D7CE, 0x1D7EC, 0x1D7F6])
    return "".join(chr(first + int(mark)) if mark.isdecimal() else mark for mark in bare(value))


def keycaps(value: str, _: Random) -> str:
    return "".join(mark + "\ufe0f\u20e3" if mark.isdecimal() else mark for mark in bare(value))


def arabic(value: str, _: Random) -> str:
    return "".join("٠١٢٣٤٥٦٧٨٩"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))


def underscored(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("_~*+")
    return mark.join(parts(kept))


def softly(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("\u00ad\u200d\ufeff")
    return kept[:4] + mark + kept[4:7] + mark + kept[7:]


def emojied(value: str, chance: Random) -> str:
    kept, mark = bare(value), chance.choice("🌸❤✨")
    return mark.join(parts(kept))


def halves(value: str, _: Random) -> str:
    kept = bare(value)
    return (
        kept[:3]
        + "".join("〇一二三四五六七八九"[int(mark)] if mark.isdecimal() else mark for mark in kept[3:7])
        + kept[7:]
    )


def spoken(value: str, chance: Random) -> str:
    heard = "".join("洞幺两三四五六拐八勾"[int(mark)] if mark.isdecimal() else mark for mark in bare(value))
    return chance.choice(["", " "]).join([heard[:3], heard[3:7], heard[7:]])


def doubled(value: str, chance: Random) -> str:
    names, kept, heard, at = "oh one two three four five six seven eight nine".split(), bare(value), [], 0
    while at < len(kept):
        twice = kept[at : at + 2] == kept[at] * 2
        heard.append(("double " if twice else "") + names[int(kept[at])])
        at += 2 if twice else 1
    return chance.choice([" ", ", "]).join(heard)


def mail_spaced(value: str, _: Random) -> str:
    return value.replace("@", " @ ").replace(".", " . ")


def mail_square(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["[at]", "【at】", "-at-", "(at)"]))


def mail_hash(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["#", "＃"]))


def mail_mouse(value: str, chance: Random) -> str:
    return value.replace("@", chance.choice(["（小老鼠）", "[小老鼠]", "(艾特)"])).replace(
        ".", chance.choice([".", "。"])
    )


def mail_spelt(value: str, _: Random) -> str:
    return value.replace("@", " AT ").replace(".", " DOT ")


def iban_odd(value: str, chance: Random) -> str:
    kept = value.replace(" ", "")
    return chance.choice(
        [
            kept.lower(),
            "-".join(kept[at : at + 4] for at in range(0, len(kept), 4)),
            ".".join(kept[at : at + 4] for at in range(0, len(kept), 4)),
        ]
    )


ODD_DIGITS: list[Way] = [bold, keycaps, arabic, underscored, softly, emojied]
ODD: dict[str, list[Way]] = {
    "MOBILE": [*ODD_DIGITS, halves, spoken],
    "MOBILE0": ODD_DIGITS,
    "CN_ID0": [*ODD_DIGITS, halves, spoken],
    "BANK0": [*ODD_DIGITS, halves, spoken],
    "QQ": [bold, keycaps, arabic, spoken],
    "EMAIL": [mail_spaced, mail_square, mail_hash, mail_mouse, mail_spelt],
    "USPHONE0": [*ODD_DIGITS, doubled],
    "CARD0": [bold, keycaps, underscored, softly, doubled],
    "SSN": [bold, keycaps, arabic, doubled],
    "IBAN": [iban_odd],
}
CHINESE_ONLY: set[Way] = {halves, spoken, mail_mouse}
LATIN_ONLY: set[Way] = {doubled, mail_spelt}
