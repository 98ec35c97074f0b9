from django.urls import URLPattern, URLResolver, include, path

from reports.views import (
    actions,
    agency,
    consolidated,
    dev_mail,
    documents,
    follow,
    guidance,
    home,
    last_year,
    leaders,
    nothing,
    part,
    review,
    search,
)

report_patterns: list[URLPattern | URLResolver] = [
    path("", agency.report, name="report"),
    path("kiem-tra/", agency.check, name="check"),
    path("send-up/", actions.send_up, name="send_up"),
    path("send-down/", actions.send_down, name="send_down"),
    path("submit/", actions.submit, name="submit"),
    path("withdraw/", actions.withdraw, name="withdraw"),
    path("tham-tra/", review.review, name="review"),
    path("take/", review.take, name="take"),
    path("return/", review.return_, name="return"),
    path("accept/", review.accept, name="accept"),
    path("reopen/", review.reopen, name="reopen"),
    path("enter/", review.enter, name="enter"),
    path("lan-nop/<int:number>/", documents.submission, name="submission"),
    path("lan-nop/<int:number>/van-ban/", documents.submission_document, name="submission_document"),
    path("lan-nop/<int:number>/<str:filename>.pdf", documents.submission_pdf, name="submission_pdf"),
    path("lan-nop/<int:number>/ban-giay/", documents.letter_scan, name="letter_scan"),
    path("khong-phat-sinh/", nothing.declare, name="declare_nothing"),
    path("khong-phat-sinh/revoke/", nothing.revoke, name="revoke_nothing"),
    # Every address above this line is a place of the portal; what is left names a part.
    path("<slug:key>/", part.part, name="part"),
    path("<slug:key>/last-year/", last_year.start_from_last_year, name="start_from_last_year"),
    path("<slug:key>/nothing/", nothing.mark, name="nothing"),
    path("<slug:key>/nothing/clear/", nothing.clear, name="clear_nothing"),
]

cycle_patterns: list[URLPattern | URLResolver] = [
    path("", follow.cycle, name="cycle"),
    path("open/", follow.open_cycle, name="open_cycle"),
    path("tinh-hinh/", leaders.summary, name="summary"),
    path("kinh-phi/", follow.funding, name="funding"),
    path("tong-hop/", consolidated.consolidated, name="consolidated"),
    path("tong-hop/publish/", consolidated.publish, name="publish"),
    path("tong-hop/<int:version>/van-ban/", documents.consolidated_document, name="consolidated_document"),
    path("tong-hop/<int:version>/<str:filename>.pdf", documents.consolidated_pdf, name="consolidated_pdf"),
    path("huong-dan/", guidance.guidance, name="guidance"),
    path("huong-dan/<slug:key>/", guidance.edit, name="edit_guidance"),
    path("huong-dan/<slug:key>/restore/", guidance.restore, name="restore_guidance"),
    path("<slug:agency_slug>/", include(report_patterns)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("tra-cuu/", search.search, name="search"),
    path("<plan:plan_slug>/<int:year>/", include(cycle_patterns)),
    path("dev/mail/", dev_mail.index, name="dev_mail"),
    path("dev/mail/<str:filename>/", dev_mail.message, name="dev_mail_message"),
]
