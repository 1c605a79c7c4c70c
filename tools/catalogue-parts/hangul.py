"""Hangul letters: the Dubeolsik keys that type a text, and its initial consonants."""

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
INITIAL_KEYS = "r R s e E f a q Q t T d w W c z x v g".split()
VOWEL_KEYS = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split()
FINAL_KEYS = [""] + "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split()


def syllable(letter):
    """Positions of initial, vowel and final, or None where letter is no Hangul syllable."""
    code = ord(letter) - 0xAC00
    return (code // 588, code % 588 // 28, code % 28) if 0 <= code < 11172 else None


def typed_in_latin(text):
    """What appears when text is typed with the keyboard left in Latin."""
    out = []
    for letter in text:
        parts = syllable(letter)
        out.append(INITIAL_KEYS[parts[0]] + VOWEL_KEYS[parts[1]] + FINAL_KEYS[parts[2]] if parts else letter)
    return "".join(out)


def initials(text):
    return "".join(INITIALS[syllable(c)[0]] if syllable(c) else c for c in text if c != " ")
