"""Which icons reach the sheet, and what npm's packages become."""

import time
from pathlib import Path

import pytest

from config import assets


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with the real packages."""
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    (tmp_path / "templates").mkdir()
    (tmp_path / "leads").mkdir()
    (tmp_path / "leads" / "apps.py").touch()
    return tmp_path


def test_icons_are_found_where_they_are_used(checkout: Path) -> None:
    (checkout / "templates" / "page.html").write_text(
        """{% icon "user-plus" "quiet" %} {%icon 'alarm'%} {% icon item.icon %} icon="flag" """
    )
    (checkout / "leads" / "menu.py").write_text(
        'item(icon="home")\nitem(icon="icon:door-enter")\n'
        'icon("bell")\nx = "icon:star-filled"\ny = lexicon("word")\n'
    )
    (checkout / "build").mkdir()
    (checkout / "build" / "other.py").write_text('icon("not-ours")')
    assert sorted(assets.icons_in_use()) == [
        "alarm", "bell", "door-enter", "flag", "home", "star-filled", "user-plus",
    ]  # fmt: skip


def test_the_sheet_holds_each_icon_once(checkout: Path) -> None:
    (checkout / "templates" / "page.html").write_text(
        '{% icon "star-filled" %}{% icon "bell" %}' * 2
    )
    assets.copy_served()
    assets.draw_icons()
    sheet = (checkout / "vendor" / "icons.svg").read_text()
    assert sheet.count("<symbol ") == 2
    assert '<symbol id="bell" viewBox="0 0 24 24" fill="none" stroke="currentColor"' in sheet
    assert "stroke-width" not in sheet, "the style sheet decides"


@pytest.mark.parametrize("name", ["no-such-icon", "../../../package"])
def test_an_unknown_icon_is_an_error_that_says_where(checkout: Path, name: str) -> None:
    (checkout / "templates" / "page.html").write_text(f'{{% icon "{name}" %}}')
    with pytest.raises(assets.AssetError, match=r"page\.html uses the icon"):
        assets.draw_icons()


def test_what_is_served_points_to_no_source_map() -> None:
    assets.copy_served()
    for name in assets.SERVED:
        served = (assets.VENDOR / Path(name).name).read_bytes()
        assert len(served) > 100_000
        assert b"sourceMappingURL" not in served


def test_a_second_run_changes_nothing() -> None:
    assets.main([])
    before = {path: path.stat().st_mtime_ns for path in assets.VENDOR.iterdir()}
    begun = time.monotonic()
    assets.main([])
    assert time.monotonic() - begun < 1
    assert {path: path.stat().st_mtime_ns for path in assets.VENDOR.iterdir()} == before


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (assets.ROOT / "package-lock.json").read_text()
