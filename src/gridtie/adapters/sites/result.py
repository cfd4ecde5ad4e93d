"""What a rank says of its own end. The job, or its user, can write anything there."""

import json

from gridtie.dispatch.site import RankResult

_REASONS = frozenset({"", "exit", "setup", "signal", "lease", "time_limit", "out_of_memory", "terminated"})


def result_of(text: bytes | str) -> RankResult | None:
    """Only what can be true counts; None for all else."""
    try:
        data = json.loads(text)
        code, reason = int(data["exit_code"]), str(data["reason"])
        if not 0 <= code <= 255 or reason not in _REASONS:
            return None
        used = [min(max(0, int(data[name])), 1 << 52) for name in ("cpu_us", "memory_peak_bytes")]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return RankResult(exit_code=code, reason=reason, cpu_us=used[0], memory_peak_bytes=used[1])
