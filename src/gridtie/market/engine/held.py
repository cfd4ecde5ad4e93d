"""Where jobs were before: how many of each merged class hold each of its columns."""

import numpy as np

from gridtie.brought import njit
from gridtie.errors import InvalidBook
from gridtie.market.engine.blocks import RunBlocks, blocks_for
from gridtie.market.engine.columns import ColumnBook, Ints
from gridtie.market.engine.intake import Tableau

FIELD = "choice_before"


def held_before(book: ColumnBook, tableau: Tableau, choice: Ints, run_blocks: RunBlocks) -> Ints:
    """[K] jobs on each column of the tableau; a column that is worth nothing today holds none. Raises InvalidBook."""
    if choice.dtype != np.int64:
        raise InvalidBook(field=FIELD, message=f"it holds {choice.dtype}, not int64: columns, or -1")
    if choice.shape != (book.jobs,):
        raise InvalidBook(field=FIELD, message=f"its shape is {choice.shape}, not that of the {book.jobs} jobs")
    if book.slots > 1:
        raise InvalidBook(field=FIELD, message="only a book of a single slot starts from an earlier choice")
    first, last = book.class_first[book.job_class], book.class_first[book.job_class + 1]
    wrong = (choice != -1) & ((choice < first) | (choice >= last))
    if wrong.any():
        at = int(np.argmax(wrong))
        raise InvalidBook(field=f"{FIELD}[{at}]", message=f"column {choice[at]} is not one of this job's, nor is it -1")
    held = np.zeros(tableau.columns, np.int64)
    blocks = blocks_for(tableau.columns)
    cuts = np.linspace(0, tableau.classes, blocks + 1).astype(np.int64)

    def one(block: int) -> None:
        _count(
            cuts[block], cuts[block + 1], tableau.job_first, tableau.job, choice, tableau.first, tableau.pool,
            tableau.shape, tableau.origin, tableau.use, book.column_pool, book.column_shape, book.column_value, held,
        )  # fmt: skip

    run_blocks(one, blocks)
    return held


@njit(nogil=True)
def _count(  # type: ignore[no-untyped-def]
    begin, stop, job_first, job, choice, first, pool, shape, origin, use, book_pool, book_shape, book_value, held
):  # fmt: skip
    for c in range(begin, stop):
        for j in range(job_first[c], job_first[c + 1]):
            o = choice[job[j]]
            if o >= 0:
                k = _place(o, first[c], first[c + 1], pool, shape, origin, use, book_pool, book_shape, book_value)
                if k >= 0:
                    held[k] += 1


@njit(nogil=True)
def _place(o, begin, stop, pool, shape, origin, use, book_pool, book_shape, book_value):  # type: ignore[no-untyped-def]
    """Where column `o` of the book is, or -1. Equal bids were merged: where it is not itself, its equal counts."""
    for k in range(begin, stop):
        if origin[k] == o:
            return k
    for k in range(begin, stop):
        if pool[k] == book_pool[o] and book_value[origin[k]] == book_value[o]:
            differ = 0
            for r in range(use.shape[1]):
                differ += use[shape[k], r] != use[book_shape[o], r]
            if differ == 0:
                return k
    return -1
