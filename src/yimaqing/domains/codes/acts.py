"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "codes.issued": _("发码"),
    "codes.reissued": _("换发码"),
    "codes.revoked": _("停用码"),
    "codes.subtree_issued": _("批量发码"),
    "codes.scanned": _("扫码查看"),
}
