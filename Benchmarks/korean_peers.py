"""Runs in the Python of the peers (PEERS/venv-ko), which has python-mecab-ko and kiwipiepy.

    korean_peers.py split mecab|kiwi < TEXTS        a text a line as JSON; a line of JSON for each
    korean_peers.py speed mecab|mecab-python|kiwi FILE ROUNDS

split prints {"whole": [[form, tag, start, end]...], "parts": [...]}; offsets are characters. mecab's whole keeps
the compounds of its dictionary, parts splits them as the dictionary says; inflected words are taken apart in both.
"""

import json
import sys
import time
import unicodedata

# The dictionary writes codas of endings in three alphabets of jamo.
COMPATIBILITY = {
    chr(0x11A8 + i): c for i, c in enumerate("ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
}


def form(text):
    return "".join(COMPATIBILITY.get(c, c) for c in unicodedata.normalize("NFC", text))


def expression(feature):
    """[(form, tag)] of a compound or inflected word of mecab-ko-dic."""
    return [tuple(part.split("/")[:2]) for part in feature.expression.split("+") if part.count("/") >= 2]


def mecab_splitter():
    from mecab import MeCab

    mecab = MeCab()

    def split(text):
        whole, parts = [], []
        for m in mecab.parse(text):
            start, end, kind = m.span.start, m.span.end, m.feature.type
            pieces = expression(m.feature) if m.feature.expression else []
            if kind in ("Inflect", "Preanalysis") and pieces:
                # Every piece stands for the whole stretch; who reads this finds out how far a stem goes.
                taken = [[form(f), tag, start, end] for f, tag in pieces]
                whole += taken
                parts += taken
                continue
            whole.append([form(m.surface), m.pos, start, end])
            if kind == "Compound" and "".join(f for f, _ in pieces) == m.surface:
                for f, tag in pieces:
                    parts.append([form(f), tag, start, start + len(f)])
                    start += len(f)
            else:
                parts.append(whole[-1])
        return {"whole": whole, "parts": parts}

    return split


def kiwi_splitter():
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)

    def split(text):
        whole = [[form(t.form), t.tag.split("-")[0], t.start, t.start + t.len] for t in kiwi.tokenize(text)]
        return {"whole": whole, "parts": whole}

    return split


def speed(engine, path, rounds):
    lines = open(path, encoding="utf-8").read().splitlines()
    if engine == "kiwi":
        from kiwipiepy import Kiwi

        kiwi, lines = Kiwi(num_workers=1), lines[: max(1, len(lines) // 4)]
        tokens = lambda s: len(kiwi.tokenize(s))
    else:
        from mecab import MeCab

        mecab = MeCab()
        raw = mecab._tagger
        # mecab: one call that ends in one string, no objects made of it; mecab-python: as its interface is meant.
        tokens = (
            (lambda s: raw.parse(s).count("\n") - 1) if engine == "mecab" else (lambda s: len(mecab.parse(s)))
        )
    seconds, count = [], 0
    for _ in range(rounds + 1):
        start = time.perf_counter()
        count = sum(map(tokens, lines))
        seconds.append(time.perf_counter() - start)
    chars, first = sum(map(len, lines)), seconds.pop(0)
    seconds.sort()
    print(
        json.dumps(
            {
                "chars": chars,
                "tokens": count,
                "chars_per_s": chars / seconds[len(seconds) // 2],
                "first_chars_per_s": chars / first,
                "best_chars_per_s": chars / seconds[0],
            }
        )
    )


def main():
    if sys.argv[1] == "speed":
        return speed(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    split = mecab_splitter() if sys.argv[2] == "mecab" else kiwi_splitter()
    for line in sys.stdin:
        print(json.dumps(split(json.loads(line)), ensure_ascii=False))


if __name__ == "__main__":
    main()
