"""The clearing rules, by the name that a round records. Rules do not know each other."""

from collections.abc import Mapping

from gridtie.market.clearing import ClearingRule
from gridtie.market.figures import InFigures
from gridtie.market.owner_first import OwnerFirst
from gridtie.market.rules.max_min import MaxMin
from gridtie.market.rules.posted_price import PostedPrice
from gridtie.market.rules.uniform_price import UniformPrice
from gridtie.market.rules.welfare import BestWelfare

_RULES = (PostedPrice(), PostedPrice("bank-rate"), UniformPrice(), BestWelfare(), MaxMin())
RULES: Mapping[str, ClearingRule] = {rule.name: InFigures(OwnerFirst(rule)) for rule in _RULES}
