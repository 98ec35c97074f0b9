from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path, re_path

from assignments.views.password_link import password_link
from assignments.views.sign_in_again import sign_in_again
from plan_portal import health

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Quản trị hệ thống"
admin.site.index_title = "Kế hoạch, cơ quan, người dùng và kỳ báo cáo"

handler500 = "plan_portal.errors.broken"

account_patterns = [
    path("dang-nhap/", account.login, name="account_login"),
    path("dang-nhap-lai/", sign_in_again, name="account_sign_in_again"),
    path("dang-xuat/", account.logout, name="account_logout"),
    path("dang-ky/", account.signup, name="account_signup"),
    path("ngung-hoat-dong/", account.account_inactive, name="account_inactive"),
    path("xac-nhan/", account.reauthenticate, name="account_reauthenticate"),
    path("doi-mat-khau/", account.password_change, name="account_change_password"),
    path("quen-mat-khau/", account.password_reset, name="account_reset_password"),
    path("quen-mat-khau/da-gui/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        password_link,
        name="account_reset_password_from_key",
    ),
    path("mat-khau/xong/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/status", health.status, name="health_status"),
    path("tai-khoan/", include(account_patterns)),
    path("quan-tri/", admin.site.urls),
    path("", include("assignments.urls")),
    path("", include("reports.urls")),
]
