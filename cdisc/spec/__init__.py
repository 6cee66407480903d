"""YAML to checked specs: the study folder, the expression grammar, the dependency graph."""

from __future__ import annotations

from cdisc.spec.study import StudySpec, read_study

__all__ = ["StudySpec", "read_study"]
