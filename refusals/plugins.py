"""One file adds one thing: a module's file name is the key under which it is found.

Outside this package the same module is named under the entry point group `refusals.<folder>`.
A plugin that cannot load stops the run.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING

from refusals.errors import InputError, nearest

if TYPE_CHECKING:
    from types import ModuleType

FOLDERS = ("systems", "judges", "reports", "checks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """Where the plugin `name` of a folder is found; `module` is imported on use only."""

    folder: str
    name: str
    module: str
    built_in: bool

    def load(self) -> ModuleType:
        """Import the module.

        Raises:
            InputError: if it cannot be imported; the reason is in the message.
        """
        try:
            return import_module(self.module)
        except Exception as error:
            raise InputError(
                f"the plugin {self.name!r} of refusals.{self.folder} ({self.module}) cannot be loaded: "
                f"{type(error).__name__}: {error}"
            ) from error

    @property
    def file(self) -> str:
        """The file that the module is in."""
        spec = find_spec(self.module)
        return (spec.origin if spec else None) or "?"


def plugins(folder: str) -> dict[str, Plugin]:
    """Return the plugins of a folder by name, the built-in ones first.

    Raises:
        InputError: if two have the same name.
    """
    package = import_module(f"refusals.{folder}")
    found = {
        info.name: Plugin(folder=folder, name=info.name, module=f"{package.__name__}.{info.name}", built_in=True)
        for info in pkgutil.iter_modules(package.__path__)
        if not info.name.startswith("_") and not info.ispkg
    }
    for point in entry_points(group=f"refusals.{folder}"):
        if point.name in found:
            both = f"{found[point.name].module} and {point.value}"
            raise InputError(f"two plugins of refusals.{folder} are called {point.name!r}: {both}")
        found[point.name] = Plugin(folder=folder, name=point.name, module=point.value, built_in=False)
    return found


def plugin(folder: str, name: str) -> Plugin:
    """Return one plugin.

    Raises:
        InputError: if there is none of that name; the nearest and all names are in the message.
    """
    found = plugins(folder)
    if name not in found:
        raise InputError(f"refusals.{folder} has no {name!r}; {nearest(name, list(found))}")
    return found[name]
