"""Full-text search that finds words of two characters: one index table, kept in the transaction of the act.

A text is indexed as its pairs of neighbouring characters; the last character of a run of letters stands
by itself. So every character begins exactly one token, and any stretch of a text, one character up, is
a phrase of neighbouring tokens: nothing that stands in a text is missed, and nothing else is found.
SQLite keeps the tokens in FTS5, PostgreSQL in a `tsvector` with a GIN index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import add

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from bihuan.loop.situation import Done
from bihuan.loop.spec import Act as ActSpec
from bihuan.loop.spec import Institution
from bihuan.loop.withheld import withholding
from bihuan.matters import access, house, rows
from bihuan.matters.models import Act, Matter
from bihuan.text.similar import fold

TABLE = "matters_index"
JOINED_FROM = "joined_from"
"""The field in which a matter is told that another was joined into it, and its proposers with it."""
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


def _pairs(run: str) -> list[str]:
    return [*map(add, run, run[1:]), run[-1]]


def index(matter: Matter) -> None:
    """Write the index of one matter anew. Called inside the transaction of the act that changed it."""
    proposers = list(matter.proposers.values_list("name", flat=True))
    _replace(matter.pk, title_tokens(matter), body_tokens(matter, proposers, _spoken(matter)))


def indexing(
    matter: Matter, done: Done, row: Act, proposers: Callable[[], list[str]], before: Before
) -> list[rows.Statement]:
    """Writes the part of the index that an act changed, if any; most acts change nothing that is found.

    `row` is the act's row, not yet written; a matter that was not in the index at all is put there whole.
    """
    title = before.title != (matter.number, matter.title)
    body = before.body != (matter.text, matter.facts.get("deputies")) or JOINED_FROM in row.data
    said = None
    if body or _speaks(house.institution(matter.institution), done.act, row):
        said = body_tokens(matter, proposers(), [*_spoken(matter), row])
    return _changing(matter, title_tokens(matter) if title else None, said)


def indexing_new(matter: Matter, proposers: Iterable[str]) -> list[rows.Statement]:
    """Writes the index of a matter that its first act has just raised."""
    return _inserting(matter.pk, title_tokens(matter), body_tokens(matter, proposers, ()))


def index_many(raised: Iterable[tuple[Matter, Iterable[str]]]) -> None:
    """The same for many matters with the names of their proposers."""
    said = ((one.pk, title_tokens(one), body_tokens(one, names, ())) for one, names in raised)
    if rows.vendor() == "sqlite":
        texts = ((key, " ".join(title), " ".join(body)) for key, title, body in said)
        return rows.copy(TABLE, ("rowid", "title", "body"), texts)
    parts = (
        (key, part, vector)
        for key, title, body in said
        for part, vector in enumerate(_vectors(title, body))
    )
    rows.copy(TABLE, ("matter_id", "part", "body"), parts)


@dataclass(frozen=True)
class Before:
    """What a matter was found by before an act."""

    title: tuple[str, str]
    body: tuple[str, object]

    @classmethod
    def of(cls, matter: Matter) -> Before:
        """As the matter's row has it now."""
        return cls((matter.number, matter.title), (matter.text, matter.facts.get("deputies")))


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
    ranked = _RANKED[rows.vendor()]
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
    if rows.vendor() == "sqlite":
        return " OR ".join(f'"{word}"' for word in words)
    return " | ".join(f"'{word}'" for word in words)


def _phrase(word: str, among: list[int] | None = None) -> RawSQL:
    """The keys of the matters in which a word stands: its pairs side by side, or what begins so."""
    pairs = _pairs(word)[:-1]
    if rows.vendor() == "sqlite":
        asked = f'"{" ".join(pairs)}"' if pairs else f'"{word}" *'
        return RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [asked])
    asked = " <-> ".join(f"'{pair}'" for pair in pairs) if pairs else f"'{word}':*"
    found = f"SELECT matter_id FROM {TABLE} WHERE body @@ CAST(%s AS tsquery)"
    if among is None:
        return RawSQL(found, [asked])
    return RawSQL(f"{found} AND matter_id = ANY(%s)", [asked, among])


def _replace(key: int, title: list[str], body: list[str]) -> None:
    named = "rowid" if rows.vendor() == "sqlite" else "matter_id"
    erased = rows.Statement(f"DELETE FROM {TABLE} WHERE {named} = %s", [key])
    rows.run([erased, *_inserting(key, title, body)])


def _inserting(key: int, title: list[str], body: list[str]) -> list[rows.Statement]:
    if rows.vendor() == "sqlite":
        sql = f"INSERT INTO {TABLE} (rowid, title, body) VALUES (%s, %s, %s)"
        return [rows.Statement(sql, (key, " ".join(title), " ".join(body)))]
    return _inserting_parts(key, enumerate(_vectors(title, body)))


