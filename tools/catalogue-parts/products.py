"""Makes product records of articles: titles as Korean shops write them, descriptions, prices, sales.

Nothing here is drawn from a stream of random numbers: every choice hangs on a hash of the article's own facts
and the seed, so that a line added to a table changes no other product.
"""

import hashlib
import math

SEED = "saekin-1"
PROMOTIONS = ["[무료배송] ", "[정품] ", "[공식판매점] ", "[오늘출발] ", "[특가] ", "[사은품증정] "]
DERIVED = {"color_family", "volume_ml", "mass_g", "storage_gb", "memory_gb", "capacity_gb"}


def has_final(word):
    """Whether the last letter ends in a consonant (Hangul), as particles ask."""
    last = word.rstrip(")]\"' ")[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - 0xAC00) % 28 != 0
    return last in "013678lmnrLMNR"


def particle(word, with_final, without):
    return word + (with_final if has_final(word) else without)


class Composer:
    def __init__(self, facts):
        self.facts = facts

    def chance(self, article, purpose):
        """A number in 0..<1 that belongs to this article and purpose."""
        variant = str(sorted(article.variant.items()))
        key = "|".join([SEED, purpose, article.brand, article.line, article.model, variant])
        return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") / 2**48

    def pick(self, article, purpose, choices):
        return choices[int(self.chance(article, purpose) * len(choices))]

    def shown(self, key, value, article):
        if isinstance(value, list):
            value = value[0]
        if key in self.facts.units:
            return f"{value}{article.unit if key == 'count' else self.facts.units[key]}"
        return str(value)

    def identifier(self, article):
        variant = str(sorted(article.variant.items()))
        key = "|".join([article.type.name, article.brand, article.line, article.model, variant])
        return "K" + str(
            10_000_000 + int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") % 90_000_000
        )

    # Titles

    def brand(self, article):
        english, chance = self.facts.english.get(article.brand), self.chance(article, "brand")
        if article.line.startswith(article.brand):
            return ""
        if english and chance < 0.07:
            return f"{article.brand}({english})"
        if english and chance < 0.11:
            return f"[{english}] {article.brand}"
        return article.brand

    def title(self, article):
        plain = article.line.replace(" ", "")
        noun = self.pick(article, "noun", article.nouns) if article.type.noun_in_title else ""
        if noun.replace(" ", "") in plain:
            noun = ""
        held = (article.line + " " + noun).replace(" ", "")
        specs = []
        for key in article.type.shown:
            value = article.attributes.get(key)
            if value is None or key in ("count", "color", "size"):
                continue
            if key == "features" and self.chance(article, "f") < 0.3:
                continue
            text = self.shown(key, value, article)
            if text.replace(" ", "") not in held:
                specs.append(text)
        specs += [
            self.shown(k, v, article)
            for k, v in self.variant_values(article)
            if k not in article.type.shown or k == "size"
        ]
        model = article.model if article.model and article.model.replace(" ", "") not in plain else ""
        colour = article.variant.get("color", "")
        gender = article.attributes.get("gender", "")
        gender = (
            gender
            if article.type.category.startswith(("패션", "신발"))
            and gender != "공용"
            and self.chance(article, "gender") < 0.6
            and gender not in held
            else ""
        )
        count = self.count(article)
        style = self.chance(article, "style")
        parts = [self.brand(article), article.line]
        if style < 0.45:
            parts += [model, *specs, gender, noun, colour, count]
        elif style < 0.7:
            parts += [gender, noun, *specs, model, colour, count]
        elif style < 0.85:
            parts += [*specs, noun, gender, model, count, f"({colour})" if colour else ""]
        else:
            head = " ".join(p for p in [*parts, model, gender, noun] if p)
            return self.promotion(article) + ", ".join(p for p in [head, *specs, colour, count] if p)
        return self.promotion(article) + " ".join(p for p in parts if p)

    def variant_values(self, article):
        """Values of the variant that the title must show to tell the articles of a line apart."""
        return [(k, article.attributes[k]) for k in article.variant if k not in ("color", "count")]

    def promotion(self, article):
        return (
            self.pick(article, "which promotion", PROMOTIONS)
            if self.chance(article, "promotion") < 0.05
            else ""
        )

    def count(self, article):
        count = article.attributes.get("count", 1)
        if count == 1:
            return ""
        forms = [f"{count}{article.unit}", f"{count}{article.unit}", f"x {count}{article.unit}"]
        if article.unit in ("개", "봉", "캔", "병", "팩"):
            forms += [f"{count}개입", f"{count}개"]
        return self.pick(article, "count", forms)

    # Descriptions

    def description(self, article):
        noun, use = article.nouns[0], self.pick(article, "use", article.type.uses)
        name = article.line if article.line.startswith(article.brand) else f"{article.brand} {article.line}"
        last = noun if article.type.noun_in_title else article.attributes.get("genre", noun) + " 도서"
        full = name if name.replace(" ", "").endswith(last.replace(" ", "")) else f"{name} {last}"
        opening = self.pick(
            article,
            "opening",
            [
                f"{full}입니다. {use}에 알맞습니다.",
                f"{use}에 어울리는 {article.brand} {last}입니다.",
                f"{article.brand}의 {last}, {article.line}. {use}에 두루 쓰입니다.",
                f"{particle(name, '은', '는')} {use}에 좋은 {last}입니다.",
            ],
        )
        keys = [k for k in article.attributes if k not in DERIVED | {"features", "count", "origin", "gender"}]
        keys.sort(key=lambda k: (k not in article.type.shown, self.chance(article, k)))
        facts = [(self.facts.labels[k], self.joined(k, article)) for k in keys[:4]]
        if facts:
            body = self.pick(
                article,
                "body",
                [
                    ", ".join(f"{particle(label, '은', '는')} {value}" for label, value in facts) + "입니다.",
                    " / ".join(f"{label} {value}" for label, value in facts) + ".",
                    ", ".join(f"{label}: {value}" for label, value in facts) + ".",
                ],
            )
        else:
            body = ""
        features = article.attributes.get("features")
        more = ""
        if features:
            more = self.pick(
                article, "more", ["특징: " + ", ".join(features) + ".", ", ".join(features) + " 제품입니다."]
            )
        tail = []
        if article.attributes.get("count", 1) > 1:
            tail.append(f"{article.attributes['count']}{article.unit} 구성입니다.")
        if article.attributes.get("origin") and self.chance(article, "origin") < 0.6:
            tail.append(f"원산지는 {article.attributes['origin']}입니다.")
        return " ".join(p for p in [opening, body, more, *tail] if p)

    def joined(self, key, article):
        value = article.attributes[key]
        return ", ".join(value) if isinstance(value, list) else self.shown(key, value, article)

    # Figures

    def record(self, article):
        price = self.rounded(article.price * (0.94 + 0.12 * self.chance(article, "price")))
        discount = self.chance(article, "discount")
        listed = price if discount < 0.35 else self.rounded(price / (1 - (discount - 0.35) * 0.45))
        fame = 0.5 * self.line_chance(article) + 0.5 * self.chance(article, "fame")
        sales = int(10 ** (1.3 + 3.3 * fame) * max(0.15, min(1.5, 40_000 / max(price, 2_000)) ** 0.35))
        reviews = int(sales * (0.04 + 0.16 * self.chance(article, "reviews")))
        stock_chance = self.chance(article, "stock")
        stock = 0 if stock_chance < 0.04 else int(3 * 10 ** (2.4 * stock_chance))
        record = {
            "id": self.identifier(article),
            "title": self.title(article),
            "description": self.description(article),
            "brand": article.brand,
            "category": article.type.category,
            "price": price,
            "list_price": listed,
            "stock": stock,
            "status": "on_sale" if stock else "sold_out",
        }
        if reviews:
            record["rating"] = round(3.7 + 1.25 * (1 - (1 - self.chance(article, "rating")) ** 1.6), 1)
        record |= {
            "review_count": reviews,
            "sales_count": sales,
            "released": f"{article.released}-{1 + int(self.chance(article, 'day') * 28):02d}",
        }
        attributes = dict(article.attributes)
        if article.model:
            attributes["model"] = article.model
        record["attributes"] = attributes
        return record

    def line_chance(self, article):
        digest = hashlib.sha256(f"{SEED}|line|{article.brand}|{article.line}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    @staticmethod
    def rounded(won):
        step = 10 if won < 10_000 else 100 if won < 300_000 else 1_000
        number = max(step, math.floor(won / step + 0.5) * step)
        return number - step if step == 100 and number % 1000 == 0 and number > 20_000 else number
