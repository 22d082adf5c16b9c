"""Words of the rooms below that the screens translate: marked here, where translations are gathered."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

LIGHTS = (_("逾期"), _("临期"), _("办理中"), _("待交办"), _("办结"), _("不再办理"))
ROLES = (
    _("工作人员"),
    _("大会秘书处"),
    _("代表团"),
    _("专门委员会"),
    _("承办单位联系人"),
    _("代表"),
    _("领导"),
    _("基层单位"),
    _("系统管理员"),
    _("安全管理员"),
    _("审计管理员"),
)
ACTORS = (_("提出人"), _("主办单位"), _("会办单位"), _("时钟"), _("所属事项"))
LABELS = (
    _("名称"),
    _("简称"),
    _("姓名"),
    _("电话"),
    _("邮箱"),
    _("备注"),
    _("职务"),
    _("由常委会任命"),
    _("选举单位"),
    _("代表证号"),
    _("日期"),
    _("事由"),
    _("自"),
    _("至"),
)
