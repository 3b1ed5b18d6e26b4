"""What a person says about an import: the files, the columns, the names, and the signature."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from leads.models import Staff

from .columns import FIELDS, JOINED, NEEDED
from .encodings import DELIMITERS, ENCODINGS
from .files import MOST_FILES
from .models import Import, Register
from .queries import Name
from .services import SIGNERS

YEARS_BACK = 15


class ManyFiles(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One to ten files."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = (data if isinstance(data, list | tuple) else [data]) or [None]
        found = [super(FilesField, self).clean(file, initial) for file in files]
        if len(found) > MOST_FILES:
            raise ValidationError(_("一次最多 10 個檔。"))
        return found


class UploadForm(forms.Form):
    """The registers of one import. Those that belong together are brought together."""

    uploads = FilesField(
        label=_("登記表檔案"),
        allow_empty_file=True,
        max_length=255,
        widget=ManyFiles(attrs={"accept": ".xlsx,.csv,.txt", "multiple": True}),
        help_text=_("Excel（.xlsx）或 CSV，每個 30 MB 以內，一次最多 10 個。"),
        error_messages={"required": _("選一個或幾個檔，例如 2026-03 來訪登記表.xlsx。")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def chosen(self) -> Sequence[UploadedFile]:
        """The files, in the order in which they were chosen."""
        found: Sequence[UploadedFile] = self.cleaned_data["uploads"]
        return found


class RegisterForm(forms.Form):
    """How one register is read, and what each of its columns is."""

    kind = forms.ChoiceField(label=_("這張表是"), choices=Register.Kind.choices)
    heading_row = forms.IntegerField(
        label=_("標題在第幾列"),
        min_value=1,
        max_value=200,
        widget=forms.NumberInput(attrs={"class": "num"}),
    )
    year = forms.IntegerField(
        label=_("沒寫年份的日期算"),
        min_value=2000,
        max_value=2100,
        widget=forms.NumberInput(attrs={"class": "num"}),
    )

    def __init__(self, *args: Any, register: Register, **kwargs: Any) -> None:
        self.register = register
        sent = args[0] if args else None
        self.again = sent is not None and sent.get("reread") == str(register.position)
        initial = {
            "kind": register.kind,
            "heading_row": register.heading_row,
            "year": register.year,
            "encoding": register.encoding,
            "delimiter": register.delimiter,
            **{f"col{at}": name for at, name in enumerate(register.columns)},
        }
        kwargs |= {"prefix": f"r{register.position}", "initial": initial}
        super().__init__(*args, **kwargs)
        if register.form == "csv":
            self.fields["encoding"] = forms.ChoiceField(
                label=_("文字編碼"), choices=list(ENCODINGS.items())
            )
            self.fields["delimiter"] = forms.ChoiceField(
                label=_("欄位分隔"), choices=list(DELIMITERS.items())
            )
        for at, heading in enumerate(register.headings):
            self.fields[f"col{at}"] = forms.ChoiceField(
                label=heading or _("（沒有標題）"),
                required=False,
                choices=[("", _("不匯入")), *FIELDS.items()],
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @property
    def reading(self) -> list[forms.BoundField]:
        """The fields that say how the file is read."""
        names = ("kind", "encoding", "delimiter", "heading_row", "year")
        return [self[name] for name in names if name in self.fields]

    @property
    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each column with what stands in it in the first rows."""
        return [
            (
                self[f"col{at}"],
                [row[at] for row in self.register.sample if at < len(row) and row[at]],
            )
            for at in range(len(self.register.headings))
        ]

    def clean(self) -> dict[str, Any]:
        """Every column once, and those that the kind of register needs."""
        given = super().clean() or self.cleaned_data
        kind = given.get("kind")
        chosen: dict[str, int] = {}
        for at in range(len(self.register.headings)):
            name = given.get(f"col{at}")
            if name and name in chosen and name not in JOINED and kind != Register.Kind.NONE:
                self.add_error(f"col{at}", _("這一項已經選給另一欄了，只能選一次。"))
            elif name:
                chosen[name] = at
        if kind in NEEDED and not self.rereads:
            missing = [str(FIELDS[name]) for name in NEEDED[kind] if name not in chosen]
            if missing:
                said = _("還缺：%(columns)s。在下面選出是哪一欄。") % {
                    "columns": "、".join(missing)
                }
                self.add_error("kind", said)
        return given

    @property
    def rereads(self) -> bool:
        """The file is to be read again, or in another way: its columns may be others then."""
        names = ("encoding", "delimiter", "heading_row")
        return self.again or any(
            name in self.fields and self.cleaned_data.get(name) != getattr(self.register, name)
            for name in names
        )

    @property
    def takes(self) -> bool:
        """Anything of this register is to be taken in."""
        return bool(self.cleaned_data["kind"] != Register.Kind.NONE)

    def apply(self) -> None:
        """Write what was chosen into the register; nothing is saved."""
        given, register = self.cleaned_data, self.register
        for name in ("kind", "heading_row", "year", "encoding", "delimiter"):
            if name in given:
                setattr(register, name, given[name])
        register.columns = [given[f"col{at}"] for at in range(len(register.headings))]


class Together:
    """The forms of all registers, as the summary of errors reads a set of forms."""

    management_form = None

    def __init__(self, forms: Sequence[RegisterForm]) -> None:
        self.forms = forms

    def non_form_errors(self) -> list[str]:
        """What is wrong with none of them in particular: nothing."""
        return []


class BasisForm(forms.Form):
    """From when the rows count."""

    basis = forms.ChoiceField(
        label=_("這些紀錄怎麼算"),
        choices=Import.Basis.choices,
        initial=Import.Basis.LATE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, reader: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reader.role not in SIGNERS:
            self.fields["basis"].choices = [  # type: ignore[attr-defined]
                (Import.Basis.LATE.value, Import.Basis.LATE.label)
            ]


class NamesForm(forms.Form):
    """Whom the names mean that no agent has."""

    def __init__(
        self, *args: Any, names: Iterable[Name], agents: Iterable[Staff], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names = list(names)
        choices = [("", _("不匯入這些列")), *((str(one.pk), one.name) for one in agents)]
        for at, name in enumerate(self.names):
            self.fields[f"name{at}"] = forms.ChoiceField(
                label=name.name,
                required=False,
                choices=choices,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    @property
    def rows(self) -> list[tuple[Name, forms.BoundField]]:
        """Each name with its choice."""
        return [(name, self[f"name{at}"]) for at, name in enumerate(self.names)]

    @property
    def chosen(self) -> dict[str, int]:
        """The names that were explained → key of the agent."""
        given = self.cleaned_data
        return {
            name.name: int(given[f"name{at}"])
            for at, name in enumerate(self.names)
            if given.get(f"name{at}")
        }


class SignForm(forms.Form):
    """Let the rows be written down."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    with_conflicts = forms.BooleanField(
        label=_("有衝突的列也記下來，當作補登（從現在起算）"), required=False
    )
    reason = forms.CharField(
        label=_("簽署：為什麼照登記簿的日期算"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如「上線前的登記簿，已與紙本核對」。你的名字和這句話會留在每一筆紀錄上。"),
    )

    def __init__(self, *args: Any, batch: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.fields["reason"].required = batch.basis == Import.Basis.OPENING
        self.fields["reason"].error_messages["required"] = _(
            "寫下理由，例如「上線前的登記簿，已與紙本核對」。"
        )
        if batch.basis != Import.Basis.OPENING:
            del self.fields["reason"]
        if not batch.counts.get("conflict"):
            del self.fields["with_conflicts"]
