"""What a submission freezes: canonical, fingerprinted, and untouched by whatever is written afterwards."""

import datetime
import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from assignments.models import Agency, Plan, Task
from reports import services, snapshots
from reports.models import Report, ReportPart, Submission
from tests.conftest import DURING, fill

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def at(report) -> Report:
    return Report.objects.select_related("cycle__plan", "agency").get(pk=report.pk)


def submit(report, head) -> Submission:
    return services.submit_report(at(report), by=head, now=DURING)


def test_canonical_sorts_keys_and_writes_vietnamese_as_it_is():
    content = {"text": "Đã làm\n", "year": 2026, "parts": [{"b": None, "a": True}]}

    assert snapshots.canonical(content) == '{"parts":[{"a":true,"b":null}],"text":"Đã làm\\n","year":2026}'


@given(st.dictionaries(st.text(), JSON, max_size=3))
def test_canonical_depends_on_the_content_alone(content):
    text = snapshots.canonical(content)
    shuffled = dict(reversed(content.items()))

    assert json.loads(text) == content
    assert snapshots.canonical(shuffled) == text
    assert snapshots.canonical(json.loads(text)) == text


def test_sha256_is_of_the_utf8_bytes():
    assert snapshots.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert snapshots.sha256("Sở Y tế") == hashlib.sha256("Sở Y tế".encode()).hexdigest()


def test_submission_says_everything_that_is_printed(complete_report, head):
    submission = submit(complete_report, head)

    text = "Đã tổ chức 12 hội nghị cho 1.260 lượt người."
    done = {"status": "done", "reason": "", "evidence": []}
    common = {
        "kind": "common", "number": None, "text": text, "difficulties": "", "carried_from": None, "tasks": [],
    }  # fmt: skip
    area = {"kind": "area", "text": text, "difficulties": "", "carried_from": None}
    assert submission.snapshot == {
        "schema": 2,
        "kind": "agency_report",
        "year": 2026,
        "data_to": "2026-10-31",
        "plan": {
            "number": "96/KH-UBND",
            "issued_on": "2018-05-29",
            "issuer": "Ủy ban nhân dân tỉnh Lạng Sơn",
            "title": "Triển khai thực hiện Chỉ thị số 21-CT/TW",
            "short_title": "thực hiện Chỉ thị số 21-CT/TW",
        },
        "agency": {
            "slug": "so-y-te",
            "name": "Sở Y tế",
            "letterhead": [{"text": "UBND tỉnh Lạng Sơn", "bold": False}, {"text": "Sở Y tế", "bold": True}],
            "notation": "Y-T",
            "place": "Lạng Sơn",
        },
        "signer": {"lines": ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "name": "Hoàng Văn Đứng"},
        "addressee": "Sở Lao động - Thương binh và Xã hội",
        "recipients": ["Như trên", "Lưu: VT"],
        "letter": None,
        "nothing": None,
        "implementation_plan": None,
        "tables": [],
        "people": {"writers": [], "submitted_by": "Hoàng Văn Đứng", "on_behalf_of": ""},
        "parts": [
            common | {"key": "chi-dao", "title": "Công tác lãnh đạo, chỉ đạo, triển khai"},
            area
            | {
                "key": "noi-dung-1",
                "title": "Nội dung thứ 1",
                "number": 1,
                "tasks": [
                    done | {"code": "ND-1.1", "text": "Giải pháp ND-1.1."},
                    done | {"code": "ND-1.2", "text": "Giải pháp ND-1.2."},
                ],
            },
            area
            | {
                "key": "noi-dung-2",
                "title": "Nội dung thứ 2",
                "number": 2,
                "tasks": [done | {"code": "ND-2.1", "text": "Giải pháp ND-2.1."}],
            },
            common
            | {
                "key": "nhiem-vu-07-1",
                "kind": "responsibility",
                "title": "Nhiệm vụ 07.1",
                "tasks": [done | {"code": "NV-07.1", "text": "Nhiệm vụ NV-07.1."}],
            },
            common | {"key": "kinh-phi", "title": "Kinh phí thực hiện"},
            common | {"key": "danh-gia", "title": "Đánh giá chung"},
            common | {"key": "phuong-huong", "title": "Phương hướng, nhiệm vụ năm sau"},
            common | {"key": "kien-nghi", "title": "Đề xuất, kiến nghị"},
        ],
    }
    assert submission.sha256 == hashlib.sha256(submission.content.encode()).hexdigest()
    assert submission.content == snapshots.canonical(submission.snapshot)


