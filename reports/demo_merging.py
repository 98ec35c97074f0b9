"""The merged reports of the demonstration: last year's written, approved and published, this year's begun."""

import datetime
import re

from assignments.models import User
from reports import deadlines, services
from reports.consolidation.sources import Source, sources_of
from reports.models import ConsolidatedParagraph, ConsolidationPart, ReportEvent, ReportingCycle
from reports.outline import FIGURES, area_key

# The officers' own paragraphs, before what the agencies say.
OPENINGS = {
    "chi-dao": (
        "Thực hiện Kế hoạch số 96/KH-UBND, năm {year} các sở, ban, ngành, đoàn thể tỉnh và Ủy ban nhân dân các "
        "huyện, thành phố đã ban hành kế hoạch năm, kiện toàn Ban vì sự tiến bộ của phụ nữ, phân công lãnh đạo "
        "phụ trách và đưa mục tiêu bình đẳng giới vào chương trình công tác của ngành, địa phương."
    ),
    "kinh-phi": (
        "Kinh phí thực hiện được bố trí trong dự toán chi thường xuyên hằng năm, lồng ghép từ các chương trình, đề "
        "án và huy động xã hội hóa; mức bố trí giữa các cơ quan, địa phương còn chênh lệch."
    ),
    "danh-gia": (
        "Nhìn chung, các cơ quan, đơn vị triển khai đầy đủ sáu nội dung của Kế hoạch; công tác phối hợp ngày càng "
        "nền nếp. Hạn chế chung là số liệu tách theo giới chưa đầy đủ, cán bộ phụ trách chủ yếu kiêm nhiệm, kinh "
        "phí ở cấp xã còn lồng ghép."
    ),
}
FUNDING_PROPOSAL = (
    "Đề nghị Ủy ban nhân dân tỉnh bố trí kinh phí riêng cho công tác bình đẳng giới ở cấp xã, tối thiểu 10 triệu "
    "đồng/xã/năm; duy trì các mô hình phòng, chống bạo lực gia đình và tập huấn cán bộ thôn, bản ở các xã biên giới."
)
SENT_BACK = "Phần kết quả của các huyện còn dài. Đề nghị rút gọn, giữ số liệu chính, rồi trình lại."
TO_THE_PROVINCE = "Đề nghị Ủy ban nhân dân tỉnh"
GROUP_OF_DISTRICTS = 14


def publish_last_year(cycle: ReportingCycle, officer: User, head: User, *, on: datetime.date) -> None:
    """Write the merged report of a year that is over, have it sent back once, and publish it on a day."""

    def at(days: int, hour: int) -> datetime.datetime:
        return deadlines.midnight(on) + datetime.timedelta(days=days, hours=hour)

    draft = cycle.consolidation
    for part in _parts(cycle):
        _write_opening(part, cycle.year, by=officer, now=at(-6, 9))
        if part.key == FIGURES:
            _say_once(part, by=officer, now=at(-6, 10))
        if part.key == "danh-gia":
            lessons = [s.key for s in sources_of(part).unused if s.text.startswith("Bài học")]
            services.set_aside(part, lessons, by=officer, now=at(-6, 11))
        if part.key == "kien-nghi":
            _propose_funding(part, by=officer, now=at(-6, 14))
        _merge_lists(part, by=officer, now=at(-6, 15))
    services.take_over_all(draft, by=officer, now=at(-5, 9))
    _ask_for_decisions(draft.parts.get(key="kien-nghi"), by=officer, now=at(-5, 10))
    services.propose(draft, by=officer, now=at(-3, 9))
    services.send_back(draft, by=head, now=at(-3, 16), reason=SENT_BACK)
    for part in _parts(cycle).filter(kind=ConsolidationPart.Kind.AREA):
        _shorten_districts(part, by=officer, now=at(-2, 9))
    services.propose(draft, by=officer, now=at(0, 9))
    services.publish_consolidated_report(cycle, by=head, now=at(0, 15), number="214/BC-SLĐTBXH", issued_on=on)


