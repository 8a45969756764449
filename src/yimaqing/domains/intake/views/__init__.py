"""Pages of intake: send a file, watch it, read its report, let it in."""

from yimaqing.domains.intake.views.access import importer_only
from yimaqing.domains.intake.views.batches import (
    apply,
    batch,
    errors,
    errors_file,
    once_more,
    progress,
)
from yimaqing.domains.intake.views.listing import index, news
from yimaqing.domains.intake.views.uploading import blank, upload

__all__ = [
    "apply",
    "batch",
    "blank",
    "errors",
    "errors_file",
    "importer_only",
    "index",
    "news",
    "once_more",
    "progress",
    "upload",
]
