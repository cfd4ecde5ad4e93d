"""Two steps of a pass over sixteen lanes, written as vector instructions.

A loop that reads prices by index and writes its results is not vectorised by the compiler, which cannot know that the
two do not overlap. These say so: LLVM turns them into the widest vectors of the machine at hand, or into plain code.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 16
_FLOAT, _WIDE = ir.FloatType(), ir.VectorType(ir.FloatType(), LANES)
_FOUR, _EIGHT = ir.VectorType(ir.FloatType(), 4), ir.VectorType(ir.FloatType(), 8)


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any, target: ir.Type) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), target.as_pointer())


def _load(builder: Any, pointer: Any) -> Any:
    return builder.load(pointer, align=4)


def _mask(numbers: list[int]) -> ir.Constant:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)


def _wide(number: float) -> ir.Constant:
    return ir.Constant(_WIDE, [number] * LANES)


def _join(builder: Any, parts: list[Any], width: int) -> Any:
    while len(parts) > 1:
        mask = _mask(list(range(2 * width)))
        parts = [builder.shuffle_vector(parts[i], parts[i + 1], mask) for i in range(0, len(parts), 2)]
        width *= 2
    return parts[0]


def _fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    return builder.fadd(builder.fmul(a, b, flags=["contract"]), c, flags=["contract"])


def _larger(builder: Any, a: Any, b: Any) -> Any:
    return builder.select(builder.fcmp_ordered(">", a, b), a, b)


def _planes(builder: Any, rows: list[Any]) -> list[Any]:
    """Sixteen rows of four become four vectors of sixteen."""
    quarters = [_join(builder, rows[i : i + 4], 4) for i in range(0, LANES, 4)]
    planes = []
    for r in range(4):
        pick = _mask([r, r + 4, r + 8, r + 12, r + 16, r + 20, r + 24, r + 28])
        halves = [builder.shuffle_vector(quarters[i], quarters[i + 1], pick) for i in (0, 2)]
        planes.append(_join(builder, halves, 8))
    return planes


def _gains(_typing, value, pool, use, price, weight, best, at, at_use, at_weight):  # type: ignore[no-untyped-def]
    """weight[at_weight + n] = value - use · price[pool] of column at + n; best[n] becomes the largest.

    `use` holds four planes of sixteen from at_use on; `price` [4 P] four to a pool.
    """
    signature = types.void(value, pool, use, price, weight, best, at, at_use, at_weight)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        value_, pool_, use_, price_, weight_, best_, at_, at_use_, at_weight_ = args
        kinds = sig.args
        pools = _pointer(context, builder, kinds[1], pool_, at_, ir.ArrayType(ir.IntType(32), LANES))
        prices = context.make_array(kinds[3])(context, builder, price_).data
        rows = []
        first = ir.Constant(ir.IntType(32), 0)
        for n in range(LANES):
            index = builder.load(builder.gep(pools, [first, ir.Constant(ir.IntType(32), n)]))
            index = builder.shl(builder.zext(index, ir.IntType(64)), ir.Constant(ir.IntType(64), 2))
            rows.append(_load(builder, builder.bitcast(builder.gep(prices, [index]), _FOUR.as_pointer())))
        gain = _load(builder, _pointer(context, builder, kinds[0], value_, at_, _WIDE))
        for r, plane in enumerate(_planes(builder, rows)):
            offset = builder.add(at_use_, ir.Constant(ir.IntType(64), r * LANES))
            amount = _load(builder, _pointer(context, builder, kinds[2], use_, offset, _WIDE))
            gain = _fma(builder, builder.fneg(amount), plane, gain)
        builder.store(gain, _pointer(context, builder, kinds[4], weight_, at_weight_, _WIDE), align=4)
        top = _pointer(context, builder, kinds[5], best_, ir.Constant(ir.IntType(64), 0), _WIDE)
        builder.store(_larger(builder, gain, _load(builder, top)), top, align=4)
        return context.get_dummy_value()

    return signature, generate


def _weigh(_typing, weight, best, scale, total, at):  # type: ignore[no-untyped-def]
    """weight[at + n] = exp((weight - best[n]) · scale[n]), added to total[n]; below e⁻¹⁶ it stays there.

    e^x = (e^(x / 64))^64, with a polynomial of the fifth degree: relative error under 3e-5.
    """
    signature = types.void(weight, best, scale, total, at)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        weight_, best_, scale_, total_, at_ = args
        kinds = sig.args
        zero = ir.Constant(ir.IntType(64), 0)
        here = _pointer(context, builder, kinds[0], weight_, at_, _WIDE)
        top = _load(builder, _pointer(context, builder, kinds[1], best_, zero, _WIDE))
        factor = _load(builder, _pointer(context, builder, kinds[2], scale_, zero, _WIDE))
        x = builder.fmul(builder.fsub(_load(builder, here), top), factor)
        x = builder.fmul(_larger(builder, x, _wide(-16.0)), _wide(1 / 64))
        power = _wide(1 / 120)
        for coefficient in (1 / 24, 1 / 6, 1 / 2, 1.0, 1.0):
            power = _fma(builder, power, x, _wide(coefficient))
        for _ in range(6):
            power = builder.fmul(power, power)
        builder.store(power, here, align=4)
        sums = _pointer(context, builder, kinds[3], total_, zero, _WIDE)
        builder.store(builder.fadd(_load(builder, sums), power), sums, align=4)
        return context.get_dummy_value()

    return signature, generate


gains: Any = intrinsic(_gains)
weigh: Any = intrinsic(_weigh)
