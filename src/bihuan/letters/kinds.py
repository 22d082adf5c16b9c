"""The kinds of official documents (文种) that a letter may be."""

PARTY_AND_GOVERNMENT = (
    "决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复",
    "议案", "函", "纪要",
)  # fmt: skip
"""《党政机关公文处理工作条例》（2012）第八条: fifteen."""

CONGRESS = (
    "公告", "决议", "决定", "法规", "议案", "建议、批评和意见", "请示", "批复", "报告", "通知", "通报",
    "函", "意见", "会议纪要",
)  # fmt: skip
"""《人大机关公文处理办法》（2000）: fourteen; the fourth is 法、条例、规则、实施办法, here 法规."""

LISTS = {"congress": CONGRESS, "government": PARTY_AND_GOVERNMENT}
