"""Clearing rules by the names that settings offer and rounds record: both know them, and neither knows the other."""

UNIFORM_PRICE = "uniform-price"
BEST_WELFARE = "best-welfare"
MAX_MIN = "max-min"
WEIGHING_RULES = (BEST_WELFARE, MAX_MIN)  # that have a use for weights and credits
