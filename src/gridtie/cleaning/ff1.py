"""FF1 of NIST SP 800-38G, over the digits of a number: a number of the same length, and the way back with the key.

The second draft of revision 1 (February 2025) asks for at least a million possible values; shorter numbers are refused
by `least_length`. Only FF1 is offered: FF3 was broken. AES is the library's; the ten Feistel rounds are algorithm 7.
"""

from collections.abc import Sequence

ROUNDS = 10
LEAST_VALUES = 1_000_000


def least_length(radix: int) -> int:
    length = 1
    while radix**length < LEAST_VALUES:
        length += 1
    return length


def encrypt(key: bytes, tweak: bytes, numerals: Sequence[int], radix: int = 10) -> list[int]:
    """`key` of 16, 24 or 32 bytes; numerals below `radix`, at least `least_length` of them."""
    return _feistel(key, tweak, numerals, radix, list(range(ROUNDS)), +1)


def decrypt(key: bytes, tweak: bytes, numerals: Sequence[int], radix: int = 10) -> list[int]:
    return _feistel(key, tweak, numerals, radix, list(range(ROUNDS))[::-1], -1)


def _feistel(
    key: bytes, tweak: bytes, numerals: Sequence[int], radix: int, rounds: Sequence[int], sign: int
) -> list[int]:
    length = len(numerals)
    assert length >= least_length(radix), "shorter numbers are refused by the policy"
    split = length // 2
    halves = [_number(numerals[:split], radix), _number(numerals[split:], radix)]
    block = -(-_bytes_of(length - split, radix) // 4) * 4 + 4  # d of the standard
    head = bytes((1, 2, 1)) + radix.to_bytes(3, "big") + bytes((ROUNDS, split % 256))
    head += length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
    width = _bytes_of(length - split, radix)
    padding = bytes((-len(tweak) - width - 1) % 16)
    for number in rounds:
        kept = halves[1] if sign > 0 else halves[0]
        mixed = halves[0] if sign > 0 else halves[1]
        text = head + tweak + padding + bytes((number,)) + kept.to_bytes(width, "big")
        stream = int.from_bytes(_stream(key, text, block), "big")
        size = radix ** (split if number % 2 == 0 else length - split)
        new = (mixed + sign * stream) % size
        halves = [kept, new] if sign > 0 else [new, kept]
    return _numerals(halves[0], radix, split) + _numerals(halves[1], radix, length - split)


def _stream(key: bytes, text: bytes, size: int) -> bytes:
    """The first bytes of: the CBC-MAC of the text, then that block counted up and encrypted."""
    # Only here: a site whose policies encrypt nothing needs no such library.
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    encryptor = Cipher(AES(key), CBC(bytes(16))).encryptor()
    mac = (encryptor.update(text) + encryptor.finalize())[-16:]
    out, counter = mac, 1
    while len(out) < size:
        single = Cipher(AES(key), CBC(bytes(16))).encryptor()
        out += single.update(bytes(a ^ b for a, b in zip(mac, counter.to_bytes(16, "big"), strict=True)))
        single.finalize()
        counter += 1
    return out[:size]


def _bytes_of(length: int, radix: int) -> int:
    """Bytes that hold any number of so many numerals: b of the standard."""
    return -(-int(radix**length - 1).bit_length() // 8)


def _number(numerals: Sequence[int], radix: int) -> int:
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    return value


def _numerals(value: int, radix: int, length: int) -> list[int]:
    out = [0] * length
    for place in reversed(range(length)):
        value, out[place] = divmod(value, radix)
    return out
