"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "intake.file_received": _("接收导入文件"),
    "intake.apply_requested": _("要求入库"),
    "intake.batch_checked": _("试运行导入"),
    "intake.batch_applied": _("导入入库"),
    "intake.batch_unusable": _("导入文件不可用"),
}
