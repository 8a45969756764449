"""Pages of lists: the list itself, its filters and views, the search, exports."""

from yimaqing.domains.lists.views.acting import act, remove, save
from yimaqing.domains.lists.views.exports import cancel, download, export, export_page, exports
from yimaqing.domains.lists.views.page import count, filtered, index, page, view
from yimaqing.domains.lists.views.search import search

__all__ = [
    "act",
    "cancel",
    "count",
    "download",
    "export",
    "export_page",
    "exports",
    "filtered",
    "index",
    "page",
    "remove",
    "save",
    "search",
    "view",
]
