"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "registry.file_opened": _("打开户档案"),
    "registry.searched": _("查找户"),
    "registry.unmasked": _("查看完整信息"),
    "registry.reading_recorded": _("登记读数"),
    "registry.household_corrected": _("更正户信息"),
    "registry.keys_rotated": _("更换数据密钥"),
}
