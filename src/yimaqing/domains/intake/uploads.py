"""Uploads that are sealed as they arrive: no clear copy ever lies on a disk."""

from __future__ import annotations

from typing import IO, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, StopUpload
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.intake.actions import new_writer
from yimaqing.domains.intake.catalogue import AUTO, datasets
from yimaqing.kit.files import SealedWriter, Stored, TooLarge


class KeptFile(UploadedFile):
    """An uploaded file of which only the sealed copy exists."""

    def __init__(self, stored: Stored, name: str, content_type: str) -> None:
        super().__init__(None, name, content_type, stored.size)
        self.stored = stored

    def discard(self) -> None:
        """Remove the sealed copy of a file that is not taken."""
        self.stored.path.unlink(missing_ok=True)


class SealingHandler(FileUploadHandler):
    """Feeds the request's bytes to the sealed file. ``too_large`` says why it stopped."""

    too_large = False
    _writer: SealedWriter | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Take this file alone; no other handler sees it."""
        super().new_file(*args, **kwargs)
        self._writer = new_writer()
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Seal some bytes; stop reading when there are too many."""
        if self._writer is None:
            return raw_data
        try:
            self._writer.write(raw_data)
        except TooLarge as error:
            self.too_large = True
            self._writer.discard()
            raise StopUpload(connection_reset=True) from error
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The sealed file under its name."""
        if self._writer is None:
            return None
        stored = self._writer.finish()
        self._writer = None
        return KeptFile(stored, self.file_name or "", self.content_type or "")

    def upload_interrupted(self) -> None:
        """The client went away: nothing stays."""
        if self._writer is not None:
            self._writer.discard()


class SeveralFiles(forms.FileInput):
    """A choice of files, of which the form checks the last and the view takes all."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The last file."""
        return files.get(name)


class UploadForm(forms.Form):
    """Which dataset, which file, from where, as of when, and whether to apply at once."""

    dataset = forms.ChoiceField(label=_("数据集"))
    file = forms.FileField(
        label=_("文件"),
        help_text=_("XLSX、XLS、CSV 或 Parquet，版式不限；可一次选几个文件"),
        widget=SeveralFiles(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.parquet", "multiple": True}
        ),
    )
    as_of = forms.DateField(
        label=_("数据日期"),
        help_text=_("这些数据反映的是哪一天的情况"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.CharField(
        label=_("数据来源"),
        required=False,
        max_length=100,
        help_text=_("会显示在每条事实旁边；不填则为建档立卡信息系统"),
    )
    mode = forms.ChoiceField(
        label=_("方式"),
        choices=[
            ("check", _("先检查，看过报告再入库")),
            ("apply", _("检查后直接入库：有错的行不入库，其余入库")),
            ("all", _("全部正确才入库：有一行有错就都不入库")),
        ],
        initial="check",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [(AUTO, _("从文件里认"))]
        choices += [(one.name, capfirst(_(one.label))) for one in datasets().values()]
        self.fields["dataset"].choices = choices  # type: ignore[attr-defined] # a ChoiceField, above

    def clean_as_of(self) -> object:
        """A day that has come."""
        day = self.cleaned_data["as_of"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("数据日期不能晚于今天"))
        return day

    def clean_file(self) -> IO[Any] | None:
        """A file that was sealed."""
        file = self.cleaned_data["file"]
        if not isinstance(file, KeptFile):
            raise forms.ValidationError(_("请选择一个文件"))
        return file
