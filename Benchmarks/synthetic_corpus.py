"""A small made-up corpus with its queries, the same for a seed everywhere, in the format of the peers' scripts.

Words are drawn by Zipf's law, as in real text: some are in half of the documents, most in a few. A document is about
one subject, which prefers some words, a category and some tags, so that words meet more often than by chance.
"""

import itertools
import json
import random

SYLLABLES = [a + b for a in "bdgklmnprst" for b in "aeiou"] + list("가나다라마바사아자차카타파하")


def vocabulary(count):
    """Different words; some are Korean, some mixed."""
    words, number = [], 0
    while len(words) < count:
        number += 1
        rest, parts = number * 7919 % (len(SYLLABLES) ** 3), []
        while rest or not parts:
            rest, digit = divmod(rest, len(SYLLABLES))
            parts.append(SYLLABLES[digit])
        words.append("".join(parts))
    return list(dict.fromkeys(words))


def documents(rng, count, words):
    """`count` documents of 4 to 80 words."""
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    subjects = [rng.sample(range(len(words)), 30) for _ in range(40)]
    for number in range(count):
        subject = rng.randrange(len(subjects))
        text = rng.choices(words, cum_weights=weights, k=rng.randint(3, 60))
        text += [words[rng.choice(subjects[subject])] for _ in range(rng.randint(1, 20))]
        rng.shuffle(text)
        yield {
            "id": f"d{number}",
            "text": " ".join(text),
            "price": int(rng.lognormvariate(9, 1.2)),
            "category": f"c{subject % 12}",
            "brand": f"b{int(rng.expovariate(1 / 60))}",
            "tags": sorted({f"t{subject}-{rng.randrange(8)}" for _ in range(rng.randrange(6))}),
        }


def queries(rng, count, records):
    """`count` queries of 1 to 4 words: most of one document, some that nothing has, some said twice."""
    prices = sorted(record["price"] for record in records)
    spans = [(0.45, 0.55), (0.25, 0.75), (0.05, 0.95)]
    for number in range(count):
        words = rng.choice(records)["text"].split()
        terms = rng.sample(words, min(number % 4 + 1, len(words)))
        if number % 16 == 15:
            terms.append("nowhere")
        if number % 16 == 7:
            terms.append(terms[0])
        start = rng.randrange(len(words))
        phrase = words[start : start + rng.choice((1, 2, 2, 3))]
        low, high = (prices[int(share * (len(prices) - 1))] for share in spans[number % 3])
        yield ["made", " ".join(terms), " ".join(phrase), low, high]


def write(folder, document_count, query_count, seed=1, word_count=8_000):
    """Writes corpus.jsonl and queries.tsv into a folder, and returns their paths."""
    rng = random.Random(seed)
    records = list(documents(rng, document_count, vocabulary(word_count)))
    folder.mkdir(parents=True, exist_ok=True)
    corpus, asked = folder / "corpus.jsonl", folder / "queries.tsv"
    with open(corpus, "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    with open(asked, "w", encoding="utf-8") as file:
        for row in queries(rng, query_count, records):
            file.write("\t".join(map(str, row)) + "\n")
    return corpus, asked
