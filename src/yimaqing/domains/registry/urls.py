"""Addresses of the registry's pages."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.registry import permissions, views
from yimaqing.domains.registry.departments import views as departments
from yimaqing.domains.registry.duplicates import views as duplicates
from yimaqing.domains.registry.linkage import views as linkage
from yimaqing.domains.registry.printing.views import print_file

app_name = "registry"
prefix = "households/"
nav_order = 2
#: The lists hang under the files of households.
nav_under = {
    "/lists/": "/households/",
    **dict.fromkeys(
        ("/households/duplicates/", "/households/listed/", "/households/merges/"),
        "/households/departments/",
    ),
}
nav = [
    ("registry:households", _("户档案"), lambda user: permissions.READ in permissions_of(user)),
    ("registry:departments", _("部门名单"), lambda user: permissions.READ in permissions_of(user)),
]

urlpatterns = [
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/<int:duplicate_id>/", duplicates.pair, name="duplicate"),
    path("duplicates/<int:duplicate_id>/decide/", duplicates.decide, name="decide_duplicate"),
    path("listed/", linkage.listed, name="listed"),
    path("listed/<int:row_id>/", linkage.listed_row, name="listed_row"),
    path("listed/<int:row_id>/choose/", linkage.choose_listed, name="choose_listed"),
    path("listed/<int:row_id>/back/", linkage.take_back_listed, name="take_back_listed"),
    path("departments/", departments.departments, name="departments"),
    path("departments/<slug:name>/", departments.department_list, name="department_list"),
    path("departments/<slug:name>/line/", departments.set_line, name="set_line"),
    path("merges/<int:merge_id>/undo/", duplicates.undo, name="unmerge"),
    path("", views.households, name="households"),
    path("search/", views.search, name="search"),
    path("<int:household_id>/", views.file, name="file"),
    path("<int:household_id>/print/", print_file, name="print"),
    path("<int:household_id>/unmask/", views.unmask_value, name="unmask"),
    path("<int:household_id>/correct/", views.correct, name="correct"),
    path("<int:household_id>/readings/new/", views.new_reading, name="new_reading"),
]
