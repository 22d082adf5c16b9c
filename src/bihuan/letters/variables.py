"""The variables that declarations and templates may use, each with what it says. Templates name them in Chinese."""

from __future__ import annotations

from bihuan.loop.spec import Institution

GENERAL = {
    "人大": "人大常委会的全称",
    "人大简称": "如 江州市人大",
    "地名": "如 江州市",
    "首字": "地名的第一个字，机关代字用",
    "今天": "今天的日期",
    "年度": "事项或报告的年度",
    "联系人": "起草人的姓名",
    "电话": "起草人登记的电话",
    "制度": "制度的名称",
}
MATTER = {
    "事项": "事项的标题",
    "编号": "事项的编号",
    "事项内容": "事项的全文",
    "提出人": "如 张春梅等3名代表",
    "领衔人": "第一位提出人",
    "提出日期": "提出的日期",
    "承办单位": "这封信关于的承办单位",
    "单位首字": "承办单位名称的第一个字（去掉市、县、区）",
    "责任人": "承办单位的责任人",
    "承办方式": "主办、会办或分别办理",
    "期限": "承办单位的时限",
    "超期天数": "超过期限的天数，没有超期为 0",
    "主办单位": "全部主办（或分别办理）单位",
    "会办单位": "全部会办单位",
    "政府": "同级人民政府",
    "条目": "同一会议、同一议题的各条，一行一条",
    "条数": "有几条",
}
YEAR = {
    "指标": "各项指标的数字，如 {{ 指标.答复率 }}",
    "件数": "全部件数",
    "概括": "主要指标连成的一句话",
}
SHEET = {
    "发文机关标志", "发文机关", "发文字号", "标题", "主送机关", "正文", "附件", "成文日期", "附注",
    "抄送", "印发机关", "印发日期", "版头标记", "段", "件",
}  # fmt: skip
"""What a .docx template may use besides."""


def names(one: Institution) -> set[str]:
    """Every variable for the letters of an institution: the general ones, and each field by its title."""
    titles = {field.title for field in one.fields if field.title.isidentifier()}
    return {*GENERAL, *MATTER, *YEAR, *titles}
