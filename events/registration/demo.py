"""Companies that nobody owns, for demonstrations: made by counting, so always the same."""

from __future__ import annotations

from dataclasses import dataclass

from core.values import Texts

# Every name begins with 演示 or Demo, so that none of them is that of a company.
_FIRST = (
    ("云帆", "Yunfan"),
    ("启明", "Qiming"),
    ("青禾", "Qinghe"),
    ("远山", "Yuanshan"),
    ("星河", "Xinghe"),
    ("蓝湾", "Lanwan"),
    ("知行", "Zhixing"),
    ("天工", "Tiangong"),
    ("锦江", "Jinjiang"),
    ("嘉陵", "Jialing"),
    ("望川", "Wangchuan"),
    ("合众", "Hezhong"),
    ("九章", "Jiuzhang"),
    ("百川", "Baichuan"),
    ("微光", "Weiguang"),
    ("新桥", "Xinqiao"),
    ("一诺", "Yinuo"),
    ("融汇", "Ronghui"),
    ("海棠", "Haitang"),
    ("晨曦", "Chenxi"),
)
_TRADE = (
    ("智能制造", "Smart Manufacturing"),
    ("工业互联网", "Industrial Internet"),
    ("数字文创", "Digital Culture"),
    ("智慧物流", "Smart Logistics"),
    ("绿色能源", "Green Energy"),
    ("生物医药", "Biomedicine"),
    ("电子商务", "E-commerce"),
    ("集成电路", "Integrated Circuits"),
    ("智慧医疗", "Digital Health"),
    ("金融科技", "Financial Technology"),
    ("现代农业", "Modern Agriculture"),
)
_CITIES = (
    ("成都", "Chengdu"),
    ("重庆", "Chongqing"),
    ("北京", "Beijing"),
    ("上海", "Shanghai"),
    ("深圳", "Shenzhen"),
    ("杭州", "Hangzhou"),
    ("武汉", "Wuhan"),
)
MOST = len(_FIRST) * len(_TRADE)


@dataclass(frozen=True)
class MadeUp:
    """A company that is not there."""

    key: str
    name: Texts
    city: Texts
    industry: Texts


def companies(count: int) -> list[MadeUp]:
    """The first `count` of 220; raises ValueError beyond."""
    if not 0 <= count <= MOST:
        raise ValueError(f"there are {MOST} made-up companies, not {count}")
    return [_company(number) for number in range(count)]


def _company(number: int) -> MadeUp:
    first, trade, city = _FIRST[number % len(_FIRST)], _TRADE[number // len(_FIRST)], _CITIES[number % len(_CITIES)]
    return MadeUp(
        key=f"demo_{number + 1:03d}",
        name={"zh-CN": f"演示{first[0]}{trade[0]}有限公司", "en": f"Demo {first[1]} {trade[1]} Ltd"},
        city={"zh-CN": city[0], "en": city[1]},
        industry={"zh-CN": trade[0], "en": trade[1]},
    )
