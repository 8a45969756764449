"""Addresses of recognition's pages."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.recognition import permissions, views
from yimaqing.domains.recognition.printing.views import print_form

app_name = "recognition"
prefix = "recognition/"
nav_order = 4
#: The list of procedures hangs under the overview.
nav_under = {"/lists/procedures/": "/recognition/"}
nav = [
    ("recognition:overview", _("识别与退出"), lambda user: permissions.READ in permissions_of(user))
]

urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/<int:household_id>/", views.begin, name="begin"),
    path("from-warning/<int:household_id>/", views.from_warning, name="from_warning"),
    path("adopt/<int:household_id>/", views.adopt, name="adopt"),
    path("<int:procedure_id>/", views.procedure, name="procedure"),
    path("<int:procedure_id>/print/<slug:form_name>/", print_form, name="print"),
    path("<int:procedure_id>/<slug:act_name>/", views.act, name="act"),
]
