"""Reads the fact tables of corpora/facts: product types with their lines, attributes, brands, colours.

A table error is a FactError with file and line: the tables are written by hand.
"""

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path

QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s?(ml|L|kg|g|GB|TB)")
BASE = {
    "ml": ("volume_ml", 1),
    "L": ("volume_ml", 1000),
    "g": ("mass_g", 1),
    "kg": ("mass_g", 1000),
    "GB": ("gigabytes", 1),
    "TB": ("gigabytes", 1024),
}
DELTA = re.compile(r"^(.+?)([+*])(\d+(?:\.\d+)?)$")


class FactError(Exception):
    def __init__(self, path, number, reason):
        super().__init__(f"{path}:{number}: {reason}")


@dataclass
class Type:
    """A product type: its place, what shops call it, which attributes titles show, what it is for."""

    name: str
    category: str
    nouns: list
    shown: list
    uses: list
    defaults: dict
    noun_in_title: bool


@dataclass
class Article:
    """One purchasable variant of a line: everything that is known of it, before any title is written."""

    type: Type
    brand: str
    line: str
    model: str
    price: int
    released: str
    attributes: dict
    nouns: list
    unit: str
    variant: dict = field(default_factory=dict)


class Facts:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.labels, self.units, self.multiple = {}, {}, set()
        for number, cells in self.table("attributes.tsv"):
            cells += [""] * (4 - len(cells))
            key, label, unit, several = cells[:4]
            self.labels[key] = label
            if unit:
                self.units[key] = unit
            if several:
                self.multiple.add(key)
        self.english = {cells[0]: cells[1] for _, cells in self.table("brands.tsv")}
        self.family = {}
        for _, (family, names) in self.table("colours.tsv"):
            for name in names.split(","):
                self.family[name] = family
        self.types, self.articles = {}, []
        for path in sorted(self.folder.glob("[0-9]*.psv")):
            self.read_lines(path)

    def table(self, name):
        for number, text in enumerate((self.folder / name).read_text(encoding="utf-8").splitlines(), 1):
            if text.strip() and not text.startswith("#"):
                yield number, text.split("\t")

    def read_lines(self, path):
        current = None
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if text.startswith("## "):
                current = self.type_of(text[3:].split("|"), path, number)
            elif text.strip() and not text.startswith("#"):
                if current is None:
                    raise FactError(path, number, "a line stands before the first type")
                self.articles += self.expand(current, text.split("|"), path, number)

    def type_of(self, cells, path, number):
        if len(cells) != 6:
            raise FactError(path, number, f"a type has 6 cells, this one {len(cells)}")
        name, category, nouns, shown, uses, defaults = (c.strip() for c in cells)
        if name in self.types:
            raise FactError(path, number, f"the type {name} stands twice")
        noun_in_title = not nouns.startswith("-")
        made = Type(
            name,
            category,
            nouns.lstrip("-").split(","),
            [s for s in shown.split(",") if s],
            uses.split(","),
            self.pairs(defaults, path, number),
            noun_in_title,
        )
        self.types[name] = made
        return made

    def pairs(self, text, path, number):
        out = {}
        for pair in filter(None, (p.strip() for p in text.split(";"))):
            key, sep, value = pair.partition("=")
            if not sep or not value or (key not in self.labels and key not in ("noun", "unit")):
                raise FactError(path, number, f"not a known attribute: {pair!r}")
            out[key] = value
        return out

    def expand(self, kind, cells, path, number):
        """Every combination of the variants of one line."""
        if len(cells) not in (6, 7):
            raise FactError(path, number, f"a line has 6 or 7 cells, this one {len(cells)}")
        brand, line, model, price, released, own = (c.strip() for c in cells[:6])
        if not price.isdigit() or not re.fullmatch(r"\d{4}-\d{2}", released):
            raise FactError(path, number, "price is a number of won, released YYYY-MM")
        attributes = kind.defaults | self.pairs(own, path, number)
        own_noun = attributes.pop("noun", None)
        nouns = own_noun.split("/") if own_noun else self.resolve(kind.nouns, attributes)
        unit = attributes.pop("unit", "개")
        axes = []
        for axis in filter(None, (a.strip() for a in (cells[6] if len(cells) == 7 else "").split(";"))):
            key, sep, values = axis.partition(":")
            if not sep or key not in self.labels:
                raise FactError(path, number, f"not a variant: {axis!r}")
            axes.append([(key, value.strip()) for value in values.split(",")])
        for chosen in itertools.product(*axes):
            cost, variant = float(price), {}
            for key, value in chosen:
                found = DELTA.match(value)
                if found:
                    value, sign, amount = found.groups()
                    cost = cost * float(amount) if sign == "*" else cost + float(amount)
                if key == "count" and int(value) > 1:
                    cost *= int(value) * (1 - min(0.12, 0.015 * (int(value) ** 0.5)))
                variant[key] = value
            merged = {k: self.value(k, v, k in variant) for k, v in (attributes | variant).items()}
            if "color" in variant and variant["color"] in self.family:
                merged["color_family"] = self.family[variant["color"]]
            self.add_quantities(merged)
            yield Article(kind, brand, line, model, cost, released, merged, nouns, unit, variant)

    def resolve(self, nouns, attributes):
        """Nouns with their places filled; one with a filled place beats every plain one."""
        filled = []
        for noun in nouns:
            keys = re.findall(r"{(\w+)}", noun)
            if keys and all(k in attributes for k in keys):
                filled.append(noun.format(**attributes))
        plain = [n for n in nouns if "{" not in n]
        if not filled and not plain:
            raise ValueError(f"no noun of {nouns} can be made from {attributes}")
        return filled or plain

    def value(self, key, text, of_variant):
        if key in self.units:
            number = float(text)
            return int(number) if number.is_integer() else number
        if key in self.multiple and not of_variant:
            return text.split("/")
        return text

    def add_quantities(self, attributes):
        for key in ("capacity", "storage", "memory"):
            found = QUANTITY.fullmatch(str(attributes.get(key, "")))
            if found:
                name, factor = BASE[found[2]]
                name = f"{key}_gb" if name == "gigabytes" else name
                number = float(found[1]) * factor
                attributes[name] = int(number) if number.is_integer() else round(number, 3)
