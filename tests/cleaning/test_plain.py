"""Without a compiler the same is found."""

import json
import random
import subprocess
import sys

import numpy as np

from gridtie.cleaning import kernels, plain

PIECES = ["的一是在不了有和人", "The quick brown ", "かなカナ", "한글", "Привет", "العربية", "12345 ", "，。！？",
          "\u00a0\u3000", "é", "😀", "\x00", "\U00020000", "\n\t", "~`|", "ａＢ", "\ufffd", "\u0250"]  # fmt: skip


def test_passes_of_numpy_give_what_the_compiled_kernels_give() -> None:
    seed = 20261127
    print("seed", seed)
    chance = random.Random(seed)
    assert np.array_equal(plain._classes(), kernels._classes())
    known = np.zeros(1 << 12, np.bool_)
    known[::7] = True
    for size in (0, 1, 2, 4, 5, 6, 20, 60, 300):
        for _ in range(12):
            text = "".join(chance.choice(PIECES) for _ in range(size))[: chance.randrange(size + 1) or size]
            data = np.frombuffer(text.encode(), np.uint8)
            counts, out = np.zeros(kernels.CLASSES, np.int64), np.empty(data.size, np.uint32)
            made = plain._squeeze(data, plain._classes(), counts, out)
            said, squeezed = kernels.squeezed(data)
            assert counts.tolist() == said
            assert np.array_equal(out[:made], squeezed)
            assert np.array_equal(plain.shingles(squeezed, 5), kernels.shingles(squeezed, 5))
            assert np.array_equal(plain.signature(squeezed), kernels.signature(squeezed))
            assert plain.repeated(squeezed, 20) == kernels.repeated(squeezed, 20)
            assert plain.lines_in(data) == kernels.lines_in(data)
            codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
            places = [np.empty(codes.size, np.int64) for _ in range(2)]
            found = [
                made(codes, known, out) for made, out in zip((plain.pairs_at, kernels.pairs_at), places, strict=True)
            ]
            assert found[0] == found[1]
            assert np.array_equal(places[0][: found[0]], places[1][: found[1]])


def test_a_scan_without_numba_finds_the_same() -> None:
    look = (
        "import json, sys\n"
        "if sys.argv[1]: sys.modules['numba'] = None\n"
        "from gridtie.adapters.tables import load_rules\n"
        "from gridtie.cleaning.scan import Scanner\n"
        "text = '联系人：张伟，手机１３８-0013-8000，邮箱 a.b@example.org，住北京市海淀区中关村大街1号'\n"
        "found = Scanner(load_rules()).scan(text)\n"
        "print(json.dumps([[s.start, s.end, s.kind] for s in found]))\n"
    )
    said = [subprocess.run([sys.executable, "-c", look, plain_], capture_output=True, text=True, check=True).stdout
            for plain_ in ("", "1")]  # fmt: skip
    assert said[0] == said[1]
    assert {kind for _, _, kind in json.loads(said[0])} >= {"MOBILE", "EMAIL", "ADDRESS"}
