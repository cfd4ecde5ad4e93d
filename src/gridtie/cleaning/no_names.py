"""Words that begin as names do and are none: the model of names sees two or three characters, or two or three words."""

_HAN = """
周一 周二 周三 周四 周五 周六 周日 周末 周期 籍贯 许可 应当 应该 应到 应用 应急 应付 毕竟 毕业
谢谢 王者 孟子 孔子 曾经 曾任 何时 何处 何人 何必 何况 任何 任意 任务 任职 任期 于是 符合 符号
成为 成功 成立 成员 成本 安全 安装 安排 方便 方法 方式 方面 方案 方向 高级 高校 高中 高等 高速
常见 常用 常常 常务 单位 单击 单元 单价 单独 万元 金额 金融 金枝 白天 白色 马上 马路 温度 温馨
时间 时候 时代 平时 平台 平均 平方 牛奶 花费 车辆 车站 车牌 房间 房屋 房产 房价 路由 路口 路径
沙发 项目 阎王 沃尔 施工 施行 施华蔻 华为 付款 付费 付宝 计算 计划 管理 解决 解除 强制 严重 严格
明确 明天 相关 关于 关注 权利 容易 习惯 商品 商务 商家 党员 农民 农业 向前 和平 和尚 和谐 全部
全体 全国 简历 简介 简单 简称 司仪 司机
"""
_LATIN = """
account act annual associates bank build chapter cloud cluster code commit committee company corpus council data
database department deposit development document duration electronics engineer engineering error figure file files
group hardware holdings hotel index industries industry international join linux log logistics logs machinery
management merge ministry network node partners project query release reorder report request restaurant scene
section server service services shell signed software source storage support system table team technology test tests
textile title trading university update version warning windows
"""
_HAN_WORDS = tuple(_HAN.split())  # no name begins with one of these, or ends with such a letter
_HAN_LAST = frozenset("曰矣哉兮乎者也的了吗呢吧偈")
_HAN_ENDS = ("证明", "师傅")
_LATIN_WORDS = frozenset(_LATIN.split())  # of offices and computers: no name has one of them


def no_name(said: str) -> bool:
    if said.isascii():
        return not _LATIN_WORDS.isdisjoint(said.lower().split())
    return said.startswith(_HAN_WORDS) or said.endswith(_HAN_ENDS) or said[-1] in _HAN_LAST