def _inserting_parts(key: int, parts: Iterable[tuple[int, str]]) -> list[rows.Statement]:
    sql = f"INSERT INTO {TABLE} (matter_id, part, body) VALUES (%s, %s, CAST(%s AS tsvector))"
    return [rows.Statement(sql, (key, part, vector)) for part, vector in parts]


def _changing(
    matter: Matter, title: list[str] | None, body: list[str] | None
) -> list[rows.Statement]:
    if title is None and body is None:
        return []
    if rows.vendor() == "sqlite":
        return [_changing_row(matter, title, body)]
    changed = [] if title is None else [_changing_part(matter, 0, _vector(title, "A"))]
    if body is not None:
        parts = list(enumerate(_vectors([], body)))[1:]
        first = [_changing_part(matter, part, vector) for part, vector in parts[:1]]
        erased = f"DELETE FROM {TABLE} WHERE matter_id = %s AND part > %s"
        long = rows.Statement(erased, [matter.pk, len(first)])
        changed += [*first, long, *_inserting_parts(matter.pk, parts[1:])]
    return changed


def _changing_row(
    matter: Matter, title: list[str] | None, body: list[str] | None
) -> rows.Statement:
    said = {"title": title, "body": body}
    kept = {name: " ".join(words) for name, words in said.items() if words is not None}
    sets = ", ".join(f"{name} = %s" for name in kept)
    values = [*kept.values(), matter.pk]
    return rows.Statement(f"UPDATE {TABLE} SET {sets} WHERE rowid = %s", values, _or_whole(matter))


def _changing_part(matter: Matter, part: int, vector: str) -> rows.Statement:
    sql = f"UPDATE {TABLE} SET body = CAST(%s AS tsvector) WHERE matter_id = %s AND part = %s"
    return rows.Statement(sql, (vector, matter.pk, part), _or_whole(matter))


def _or_whole(matter: Matter) -> Callable[[list[rows.Found], int], None]:
    def then(found: list[rows.Found], touched: int) -> None:
        if not touched:
            index(matter)

    return then


def _vectors(title: list[str], body: list[str]) -> Iterator[str]:
    """Vectors of a text too long for one: each begins before the last one ends, by a whole query."""
    yield _vector(title, "A")
    for start in range(0, len(body), PART - OVERLAP):
        yield _vector(body[start : start + PART], "D")


def _vector(part: list[str], weight: str) -> str:
    return " ".join(f"'{token}':{place}{weight}" for place, token in enumerate(part, 1))


# What is indexed


def title_tokens(matter: Matter) -> list[str]:
    """What weighs most: number and title."""
    return tokens(f"{matter.number} {matter.title}")


def body_tokens(matter: Matter, proposers: Iterable[str], spoken: Iterable[Act]) -> list[str]:
    """Beside number and title: the text, who raised it, and what the bodies replied."""
    parts = [matter.text, *proposers, str(matter.facts.get("deputies", ""))]
    return tokens("\n".join([*parts, *_said(house.institution(matter.institution), spoken)]))


def _said(institution: Institution, acts: Iterable[Act]) -> Iterator[str]:
    acts = list(acts)
    if not acts:
        return
    barred = access.barred_acts(institution, acts, frozenset())
    for act in acts:
        if act.seq not in barred:
            yield from (
                str(act.data[name]) for name in _open_to_all(institution) if name in act.data
            )


def _open_to_all(institution: Institution) -> list[str]:
    return [f.name for f in institution.fields if f.kind == "longtext" and not f.hidden_from]


def _spoken(matter: Matter) -> list[Act]:
    """The acts of the bodies on a matter, with no more than what is needed here."""
    acts = house.institution(matter.institution).acts
    kinds = [act.id for act in acts if act.track == "assignment"]
    if not kinds:
        return []
    marks = ", ".join(["%s"] * len(kinds))
    sql = f"SELECT {', '.join(SPOKEN)} FROM {Act._meta.db_table} WHERE matter_id = %s AND kind IN ({marks})"
    found = rows.asked(sql + " ORDER BY seq", [matter.pk, *kinds])
    named = (dict(zip(SPOKEN, values, strict=True)) for values in found)
    return [Act(**{**one, "data": json.loads(one["data"])}) for one in named]


def _speaks(institution: Institution, act: ActSpec, done: Act) -> bool:
    """Whether an act of a body says something to all, or lets out or takes back what was said."""
    if act.track != "assignment":
        return False
    if act.releases or done.before in withholding(institution):
        return True
    return any(name in done.data for name in _open_to_all(institution))
