"""What a wheel holds, and what it needs."""

from __future__ import annotations

import ast
import sys
import zipfile
from dataclasses import dataclass
from email import message_from_string
from importlib.metadata import distribution, packages_distributions
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wheel:
    """The files of a wheel by their names."""

    path: Path
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, path: Path) -> Wheel:
        """Return what the file at `path` holds."""
        with zipfile.ZipFile(path) as archive:
            return cls(path, {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")})

    def info(self, name: str) -> str:
        """Return a file of the metadata, such as `METADATA`."""
        return next(content for file, content in self.files.items() if file.endswith(f".dist-info/{name}")).decode()

    def imported(self) -> set[str]:
        """Return the modules, without what stands after a dot, that its files import from elsewhere."""
        sources = [content.decode() for name, content in self.files.items() if name.endswith(".py")]
        own = {name.partition("/")[0] for name in self.files}
        return {top for source in sources for top in _imported(source)} - set(sys.stdlib_module_names) - own

    def installed_with(self) -> set[str]:
        """Return the modules that installing it brings: of what it requires, and of what that requires."""
        needed = message_from_string(self.info("METADATA")).get_all("Requires-Dist", [])
        found: set[str] = set()
        while needed:
            requirement = Requirement(needed.pop())
            name = canonicalize_name(requirement.name)
            asked = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if asked and name not in found:
                found.add(name)
                needed += distribution(name).requires or []
        providers = packages_distributions().items()
        return {module for module, names in providers if found & {canonicalize_name(name) for name in names}}


def _imported(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return {name.partition(".")[0] for name in names}
