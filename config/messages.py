"""Keeps the translations: collects the sentences of the sources, compiles the catalogues.

`python -m config.messages update` renews config/locale/*/LC_MESSAGES/django.po from the sources,
`… compile` makes the .mo files that Django reads, `… missing` fails when a sentence is not
translated. The sentences themselves are Traditional Chinese. GNU gettext is not needed: Babel
reads and writes the files, and Django itself says what a template holds.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "config" / "locale"
LANGUAGES = ("zh_Hans", "en")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What Django makes of a template: the calls to gettext stay, all else becomes filler.
CALL = re.compile(r"(?:_|gettext|ngettext|pgettext|npgettext)\(.*\)")


def catalogue_file(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(language, "django", header_comment="# Guishu", project="Guishu", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def compile_all() -> None:
    for language in LANGUAGES:
        source = catalogue_file(language)
        target = source.with_suffix(".mo")
        fresh = target.exists() and target.stat().st_mtime >= source.stat().st_mtime
        if source.exists() and not fresh:
            with target.open("wb") as file:
                write_mo(file, read(language))


def update_all() -> None:
    template = Catalog(project="Guishu", charset="utf-8")
    for path in sources():
        for line, message, comments, context in sentences(path):
            place = (path.relative_to(ROOT).as_posix(), line)
            template.add(message, None, [place], auto_comments=comments, context=context)
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        # Dates would make every run a difference.
        catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        path = catalogue_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            # Without line numbers, which would change with every edit of a source.
            write_po(
                file, catalogue, 100, sort_output=True, ignore_obsolete=True, include_lineno=False
            )


def sources() -> list[Path]:
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    return sorted([*templates, *(path for app in apps for path in app.rglob("*.py"))])


def sentences(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    if path.suffix == ".py":
        with path.open("rb") as file:
            yield from extract("python", file, KEYWORDS, ["Translators:"])
        return
    from django.utils.translation.template import templatize

    for number, line in enumerate(templatize(path.read_text(), origin=str(path)).splitlines(), 1):
        for call in CALL.findall(line):
            code = BytesIO(call.encode())
            for _, message, comments, context in extract("python", code, KEYWORDS):
                yield number, message, comments, context


def missing() -> list[str]:
    return [
        f"{language}: {message.id}"
        for language in LANGUAGES
        for message in read(language)
        if message.id and (message.fuzzy or not all(_strings(message.string)))
    ]


def _strings(string: Any) -> tuple[str, ...]:
    """One string, or one for each plural form."""
    return (string,) if isinstance(string, str) else string


def main(arguments: list[str]) -> None:
    match arguments:
        case ["compile"]:
            compile_all()
        case ["update"]:
            update_all()
            print(f"{len(missing())} sentences wait for a translation.")
        case ["missing"]:
            sys.exit("\n".join(missing()) or None)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
