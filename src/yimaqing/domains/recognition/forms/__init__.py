"""Forms of recognition: beginning a procedure, and one for each act."""

from yimaqing.domains.recognition.forms.acts import ActForm, form_for
from yimaqing.domains.recognition.forms.opening import AdoptForm, OpenForm

__all__ = ["ActForm", "AdoptForm", "OpenForm", "form_for"]
