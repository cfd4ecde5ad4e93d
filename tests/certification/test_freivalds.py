"""The quick check accepts exactly what the slow multiplication gives."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridtie.certification import freivalds
from gridtie.certification.generator import MODULUS, chain_seed, diagonal, link_key, residues, seed

NONCE = b"n" * 32


def slow_chain(precision: str, n: int, steps: int, links: int) -> list[bytes]:
    """By the definition, in whole numbers."""
    modulus = MODULUS[precision]
    chain = chain_seed(NONCE, precision, 0, n, links, steps)
    a, y = (residues(seed(chain, name), n * n, modulus).reshape(n, n).astype(np.int64) for name in "AX")
    results, before = [], bytes(32)
    for link in range(links):
        key = link_key(chain, link, before)
        for step in range(steps):
            y = a @ (diagonal(key, step, n, modulus).astype(np.int64)[:, None] * y % modulus) % modulus
        results.append((((y + modulus // 2) % modulus) - modulus // 2).astype("<i2").tobytes())
        before = hashlib.sha256(results[-1]).digest()
    return results


def wrong(precision: str, n: int, steps: int, results: list[bytes], coins: bytes = b"coins") -> int | None:
    digests = [hashlib.sha256(raw).digest() for raw in results]
    return freivalds.wrong_link(nonce=NONCE, precision=precision, rank=0, n=n, steps=steps, results=results,
                                digests=digests, coins=coins)  # fmt: skip


@pytest.mark.parametrize("precision", sorted(MODULUS))
@given(n=st.integers(1, 12), steps=st.integers(1, 4), links=st.integers(1, 3))
@settings(max_examples=25)
def test_the_true_chain_is_accepted(precision: str, n: int, steps: int, links: int) -> None:
    assert wrong(precision, n, steps, slow_chain(precision, n, steps, links)) is None


@pytest.mark.parametrize("precision", sorted(MODULUS))
@given(data=st.data())
@settings(max_examples=40)
def test_any_single_wrong_entry_is_caught_at_its_link(precision: str, data: st.DataObject) -> None:
    n, steps, links = 8, 2, 2
    results = slow_chain(precision, n, steps, links)
    link, at = data.draw(st.integers(0, links - 1)), data.draw(st.integers(0, n * n - 1))
    entries = np.frombuffer(results[link], "<i2").copy()
    true, modulus = int(entries[at]), MODULUS[precision]
    entries[at] = data.draw(st.integers(-(2**15), 2**15 - 1).filter(lambda lie: (lie - true) % modulus != 0))
    results[link] = entries.tobytes()
    assert wrong(precision, n, steps, results, data.draw(st.binary(min_size=32, max_size=32))) == link


def test_a_wide_matrix_is_checked_by_rows_alike() -> None:
    results = slow_chain("fp32", 264, 1, 1)
    kept = freivalds._WIDENED_MAX
    try:
        freivalds._WIDENED_MAX = 0
        assert wrong("fp32", 264, 1, results) is None
    finally:
        freivalds._WIDENED_MAX = kept


def test_the_soundness_that_is_documented_is_what_is_drawn() -> None:
    for modulus in MODULUS.values():
        assert modulus ** -freivalds.columns_needed(modulus) <= 2.0**-40


def test_a_forger_who_knows_the_coins_wins_so_they_must_be_drawn_late() -> None:
    """Why `coins` come after the results: a matrix that differs in a direction the known columns do not see passes."""
    n, modulus = 8, MODULUS["fp32"]
    results = slow_chain("fp32", n, 2, 1)
    k = freivalds.columns_needed(modulus)
    v = residues(seed(b"coins", "columns"), n * k, modulus).reshape(n, k).astype(int)
    blind = _null_vector(v.T.tolist(), modulus)
    forged = np.frombuffer(results[0], "<i2").astype(int).reshape(n, n)
    forged[0] += np.array(blind)
    raw = (((forged + modulus // 2) % modulus) - modulus // 2).astype("<i2").tobytes()
    assert raw != results[0]
    assert wrong("fp32", n, 2, [raw], b"coins") is None
    assert wrong("fp32", n, 2, [raw], b"other coins") == 0


def _null_vector(rows: list[list[int]], modulus: int) -> list[int]:
    """x ≠ 0 with rows · x ≡ 0, by elimination."""
    n, pivots, rows = len(rows[0]), [], [list(row) for row in rows]
    for column in range(n):
        at = next((i for i in range(len(pivots), len(rows)) if rows[i][column] % modulus), None)
        if at is None:
            continue
        top = len(pivots)
        rows[top], rows[at] = rows[at], rows[top]
        inverse = pow(rows[top][column], -1, modulus)
        rows[top] = [value * inverse % modulus for value in rows[top]]
        for i in range(len(rows)):
            if i != top:
                factor = rows[i][column]
                rows[i] = [(x - factor * y) % modulus for x, y in zip(rows[i], rows[top], strict=True)]
        pivots.append(column)
    free = next(column for column in range(n) if column not in pivots)
    x = [0] * n
    x[free] = 1
    for row, column in zip(rows, pivots, strict=False):
        x[column] = -row[free] % modulus
    return x
