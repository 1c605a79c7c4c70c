"""Judges products against queries by the facts of the tables; the words of titles are never looked at.

A row of queries.psv: class | text | types | constraints | related types | near misses.
The rules of the grades stand in corpora/README.md.
"""

import re
from collections import Counter
from dataclasses import dataclass

from facts import BASE, QUANTITY
from hangul import initials, typed_in_latin

IDENTITY = {"brand", "line", "model", "author"}
CONSTRAINT = re.compile(r"(\??)([a-z_]+)(>=|<=|=|~)(.+)")
REFERENCE = re.compile(r"([a-z0-9-]+)(?:\[([^\]]*)\])?")
NEAR_MISSES = 12
RELEVANT_LIMIT = 150


class JudgmentError(Exception):
    pass


@dataclass
class Constraint:
    key: str
    relation: str
    wanted: str
    soft: bool

    def holds(self, article, price):
        if self.key == "price":
            have = price
        elif self.key in ("brand", "line", "model"):
            have = getattr(article, self.key)
        elif self.key == "color":
            have = [article.attributes.get("color_family"), article.attributes.get("color")]
        else:
            have = article.attributes.get(self.key)
        if have is None:
            return False
        return any(
            self.one(value, choice)
            for value in (have if isinstance(have, list) else [have])
            for choice in self.wanted.split("/")
        )

    def one(self, have, wanted):
        if have is None:
            return False
        if self.relation == "~":
            return wanted in str(have)
        if self.relation == "=":
            a, b = QUANTITY.fullmatch(str(have)), QUANTITY.fullmatch(wanted)
            if a and b:
                (x, f), (y, g) = BASE[a[2]], BASE[b[2]]
                return x == y and abs(float(a[1]) * f - float(b[1]) * g) < 1e-6
            return str(have) == wanted
        return float(have) >= float(wanted) if self.relation == ">=" else float(have) <= float(wanted)


@dataclass
class Query:
    id: str
    text: str


class Judge:
    def __init__(self, facts, records):
        self.facts = facts
        self.articles = list(zip(facts.articles, records))

    def constraints(self, text, where):
        out = []
        for part in filter(None, (p.strip() for p in text.split(";"))):
            found = CONSTRAINT.fullmatch(part)
            if not found:
                raise JudgmentError(f"{where}: not a constraint: {part!r}")
            out.append(Constraint(found[2], found[3], found[4], bool(found[1])))
        return out

    def references(self, text, where):
        """Types with constraints of their own: phone-case[compatible=...]."""
        out = []
        for part in filter(None, re.split(r",\s*(?![^\[]*\])", text.strip())):
            found = REFERENCE.fullmatch(part.strip())
            if not found or found[1] not in self.facts.types:
                raise JudgmentError(f"{where}: not a type: {part!r}")
            out.append((found[1], self.constraints((found[2] or "").replace(",", ";"), where)))
        return out

    def run(self, path):
        """Queries, and (query, document, grade) in the order of the tables."""
        queries, qrels, numbers, texts = [], [], Counter(), {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            where, cells = f"{path.name}:{number}", [c.strip() for c in line.split("|")]
            if len(cells) != 6:
                raise JudgmentError(f"{where}: a query has 6 cells, this one {len(cells)}")
            kind, text = cells[0], self.written(cells[0], cells[1])
            numbers[kind] += 1
            query = Query(f"{kind}-{numbers[kind]:02d}", text)
            if text in texts:
                raise JudgmentError(f"{where}: {text!r} stands already at {texts[text]}")
            texts[text] = where
            rows = self.grade(
                self.references(cells[2], where),
                self.constraints(cells[3], where),
                self.references(cells[4], where),
                self.references(cells[5], where),
                where,
            )
            found = Counter(grade for _, grade in rows)
            if not found[2] + found[3]:
                raise JudgmentError(f"{where}: {text!r} has no document of grade 2 or more")
            relevant = found[1] + found[2] + found[3]
            if relevant > RELEVANT_LIMIT:
                raise JudgmentError(f"{where}: {text!r} has {relevant} relevant documents: narrow it")
            queries.append(query)
            qrels += [(query.id, document, grade) for document, grade in rows]
        return queries, qrels

    @staticmethod
    def written(kind, text):
        if kind == "keyboard":
            return typed_in_latin(text)
        if kind == "chosung":
            return initials(text)
        return text.replace(" ", "") if kind == "nospace" else text

    @staticmethod
    def is_one_of(references, article, price):
        return any(
            name == article.type.name and all(c.holds(article, price) for c in constraints)
            for name, constraints in references
        )

    def grade(self, wanted, constraints, related, near, where):
        types = {name for name, _ in wanted}
        rows, zeros = [], Counter()
        for article, record in self.articles:
            name, price, grade = article.type.name, record["price"], None
            if name in types:
                own = [c for n, cs in wanted if n == name for c in cs] + constraints
                missed = [c for c in own if not c.holds(article, price)]
                hard = [c for c in missed if not c.soft]
                if not missed:
                    grade = 3
                elif not hard:
                    grade = 2 if len(missed) < len(own) else 1
                elif len(missed) == 1 and len(own) > 1 and hard[0].key not in IDENTITY:
                    grade = 1
            if grade is None and self.is_one_of(related, article, price):
                grade = 1
            if grade is None and self.is_one_of(near, article, price):
                zeros[name] += 1
                if zeros[name] <= NEAR_MISSES:
                    grade = 0
            if grade is not None:
                rows.append((record["id"], grade))
        for name, _ in near:
            if not zeros[name]:
                raise JudgmentError(f"{where}: no product is the near miss {name}")
        return rows
