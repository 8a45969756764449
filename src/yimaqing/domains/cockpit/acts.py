"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "cockpit.figures_stored": _("保存驾驶舱数据"),
    "cockpit.target_removed": _("取消驾驶舱目标"),
    "cockpit.target_set": _("设定驾驶舱目标"),
}
