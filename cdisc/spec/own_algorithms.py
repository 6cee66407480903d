"""Algorithms of a study's own: Python modules that study.yaml names, loaded before its specs.

This is the one place where a study folder brings code, so it is explicit: the module must be
named, lie inside the folder, and register with the same decorator as the library.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cdisc.algorithms import library
from cdisc.errors import CdiscError, Location, SpecError
from cdisc.spec.read_fields import items_of, text_of
from cdisc.spec.yaml_nodes import Node

PREFIX = "cdisc_study_algorithms_"
_shown: dict[str, str] = {}
"""The name of each loaded module's file, as study.yaml writes it, by the name of the module."""


def load_algorithms(node: Node | None, home: Path) -> None:
    """Import the modules that `algorithms:` of study.yaml names; nothing without it.

    Raises SpecError when a module is not there, lies outside the study folder, does not run, or
    takes the name of a library algorithm.
    """
    if node is None:
        return
    library()  # loaded first, so that a name taken by it is refused here and not later
    for item in items_of(node):
        text = text_of(item, "algorithms")
        path = Path(text)
        if path.is_absolute() or ".." in path.parts or path.suffix != ".py":
            raise SpecError(f"{text!r} is not a Python module in the study folder", at=item.at)
        if not (home / path).is_file():
            raise SpecError(f"there is no module {text}", at=item.at)
        name = PREFIX + "_".join(path.with_suffix("").parts)
        spec = importlib.util.spec_from_file_location(name, home / path)
        if spec is None or spec.loader is None:
            raise SpecError(f"{text} cannot be loaded", at=item.at)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        _shown[name] = text
        try:
            spec.loader.exec_module(module)
        except SyntaxError as error:
            at = Location(text, error.lineno)
            raise SpecError(f"{type(error).__name__}: {error.msg}", at=at) from None
        except CdiscError as error:
            if error.at.line is not None:
                at = Location(text, error.at.line, name=error.at.name)
                raise SpecError(error.message, at=at, hint=error.hint) from None
            raise SpecError(f"{text}: {error.message}", at=item.at, hint=error.hint) from None
        except Exception as error:
            raise SpecError(f"{text} does not run: {error!r}", at=item.at) from error


def is_own(function: Callable[..., Any]) -> bool:
    """Whether a function is of a module of the study, and not of the library."""
    return function.__module__ in _shown


def place_in(function: Callable[..., Any], error: BaseException | None = None) -> Location:
    """Where the study's own function stands, or the last line of its module that an error ran."""
    code = function.__code__
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__ if error else None)
        if frame.f_code.co_filename == code.co_filename
    ]
    return Location(_shown[function.__module__], lines[-1] if lines else code.co_firstlineno)
