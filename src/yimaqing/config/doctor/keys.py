"""Keys and the permanent address."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from yimaqing.config.doctor.findings import Finding, fault, fine
from yimaqing.domains.codes.addresses import is_public_host
from yimaqing.kit.crypto import KeysMissing, keyring

SHORTEST_SECRET = 32


def secret_key() -> Finding:
    """YIMAQING_SECRET_KEY signs sessions: there, and too long to guess."""
    try:
        long_enough = len(settings.SECRET_KEY) >= SHORTEST_SECRET
    except ImproperlyConfigured:  # Django's way of saying that it is empty
        long_enough = False
    if not long_enough:
        return fault(
            "secret_key",
            _("YIMAQING_SECRET_KEY 没有设置或太短。"),
            _("运行 yimaqing db init，会写入 yimaqing.env；或设为至少 32 个随机字符。"),
        )
    return fine("secret_key", _("YIMAQING_SECRET_KEY 已设置。"))


def data_key() -> Finding:
    """YIMAQING_DATA_KEY seals ID numbers: there, and each key of the right length."""
    try:
        ring = keyring(settings.DATA_KEYS)
    except KeysMissing as error:
        return fault(
            "data_key",
            str(error),
            _("新装时运行 yimaqing db init；已有数据时从另存处找回原密钥，切勿新建。"),
        )
    return fine("data_key", _("数据密钥有 %(count)d 把，长度正确。") % {"count": len(ring.keys)})


def public_url() -> Finding:
    """Codes are printed once: their address must be reachable from any phone."""
    address = settings.PUBLIC_URL
    host = address.partition("://")[2].partition("/")[0].rpartition("@")[2]
    host = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    if settings.DEMO:
        return fine("public_url", _("演示系统，公开地址不检查：%(url)s") % {"url": address})
    if not is_public_host(host):
        return fault(
            "public_url",
            _("公开地址 %(url)s 只有本机或内网能打开，印出的码在手机上无效。") % {"url": address},
            _(
                "在 yimaqing.env 中把 YIMAQING_PUBLIC_URL 设为长期不变的域名，例如 https://码.某县.gov.cn。"
            ),
        )
    if not address.startswith("https://"):
        return fault(
            "public_url",
            _("公开地址 %(url)s 不是 https，登录口令会明文传输。") % {"url": address},
            _("为该域名申请证书（见 deploy/nginx.conf），并把 YIMAQING_PUBLIC_URL 改为 https://。"),
        )
    return fine("public_url", _("公开地址 %(url)s。") % {"url": address})
