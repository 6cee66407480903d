"""CDISC controlled terminology: a release's codelists by name (`NY`) or NCI C-code (`C66742`).

Data shape: a packaged release is JSON with one codelist a line; a line is parsed when its
codelist is first asked for, because a study uses some 50 of the 1,158 codelists.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from cdisc.errors import UsageError, did_you_mean
from cdisc.model import Codelist, Term
from cdisc.standards.packaged import packaged_terminologies, read_terminology


class Terminology:
    """One release of one terminology package, for example sdtmct of 2025-03-28."""

    def __init__(
        self,
        package: str,
        version: str,
        codes_by_name: Mapping[str, str],
        read: Callable[[str], Codelist],
    ) -> None:
        """A release.

        Args:
            package: the package's short name, `sdtmct`.
            version: the release date, `2025-03-28`.
            codes_by_name: C-code of each codelist by its CDISC submission value.
            read: gives the codelist of a name in `codes_by_name`; called once a name.
        """
        self.package = package
        self.version = version
        self.names: tuple[str, ...] = tuple(sorted(codes_by_name))
        self._codes_by_name = dict(codes_by_name)
        self._names_by_code = {code: name for name, code in codes_by_name.items()}
        self._read = read
        self._codelists: dict[str, Codelist] = {}

    @property
    def standard(self) -> str:
        """The release as `Codelist.standard` names it: `sdtmct-2025-03-28`."""
        return f"{self.package}-{self.version}"

    @property
    def codelists(self) -> tuple[Codelist, ...]:
        """Every codelist, by name; reads the whole release."""
        return tuple(self._get(name) for name in self.names)

    def __contains__(self, key: object) -> bool:
        return key in self._names_by_code or key in self._codes_by_name

    def codelist(self, key: str) -> Codelist | None:
        """The codelist of that submission value or C-code, None if the release has none."""
        name = self._names_by_code.get(key, key)
        return self._get(name) if name in self._codes_by_name else None

    def paired(self, codes: str, names: str) -> dict[str, str]:
        """The test name for each test code of two codelists whose terms share C-codes.

        `paired("LBTESTCD", "LBTEST")["ALT"]` is `Alanine Aminotransferase`. A term whose C-code
        does not stand exactly once in the other codelist is left out.

        Raises:
            UsageError: one of the codelists is not in the release.
        """
        values: dict[str, list[str]] = {}
        for term in self._expect(names).terms:
            values.setdefault(term.code, []).append(term.value)
        by_code = {code: found[0] for code, found in values.items() if code and len(found) == 1}
        terms = self._expect(codes).terms
        return {term.value: by_code[term.code] for term in terms if term.code in by_code}

    def _expect(self, key: str) -> Codelist:
        codelist = self.codelist(key)
        if codelist is None:
            raise UsageError(
                f"{self.standard} has no codelist {key}", hint=did_you_mean(key, self.names)
            )
        return codelist

    def _get(self, name: str) -> Codelist:
        if name not in self._codelists:
            self._codelists[name] = self._read(name)
        return self._codelists[name]


class Terminologies:
    """Several releases read as one: a codelist is that of the first release that has it."""

    def __init__(self, releases: Sequence[Terminology]) -> None:
        self.releases = tuple(releases)
        self.names: tuple[str, ...] = tuple(
            dict.fromkeys(name for release in releases for name in release.names)
        )

    @property
    def standard(self) -> str:
        """The releases in words: `sdtmct-2025-03-28, adamct-2026-03-27`."""
        return ", ".join(release.standard for release in self.releases)

    def codelist(self, key: str) -> Codelist | None:
        """The codelist of that submission value or C-code, None if no release has one."""
        found = (release.codelist(key) for release in self.releases)
        return next((codelist for codelist in found if codelist is not None), None)


@lru_cache(maxsize=8)
def terminology(package: str, version: str) -> Terminology:
    """A packaged release: ("sdtmct", "2025-03-28"), ("adamct", "2026-03-27").

    Raises:
        UsageError: the release is not packaged; `load_terminology` reads one from a file.
    """
    known = packaged_terminologies()
    if (package, version) not in known:
        packages = {name for name, _ in known}
        near = "" if package in packages else did_you_mean(package, packages)
        listed = ", ".join(f"{name} {date}" for name, date in known)
        raise UsageError(
            f"the terminology release {package} {version} is not packaged with the toolkit",
            hint=f"{near} Packaged: {listed}. Any other release can be read from the file that "
            "NCI EVS publishes (text, Excel or ODM-XML)".strip(),
        )
    header, *lines = read_terminology(package, version).split(b"\n")
    index = json.loads(header + b"]}")["index"]
    place = {name: number for number, (_, name) in enumerate(index)}
    standard = f"{package}-{version}"

    def read(name: str) -> Codelist:
        return _codelist(json.loads(lines[place[name]].rstrip(b",")), standard)

    return Terminology(package, version, {name: code for code, name in index}, read)


def _codelist(facts: Sequence[Any], standard: str) -> Codelist:
    code, name, label, extensible, terms = facts
    return Codelist(
        name=name,
        label=label,
        code=code,
        extensible=extensible,
        standard=standard,
        terms=tuple(
            Term(value=value, code=term_code, decode=decode, synonyms=tuple(synonyms))
            for term_code, value, decode, *synonyms in terms
        ),
    )
