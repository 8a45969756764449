"""Addresses of codes: the permanent ones that symbols hold, images, and the panel's forms."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.codes import permissions, views
from yimaqing.domains.codes.labels import views as labels

app_name = "codes"
prefix = ""
nav_order = 6
nav = [("codes:labels", _("标签"), lambda user: permissions.PRINT in permissions_of(user))]

urlpatterns = [
    path("c/<path:rest>", views.scan, name="scan"),
    path("codes/issue/", views.issue_code, name="issue"),
    path("codes/<int:code_id>/qr.svg", views.qr_svg, name="qr_svg"),
    path("codes/<int:code_id>/qr.png", views.qr_png, name="qr_png"),
    path("codes/<int:code_id>/reissue/", views.reissue_code, name="reissue"),
    path("codes/<int:code_id>/revoke/", views.revoke_code, name="revoke"),
    path("codes/labels/", labels.index, name="labels"),
    path("codes/labels/first.png", labels.preview, name="label_preview"),
    path("codes/labels/ask/", labels.ask, name="ask_labels"),
    path("codes/labels/<int:run_id>/", labels.run, name="label_run"),
    path("codes/labels/<int:run_id>/progress/", labels.progress, name="label_progress"),
    path("codes/labels/<int:run_id>/resume/", labels.resume, name="resume_labels"),
    path("codes/labels/<int:run_id>/<int:number>.pdf", labels.part, name="label_part"),
]
