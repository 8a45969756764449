"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "places.divisions_loaded": _("导入区划"),
    "places.place_added": _("新增地点"),
    "places.contact_added": _("登记值班人员"),
    "places.status_set": _("登记地点属性"),
    "places.boundaries_loaded": _("导入边界"),
    "places.origins_set": _("登记迁出村"),
    "places.recoded": _("区划调整"),
}
