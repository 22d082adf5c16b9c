"""Near copies among many papers, beside datasketch's MinHashLSH in the same run.

    .venv/bin/python benchmarks/near_duplicates.py [papers] [papers for the peer]

Papers of about 1,500 characters stand under twelve letter heads of 300 characters that thousands share. One in
twenty is a copy of another: 10 to 40 % of its clauses exchanged, or 10 to 40 % of its words replaced. Printed
are recall by kind of edit, precision, seconds, memory, one more paper's time, and the ratio to the peer.
The words are made up from a fixed seed, so every run asks the same.
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from bihuan.text.nearness import Index

HEADS, HEAD, BODY = 12, 300, 1200
EDITS = [(kind, share) for kind in ("clauses", "words") for share in (0.1, 0.2, 0.3, 0.4)]
PROMISED = {
    ("clauses", 0.1),
    ("clauses", 0.2),
    ("clauses", 0.3),
    ("clauses", 0.4),
    ("words", 0.1),
    ("words", 0.2),
}


def words(chance: random.Random, count: int) -> list[str]:
    """Made-up words of two or three characters; a few are used much more often than the rest."""
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 2600)]
    return ["".join(chance.choices(letters, k=chance.choice((2, 2, 2, 3)))) for _ in range(count)]


class Papers:
    """Papers with planted copies: `texts`, and `copies` as {(original, copy): edit}."""

    def __init__(self, count: int) -> None:
        self.chance = random.Random(20261124)
        self.words = words(self.chance, 12000)
        # The commonest words first, as in every language.
        self.weights = [1 / (rank + 20) for rank in range(len(self.words))]
        self.stock: list[str] = []
        heads = [self.clauses(HEAD) for _ in range(HEADS)]
        bodies: list[tuple[int, list[list[str]]]] = []
        self.copies: dict[tuple[int, int], tuple[str, float]] = {}
        for number in range(count):
            if number % 20 == 19:
                original = self.chance.randrange(max(0, number - 19), number)
                edit = EDITS[(number // 20) % len(EDITS)]
                _, body = bodies[original]
                bodies.append((self.chance.randrange(HEADS), self.edited(body, *edit)))
                self.copies[original, number] = edit
            else:
                bodies.append((self.chance.randrange(HEADS), self.clauses(BODY)))
        self.texts = [said(heads[head] + body) for head, body in bodies]

    def drawn(self, count: int) -> list[str]:
        if len(self.stock) < count:
            self.stock = self.chance.choices(self.words, self.weights, k=200_000)
        taken = self.stock[-count:]
        del self.stock[-count:]
        return taken

    def clauses(self, characters: int) -> list[list[str]]:
        found, size = list[list[str]](), 0
        while size < characters:
            clause = self.drawn(self.chance.randint(4, 9))
            found.append(clause)
            size += sum(map(len, clause)) + 1
        return found

    def edited(self, body: list[list[str]], kind: str, share: float) -> list[list[str]]:
        if kind == "clauses":
            chosen = set(self.chance.sample(range(len(body)), round(share * len(body))))
            return [
                self.drawn(len(clause)) if at in chosen else clause
                for at, clause in enumerate(body)
            ]
        return [
            [self.drawn(1)[0] if self.chance.random() < share else word for word in clause]
            for clause in body
        ]


def said(clauses: list[list[str]]) -> str:
    return "，".join("".join(clause) for clause in clauses) + "。"


def measured(name: str, papers: Papers, found: set[tuple[int, int]], seconds: float) -> None:
    hits = found & papers.copies.keys()
    related = found - papers.copies.keys()
    # Two copies of one original are copies of each other.
    originals = {copy: original for original, copy in papers.copies}
    wrong = [
        pair
        for pair in related
        if originals.get(pair[0], pair[0]) != originals.get(pair[1], pair[1])
    ]
    promised = [pair for pair, edit in papers.copies.items() if edit in PROMISED]
    recall = sum(pair in hits for pair in promised) / len(promised)
    precision = 1 - len(wrong) / max(1, len(found))
    print(
        f"{name}: {seconds:.1f} s, recall {recall:.4f} (promised edits), precision {precision:.4f}"
    )
    for edit in EDITS:
        asked = [pair for pair, made in papers.copies.items() if made == edit]
        share = sum(pair in hits for pair in asked) / max(1, len(asked))
        mark = "" if edit in PROMISED else "  (not promised)"
        print(f"    {edit[0]:8} {edit[1]:.0%}  recall {share:.3f} of {len(asked)}{mark}")


def ours(papers: Papers) -> tuple[float, Index]:
    begun = time.perf_counter()
    index = Index()
    index.add_many(papers.texts)
    found = {(near.one, near.other) for near in index.pairs()}
    seconds = time.perf_counter() - begun
    measured(f"bihuan, {len(papers.texts)} papers", papers, found, seconds)
    print(f"    memory of the index {index.memory / 1e6:.0f} MB")
    return seconds, index


def one_more(papers: Papers, index: Index) -> None:
    times = []
    for text in papers.texts[:: max(1, len(papers.texts) // 300)][:300]:
        begun = time.perf_counter()
        index.near(text)
        index.add(text)
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"    one more paper asked and added: {middle:.2f} ms, 95 % within {late:.2f} ms")


def paragraphs(papers: Papers) -> None:
    """One paragraph in fifty is copied, a tenth of its words replaced, into another paper."""
    chance = random.Random(7)
    index, owners, body, planted = Index(), list[int](), list[bool](), dict[int, int]()
    rows: list[str] = []
    for number, text in enumerate(papers.texts[:5000]):
        clauses = text.split("，")
        for at in range(0, len(clauses) - 12, 12):
            rows.append("，".join(clauses[at : at + 12]))
            owners.append(number)
            body.append(at >= 60)  # the head is everybody's; nobody copies it from anybody
    clean = [row for row in range(len(rows)) if owners[row] % 20 != 19 and body[row]]
    for row in chance.sample(clean, len(rows) // 50):
        text = rows[row]
        cut = chance.randrange(len(text) * 9 // 10)
        planted[len(rows)] = row
        rows.append(
            text[:cut] + "".join(papers.drawn(len(text) // 20)) + text[cut + len(text) // 10 :]
        )
    begun = time.perf_counter()
    index.add_many(rows)
    found = {(near.one, near.other) for near in index.pairs()}
    seconds = time.perf_counter() - begun
    hits = sum((row, copy) in found for copy, row in planted.items())
    print(
        f"paragraphs: {len(rows)} of about {sum(map(len, rows)) // len(rows)} characters, {seconds:.1f} s, "
        f"recall {hits / len(planted):.4f} of {len(planted)} copied into another paper"
    )


def peer(papers: Papers) -> float:
    from datasketch import MinHash, MinHashLSH

    begun = time.perf_counter()
    lsh = MinHashLSH(num_perm=128, params=(42, 3))
    minima, found = [], set()
    for number, text in enumerate(papers.texts):
        one = MinHash(num_perm=128, seed=1)
        one.update_batch([text[i : i + 3].encode() for i in range(len(text) - 2)])
        minima.append(one)
        for other in lsh.query(one):
            if one.jaccard(minima[other]) >= 0.17:
                found.add((other, number))
        lsh.insert(number, one)
    seconds = time.perf_counter() - begun
    measured(f"datasketch, {len(papers.texts)} papers", papers, found, seconds)
    return seconds


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    beside = min(count, int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
    small = Papers(beside)
    seconds, _ = ours(small)
    print(f"ratio datasketch : bihuan at {beside} papers = {peer(small) / seconds:.1f}")
    paragraphs(small)
    whole = Papers(count)
    _, index = ours(whole)
    one_more(whole, index)


if __name__ == "__main__":
    main()
