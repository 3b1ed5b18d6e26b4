"""An import contract of our own: the rules see nothing but themselves and the standard library."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """Each of the `pure` modules or packages imports only itself and the standard library."""

    pure: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = [
            f"{module} imports {imported}"
            for package in self.pure
            for module in sorted({package, *graph.find_descendants(package)})
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if not self._allowed(imported, package)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)

    @staticmethod
    def _allowed(imported: str, package: str) -> bool:
        ours = imported == package or imported.startswith(f"{package}.")
        return ours or imported.partition(".")[0] in sys.stdlib_module_names
