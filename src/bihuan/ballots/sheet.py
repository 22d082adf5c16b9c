"""The result of a ballot as a sheet to sign (.docx): rule, turnout, count, each step of the sum, signature lines."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx.document import Document as Sheet

from bihuan.ballots.counting import percent
from bihuan.ballots.models import KINDS, WAYS, Ballot, Closing
from bihuan.ballots.rules import whole_of
from bihuan.letters.sheet import empty_sheet, number_pages

SIGNATURES = ("监票人", "计票人", "主持人")


def document(ballot: Ballot) -> bytes:
    """The sheet of a closed ballot."""
    closing = Closing.objects.select_related("congress").get(ballot=ballot)
    body: dict[str, Any] = closing.body
    sheet = empty_sheet()
    number_pages(sheet, first=True)
    sheet.add_paragraph(f"{body['title']}结果", "公文标题")
    _plain(sheet, _head(closing, body))
    for place, item in enumerate(body["items"], 1):
        _item(sheet, place, item, len(body["items"]) > 1)
    sheet.add_paragraph("计票规则", "一级标题")
    _plain(sheet, body["rule_said"])
    sheet.add_paragraph("封存", "一级标题")
    _plain(sheet, _proof(closing, body))
    for role in SIGNATURES:
        sheet.add_paragraph(f"{role}（签名）：＿＿＿＿＿＿＿＿　＿＿＿＿年＿＿月＿＿日", "正文段落")
    kept = BytesIO()
    sheet.save(kept)
    return kept.getvalue()


def _head(closing: Closing, body: dict[str, Any]) -> list[str]:
    how = "无记名" if body["secret"] else "记名"
    voted = f"投票 {body['voted']} 人" if body["way"] == "phone" else f"收回 {body['voted']} 张"
    lines = [
        f"{closing.congress.name}，{closing.day.year}年{closing.day.month}月{closing.day.day}日，"
        f"{KINDS[body['kind']]}，{how}（{WAYS[body['way']]}）。",
        f"{whole_of(body['rule'])} {body['roll']['count']} 人，到会 {body['present']} 人，{voted}。",
    ]
    return [body["about"], *lines] if body["about"] else lines


def _item(sheet: Sheet, place: int, item: dict[str, Any], several: bool) -> None:
    title = f"{place}. {item['title']}" if several else item["title"]
    sheet.add_paragraph(title, "三级标题" if several else "一级标题")
    if item.get("counts"):
        _table(sheet, item)
    said = [step["said"] for step in item.get("steps", [])]
    said += [str(item["said"])] if item.get("said") else []
    said += [f"{why}的评分表 {n} 张不计" for why, n in item.get("void_sheets", {}).items()]
    _plain(sheet, [f"{line}。" for line in said])
    outcome = f"结果：{item.get('outcome') or '没有结果'}。"
    follows = f"{item['consequence']}。" if item.get("consequence") else ""
    _plain(sheet, [outcome + follows])


def _table(sheet: Sheet, item: dict[str, Any]) -> None:
    rows = [("选项", "票数", "占基数")]
    rows += [(c, str(n), percent(n, item["base"])) for c, n in item["counts"].items()]
    rows += [("废票", str(item["void"]), ""), ("到会未投票", str(item["not_voted"]), "")]
    table = sheet.add_table(rows=len(rows), cols=3)
    table.style = "Table Grid"
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.paragraphs[0].text = text
            cell.paragraphs[0].style = "表格文字"


def _proof(closing: Closing, body: dict[str, Any]) -> list[str]:
    papers = body["papers"]
    lines = (
        [f"公布的票 {papers['count']} 张，合并校验值 {papers['root']}。"] if papers["count"] else []
    )
    return [*lines, f"名册校验值 {body['roll']['hash']}。", f"封存校验值 {closing.hash}。"]


def _plain(sheet: Sheet, lines: list[str]) -> None:
    for line in lines:
        sheet.add_paragraph(line, "正文段落")