def test_reason_written_for_another_status_is_not_sent(complete_report, head):
    area = complete_report.parts.get(key="noi-dung-1")
    area.progress.filter(task__code="ND-1.1").update(status="done", reason="Viết khi còn là chưa thực hiện.")
    area.progress.filter(task__code="ND-1.2").update(status="not_started", reason="Chưa có kinh phí.")

    [part] = [part for part in submit(complete_report, head).snapshot["parts"] if part["key"] == "noi-dung-1"]

    assert [(task["status"], task["reason"]) for task in part["tasks"]] == [
        ("done", ""),
        ("not_started", "Chưa có kinh phí."),
    ]


def test_same_report_submitted_again_has_the_same_fingerprint(complete_report, head):
    first = submit(complete_report, head)
    services.withdraw_report(at(complete_report), by=head, now=DURING)

    assert submit(complete_report, head).sha256 == first.sha256


def test_submission_stays_when_everything_behind_it_changes(complete_report, head, officer):
    content = submit(complete_report, head).content

    ReportPart.objects.update(text="Viết lại.", difficulties="Viết lại.")
    for part in complete_report.parts.all():
        part.progress.update(status="not_started", reason="Viết lại.")
    Plan.objects.update(title="Viết lại", number="97/KH-UBND")
    Task.objects.update(text="Viết lại.")
    Agency.objects.update(name="Viết lại", letterhead=[])
    head.memberships.update(signer_lines=["GIÁM ĐỐC"])

    submission = Submission.objects.get()
    assert submission.content == content
    assert submission.sha256 == snapshots.sha256(content)


def test_officer_reads_what_was_submitted_and_not_what_is_being_written(
    complete_report, clerk, head, officer, client
):
    submit(complete_report, head)
    services.return_report(
        at(complete_report), by=officer, now=DURING, reason="Bổ sung số liệu.", reopened_keys=["kinh-phi", "chi-dao"]
    )
    for key in ("kinh-phi", "chi-dao"):
        part = complete_report.parts.get(key=key)
        services.save_part(part, by=clerk, now=DURING, version=part.version, text="Chưa muốn ai đọc.", progress={})
    client.force_login(officer)
    cycle = complete_report.cycle.get_absolute_url()

    for address in (complete_report.url("review"), f"{cycle}tong-hop/", f"{cycle}kinh-phi/", cycle, "/"):
        assert "Chưa muốn ai đọc." not in client.get(address).content.decode(), address
    assert "Đã tổ chức 12 hội nghị" in client.get(complete_report.url("review")).content.decode()
    assert "Đã tổ chức 12 hội nghị" in client.get(f"{cycle}kinh-phi/").content.decode()


# Who signs


def test_signer_without_lines_of_their_own_signs_with_the_agencys(complete_report, head):
    head.memberships.update(signer_lines=[])

    assert submit(complete_report, head).snapshot["signer"] == {"lines": ["GIÁM ĐỐC"], "name": "Hoàng Văn Đứng"}


def test_clerk_submits_for_whoever_will_sign(complete_report, clerk):
    assert submit(complete_report, clerk).snapshot["signer"] == {"lines": ["GIÁM ĐỐC"], "name": ""}


@pytest.fixture
def letter(report, officer):
    return services.enter_report(
        at(report),
        by=officer,
        now=DURING,
        letter_number="187/BC-SYT",
        received_on=datetime.date(2026, 10, 19),
        scan=SimpleUploadedFile("bao-cao.pdf", b"%PDF-1.7"),
        texts={"chi-dao": "Lời trong công văn."},
    )


def test_entered_report_names_its_letter_and_not_the_officer(letter):
    assert letter.snapshot["letter"] == {"number": "187/BC-SYT", "received_on": "2026-10-19"}
    assert letter.snapshot["signer"] == {"lines": ["GIÁM ĐỐC"], "name": ""}
    assert "Vi Thị Đầu" not in letter.content
    assert letter.sha256 == snapshots.sha256(letter.content)


def test_focal_agencys_own_report_is_addressed_to_nobody(cycle, focal_agency, focal_head):
    own = fill(at(cycle.reports.get(agency=focal_agency)))

    snapshot = submit(own, focal_head).snapshot

    assert (snapshot["addressee"], snapshot["recipients"]) == (None, ["UBND tỉnh", "Lưu: VT"])
    assert snapshot["agency"]["name"] == "Sở Lao động - Thương binh và Xã hội"