def begin_this_year(cycle: ReportingCycle, officer: User, second_officer: User) -> None:
    """Write a few parts from the reports that were accepted by half-time; the others are new since."""
    accepted = list(ReportEvent.objects.filter(report__cycle=cycle, kind=ReportEvent.Kind.ACCEPTED).order_by("at"))
    if not accepted:
        return
    half_time = accepted[len(accepted) // 2].at
    known = {event.report_id for event in accepted if event.at <= half_time}
    writers = {"chi-dao": second_officer, area_key(1): second_officer, area_key(2): officer, area_key(4): officer}
    for key, writer in writers.items():
        part = _parts(cycle).get(key=key)
        _write_opening(part, cycle.year, by=writer, now=half_time)
        sources = [source for source in sources_of(part).unused if source.report.pk in known]
        if key == area_key(2) and sources:
            services.set_aside(part, [sources.pop().key], by=writer, now=half_time)
        services.take_over(part, [source.key for source in sources], by=writer, now=half_time)


def _parts(cycle: ReportingCycle):
    return ConsolidationPart.objects.filter(consolidation__cycle=cycle).select_related("consolidation__cycle__plan")


def _write_opening(part: ConsolidationPart, year: int, *, by: User, now: datetime.datetime) -> None:
    if part.key in OPENINGS:
        _write(part, OPENINGS[part.key].format(year=year), by=by, now=now)


def _write(part: ConsolidationPart, text: str, *, by: User, now: datetime.datetime) -> ConsolidatedParagraph:
    """Write a paragraph of the officers' own at the end of a part."""
    paragraph = services.add_paragraph(part, by=by, now=now)
    services.save_consolidation_part(part, by=by, now=now, texts={paragraph.pk: text})
    return paragraph


def _say_once(part: ConsolidationPart, *, by: User, now: datetime.datetime) -> None:
    """Say what every agency says in the same words once, for all of them."""
    sources = sources_of(part).unused
    paragraph = _write(part, sources[0].text, by=by, now=now)
    keys = [source.key for source in sources]
    services.add_to_paragraph(part, keys, paragraph_id=paragraph.pk, with_words=False, by=by, now=now)


def _propose_funding(part: ConsolidationPart, *, by: User, now: datetime.datetime) -> None:
    """Say what several agencies propose on funding as one proposal."""
    keys = [source.key for source in sources_of(part).unused if "kinh phí" in source.text]
    paragraph = _write(part, FUNDING_PROPOSAL, by=by, now=now)
    services.add_to_paragraph(part, keys, paragraph_id=paragraph.pk, with_words=False, by=by, now=now)


def _merge_lists(part: ConsolidationPart, *, by: User, now: datetime.datetime) -> None:
    """Take a sentence that ends in a colon over together with the lines of its list."""
    lists: list[list[Source]] = []
    for source in sources_of(part).unused:
        if source.text.endswith(":"):
            lists.append([source])
        elif lists and source.text.startswith("- ") and source.report == lists[-1][0].report:
            lists[-1].append(source)
    for one in lists:
        services.merge_sources(part, [source.key for source in one], by=by, now=now)


def _ask_for_decisions(part: ConsolidationPart, *, by: User, now: datetime.datetime) -> None:
    texts = dict(part.paragraphs.filter(text__startswith=TO_THE_PROVINCE).values_list("pk", "text"))
    services.save_consolidation_part(part, by=by, now=now, texts=texts, for_decision=texts.keys())


def _shorten_districts(part: ConsolidationPart, *, by: User, now: datetime.datetime) -> None:
    """Leave the first two sentences of what the districts say at length."""
    of_districts = part.paragraphs.filter(sources__report__participant_number=GROUP_OF_DISTRICTS).distinct()
    texts = {}
    for paragraph in of_districts:
        sentences = re.split(r"(?<=[.;])\s+(?=[A-ZĐÂÊÔƯĂ])", paragraph.text)
        if len(sentences) > 2 and "\n" not in paragraph.text:
            texts[paragraph.pk] = " ".join(sentences[:2])
    services.save_consolidation_part(part, by=by, now=now, texts=texts)
