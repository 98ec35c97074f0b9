from django.urls import path, register_converter

from assignments.views import people, plan


class PlanSlugConverter:
    """A plan's name in addresses, such as 96-kh-ubnd-2018: it begins with the plan's number."""

    regex = "[0-9]+-[a-z0-9-]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PlanSlugConverter, "plan")

urlpatterns = [
    path("thiet-lap/<str:token>/", people.first_administrator, name="first_administrator"),
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
