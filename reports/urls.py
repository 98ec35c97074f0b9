from django.urls import URLPattern, URLResolver, include, path

from reports.views import (
    actions,
    agency,
    consolidated,
    dev_mail,
    documents,
    evidence,
    follow,
    guidance,
    hand_over,
    home,
    last_year,
    leaders,
    nothing,
    paper,
    part,
    review,
    search,
    upload,
)

# Which kind of file an address hands out.
PDF, DOCX = {"kind": "pdf"}, {"kind": "docx"}

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
    path("lan-nop/<int:number>/<str:filename>.pdf", documents.submission_file, PDF, name="submission_pdf"),
    path("lan-nop/<int:number>/<str:filename>.docx", documents.submission_file, DOCX, name="submission_docx"),
    path("lan-nop/<int:number>/co-so/", documents.numbered_document, name="numbered_document"),
    path("lan-nop/<int:number>/co-so/<str:filename>.pdf", documents.numbered_file, PDF, name="numbered_pdf"),
    path("lan-nop/<int:number>/co-so/<str:filename>.docx", documents.numbered_file, DOCX, name="numbered_docx"),
    path("lan-nop/<int:number>/ban-giay/", documents.letter_scan, name="letter_scan"),
    path("khong-phat-sinh/", nothing.declare, name="declare_nothing"),
    path("khong-phat-sinh/revoke/", nothing.revoke, name="revoke_nothing"),
    path("lan-nop/<int:number>/minh-chung/<str:code>/<str:sha256>/", evidence.submitted_file, name="submitted_file"),
    path("lan-nop/<int:number>/ban-ky/", paper.signed_copy, name="signed_copy"),
    path("lan-nop/<int:number>/ban-ky/<int:pk>/", paper.signed_copy_file, name="signed_copy_file"),
    path("<slug:key>/minh-chung/<str:code>/", evidence.evidence, name="evidence"),
    path("<slug:key>/minh-chung/<str:code>/upload/", upload.start_upload, name="start_upload"),
    path("<slug:key>/minh-chung/<str:code>/upload/<str:token>/", upload.upload, name="upload"),
    path("<slug:key>/minh-chung/<str:code>/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("<slug:key>/minh-chung/<str:code>/<int:pk>/remove/", evidence.remove_evidence, name="remove_evidence"),
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
    path("tong-hop/<int:version>/<str:filename>.pdf", documents.consolidated_file, PDF, name="consolidated_pdf"),
    path("tong-hop/<int:version>/<str:filename>.docx", documents.consolidated_file, DOCX, name="consolidated_docx"),
    path("huong-dan/", guidance.guidance, name="guidance"),
    path("huong-dan/<slug:key>/", guidance.edit, name="edit_guidance"),
    path("huong-dan/<slug:key>/restore/", guidance.restore, name="restore_guidance"),
    path("<slug:agency_slug>/", include(report_patterns)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("tra-cuu/", search.search, name="search"),
    path("<plan:plan_slug>/ke-hoach-trien-khai/", paper.implementation_plans, name="implementation_plans"),
    path(
        "<plan:plan_slug>/ke-hoach-trien-khai/<slug:agency_slug>/",
        paper.implementation_plan,
        name="implementation_plan",
    ),
    path(
        "<plan:plan_slug>/ke-hoach-trien-khai/<slug:agency_slug>/tep/",
        paper.implementation_plan_file,
        name="implementation_plan_file",
    ),
    path("co-quan/<slug:agency_slug>/hand-over/", hand_over.hand_over, name="hand_over"),
    path("<plan:plan_slug>/<int:year>/", include(cycle_patterns)),
    path("dev/mail/", dev_mail.index, name="dev_mail"),
    path("dev/mail/<str:filename>/", dev_mail.message, name="dev_mail_message"),
]
