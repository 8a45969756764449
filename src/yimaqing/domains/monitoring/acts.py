"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "monitoring.evaluated": _("运行监测"),
    "monitoring.income_lines_set": _("设定收入线"),
}
