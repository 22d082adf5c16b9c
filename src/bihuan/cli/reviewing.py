"""`review`: what a paper is, what it demands, what in it cannot be checked, what it copies. No database is needed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bihuan.cli.answers import OK, Commands, Refused, command, print_json, say


def add(commands: Commands) -> None:
    """Declare the command."""
    made = command(
        commands, "review", "审文件：结构、要求、空话、名实是否相符、互相重复", data=True
    )
    made.add_argument("files", nargs="+", type=Path, metavar="文件", help=".docx、.pdf、.txt、.md")
    made.add_argument("--lines", action="store_true", help="把一个文本文件的每一行当作一句来判断")
    made.epilog = (
        f"文件多于{copies_many()}份时，先用索引找出可能相近的再逐对核对：换掉四成以内的分句、改掉两成以内的字词，"
        "约百分之九十九找得到；通篇改掉三成字词约找到八成，改掉四成约找到四成。"
        "四十份以上文件共用的套话不算重复。"
    )
    made.set_defaults(run=review)


def copies_many() -> int:
    """From how many papers on the index is asked first."""
    from bihuan.text.copies import MANY

    return MANY


def review(asked: argparse.Namespace) -> int:
    """Judge lines or papers. Refuses naming every file that cannot be read."""
    texts = _texts(asked.files)
    return _lines(asked, texts) if asked.lines else _papers(asked, texts)


def _texts(files: list[Path]) -> dict[str, str]:
    from bihuan.exchange.papers import Unreadable, read_paper

    texts, faults = dict[str, str](), list[str]()
    for file in files:
        try:
            texts[str(file)] = read_paper(file)
        except Unreadable as unreadable:
            faults.append(str(unreadable))
    if faults:
        raise Refused("\n".join(faults))
    return texts


def _lines(asked: argparse.Namespace, texts: dict[str, str]) -> int:
    from bihuan.text.checkable import judge

    rows = [row.strip() for text in texts.values() for row in text.splitlines() if row.strip()]
    found = [judge(row) for row in rows]
    if asked.json:
        print_json([_line(one) for one in found])
    else:
        say(
            *(
                f"{'查不到' if one.uncheckable else '　　　'}\t{one.text}\t{one.why}"
                for one in found
            )
        )
    return OK


def _line(one: Any) -> dict[str, Any]:
    return {
        "text": one.text,
        "kind": one.kind,
        "uncheckable": one.uncheckable,
        "who": one.who is not None,
        "when": one.when is not None,
        "how_much": one.how_much is not None,
        "how": one.how is not None,
        "why": one.why,
    }


def _papers(asked: argparse.Namespace, texts: dict[str, str]) -> int:
    from bihuan.text import copies

    read = [_paper(name, text) for name, text in texts.items()]
    alike, passages = copies.papers(texts), copies.passages(texts)
    if asked.json:
        print_json(
            {
                "papers": read,
                "near_papers": [
                    {"one": one.one, "other": one.other, "share": one.share} for one in alike
                ],
                "near_paragraphs": [
                    {
                        "one": one.one,
                        "other": one.other,
                        "share": one.share,
                        "left": one.left,
                        "right": one.right,
                        "same": list(one.same),
                    }
                    for one in passages
                ],
            }
        )
        return OK
    for paper in read:
        say(*_told(paper), "")
    say(*(f"整篇相近（{one.share:.0%}）：{one.one} ↔ {one.other}" for one in alike))
    for one in passages:
        say(
            f"段落相近（{one.share:.0%}）：{one.one} ↔ {one.other}",
            f"  左：{one.left}",
            f"  右：{one.right}",
        )
    return OK


def _paper(name: str, text: str) -> dict[str, Any]:
    from bihuan.text.demands import NAMES, demands, head
    from bihuan.text.papers import read

    paper, found = read(text), demands(text)
    claim = head(paper, found)
    return {
        "file": name,
        "title": paper.title or None,
        "number": paper.number,
        "issuer": paper.issuer,
        "kind": paper.kind,
        "formal": paper.formal,
        "addressees": list(paper.addressees),
        "length": paper.length,
        "shares": paper.shares,
        "parts": [
            {
                "level": part.level,
                "number": part.number,
                "heading": part.heading,
                "role": part.role,
                "length": part.length,
                "share": part.share,
            }
            for part in paper.parts
        ],
        "sentences": len(paper.lines),
        "measures": sum(line.kind == "measure" for line in paper.lines),
        "uncheckable": [{"text": line.text, "why": line.why} for line in paper.uncheckable],
        "demands": [
            {
                "kind": one.kind,
                "kind_name": NAMES[one.kind],
                "what": one.what,
                "who": one.who or ("、".join(paper.addressees) or None),
                "by": one.by,
                "quote": one.quote,
            }
            for one in found
        ],
        "claim": {
            "claimed": claim.claimed,
            "real": claim.real,
            "hidden": claim.hidden,
            "why": claim.why,
        },
    }


def _told(paper: dict[str, Any]) -> list[str]:
    shares = paper["shares"]
    return [
        f"{paper['file']}：{paper['title'] or '没有标题'}",
        f"  文种 {paper['kind'] or '不明'}　字号 {paper['number'] or '无'}　发文机关 {paper['issuer'] or '不明'}"
        f"　主送 {'、'.join(paper['addressees']) or '无'}",
        f"  正文 {paper['length']} 字　背景 {shares['background']:.0%}　措施 {shares['measures']:.0%}"
        f"　未分 {shares['mixed']:.0%}",
        f"  {paper['claim']['why']}",
        *(
            f"  要求（{one['kind_name']}）：{one['what']}　{one['who'] or ''}　{one['by'] or '没有期限'}"
            for one in paper["demands"]
        ),
        f"  查不到的句子 {len(paper['uncheckable'])} 句（要办的共 {paper['measures']} 句）",
        *(f"    {one['text']}" for one in paper["uncheckable"]),
    ]
