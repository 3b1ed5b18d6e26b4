"""The rules of the house that no linter knows, read from the sources themselves."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from attribution.signals import decision_made
from disputes.signals import decision_reviewed
from leads.signals import event_recorded, rows_foreseen

ROOT = Path(__file__).resolve().parent.parent
APPS = ("leads", "attribution", "disputes", "commissions")
SOURCES = [
    path
    for folder in (*APPS, "config")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts and "node_modules" not in path.parts
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = ROOT / "templates"

CLOCKS = re.compile(
    r"\b(?:(?:datetime|dt)(?:\.datetime)?\.(?:now|utcnow|today)|date\.today|timezone\.now"
    r"|time\.(?:time|time_ns)|localdate|localtime(?=\(\))|Now)\("
)
READ_THE_CLOCK = {"views", "tasks", "management"}
"""Views, tasks and commands are asked by the world outside, which has a clock."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def decorators(function: ast.FunctionDef) -> set[str]:
    found = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return {d.attr if isinstance(d, ast.Attribute) else getattr(d, "id", "") for d in found}


def for_each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test for all these files, which names every one that is wrong.

    A test for each would be a thousand, and most of their time that of being tests.
    """
    files = list(paths)

    def through(check: Callable[[Path], None]) -> Callable[[], None]:
        def every() -> None:
            wrong = []
            for path in files:
                try:
                    check(path)
                except AssertionError as error:
                    wrong.append(f"{name_of(path)}: {error}")
            assert files
            assert not wrong, "\n".join(wrong)

        every.__name__, every.__doc__ = check.__name__, check.__doc__
        return every

    return through


# ── Doors ──

DOORS = [
    pytest.param(function, id=f"{path.parent.name}.{function.name}")
    for path in SOURCES
    if path.name == "services.py" or path.parent.name == "services"
    for function in functions(tree_of(path))
    if "door" in decorators(function)
]


def test_there_are_doors() -> None:
    assert len(DOORS) > 10


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_called_by_keyword_and_told_who_and_when(door: ast.FunctionDef) -> None:
    given = door.args
    assert not [*given.posonlyargs, *given.args], "every argument is keyword-only"
    assert given.vararg is None
    assert given.kwarg is None
    names = [argument.arg for argument in given.kwonlyargs]
    assert {"by", "now"} <= set(names)
    untyped = [argument.arg for argument in given.kwonlyargs if argument.annotation is None]
    assert not untyped
    assert door.returns is not None
    assert ast.get_docstring(door), "a door says what it does and what it refuses"


def test_only_doors_of_services_open_transactions() -> None:
    """Elsewhere `atomic` is a savepoint of a step, or a task that marks one row."""
    durable = [
        name_of(path) for path in SOURCES if re.search(r"durable\s*=\s*True", path.read_text())
    ]
    assert durable == ["leads/journal.py"]


# ── The clock ──


def reads_the_clock(path: Path) -> bool:
    parts = {*path.relative_to(ROOT).with_suffix("").parts}
    return parts & READ_THE_CLOCK != set()


@for_each(path for path in SOURCES if path.relative_to(ROOT).parts[0] in APPS)
def test_only_views_tasks_and_commands_read_a_clock(path: Path) -> None:
    if reads_the_clock(path):
        return
    silent = prose(path)
    lines = enumerate(path.read_text().splitlines(), 1)
    code = "\n".join(line for number, line in lines if number not in silent)
    # Who may see a row is asked of this very moment, by the database's clock.
    allowed = ["Now("] if name_of(path) == "leads/access.py" else []
    assert CLOCKS.findall(code) == allowed


def prose(path: Path) -> set[int]:
    """The lines that are docstrings, which may speak of clocks."""
    lines: set[int] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


# ── Announcements ──


@pytest.mark.parametrize(
    ("signal", "hearer"),
    [
        (event_recorded, "attribution.receivers"),
        (rows_foreseen, "attribution.receivers"),
        (decision_made, "disputes.receivers"),
        (decision_reviewed, "commissions.receivers"),
    ],
    ids=["event_recorded", "rows_foreseen", "decision_made", "decision_reviewed"],
)
def test_each_announcement_has_one_receiver(signal, hearer: str) -> None:
    live = list(signal._live_receivers(None)[0])
    assert [receiver.__module__ for receiver in live] == [hearer]


def test_every_signal_is_tested_above() -> None:
    announced = [
        f"{path.parent.name}.{target.id}"
        for path in SOURCES
        if path.name == "signals.py"
        for node in tree_of(path).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert announced == [
        "leads.event_recorded",
        "leads.rows_foreseen",
        "attribution.decision_made",
        "disputes.decision_reviewed",
    ]


@for_each(SOURCES)
def test_nothing_listens_to_the_saving_of_models(path: Path) -> None:
    """It fires in fixtures and not in bulk writes, and hides the order of what happens."""
    names = {
        name
        for node in ast.walk(tree_of(path))
        for name in (
            getattr(node, "id", None),
            getattr(node, "attr", None),
            *(alias.name for alias in getattr(node, "names", []) if isinstance(alias, ast.alias)),
        )
    }
    assert not names & {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
    assert "send_robust" not in names, "whatever a receiver raises undoes the event too"


# ── Words ──


@for_each([*SOURCES, *TESTS])
def test_every_module_says_what_it_is_for(path: Path) -> None:
    tree = tree_of(path)
    if not tree.body:
        return
    said = ast.get_docstring(tree)
    assert said, "a module opens with a sentence"
    assert said.splitlines()[0].rstrip().endswith((".", ":", ";", ",")) or len(said) > 40


@for_each(
    path
    for path in SOURCES
    if {path.stem, path.parent.name} & {"services", "queries", "access", "identity"}
)
def test_what_others_call_says_what_it_gives(path: Path) -> None:
    silent = [
        node.name
        for node in tree_of(path).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


# ── Pages ──

OF_APPS = [
    path for folder in (*APPS, "config") for path in sorted((TEMPLATES / folder).rglob("*.html"))
]
VIEW_MODULES = [path for path in SOURCES if path.stem == "views" or path.parent.name == "views"]


def app_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def views_of(app: str) -> dict[str, ast.FunctionDef]:
    """The functions of an app's views modules that a browser may ask for."""
    return {
        function.name: function
        for path in VIEW_MODULES
        if app_of(path) == app
        for function in tree_of(path).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
    }


