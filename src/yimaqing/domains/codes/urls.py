"""Addresses of codes: the permanent ones that symbols hold, images, and the panel's forms."""

from __future__ import annotations

from django.urls import path

from yimaqing.domains.codes import views

app_name = "codes"
prefix = ""

urlpatterns = [
    path("c/<path:rest>", views.scan, name="scan"),
    path("codes/issue/", views.issue_code, name="issue"),
    path("codes/<int:code_id>/qr.svg", views.qr_svg, name="qr_svg"),
    path("codes/<int:code_id>/qr.png", views.qr_png, name="qr_png"),
    path("codes/<int:code_id>/reissue/", views.reissue_code, name="reissue"),
    path("codes/<int:code_id>/revoke/", views.revoke_code, name="revoke"),
]
