"""A rank's word of its own end, which the job may have written."""

import pytest

from gridtie.adapters.sites.result import result_of


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '{"exit_code": 256, "reason": "exit", "cpu_us": 1, "memory_peak_bytes": 1}',
     '{"exit_code": 0, "reason": "preempted", "cpu_us": 1, "memory_peak_bytes": 1}',
     '{"exit_code": 1e400, "reason": "exit", "cpu_us": 1, "memory_peak_bytes": 1}', "[" * 4000, '{"exit_code":' * 4000],
)  # fmt: skip
def test_a_result_that_cannot_be_true_is_none(text: str) -> None:
    assert result_of(text) is None


def test_a_result_is_kept_within_what_can_be() -> None:
    found = result_of('{"exit_code": 3, "reason": "exit", "cpu_us": -5, "memory_peak_bytes": 1e300}')
    assert found is not None
    assert (found.exit_code, found.reason, found.cpu_us, found.memory_peak_bytes) == (3, "exit", 0, 1 << 52)
