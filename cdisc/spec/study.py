"""The study folder: study.yaml, its codelists and the mapping specs, read and resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from cdisc.errors import CdiscError, Location, SpecError, kept_in, raise_any
from cdisc.model import Document, Standard, StudyInfo
from cdisc.sources import SourceSpec
from cdisc.spec.codelists import Codelists, read_codelists
from cdisc.spec.dictionaries import DictionaryDeclaration, read_dictionaries
from cdisc.spec.displays import Displays
from cdisc.spec.model import DatasetSpec
from cdisc.spec.own_algorithms import load_algorithms
from cdisc.spec.parameter_lists import parameter_lists
from cdisc.spec.read_cut import Cut, read_cut
from cdisc.spec.read_dataset import dataset_name, read_dataset
from cdisc.spec.read_displays import read_displays
from cdisc.spec.read_fields import (
    choice_of,
    fields_of,
    items_of,
    named,
    optional_text,
    required,
    text_of,
)
from cdisc.spec.read_notes import read_notes, read_pages
from cdisc.spec.read_relations import is_relations, read_relations
from cdisc.spec.read_sources import (
    Crosswalk,
    SourceDeclaration,
    read_crosswalk,
    read_sources,
)
from cdisc.spec.relations import Relation
from cdisc.spec.yaml_nodes import Fields, Node, read_yaml
from cdisc.standards import Catalogue, Terminologies, catalogue, load_terminology, terminology
from cdisc.standards.flags import flag_lists

TOP = (
    "study",
    "created",
    "standards",
    "algorithms",
    "data",
    "crosswalk",
    "cut",
    "sources",
    "tables",
    "dictionaries",
    "documents",
)
LAYERS = ("sdtm", "adam")

Loaded = TypeVar("Loaded")


class Release(NamedTuple):
    """A release of terminology as declared: `adamct`, `2026-03-27`, and where that stands."""

    package: str
    version: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StudySpec:
    """Everything a study folder declares, checked as far as it can be without data.

    `folders` maps a data folder's name to its path (relative ones below `home`); `datasets`
    holds the mapping specs by dataset name in the order sdtm, adam, file name; `relations` are
    those that RELREC is made of, `releases` those of terminology.
    """

    home: Path
    info: StudyInfo
    folders: Mapping[str, Path]
    sources: Mapping[str, SourceDeclaration]
    tables: Mapping[str, SourceSpec]
    codelists: Codelists
    dictionaries: Mapping[str, DictionaryDeclaration]
    datasets: Mapping[str, DatasetSpec]
    catalogues: Mapping[str, Catalogue]
    relations: tuple[Relation, ...] = ()
    crosswalk: Crosswalk | None = None
    cut: Cut | None = None
    displays: Displays = field(default_factory=Displays)
    releases: tuple[Release, ...] = ()

    @property
    def subject_sources(self) -> tuple[str, ...]:
        """The sources that say whose a record is."""
        return tuple(name for name, source in self.sources.items() if source.subject)

    def catalogue_of(self, dataset: DatasetSpec) -> Catalogue:
        """The standard's catalogue for a dataset's layer."""
        return self.catalogues[dataset.layer]


def read_study(home: Path, folders: Mapping[str, Path] | None = None) -> StudySpec:
    """Read a study folder. `folders` grants data folders outside it (`--data NAME=DIR`).

    Raises SpecError, or Problems when several files or variables are wrong.
    """
    fields = read_yaml(home / "study.yaml", "study.yaml").only(*TOP)
    load_algorithms(fields.get("algorithms"), home)
    catalogues, ct, standards, releases = _standards(fields, home)
    codelists = read_codelists(home / "define" / "codelists.yaml", "define/codelists.yaml", ct)
    declared = _folders(fields.get("data"), home, folders or {})
    crosswalk = read_crosswalk(fields.get("crosswalk"), tuple(declared))
    sources = read_sources(fields.get("sources"), tuple(declared), crosswalk)
    tables = _tables(fields.get("tables"))
    dictionaries = read_dictionaries(fields.get("dictionaries"))
    datasets, relations = _datasets(home, tuple(catalogues), dictionaries)
    return StudySpec(
        home=home,
        info=_info(fields, standards, dictionaries, home),
        folders=declared,
        sources=sources,
        tables=tables,
        codelists=codelists.with_derived(
            {**flag_lists(codelists.find), **parameter_lists(datasets)}
        ),
        dictionaries=dictionaries,
        datasets=datasets,
        catalogues=catalogues,
        relations=relations,
        crosswalk=crosswalk,
        cut=read_cut(fields.get("cut")),
        displays=read_displays(home),
        releases=releases,
    )


def _info(
    fields: Fields,
    standards: tuple[Standard, ...],
    dictionaries: Mapping[str, DictionaryDeclaration],
    home: Path,
) -> StudyInfo:
    study = fields_of(required(fields, "study", "study.yaml"), "study")
    study.only("id", "name", "protocol", "description")
    created_node = required(fields, "created", "study.yaml")
    text = text_of(created_node, "created")
    try:
        created = datetime.fromisoformat(text)
    except ValueError:
        raise SpecError(
            f"created must be a date and time, not {text!r}",
            at=created_node.at,
            hint="e.g. 2025-07-31T12:00:00; it is the time every output carries",
        ) from None
    study_id = text_of(required(study, "id", "study"), "id")
    documents = _documents(fields.get("documents"), home)
    return StudyInfo(
        study_id=study_id,
        name=optional_text(study, "name") or study_id,
        description=optional_text(study, "description") or study_id,
        protocol=optional_text(study, "protocol") or study_id,
        created=created.replace(tzinfo=None),
        standards=standards,
        documents=documents,
        dictionaries=tuple(declared.dictionary for declared in dictionaries.values()),
        notes=read_notes(home, documents),
    )


def _standards(
    fields: Fields, home: Path
) -> tuple[dict[str, Catalogue], Terminologies, tuple[Standard, ...], tuple[Release, ...]]:
    node = fields_of(required(fields, "standards", "study.yaml"), "standards")
    node.only(*LAYERS, "terminology", "terminology_file")
    catalogues: dict[str, Catalogue] = {}
    standards = []
    for layer in LAYERS:
        given = node.get(layer)
        if given is None:
            continue
        name, version = _name_and_version(given, "SDTMIG 3.4")
        catalogues[layer] = _located(partial(catalogue, name, version), given.at)
        standards.append(Standard(name, "IG", version))
    ct_node = required(node, "terminology", "standards")
    file = optional_text(node, "terminology_file")
    releases, declared = [], []
    # a file stands for the first release; the others are packaged
    for number, item in enumerate(items_of(ct_node)):
        package, version = _name_and_version(item, "sdtmct 2025-03-28")
        if file and number == 0:
            load = partial(load_terminology, home / file, version=version)
        else:
            load = partial(terminology, package, version)
        releases.append(_located(load, item.at))
        declared.append(Release(package, version, item.at))
        publishing_set = {"sdtmct": "SDTM", "adamct": "ADaM"}.get(package, package.upper())
        standards.append(Standard("CDISC/NCI", "CT", version, publishing_set))
    return catalogues, Terminologies(releases), tuple(standards), tuple(declared)


def _located(load: Callable[[], Loaded], at: Location) -> Loaded:
    try:
        return load()
    except CdiscError as error:
        raise SpecError(error.message, at=at, hint=error.hint) from None


def _name_and_version(node: Node, example: str) -> tuple[str, str]:
    text = text_of(node, "a standard")
    name, _, version = text.rpartition(" ")
    if not name:
        raise SpecError(f"{text!r} names no version", at=node.at, hint=f"Write e.g. {example}")
    return name.strip(), version


def _folders(node: Node | None, home: Path, granted: Mapping[str, Path]) -> dict[str, Path]:
    declared: dict[str, Path] = {}
    if node is not None:
        for name, value in fields_of(node, "data").fields.items():
            text = text_of(value, name)
            path = Path(text)
            if path.is_absolute() or ".." in path.parts or ":" in text:
                raise SpecError(
                    f"the data folder {text!r} is outside the study folder",
                    at=value.at,
                    hint=f"Grant it on the command line: --data {name}=DIR",
                )
            declared[name] = home / path
    for name, path in granted.items():
        if name not in declared:
            raise SpecError(
                f"--data {name}: study.yaml declares no data folder of that name",
                hint=f"Declared are {', '.join(declared) or 'none'}",
            )
        declared[name] = path
    return declared


def _tables(node: Node | None) -> dict[str, SourceSpec]:
    if node is None:
        return {}
    fields = fields_of(node, "tables")
    return {
        name: SourceSpec(name=name, file=text_of(value, name), at=named(fields.keys_at[name], name))
        for name, value in fields.fields.items()
    }


def _documents(node: Node | None, home: Path) -> tuple[Document, ...]:
    if node is None:
        return ()
    documents = []
    for item in items_of(node):
        fields = fields_of(item, "documents").only("name", "title", "file", "pages", "layers")
        name, title, file = (
            text_of(required(fields, key, "a document"), key) for key in ("name", "title", "file")
        )
        if Path(file).name != file:
            raise SpecError(
                f"{file!r} is not a file name", at=fields.at, hint="Documents stand in define/"
            )
        pages = optional_text(fields, "pages")
        layers = fields.get("layers")
        about = () if layers is None else _layers_of(layers)
        documents.append(Document(name, title, file, read_pages(home, pages, fields.at), about))
    return tuple(documents)


def _layers_of(node: Node) -> tuple[str, ...]:
    return tuple(choice_of(item, "layers", LAYERS) for item in items_of(node))


def _datasets(
    home: Path, layers: tuple[str, ...], dictionaries: Mapping[str, DictionaryDeclaration]
) -> tuple[dict[str, DatasetSpec], tuple[Relation, ...]]:
    files: list[tuple[str, str, Fields]] = []
    errors: list[CdiscError] = []
    written: dict[str, str] = {}
    for layer in LAYERS:
        for path in sorted((home / "mappings" / layer).glob("*.yaml")):
            shown = f"mappings/{layer}/{path.name}"
            written[shown] = path.stem.upper()
            with kept_in(errors):
                if layer not in layers:
                    raise SpecError(
                        f"study.yaml declares no standard for {layer}", at=Location(shown)
                    )
                files.append((layer, shown, read_yaml(path, shown)))
    names: dict[str, str] = {}
    named_files: list[tuple[str, Fields]] = []
    relations: tuple[Relation, ...] = ()
    for layer, shown, fields in files:
        with kept_in(errors):
            if layer == "sdtm" and is_relations(fields):
                if relations:
                    first = relations[0].at.file
                    at = fields.keys_at["relations"]
                    raise SpecError(f"relations are already declared in {first}", at=at)
                relations = read_relations(fields)
                continue
            name = dataset_name(fields)
            if name in names:
                at = fields.fields["dataset"].at
                raise SpecError(f"{name} is already described in {names[name]}", at=at)
            names[name] = shown
            named_files.append((layer, fields))
    # what a file that cannot be read describes is not missing: its own error is told
    unread = {written[shown] for shown in {*written} - {*names.values()}} if errors else ()
    known = {*names, *unread}
    datasets = {}
    for layer, fields in named_files:
        with kept_in(errors):
            spec = read_dataset(fields, layer, known, dictionaries)  # type: ignore[arg-type]
            datasets[spec.name] = spec
    raise_any(errors)
    if not datasets:
        raise SpecError(
            "no mapping specs found",
            at=Location("mappings/sdtm"),
            hint="`cdisc init DIR` writes a study folder to start from",
        )
    return datasets, relations
