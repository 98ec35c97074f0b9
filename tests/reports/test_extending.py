"""More time for a report: who asks, who answers, what it changes, and what the pages show of it."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Membership
from reports import consolidation, deadlines, emails, opening, reminders, services
from reports.models import Extension, Mail, Report, ReportEvent
from reports.standing import standing_of
from reports.workflow import TransitionRefused
from tests import factories
from tests.conftest import DURING, confirm, fill

pytestmark = pytest.mark.long

REASON = "Chờ số liệu của 11 huyện, thành phố."
BECAUSE = "Huyện vừa có lũ quét."
WORDS = "hạn gốc 09/11/2026, được gia hạn đến hết 20/11/2026"
PAGE = "/96-kh-ubnd-2018/2026/so-y-te/xin-gia-han/"
ANSWER = "/96-kh-ubnd-2018/2026/so-y-te/gia-han/"


def until(day: int, month: int = 11) -> datetime.datetime:
    return deadlines.after(datetime.date(2026, month, day))


def on(month: int, day: int, hour: int = 9) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=deadlines.VIETNAM)


@pytest.fixture
def asked(report, clerk, officer):
    return services.ask_extension(report, by=clerk, now=DURING, wanted_until=until(20), reason=REASON)


def mails() -> list[tuple[str, str]]:
    return sorted(Mail.objects.values_list("kind", "recipient__email"))


# Asking


@pytest.mark.parametrize("now", [DURING, on(11, 9, 23), on(11, 12)])
def test_ask_before_the_deadline_and_after_it_tells_the_officers(report, clerk, officer, second_officer, now):
    services.ask_extension(report, by=clerk, now=now, wanted_until=until(20), reason=f" {REASON} ")

    extension = Extension.objects.get()
    assert (extension.asked_at, extension.asked_by, extension.asked_reason) == (now, clerk, REASON)
    assert (extension.wanted_until, extension.decided_at) == (until(20), None)
    event = report.events.last()
    assert (event.kind, event.by, event.reason) == ("extension_asked", clerk, REASON)
    assert event.note == "Xin đến hết ngày 20/11/2026"
    assert mails() == [
        ("extension_asked", "dau-moi-2@so-ldtbxh.example"),
        ("extension_asked", "dau-moi@so-ldtbxh.example"),
    ]
    report.refresh_from_db()
    assert report.due_at == report.cycle.due_at


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (9, "Ngày được gia hạn phải sau hạn chung của kỳ báo cáo (09/11/2026)."),
        (1, "Ngày được gia hạn phải sau hạn chung của kỳ báo cáo (09/11/2026)."),
    ],
)
def test_ask_for_no_more_time_than_there_is_is_refused(report, clerk, day, words):
    with pytest.raises(TransitionRefused) as refusal:
        services.ask_extension(report, by=clerk, now=DURING, wanted_until=until(day), reason=REASON)

    assert str(refusal.value) == words
    assert not Extension.objects.exists()


def test_ask_for_a_day_that_is_over_is_refused(report, clerk):
    with pytest.raises(TransitionRefused, match="Ngày 11/11/2026 đã qua"):
        services.ask_extension(report, by=clerk, now=on(11, 12), wanted_until=until(11), reason=REASON)


def test_ask_twice_is_refused(report, clerk, asked):
    with pytest.raises(TransitionRefused, match="đang chờ cơ quan đầu mối trả lời"):
        services.ask_extension(report, by=clerk, now=DURING, wanted_until=until(25), reason=REASON)


def test_ask_is_the_agencys_alone(report, officer, other_agency_clerk):
    for stranger in (officer, other_agency_clerk):
        with pytest.raises(PermissionDenied):
            services.ask_extension(report, by=stranger, now=DURING, wanted_until=until(20), reason=REASON)


def test_ask_for_what_was_sent_is_refused(complete_report, clerk, head):
    services.submit_report(complete_report, by=head, now=DURING)

    with pytest.raises(TransitionRefused, match="Báo cáo đã nộp"):
        services.ask_extension(complete_report, by=clerk, now=DURING, wanted_until=until(20), reason=REASON)


# Answering


def test_grant_replaces_the_deadline_and_tells_the_agency(report, asked, officer, clerk, head):
    services.grant_extension(report, by=officer, now=on(10, 21), granted_until=until(20), reason=BECAUSE)

    report.refresh_from_db()
    assert (report.due_at, report.extension_words) == (until(20), WORDS)
    extension = Extension.objects.get()
    assert (extension.decision, extension.decided_by, extension.reason) == ("granted", officer, BECAUSE)
    event = report.events.last()
    assert (event.kind, event.note, event.reason) == ("extension_granted", WORDS, BECAUSE)
    assert [row for row in mails() if row[0] == "extension_granted"] == [
        ("extension_granted", "chuyenvien@so-y-te.example"),
        ("extension_granted", "lanhdao@so-y-te.example"),
    ]


def test_refuse_keeps_the_deadline_and_says_why(report, asked, officer, clerk):
    services.refuse_extension(report, by=officer, now=on(10, 21), reason=BECAUSE)

    report.refresh_from_db()
    assert (report.due_at, report.extension_words) == (report.cycle.due_at, "")
    event = report.events.last()
    assert (event.kind, event.note, event.reason) == (
        "extension_refused",
        "Giữ hạn: hết ngày 09/11/2026",
        BECAUSE,
    )
    with pytest.raises(TransitionRefused, match="Không còn đề nghị"):
        services.refuse_extension(report, by=officer, now=on(10, 21), reason=BECAUSE)
    services.ask_extension(report, by=clerk, now=on(10, 22), wanted_until=until(16), reason=REASON)
    assert report.extensions.open().count() == 1


def test_grant_unasked_needs_no_request(report, officer):
    services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)

    extension = Extension.objects.get()
    assert (extension.asked_at, extension.asked_by, extension.asked_reason) == (None, None, "")
    assert (extension.decision, extension.granted_until) == ("granted", until(20))


def test_grant_again_replaces_what_was_granted(report, officer):
    for day in (20, 16):
        services.grant_extension(report, by=officer, now=DURING, granted_until=until(day), reason=BECAUSE)

    report.refresh_from_db()
    assert report.due_at == until(16)
    assert Extension.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "now", "words"),
    [
        (9, DURING, "phải sau hạn chung"),
        (12, on(11, 13), "đã qua"),
    ],
)
def test_grant_of_a_day_that_gives_nothing_is_refused(report, officer, day, now, words):
    with pytest.raises(TransitionRefused, match=words):
        services.grant_extension(report, by=officer, now=now, granted_until=until(day), reason=BECAUSE)


def test_grant_without_a_reason_is_refused(report, officer):
    with pytest.raises(TransitionRefused, match="lý do"):
        services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason="  ")


def test_answering_is_the_officers_alone(report, asked, clerk, head, focal_head, administrator):
    for person in (clerk, head, focal_head, administrator):
        with pytest.raises(PermissionDenied):
            services.grant_extension(report, by=person, now=DURING, granted_until=until(20), reason=BECAUSE)
        with pytest.raises(PermissionDenied):
            services.refuse_extension(report, by=person, now=DURING, reason=BECAUSE)


def test_many_are_extended_each_for_itself(cycle, report, officer, agency, other_agency):
    reports = list(cycle.reports.filter(agency__in=[agency, other_agency]).order_by("participant_number"))
    services.excuse_report(reports[0], by=officer, now=DURING, reason="Sáp nhập.")

    extended, refused = services.extend_many(reports, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)

    assert [report.issuer_name for report in extended] == ["Sở Y tế"]
    assert [(report.issuer_name, why) for report, why in refused] == [
        ("Sở Tư pháp", "Đơn vị được miễn báo cáo năm nay.")
    ]
    assert list(Report.objects.exclude(extended_due_at=None).values_list("issuer_name", flat=True)) == ["Sở Y tế"]


def test_moved_deadline_is_followed_by_all_but_the_extended(cycle, report, officer, other_agency):
    services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)
    dates = factories.changed_dates(cycle, due_at=until(16))

    services.change_cycle(cycle, by=officer, now=DURING, dates=dates, reason="Công văn 812/UBND.")

    due = {r.issuer_name: r.last_day.day for r in cycle.reports.select_related("cycle")}
    assert due == {
        "Sở Lao động - Thương binh và Xã hội": 16,
        "Sở Tài chính": 16,
        "Sở Tư pháp": 16,
        "Sở Y tế": 20,
    }


def test_late_report_extended_past_its_arrival_is_on_time(complete_report, head, officer):
    services.submit_report(complete_report, by=head, now=on(11, 12))
    assert standing_of(complete_report, now=on(11, 13), corrections={}).is_late

    services.grant_extension(complete_report, by=officer, now=on(11, 13), granted_until=until(12), reason=BECAUSE)

    assert not standing_of(complete_report, now=on(11, 13), corrections={}).is_late


def test_extension_starts_a_new_count_of_reminders(report, clerk, head, officer):
    services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)
    report = Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)

    facts = reminders.read_facts([report], on(11, 13))[report.pk]

    due = reminders.due_reminders(facts, on(11, 13))
    assert {(row.days, row.due_at) for row in due if not row.why} == {(-7, until(20))}


# Excusing


def test_excuse_lowers_the_number_expected_and_tells_the_agency(report, officer, clerk, head):
    services.excuse_report(report, by=officer, now=DURING, reason="Sáp nhập từ 01/10.")

    report.refresh_from_db()
    assert (report.excused_at, report.excused_by, report.excused_reason) == (DURING, officer, "Sáp nhập từ 01/10.")
    assert report.events.last().kind == "excused"
    state = consolidation.reporting_state(list(consolidation.reports_of(report.cycle)), set())
    assert (state["expected"], state["excused"]) == (3, ["Sở Y tế"])
    assert mails() == [
        ("report_excused", "chuyenvien@so-y-te.example"),
        ("report_excused", "lanhdao@so-y-te.example"),
    ]


def test_end_of_excuse_makes_it_owed_again(report, officer, clerk):
    services.excuse_report(report, by=officer, now=DURING, reason="Sáp nhập.")

    services.end_excuse(report, by=officer, now=on(10, 22), reason="Nhầm đơn vị.")

    report.refresh_from_db()
    assert (report.excused_at, report.excused_by, report.excused_reason) == (None, None, "")
    assert report.is_owed
    assert list(report.events.values_list("kind", flat=True)) == ["opened", "excused", "excuse_ended"]
    with pytest.raises(TransitionRefused, match="không được miễn"):
        services.end_excuse(report, by=officer, now=on(10, 22), reason="Nhầm.")


def test_excuse_of_what_was_sent_is_refused(complete_report, head, officer):
    services.submit_report(complete_report, by=head, now=DURING)

    with pytest.raises(TransitionRefused, match="Đã nộp"):
        services.excuse_report(complete_report, by=officer, now=DURING, reason="Sáp nhập.")


def test_excusing_is_the_officers_alone(report, head, focal_head):
    for person in (head, focal_head):
        with pytest.raises(PermissionDenied):
            services.excuse_report(report, by=person, now=DURING, reason="Sáp nhập.")


# The mails


def letter(kind: str, now: datetime.datetime) -> emails.Letter:
    return emails.compose(Mail.objects.filter(kind=kind).first(), now)


def test_mail_to_the_officer_says_until_when_and_why(asked):
    told = letter("extension_asked", DURING)

    assert told.subject == "Xin gia hạn báo cáo năm 2026 đến hết 20/11/2026: Sở Y tế"
    assert "đến hết ngày 20/11/2026. Đề nghị Ông/Bà xem xét" in told.text
    assert f"Lý do:\n{REASON}\n" in told.text
    assert f"{ANSWER}\n" in told.text


def test_mail_that_grants_names_both_dates(report, asked, officer):
    services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)

    told = letter("extension_granted", DURING)

    assert told.subject == "Gia hạn báo cáo năm 2026 của Sở Y tế đến hết 20/11/2026"
    assert "đồng ý gia hạn nộp báo cáo năm 2026 của Sở Y tế" in told.text
    assert f"Hạn nộp: hết ngày 20/11/2026 (còn 31 ngày). {WORDS[0].upper()}{WORDS[1:]}." in told.text
    assert WORDS[1:] in told.html


def test_mail_that_refuses_keeps_the_deadline(report, asked, officer):
    services.refuse_extension(report, by=officer, now=DURING, reason=BECAUSE)

    told = letter("extension_refused", DURING)

    assert told.subject == "Không gia hạn báo cáo năm 2026 của Sở Y tế: hạn 09/11/2026"
    assert "Hạn nộp: hết ngày 09/11/2026 (còn 20 ngày).\n" in told.text


def test_mail_about_a_request_that_was_answered_does_not_leave(report, asked, officer):
    services.refuse_extension(report, by=officer, now=DURING, reason=BECAUSE)

    with pytest.raises(emails.NothingToSay):
        letter("extension_asked", DURING)


def test_mail_that_excuses_and_that_ends_it(report, officer, clerk):
    services.excuse_report(report, by=officer, now=DURING, reason="Sáp nhập.")
    assert letter("report_excused", DURING).subject == (
        "Miễn báo cáo năm 2026 thực hiện Kế hoạch số 96/KH-UBND cho Sở Y tế"
    )

    services.end_excuse(report, by=officer, now=on(10, 22), reason="Nhầm đơn vị.")

    assert letter("excuse_ended", on(10, 22)).subject == "Thôi miễn báo cáo năm 2026 của Sở Y tế: hạn 09/11/2026"
    with pytest.raises(emails.NothingToSay):
        letter("report_excused", on(10, 22))


def test_officers_reminder_counts_the_requests_that_wait(cycle, report, clerk, officer):
    services.ask_extension(report, by=clerk, now=on(11, 12), wanted_until=until(20), reason=REASON)
    reminders.claim_due_reminders(on(11, 16))

    told = emails.compose(officer.mails.get(kind=Mail.Kind.REMINDER), on(11, 16))

    waiting = re.search(r"Có 1 đề nghị gia hạn chờ trả lời: \S+/96-kh-ubnd-2018/2026/gia-han/\n", told.text)
    assert waiting is not None
    assert "1 đề nghị gia hạn</a> chờ trả lời." in told.html


# The pages


@pytest.fixture
def _during(time_machine):
    time_machine.move_to(DURING, tick=False)


@pytest.mark.usefixtures("_during")
def test_clerk_asks_and_sees_what_became_of_it(client, report, clerk, officer):
    client.force_login(clerk)

    response = client.post(PAGE, {"wanted_until": "20/11/2026", "reason": REASON}, follow=True)

    assert Extension.objects.get().wanted_until == until(20)
    assert "Chờ cơ quan đầu mối trả lời" in response.content.decode()
    assert "Đã xin gia hạn đến hết ngày 20/11/2026" in client.get("/").content.decode()
    services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)
    for address in ("/", PAGE, "/96-kh-ubnd-2018/2026/so-y-te/", "/96-kh-ubnd-2018/2026/so-y-te/kiem-tra/"):
        assert WORDS[1:] in client.get(address).content.decode()


@pytest.mark.usefixtures("_during")
def test_bad_request_keeps_what_was_typed(client, report, clerk):
    client.force_login(clerk)

    response = client.post(PAGE, {"wanted_until": "09/11/2026", "reason": REASON})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [
        "Ngày được gia hạn phải sau hạn chung của kỳ báo cáo (09/11/2026)."
    ]
    assert REASON in response.content.decode()


@pytest.mark.usefixtures("_during")
def test_officer_sees_what_granting_does_before_it_is_done(client, report, asked, officer):
    client.force_login(officer)
    answer = {"decision": "grant", "granted_until": "14/11/2026", "reason": BECAUSE}

    shown = client.post(ANSWER, answer)

    assert Extension.objects.get().decided_at is None
    effects = shown.context["effects"]
    assert effects.lines[:2] == [
        ("Đồng ý với đề nghị gia hạn đang chờ của 1 đơn vị", ["Sở Y tế"]),
        ("1 đơn vị có hạn mới: hết ngày 14/11/2026", ["Sở Y tế"]),
    ]
    assert effects.lines[-1] == ("Báo hạn mới bằng thư, kèm lý do: 1 người ở 1 đơn vị", ["Sở Y tế"])
    assert effects.warnings == [
        (
            "Ngày cuối 14/11/2026 không phải ngày làm việc (thứ Bảy); ngày làm việc tiếp theo là thứ Hai 16/11/2026",
            [],
        )
    ]
    done = confirm(client, ANSWER, answer)
    assert done.status_code == 302
    report.refresh_from_db()
    assert report.due_at == until(14)


@pytest.mark.usefixtures("_during")
def test_officer_goes_back_to_what_was_typed(client, report, asked, officer):
    client.force_login(officer)

    response = client.post(
        ANSWER, {"decision": "grant", "granted_until": "14/11/2026", "reason": BECAUSE, "edit": "1"}
    )

    assert response.context["effects"] is None
    assert 'value="14/11/2026"' in response.content.decode()


@pytest.mark.usefixtures("_during")
def test_officer_sees_what_refusing_does_before_it_is_done(client, report, asked, officer):
    client.force_login(officer)
    answer = {"decision": "refuse", "granted_until": "20/11/2026", "reason": BECAUSE}

    shown = client.post(ANSWER, answer)

    assert Extension.objects.get().decided_at is None
    assert shown.context["effects"].lines == [
        ("Không gia hạn: đơn vị giữ hạn hết ngày 09/11/2026", []),
        ("Báo bằng thư, kèm lý do: 1 người của đơn vị", []),
    ]
    assert "Trả lời không gia hạn</button>" in shown.content.decode()
    confirm(client, ANSWER, answer)
    assert Extension.objects.get().decision == "refused"


@pytest.mark.usefixtures("_during")
@pytest.mark.parametrize(("decision", "day"), [("grant", "20/11/2026"), ("refuse", "")])
def test_request_that_another_officer_answered_meanwhile_is_not_answered_again(
    client, report, asked, officer, decision, day
):
    client.force_login(officer)
    answer = {"decision": decision, "granted_until": day, "reason": BECAUSE}
    seal = client.post(ANSWER, answer).context["effects"].seal
    services.refuse_extension(report, by=officer, now=DURING, reason="Không đủ căn cứ.")

    shown = client.post(ANSWER, answer | {"confirmed": seal})

    assert Extension.objects.get().decision == "refused"
    assert "vừa trả lời đề nghị này (không gia hạn)" in shown.content.decode()
    assert BECAUSE in shown.content.decode()
    report.refresh_from_db()
    assert report.extended_due_at is None


@pytest.mark.usefixtures("_during")
def test_many_are_shown_anew_where_one_was_extended_meanwhile(client, cycle, report, officer):
    client.force_login(officer)
    address = cycle.url("extend_many")
    chosen = {"agencies": ["so-y-te", "so-tu-phap"], "granted_until": "20/11/2026", "reason": BECAUSE}
    seal = client.post(address, chosen).context["effects"].seal
    services.grant_extension(report, by=officer, now=DURING, granted_until=until(18), reason=BECAUSE)

    shown = client.post(address, chosen | {"confirmed": seal})

    assert Report.objects.filter(extended_due_at=until(20)).count() == 0
    assert "từ lúc bạn xem trước, số liệu của kỳ đã thay đổi" in shown.content.decode()
    client.post(address, chosen | {"confirmed": shown.context["effects"].seal})
    assert Report.objects.filter(extended_due_at=until(20)).count() == 2


@pytest.mark.usefixtures("_during")
def test_officer_is_told_of_an_agency_that_nobody_can_tell(client, cycle, officer):
    Membership.objects.filter(agency__slug="so-tu-phap").delete()
    client.force_login(officer)
    chosen = {"agencies": ["so-tu-phap"], "granted_until": "20/11/2026", "reason": BECAUSE}

    shown = client.post(cycle.url("extend_many"), chosen)

    warning = "1 đơn vị có hạn mới nhưng chưa có đầu mối để báo; hãy gọi điện"
    assert (warning, ["Sở Tư pháp"]) in shown.context["effects"].warnings


@pytest.mark.usefixtures("_during")
def test_excuse_pressed_after_another_officers_does_not_end_it(client, report, officer):
    client.force_login(officer)
    address, reason = report.url("excuse"), {"reason": "Sáp nhập."}
    seal = client.post(address, reason).context["effects"].seal
    services.excuse_report(report, by=officer, now=DURING, reason="Sáp nhập.")

    shown = client.post(address, reason | {"confirmed": seal})

    assert "từ lúc bạn xem trước, số liệu của kỳ đã thay đổi" in shown.content.decode()
    report.refresh_from_db()
    assert report.excused_at


@pytest.mark.usefixtures("_during")
def test_waiting_requests_stand_on_the_officers_pages(client, report, asked, officer):
    client.force_login(officer)

    cycle_page = client.get(report.cycle.get_absolute_url())
    list_page = client.get(report.cycle.url("extensions"))

    assert cycle_page.context["extensions_waiting"] == 1
    assert [extension for extension, _ in list_page.context["waiting"]] == [asked]
    assert f'href="{ANSWER}"' in list_page.content.decode()


@pytest.mark.usefixtures("_during")
def test_many_are_ticked_shown_and_extended(client, cycle, officer):
    client.force_login(officer)
    address = cycle.url("extend_many")
    chosen = {"agencies": ["so-y-te", "so-tu-phap"], "granted_until": "20/11/2026", "reason": BECAUSE}

    shown = client.post(address, chosen)
    assert shown.context["effects"].lines[0] == (
        "2 đơn vị có hạn mới: hết ngày 20/11/2026",
        ["Sở Tư pháp", "Sở Y tế"],
    )
    assert not Extension.objects.exists()
    confirm(client, address, chosen)

    extended = Report.objects.filter(extended_due_at=until(20)).order_by("participant_number")
    assert [report.agency.slug for report in extended] == ["so-tu-phap", "so-y-te"]


@pytest.mark.parametrize("page", ["", "gia-han/", "gia-han/nhieu-don-vi/", "ky-bao-cao/"])
def test_pages_ask_as_often_for_many_extensions(client, cycle, officer, page):
    client.force_login(officer)
    address = cycle.get_absolute_url() + page
    ask_and_extend(cycle, officer, range(20, 22))
    few = queries(client, address)

    ask_and_extend(cycle, officer, range(22, 34))

    assert queries(client, address) == few


def ask_and_extend(cycle, officer, numbers: range) -> None:
    """Add agencies: every other one has asked, the others have more time."""
    for number in numbers:
        participant = factories.ParticipantFactory(plan=cycle.plan, number=number)
        clerk = factories.MembershipFactory(agency=participant.agency, role="clerk").user
        opening.open_cycle(cycle.plan, cycle.year, by=None, now=DURING)
        report = Report.objects.select_related("cycle__plan", "agency").get(agency=participant.agency)
        if number % 2:
            services.ask_extension(report, by=clerk, now=DURING, wanted_until=until(20), reason=REASON)
        else:
            services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.usefixtures("_during")
def test_excused_agency_reads_why(client, report, officer, clerk):
    client.force_login(officer)
    address = report.url("excuse")
    shown = client.post(address, {"reason": "Sáp nhập."})
    assert shown.context["effects"].lines[0] == ("Số đơn vị phải báo cáo: 4 thành 3", [])

    confirm(client, address, {"reason": "Sáp nhập."})

    client.force_login(clerk)
    for page in ("/", "/96-kh-ubnd-2018/2026/so-y-te/"):
        assert "Đơn vị được miễn báo cáo năm 2026" in client.get(page).content.decode()


def test_merged_report_and_workbook_name_the_extended(cycle, report, officer):
    services.grant_extension(report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)

    state = consolidation.reporting_state(list(consolidation.reports_of(cycle)), set())

    assert state["extended"] == [f"Sở Y tế ({WORDS})"]


def test_receipt_of_an_extended_report_names_both_dates(client, complete_report, head, officer):
    services.grant_extension(complete_report, by=officer, now=DURING, granted_until=until(20), reason=BECAUSE)
    submission = services.submit_report(fill(complete_report), by=head, now=on(11, 12))
    client.force_login(head)

    page = client.get(submission.get_absolute_url()).content.decode()

    assert WORDS[1:] in page
    assert "(nộp chậm)" not in page
    assert ReportEvent.objects.filter(kind="submitted").count() == 1
