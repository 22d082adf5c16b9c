"""Full-text search that finds words of two characters: one index table, kept in the transaction of the act.

A text is indexed as its pairs of neighbouring characters; the last character of a run of letters stands
by itself. So every character begins exactly one token, and any stretch of a text, one character up, is
a phrase of neighbouring tokens: nothing that stands in a text is missed, and nothing else is found.
SQLite keeps the tokens in FTS5, PostgreSQL in a `tsvector` with a GIN index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from bihuan.matters import access, house
from bihuan.matters.models import Matter
from bihuan.text.similar import fold

TABLE = "matters_index"
_RUN = re.compile(r"[^\W_]+")
SPOKEN = ("seq", "kind", "share", "before", "after", "data")
LONGEST_QUERY = 100
"""Characters of a query that are looked at: more is a paragraph pasted by mistake."""
MOST_PAIRS = 60
NEWEST = 500
"""Matters among which the newest hits are looked for first."""

PART, OVERLAP = 4_000, 2 * LONGEST_QUERY
"""PostgreSQL keeps positions up to 16,383 and 256 of them for a token: long texts go in as parts."""


def tokens(text: str) -> list[str]:
    """The tokens of a text in order, half-width and in lower case."""
    return [token for run in _RUN.findall(fold(text)) for token in _pairs(run)]


def _pairs(run: str) -> Iterator[str]:
    for start in range(len(run)):
        yield run[start : start + 2]


def index(matter: Matter) -> None:
    """Write the index of one matter anew. Called inside the transaction of the act that changed it."""
    title = f"{matter.number} {matter.title}"
    _replace(matter.pk, tokens(title), tokens("\n".join(_further(matter))))


def reindex(matters: Iterable[Matter] | None = None) -> int:
    """Index these matters, or all, anew; returns how many."""
    rows = Matter.objects.order_by("pk").iterator() if matters is None else matters
    count = 0
    for matter in rows:
        index(matter)
        count += 1
    return count


def find(queryset: QuerySet[Matter], text: str, among: list[int] | None = None) -> QuerySet[Matter]:
    """The matters among `queryset` in which every word of `text` stands. No word: none is found.

    `among`: the keys in question where they are few, so that their texts are read and not the whole index.
    """
    words = _RUN.findall(fold(text)[:LONGEST_QUERY])
    if not words:
        return queryset.none()
    for word in words:
        queryset = queryset.filter(pk__in=_phrase(word, among))
    return queryset


def newest(rows: QuerySet[Matter], text: str, most: int) -> list[int]:
    """Keys of the newest matters among `rows` in which every word stands, at most so many.

    A common word has its hits among the newest matters, where it is looked for first; the index of a whole
    province is asked only for words that are not found so often there.
    """
    latest = list(rows.order_by("-id").values_list("pk", flat=True)[:NEWEST])
    near = find(Matter.objects.filter(pk__in=latest), text, latest).order_by("-id")
    found = list(near.values_list("pk", flat=True)[:most])
    if len(found) == most or len(latest) < NEWEST:
        return found
    return list(find(rows, text).order_by("-id").values_list("pk", flat=True)[:most])


def candidates(
    congress_id: int, institution: str, text: str, pairs: Iterable[str], limit: int
) -> list[int]:
    """Keys of the matters of an institution that share most with a text, the best first.

    `pairs` are further pairs of characters to ask for (the same things by other words).
    """
    asked = dict.fromkeys([*tokens(text), *pairs])
    words = [pair for pair in asked if len(pair) > 1 and _RUN.fullmatch(pair)][:MOST_PAIRS]
    if not words:
        return []
    ranked = _RANKED[connection.vendor]
    query = _any_of(words)
    with connection.cursor() as cursor:
        cursor.execute(ranked, [query, congress_id, institution, limit])
        return [row[0] for row in cursor.fetchall()]


# The two databases


_RANKED = {
    "sqlite": f"""
        SELECT m.id FROM {TABLE} JOIN matters_matter m ON m.id = {TABLE}.rowid
        WHERE {TABLE} MATCH %s AND m.congress_id = %s AND m.institution = %s
        ORDER BY bm25({TABLE}, 4.0, 1.0) LIMIT %s""",
    "postgresql": f"""
        SELECT m.id FROM {TABLE} i JOIN matters_matter m ON m.id = i.matter_id,
            CAST(%s AS tsquery) asked
        WHERE i.body @@ asked AND m.congress_id = %s AND m.institution = %s
        GROUP BY m.id ORDER BY max(ts_rank(i.body, asked)) DESC, m.id DESC LIMIT %s""",
}


def _any_of(words: list[str]) -> str:
    if connection.vendor == "sqlite":
        return " OR ".join(f'"{word}"' for word in words)
    return " | ".join(f"'{word}'" for word in words)


def _phrase(word: str, among: list[int] | None = None) -> RawSQL:
    """The keys of the matters in which a word stands: its pairs side by side, or what begins so."""
    pairs = list(_pairs(word))[:-1]
    if connection.vendor == "sqlite":
        asked = f'"{" ".join(pairs)}"' if pairs else f'"{word}" *'
        return RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [asked])
    asked = " <-> ".join(f"'{pair}'" for pair in pairs) if pairs else f"'{word}':*"
    found = f"SELECT matter_id FROM {TABLE} WHERE body @@ CAST(%s AS tsquery)"
    if among is None:
        return RawSQL(found, [asked])
    return RawSQL(f"{found} AND matter_id = ANY(%s)", [asked, among])


def _replace(key: int, title: list[str], body: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DELETE FROM {TABLE} WHERE rowid = %s", [key])
            row = (key, " ".join(title), " ".join(body))
            cursor.execute(f"INSERT INTO {TABLE} (rowid, title, body) VALUES (%s, %s, %s)", row)
            return
        cursor.execute(f"DELETE FROM {TABLE} WHERE matter_id = %s", [key])
        rows = [(key, number, vector) for number, vector in enumerate(_vectors(title, body))]
        cursor.executemany(
            f"INSERT INTO {TABLE} (matter_id, part, body) VALUES (%s, %s, CAST(%s AS tsvector))",
            rows,
        )


def _vectors(title: list[str], body: list[str]) -> Iterator[str]:
    """Vectors of a text too long for one: each begins before the last one ends, by a whole query."""
    yield _vector(title, "A")
    for start in range(0, len(body), PART - OVERLAP):
        yield _vector(body[start : start + PART], "D")


def _vector(part: list[str], weight: str) -> str:
    return " ".join(f"'{token}':{place}{weight}" for place, token in enumerate(part, 1))


# What is indexed


def _further(matter: Matter) -> Iterator[str]:
    """Beside number and title: the text, who raised it, and what the bodies replied."""
    yield matter.text
    yield from matter.proposers.values_list("name", flat=True)
    yield str(matter.facts.get("deputies", ""))
    institution = house.institution(matter.institution)
    replies = {act.id for act in institution.acts if act.track == "assignment"}
    open_to_all = [f.name for f in institution.fields if f.kind == "longtext" and not f.hidden_from]
    acts = list(matter.acts.filter(kind__in=replies).only(*SPOKEN))
    barred = access.barred_acts(institution, acts, frozenset())
    for act in acts:
        if act.seq not in barred:
            yield from (str(act.data[name]) for name in open_to_all if name in act.data)
