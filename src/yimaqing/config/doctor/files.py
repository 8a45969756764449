"""The data directory, the disk, and what set-up builds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from yimaqing.config.catalogues import stale_catalogues
from yimaqing.config.cluster.environment import FILE
from yimaqing.config.doctor.findings import Finding, fault, fine, warning
from yimaqing.domains.recognition.loading import BadProcedureSet, in_force
from yimaqing.ui.vite import BUILD

GIB = 1 << 30
LEAST_FREE = 2 * GIB  # the database stops when it cannot write its log
LITTLE_FREE = 10 * GIB  # a prefecture's snapshots and a backup


def data_directory() -> Finding:
    """The home can be written, and nobody else can read the keys in it."""
    home = Path(settings.HOME)
    if not os.access(home, os.W_OK | os.X_OK):
        return fault(
            "data_directory",
            _("数据目录 %(path)s 不存在或不可写。") % {"path": home},
            _("设置 YIMAQING_HOME，并让运行服务的账号拥有该目录。"),
        )
    exposed = [str(path) for path, forbidden in _private(home) if _mode(path) & forbidden]
    if exposed:
        return fault(
            "data_directory",
            _("其他账号可以读取：%(paths)s") % {"paths": "、".join(exposed)},
            _("运行 chmod go-rwx，只留给运行服务的账号。"),
        )
    return fine("data_directory", _("数据目录 %(path)s 权限正确。") % {"path": home})


def disk_space() -> Finding:
    """Free space where the data lies."""
    free = shutil.disk_usage(_existing(Path(settings.HOME))).free
    words = _("数据盘剩余 %(gib).1f GiB。") % {"gib": free / GIB}
    remedy = _("清理 lake/snapshots 中的旧快照，移走备份，或扩容。")
    if free < LEAST_FREE:
        return fault("disk_space", words, remedy)
    return warning("disk_space", words, remedy) if free < LITTLE_FREE else fine("disk_space", words)


def procedures() -> Finding:
    """What recognition goes by can be read: the county's own file, where it has one."""
    try:
        name = in_force().name
    except BadProcedureSet as error:
        remedy = _("照上面改好，用 yimaqing procedures check 检查后再放回数据目录。")
        return fault("procedures", str(error), remedy)
    return fine("procedures", _("识别与退出按 %(name)s 办理。") % {"name": name})


def front_end() -> Finding:
    """Scripts and styles were built by Vite."""
    if not (BUILD / "manifest.json").is_file():
        return fault(
            "front_end",
            _("界面文件尚未构建。"),
            _("运行 make setup（或 npm ci 与 npm run build）。"),
        )
    return fine("front_end", _("界面文件已构建。"))


def static_files() -> Finding:
    """Collected, and not before the front end was built anew."""
    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
    built = BUILD / "manifest.json"
    remedy = _("运行 yimaqing setup。")
    if not collected.is_file():
        return fault("static_files", _("静态文件尚未收集。"), remedy)
    if built.is_file() and built.stat().st_mtime > collected.stat().st_mtime:
        return fault("static_files", _("静态文件比界面构建旧。"), remedy)
    return fine("static_files", _("静态文件已收集。"))


def fonts() -> Finding:
    """The fonts that labels and files are printed with."""
    from yimaqing.ui.paper.lettering import (  # noqa: PLC0415 - Skia
        REGULAR,
        SEMIBOLD,
        FontsMissing,
        face_of,
    )

    try:
        for weight in (REGULAR, SEMIBOLD):
            face_of(weight)
    except FontsMissing as error:
        said = _("印标签和户档案用的字体不在：%(name)s") % {"name": error}
        return fault("fonts", said, _("运行 make setup。"))
    return fine("fonts", _("打印用的字体齐全。"))


def translations() -> Finding:
    """English is compiled; the message is in both languages because it may be missing."""
    stale = stale_catalogues()
    if stale:
        return fault(
            "translations",
            f"{len(stale)} 份译文未编译 translations are not compiled",
            "运行 run `make setup`",
        )
    return fine("translations", _("译文已编译。"))


def _private(home: Path) -> list[tuple[Path, int]]:
    """Paths that must not be open to others, each with the permission bits it must lack."""
    candidates = [(home / FILE, 0o077), (home / "pg18", 0o077)]
    candidates += [(Path(folder), 0o007) for folder in (settings.FILES, settings.LAKE)]
    return [(path, bits) for path, bits in candidates if path.exists()]


def _mode(path: Path) -> int:
    return path.stat().st_mode


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)
