"""Which mails a person may do without, and which of those they have switched off."""

from collections.abc import Callable
from dataclasses import dataclass

from assignments import access as plan_access
from assignments.models import Plan, Role, User
from reports.models import Mail, MailTopic, MutedTopic

MUTED = "người nhận đã tắt loại thư này"

Audience = Callable[[User], bool]


def _has_role(*roles: Role) -> Audience:
    return lambda user: bool(user.agencies_as(*roles))


def _is_focal_head(user: User) -> bool:
    return any(plan_access.is_focal_head(user, plan) for plan in Plan.objects.all())


_works_for_an_agency = _has_role(Role.CLERK, Role.HEAD)

# Who is ever sent a mail about what.
AUDIENCES: dict[MailTopic, Audience] = {
    MailTopic.REMINDER_FOLLOW: _has_role(Role.OFFICER),
    MailTopic.REMINDER_REVIEW: _has_role(Role.OFFICER),
    MailTopic.REMINDER_DECISION: _is_focal_head,
    MailTopic.REPORT_SENT_UP: _has_role(Role.HEAD),
    MailTopic.REPORT_SENT_DOWN: _has_role(Role.CLERK),
    MailTopic.REPORT_ACCEPTED: _works_for_an_agency,
    MailTopic.THREAD_OPENED: _works_for_an_agency,
    MailTopic.THREAD_ANSWERED: _has_role(Role.OFFICER),
    MailTopic.CONSOLIDATION_PROPOSED: _is_focal_head,
    MailTopic.CONSOLIDATION_SENT_BACK: _has_role(Role.OFFICER),
    MailTopic.CONSOLIDATED_PUBLISHED: _has_role(
        Role.CLERK, Role.HEAD, Role.OFFICER, Role.BUDGET_OFFICER, Role.LEADER
    ),
}


@dataclass(frozen=True)
class Required:
    """A kind of mail that always leaves, with the sentence that says why."""

    title: str
    why: str


# The yearly report, its deadline and what decides about it are an official's duty (Nghị định 09/2019/NĐ-CP).
REQUIRED_OF_AGENCIES = (
    Required(
        "Nhắc hạn nộp báo cáo của cơ quan mình",
        "Kế hoạch giao cơ quan báo cáo hằng năm đúng thời hạn; người soạn và người duyệt phải được báo trước hạn.",
    ),
    Required(
        "Thư đôn đốc của cơ quan đầu mối",
        "Do người được giao theo dõi gửi, thay cho văn bản đôn đốc.",
    ),
    Required(
        "Báo cáo bị trả lại",
        "Nêu lý do, phần phải bổ sung và thời hạn nộp lại tính từ ngày trả lại.",
    ),
    Required(
        "Phiếu tiếp nhận báo cáo",
        "Là bằng chứng cơ quan đã nộp báo cáo và thời điểm nộp.",
    ),
    Required(
        "Miễn, thôi miễn báo cáo",
        "Quyết định cơ quan có phải nộp báo cáo năm đó hay không.",
    ),
    Required(
        "Kết quả xử lý đề nghị gia hạn",
        "Quyết định hạn nộp báo cáo của cơ quan.",
    ),
    Required(
        "Điều chỉnh hạn nộp chung",
        "Thay hạn nộp báo cáo của cơ quan mà không cần cơ quan đề nghị.",
    ),
)
REQUIRED_OF_OFFICERS = (
    Required(
        "Đề nghị gia hạn của cơ quan",
        "Có trả lời thì cơ quan mới biết hạn nộp.",
    ),
    Required(
        "Chuyên viên khác điều chỉnh hạn nộp chung",
        "Hạn mới là căn cứ để đôn đốc và trả lời các cơ quan.",
    ),
)


@dataclass(frozen=True)
class Choice:
    """A kind of mail that a person gets, and whether they want it."""

    topic: MailTopic
    is_wanted: bool


def muted_by(user: User) -> set[str]:
    return set(user.muted_topics.values_list("topic", flat=True))


def is_muted(mail: Mail) -> bool:
    """Tell whether the mail's recipient has switched its kind off; what a digest carries is asked row by row."""
    if mail.kind not in MailTopic.values:
        return False
    return MutedTopic.objects.filter(user=mail.recipient_id, topic=mail.kind).exists()


def choices_of(user: User) -> list[Choice]:
    """Return the kinds of mail that this person is ever sent and may do without."""
    muted = muted_by(user)
    return [Choice(topic, topic not in muted) for topic, audience in AUDIENCES.items() if audience(user)]


def required_of(user: User) -> tuple[Required, ...]:
    """Return the kinds of mail that always leave to this person."""
    agencies = REQUIRED_OF_AGENCIES if _works_for_an_agency(user) else ()
    return (*agencies, *(REQUIRED_OF_OFFICERS if user.agencies_as(Role.OFFICER) else ()))
