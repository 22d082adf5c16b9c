"""What a single sentence of an official paper does: tell a fact, demand a measure, head a part."""

import re

FACT, MEASURE, HEADING, OTHER = "fact", "measure", "heading", "other"

_END = re.compile(r"[。；;！!？?](?:[”’」）)]*)$")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十百]+[章节部分]+|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|"
    r"\d{1,2}[.．、](?!\d))"
)
_LABELLED = re.compile(
    r"^(?:支点|做法|措施|特点|亮点|经验|案例|问题|任务)[一二三四五六七八九十]{1,2}[：:]"
)
_DUTY = re.compile(
    r"应当?(?!急|对|用|届|时)|必须|不得|可以|由.{2,20}负责|^.{0,20}[，,]要|须|^[^，,]{0,8}请(?!示)|务必"
)

_OTHER = re.compile(
    r"扫码|预览|版权|^各位|^谢谢|请予?审议|^让我们|请联系|^此致|^敬礼|新气象.{0,8}新作为|万岁|^现将|现.{0,40}如下[。：:]?$|起施行|^以上|如下[：:]$|以下.{0,6}[：:]$|"
    r"^名词解释|^注[：:]"
)
_PAST = re.compile(
    r"(?<!为)(?<!除)了(?!解|然)|已(?!知)|累计|近年来|年来|以来|去年|上年|前年|同比(?!例|减少|下降)|较.{0,8}(?:增长|下降|增加)\d|据(?:统计|了解|介绍|悉)|"
    r"(?:反映|介绍|指出|认为|强调|表示|发现)[，,：:“]|截[至止]|至今|实践中|如某|某(?:单位|局|县|市|领域|民生|环保|专项|区|镇|乡|项)|"
    r"有的(?!放矢)|现象(?=[一二三四:：]|存在|依然|突出|较|仍|普遍|屡|时有)|存在(?!的)|问题突出|流于形式|有待|不畅|仅(?:以|通过|占|有|为|限)|尚|202[x×X]|得到|取得|荣获|被评为|曾|"
    r"过去(?:一年|五年)|一年来|五年来|(?:本届|今年)(?:以来|[上初])|今年\d|先后|历时|逐步形成|充分体现|创历史|居全[国省]|位居|"
    r"连续\d|(?:^|[，,])\d{4}年(?![底前以]|[，,]?(?:要|将|力争))|过程中[，,]存在|此外.{0,16}还|始终坚持|不断探索|创新制定|^但是?(?!要)|^包括|在于|有利于|"
    r"不(?:到位|足|够|高|强|畅|清|实|严|力|规范|平衡)[。，,]|^为了?[^。]{4,}(?:根据|特?[作做]出?.{0,8}(?:决定|决议)|制定本)|"
    r"^\d{4}年\d+月\d+日.{0,40}(?:通过|修正|发布)|包括[：:]|^“[^”]{8,}”$|(?:十分|非常|更为|极为|仍然|依然|任务)[^，,。]{1,4}[。，,]|数量多|^会议(?:认为|指出|听取|审议|对)"
)
_STATE = re.compile(
    r"^(?!.{0,4}(?:推动|促进|加快|使|让|确保|实现|力争|支持|引导|加强|提升|要|着力|推进))[^，,。；;]{2,18}?"
    r"(?:持续|不断|稳步|明显|显著|更加|进一步|全面|大幅|有效|总体|加速)"
    r"(?:提升|增强|改善|优化|向好|巩固|提高|扩大|加快|深化|完善|平稳|稳定|显现|释放|夯实|壮大|拓展|下降|回升)(?:[，,。；;]|$)"
)
_IS = re.compile(
    r"^[^，,。“]{2,60}(?<![还但凡总于三二一四五])是(?!否)[^，,。]{2,}[。，,]|[，,][便就正都也]是|[，,]是[^，,否]{4,}|即[^，,。使便将日可]{2,}|^[^，,。]{1,20}[：:]国家|是指"
)
_SOMEBODY = re.compile(
    r"(?:^(?!我)[^，,。、]{0,12}?(?:人大(?!代表)|[一-鿿]{2}[县市区镇乡]|代表们)|[，,][^，,。、]{0,8}(?:人大(?!代表)|常委会))"
    r"(?:常委会|党组|主席团|及其常委会|机关|还)?"
    r"(?:高度重视|始终|注重|通过|围绕|按照|持续|坚持|积极|创新|重点开展|探索|充分|紧紧|把|综合|深入|大力|结合|建立|制定|组织|认真|针对|严格)"
)
"""A named body told about in the third person, without a word of duty: how a report speaks of work done."""
_AHEAD = re.compile(
    r"(?:(?<![重主需必首概摘])要(?!素|求|闻|点|件|地|紧|强|道)|将(?!军)|力争|争取|确保|拟|计划于|必须|应当|今后|下一?步|新的一年|今年[，,]?(?:要|将|我们))"
)
_SLOGAN = re.compile(r"(?:更加|“[^”]{1,6}”|[一-鿿]性|新篇章|辉煌)[。]?$")
_NO_SLOGAN = re.compile(r"^要|落实|贯彻")


def kind_of(text: str) -> str:
    """The kind of one sentence: fact, measure, heading or other. An empty one is other."""
    if len(text) < 2 or _OTHER.search(text):
        return OTHER
    if _is_heading(text):
        return HEADING
    return FACT if _tells(text) else MEASURE


def _is_heading(text: str) -> bool:
    if text.startswith("#"):
        return True
    if _NUMBERED.match(text):
        return not _DUTY.search(text) and (len(text) <= 50 and not re.search(r"\d{2}", text[4:]))
    if _LABELLED.match(text):
        return len(text) <= 30 and not re.search(r"\d", text)
    if not _END.search(text):
        return len(text) <= 30
    if re.fullmatch(r"[^，,、]{4,5}[，,][^，,、]{4,5}。", text):
        return True
    return _couplet(text)


def _couplet(text: str) -> bool:
    """Two clauses of one length and no more: a slogan over a part."""
    halves = re.split(r"[，,]", text.rstrip("。"))
    if len(halves) != 2 or len(text) > 26 or "、" in text or _NO_SLOGAN.search(text):
        return False
    apart = abs(len(halves[0]) - len(halves[1]))
    if max(map(len, halves)) <= 8 and apart <= 1:
        return True
    return apart <= 4 and bool(_SLOGAN.search(text) or re.search(r"[，,]让", text))


def _tells(text: str) -> bool:
    """Whether the sentence tells what is or was: an aspect word of the past, a state, a copula."""
    ahead = _AHEAD.search(text)
    past = _PAST.search(text)
    if past:
        return not (ahead and ahead.start() < past.start() and ahead.start() < 8)
    if _STATE.search(text):
        return True
    return bool(_IS.search(text) or _SOMEBODY.search(text)) and not ahead
