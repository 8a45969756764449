"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "work.todo_opened": _("新增待办"),
    "work.todo_done": _("办结待办"),
    "work.todo_dropped": _("撤销待办"),
}
