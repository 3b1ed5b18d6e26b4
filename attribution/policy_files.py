"""Reads a policy from a YAML or JSON file: {preset, settings, effective_from}.

The format is strict: whatever is unknown, of a wrong type, doubled or contradictory is an error
that names file, line and field.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from .policy.parameters import Policy, PolicyError, policy

KEYS = ("preset", "settings", "effective_from")


class PolicyFileError(Exception):
    """A file that is no policy: the file, the line, the field, and what is wrong."""

    def __init__(self, path: Path, line: int, field: str, reason: str) -> None:
        super().__init__(": ".join(filter(None, (f"{path}:{line}", field, reason))))
        self.path, self.line, self.field, self.reason = path, line, field, reason


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What a file says; `effective_from` None: from when it is set."""

    policy: Policy
    settings: dict[str, Any]
    effective_from: datetime | None
    line_of_effective_from: int


def read(path: Path, zone: ZoneInfo) -> PolicyFile:
    """The policy of a file; a moment without an offset is on the office's clock.

    Raises PolicyFileError.
    """
    return _Reader(path, zone).read()


class _Reader:
    """One file, kept with the line of each key."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self.path, self.zone = path, zone

    def fail(self, line: int, field: str, reason: str) -> PolicyFileError:
        return PolicyFileError(self.path, line, field, reason)

    def read(self) -> PolicyFile:
        given, lines = self._mapping(self._root(), "", KEYS)
        if "preset" not in given:
            raise self.fail(1, "preset", "is missing")
        preset = self._value(given["preset"])
        if not isinstance(preset, str):
            raise self.fail(lines["preset"], "preset", f"a text, not {preset!r}")
        settings: dict[str, Any] = {}
        where: dict[str, int] = {}
        if "settings" in given:
            nodes, where = self._mapping(given["settings"], "settings", None)
            settings = {name: _plain(self._value(node)) for name, node in nodes.items()}
        try:
            chosen = policy(preset, settings)
        except PolicyError as error:
            field = "preset" if error.field == "policy" else error.field
            line = where.get(field, lines["settings" if "settings" in lines else "preset"])
            line = lines["preset"] if field == "preset" else line
            raise self.fail(line, field, error.reason) from error
        line = lines.get("effective_from", 1)
        return PolicyFile(chosen, settings, self._moment(given.get("effective_from"), line), line)

    def _root(self) -> yaml.Node:
        try:
            text = self.path.read_text(encoding="utf-8")
        except OSError as error:
            raise self.fail(0, "", f"cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise self.fail(1, "", f"not UTF-8: {error.reason}") from error
        if self.path.suffix == ".json":
            # JSON is YAML but for the tabs with which it may be indented.
            text = text.replace("\t", " ")
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise self.fail(line, "", f"not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise self.fail(1, "", f"not YAML: {error}") from error
        if node is None:
            raise self.fail(1, "", "the file is empty")
        return node

    def _mapping(
        self, node: yaml.Node, field: str, known: tuple[str, ...] | None
    ) -> tuple[dict[str, yaml.Node], dict[str, int]]:
        """The nodes of a mapping by their keys, and the line of each key."""
        if not isinstance(node, yaml.MappingNode):
            wanted = ", ".join(known) if known else "parameters"
            raise self.fail(node.start_mark.line + 1, field, f"a mapping of {wanted}")
        found: dict[str, yaml.Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            name, line = self._value(key), key.start_mark.line + 1
            if not isinstance(name, str):
                raise self.fail(line, field, f"a key is a text, not {name!r}")
            if name in found:
                raise self.fail(line, name, f"stands twice, first in line {lines[name]}")
            if known is not None and name not in known:
                raise self.fail(line, name, f"unknown key, one of {', '.join(known)}")
            found[name], lines[name] = value, line
        return found, lines

    def _value(self, node: yaml.Node) -> Any:
        for mapping in _mappings(node):
            self._mapping(mapping, "", None)
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError, TypeError) as error:
            reason = getattr(error, "problem", None) or str(error)
            raise self.fail(node.start_mark.line + 1, "", f"no such value: {reason}") from error
        finally:
            loader.dispose()

    def _moment(self, node: yaml.Node | None, line: int) -> datetime | None:
        value = None if node is None else self._value(node)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError as error:
                raise self.fail(line, "effective_from", f"no such moment: {value!r}") from error
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time.min)
        if not isinstance(value, datetime):
            reason = f"a moment like 2026-12-01 00:00, not {value!r}"
            raise self.fail(line, "effective_from", reason)
        if not 1900 < value.year < 2200:
            raise self.fail(line, "effective_from", f"no such moment: {value.isoformat()}")
        return value if value.tzinfo is not None else value.replace(tzinfo=self.zone)


def _mappings(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _key, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _mappings(each)


def _plain(value: Any) -> Any:
    """YAML reads a day as a date; settings are plain JSON values."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
