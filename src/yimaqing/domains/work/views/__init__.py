"""The desk, and what is decided on it."""

from yimaqing.domains.work.views.chosen import chosen
from yimaqing.domains.work.views.desk import desk, news, opened
from yimaqing.domains.work.views.steps import close, step

__all__ = ["chosen", "close", "desk", "news", "opened", "step"]
