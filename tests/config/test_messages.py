"""Translations without GNU gettext: what is collected, and what Django then says."""

import gettext
from pathlib import Path

import pytest

from config import messages


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALES", tmp_path / "config" / "locale")
    monkeypatch.setattr(messages, "LANGUAGES", ("en",))
    (tmp_path / "templates").mkdir()
    (tmp_path / "leads").mkdir()
    (tmp_path / "leads" / "apps.py").touch()
    (tmp_path / "templates" / "page.html").write_text(
        """<h1 title="it's">{% translate "歸屬" %}</h1>{% trans '今天' as x %} {{ _("佣金") }}
        {% blocktranslate count n=total trimmed %}
            {{ n }} 位客戶
        {% plural %}
            {{ n }} 位客戶們
        {% endblocktranslate %} {% translate "起" context "期間" %} <b>"("</b>"""
    )
    (tmp_path / "leads" / "models.py").write_text(
        "from django.utils.translation import gettext_lazy as _, pgettext_lazy\n"
        "label = _('來訪')\nother = pgettext_lazy('電話', '來電')\n"
    )
    return tmp_path


def test_every_kind_of_sentence_is_collected(checkout: Path) -> None:
    messages.update_all()
    found = {(message.context, message.id) for message in messages.read("en") if message.id}
    assert found == {
        (None, "歸屬"),
        (None, "今天"),
        (None, "佣金"),
        (None, ("%(n)s 位客戶", "%(n)s 位客戶們")),
        ("期間", "起"),
        (None, "來訪"),
        ("電話", "來電"),
    }
    assert len(messages.missing()) == len(found)


def test_a_second_update_changes_nothing_and_keeps_translations(checkout: Path) -> None:
    messages.update_all()
    file = messages.catalogue_file("en")
    file.write_text(
        file.read_text().replace('msgid "今天"\nmsgstr ""', 'msgid "今天"\nmsgstr "Today"')
    )
    messages.update_all()
    first = file.read_text()
    messages.update_all()
    assert file.read_text() == first
    assert 'msgstr "Today"' in first


def test_what_is_compiled_is_what_is_read(checkout: Path) -> None:
    messages.update_all()
    file = messages.catalogue_file("en")
    file.write_text(
        file.read_text().replace('msgid "今天"\nmsgstr ""', 'msgid "今天"\nmsgstr "Today"')
    )
    messages.compile_all()
    with file.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("今天") == "Today"