def templates_named_in(text: str) -> set[str]:
    return set(re.findall(r"""["']([\w./-]+\.(?:html|txt))(?:#[\w-]+)?["']""", text))


@for_each(path for path in OF_APPS if not path.name.startswith("_"))
def test_a_page_is_named_after_its_view(path: Path) -> None:
    app = path.relative_to(TEMPLATES).parts[0]
    assert path.stem in views_of(app), f"no view {path.stem} in {app}/views"


@for_each(VIEW_MODULES)
def test_a_view_shows_its_own_page_or_fragments(module: Path) -> None:
    app = app_of(module)
    for view in views_of(app).values():
        for template in templates_named_in(ast.unparse(view)):
            folder, _, name = template.rpartition("/")
            assert (TEMPLATES / template).exists(), f"{view.name} shows {template}"
            if folder == app and not name.startswith("_"):
                assert name.removesuffix(".html") in views_of(app), f"{view.name}: {template}"


def test_every_template_that_is_named_exists_and_is_used() -> None:
    named = Counter(
        chain.from_iterable(
            templates_named_in(path.read_text()) for path in [*SOURCES, *TEMPLATES.rglob("*.html")]
        )
    )
    ours = {str(path.relative_to(TEMPLATES)) for path in OF_APPS}
    missing = [
        name for name in named if name.split("/")[0] in (*APPS, "config") and name not in ours
    ]
    assert not missing
    unused = [name for name in ours if name not in named]
    assert not unused
