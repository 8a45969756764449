"""Addresses of intake's pages."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.intake import permissions, views
from yimaqing.domains.intake.views import comparing, files, undoing
from yimaqing.domains.intake.views.columns import again, columns, dataset
from yimaqing.domains.intake.views.discarding import ask_to_discard
from yimaqing.domains.intake.views.returning import choose

app_name = "intake"
prefix = "imports/"
nav_order = 5
nav = [("intake:index", _("数据导入"), lambda user: permissions.IMPORT in permissions_of(user))]

urlpatterns = [
    path("", views.index, name="index"),
    path("news/", views.news, name="news"),
    path("new/", views.upload, name="upload"),
    path("templates/<slug:name>.csv", views.blank, name="template"),
    path("<int:batch_id>/", views.batch, name="batch"),
    path("<int:batch_id>/progress/", views.progress, name="progress"),
    path("<int:batch_id>/errors/", views.errors, name="errors"),
    path("<int:batch_id>/errors.csv", views.errors_file, name="errors_file"),
    path("<int:batch_id>/apply/", views.apply, name="apply"),
    path("<int:batch_id>/again/", views.once_more, name="once_more"),
    path("<int:batch_id>/errors.xlsx", files.error_workbook, name="error_workbook"),
    path("<int:batch_id>/original/", files.original, name="original"),
    path("<int:batch_id>/columns/", columns, name="columns"),
    path("<int:batch_id>/columns/dataset/", dataset, name="columns_dataset"),
    path("<int:batch_id>/columns/again/", again, name="columns_again"),
    path("<int:batch_id>/returned/", choose, name="returned"),
    path("<int:batch_id>/compare/", comparing.compared, name="compare"),
    path("<int:batch_id>/discard/", ask_to_discard, name="discard"),
    path("<int:batch_id>/undo/", undoing.ask, name="undo_ask"),
    path("undos/<int:undo_id>/", undoing.undo, name="undo"),
    path("undos/<int:undo_id>/progress/", undoing.undo_progress, name="undo_progress"),
    path("undos/<int:undo_id>/apply/", undoing.carry_out, name="undo_apply"),
    path("undos/<int:undo_id>/left.csv", undoing.left_file, name="undo_left"),
]
