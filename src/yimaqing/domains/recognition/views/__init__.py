"""Pages of recognition."""

from yimaqing.domains.recognition.views.acting import act, adopt, begin, from_warning
from yimaqing.domains.recognition.views.pages import overview, procedure

__all__ = ["act", "adopt", "begin", "from_warning", "overview", "procedure"]
