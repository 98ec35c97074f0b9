from django.urls import path, register_converter

from assignments.views import pasting, people, plan


class PlanSlugConverter:
    """A plan's name in addresses, such as 96-kh-ubnd-2018: it begins with the plan's number."""

    regex = "[0-9]+-[a-z0-9-]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PlanSlugConverter, "plan")

urlpatterns = [
    path("thiet-lap/co-quan/", pasting.paste_agencies, name="paste_agencies"),
    path("thiet-lap/co-quan/save/", pasting.save_pasted_agencies, name="save_pasted_agencies"),
    path("thiet-lap/nguoi-dung/", pasting.paste_people, name="paste_people"),
    path("thiet-lap/nguoi-dung/save/", pasting.save_pasted_people, name="save_pasted_people"),
    path("thiet-lap/thu-moi/", pasting.waiting_people, name="invite_everybody"),
    path("thiet-lap/thu-moi/send/", pasting.send_invitations, name="send_invitations"),
    path("thiet-lap/quan-tri-dau-tien/<str:token>/", people.first_administrator, name="first_administrator"),
    path("co-quan/", people.agencies, name="agencies"),
    path("co-quan/<slug:agency_slug>/", people.agency_people, name="agency_people"),
    path("co-quan/<slug:agency_slug>/invite/", people.invite, name="invite"),
    path("co-quan/<slug:agency_slug>/invite/<int:membership_id>/", people.invite_again, name="invite_again"),
    path("co-quan/<slug:agency_slug>/stand-in/", people.stand_in, name="stand_in"),
    path("co-quan/<slug:agency_slug>/end/<int:membership_id>/", people.end_membership, name="end_membership"),
    path("<plan:plan_slug>/", plan.plan_page, name="plan"),
    path("<plan:plan_slug>/toan-van/", plan.full_text, name="plan_text"),
    path("<plan:plan_slug>/tim/", plan.search, name="plan_search"),
]
