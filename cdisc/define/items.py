"""Datasets, variables and value levels: ItemGroupDef, ItemRef, ItemDef and ValueListDef."""

from __future__ import annotations

import re

from lxml import etree

from cdisc.define.codelists import Codelists
from cdisc.define.draft import Draft, document_reference, leaf, leaf_id
from cdisc.define.measure import LENGTH_TYPES, Present
from cdisc.define.vocabulary import REFERENCE_CLASSES, class_of, source_of
from cdisc.define.xml import element, translated, yes, yes_no
from cdisc.errors import Location, SpecError
from cdisc.model import Dataset, Origin, ValueLevel, Variable

_SAS_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,7}")
NO_RECORDS = "The dataset has no records."


def add_dataset(draft: Draft, codelists: Codelists, dataset: Dataset, *, standard_oid: str) -> None:
    """Add the definition of a dataset, its variables and their value levels to the draft."""
    has_records = not dataset.frame.empty
    class_, subclass = class_of(dataset.class_, dataset.name)
    is_reference = dataset.scope == "study" and class_ in REFERENCE_CLASSES
    file_id = leaf_id(dataset.name) if has_records else None
    group = element(
        "ItemGroupDef",
        {
            "OID": draft.oid(("IG", dataset.name), dataset.name)[0],
            "Domain": _domain(dataset),
            "Name": dataset.name,
            "Repeating": yes_no(dataset.repeating),
            "IsReferenceData": yes_no(is_reference),
            "SASDatasetName": _sas_name(dataset.name),
            "def:Structure": dataset.structure,
            "Purpose": dataset.purpose,
            "def:StandardOID": None if dataset.non_standard else standard_oid,
            "def:IsNonStandard": yes(dataset.non_standard),
            "def:HasNoData": yes(not has_records),
            "def:ArchiveLocationID": file_id,
            "def:CommentOID": draft.comment(
                (dataset.name,), dataset.comment or ("" if has_records else NO_RECORDS)
            ),
        },
        translated("Description", dataset.label),
    )
    for order, variable in enumerate(dataset.variables, start=1):
        group.append(_item_ref(draft, dataset, variable, order, has_records=has_records))
        draft.items.append(_item_def(draft, codelists, dataset, variable))
    group.extend(_domain_alias(draft, dataset))
    class_element = element("def:Class", {"Name": class_})
    if subclass:
        class_element.append(element("def:SubClass", {"Name": subclass}))
    group.append(class_element)
    if file_id:
        file = f"{dataset.name.lower()}{draft.archive_suffix}"
        group.append(leaf(file_id, file, file))
    draft.item_groups.append(group)
    for variable in dataset.variables:
        if variable.values:
            _add_value_list(draft, codelists, dataset, variable)


def _domain(dataset: Dataset) -> str:
    """The domain a dataset belongs to: DOMAIN or RDOMAIN where all records agree, else its name."""
    for name in ("DOMAIN", "RDOMAIN"):
        if name in dataset.frame.columns:
            values = dataset.frame[name].dropna().unique()
            if len(values) == 1:
                return str(values[0])
    if dataset.name.startswith("SUPP") and len(dataset.name) > len("SUPP"):
        return dataset.name.removeprefix("SUPP")
    return dataset.name


def _domain_alias(draft: Draft, dataset: Dataset) -> list[etree._Element]:
    """The label of the domain for a dataset that is only a part of it (SUPP--, split datasets)."""
    domain = _domain(dataset)
    labels = [other.label for other in draft.datasets if other.name == domain != dataset.name]
    return [
        element("Alias", {"Context": "DomainDescription", "Name": label}) for label in labels[:1]
    ]


def _item_ref(
    draft: Draft, dataset: Dataset, variable: Variable, order: int, *, has_records: bool
) -> etree._Element:
    is_empty = not Present.of(dataset.frame[variable.name]).count
    key = dataset.keys.index(variable.name) + 1 if variable.name in dataset.keys else None
    return element(
        "ItemRef",
        {
            "ItemOID": draft.item_oid(dataset.name, variable.name),
            "OrderNumber": str(order),
            "Mandatory": yes_no(
                variable.mandatory or (variable.core == "Req" and dataset.purpose == "Tabulation")
            ),
            "KeySequence": str(key) if key else None,
            # roles are SDTM's; ADaM has none (Define-XML 2.1, section 5.3.9.2)
            "Role": (variable.role or None) if dataset.purpose == "Tabulation" else None,
            "MethodOID": draft.method(
                (dataset.name, variable.name), variable.method, variable.method_name
            ),
            "def:IsNonStandard": yes(variable.non_standard),
            "def:HasNoData": yes(has_records and is_empty),
        },
    )


def _item_def(
    draft: Draft, codelists: Codelists, dataset: Dataset, variable: Variable
) -> etree._Element:
    place = f"{dataset.name}.{variable.name}"
    comment = draft.comment((dataset.name, variable.name), variable.comment)
    made = element(
        "ItemDef",
        {
            "OID": draft.item_oid(dataset.name, variable.name),
            "Name": variable.name,
            **_shape(variable, place),
            "SASFieldName": _sas_name(variable.name),
            "def:DisplayFormat": _display_format(variable),
            "def:CommentOID": comment,
        },
        translated("Description", variable.label),
    )
    reference = codelists.reference(variable.codelist, variable.dictionary, variable.data_type)
    if reference is not None:
        made.append(reference)
    if variable.origin:
        made.append(_origin(draft, variable.origin, place))
    if variable.values:
        value_list = _value_list_oid(draft, dataset, variable)
        made.append(element("def:ValueListRef", {"ValueListOID": value_list}))
    return made


def _add_value_list(
    draft: Draft, codelists: Codelists, dataset: Dataset, variable: Variable
) -> None:
    value_list = element("def:ValueListDef", {"OID": _value_list_oid(draft, dataset, variable)})
    for order, level in enumerate(variable.values, start=1):
        place = f"{dataset.name}.{variable.name}"
        names = (dataset.name, variable.name, *_where_names(level))
        oid, _ = draft.oid(("IT", *names), (place, level.where, order))
        # A level that inherits its variable's method refers to it instead of repeating its text.
        inherited = level.method == variable.method
        method = draft.method(
            names[:2] if inherited else names,
            level.method,
            variable.method_name if inherited else level.method_name,
        )
        clause = draft.where_clause(dataset, level.where)
        value_list.append(
            element(
                "ItemRef",
                {
                    "ItemOID": oid,
                    "OrderNumber": str(order),
                    "Mandatory": yes_no(level.mandatory),
                    "MethodOID": method,
                },
                element("def:WhereClauseRef", {"WhereClauseOID": clause}),
            )
        )
        item = element(
            "ItemDef",
            {
                "OID": oid,
                "Name": variable.name if len(level.where) != 1 else _level_name(variable, level),
                **_shape(level, place),
                "SASFieldName": _sas_name(variable.name),
                "def:DisplayFormat": _display_format(level),
                "def:CommentOID": draft.comment(names, level.comment),
            },
        )
        if level.label:
            item.append(translated("Description", level.label))
        reference = codelists.reference(level.codelist, "", level.data_type)
        if reference is not None:
            item.append(reference)
        if level.origin:
            item.append(_origin(draft, level.origin, place))
        draft.items.append(item)
    draft.value_lists.append(value_list)


def _value_list_oid(draft: Draft, dataset: Dataset, variable: Variable) -> str:
    names = (dataset.name, variable.name)
    return draft.oid(("VL", *names), names)[0]


def _where_names(level: ValueLevel) -> list[str]:
    """What tells a level from its siblings: the values of its conditions."""
    return [value for condition in level.where for value in condition.values]


def _level_name(variable: Variable, level: ValueLevel) -> str:
    """The value that selects the level (QNAM, TESTCD) names it; sets keep the variable's name."""
    names = _where_names(level)
    return names[0] if len(names) == 1 and names[0] else variable.name


def _shape(item: Variable | ValueLevel, place: str) -> dict[str, str | None]:
    """DataType, Length and SignificantDigits; Length only for the types that have one."""
    has_length = item.data_type in LENGTH_TYPES
    if has_length and not item.length:
        raise SpecError(
            f"a {item.data_type} item needs a length",
            at=Location(name=place),
            hint="Pass the dataset through measured() first",
        )
    digits = item.significant_digits or 0
    return {
        "DataType": item.data_type,
        "Length": str(item.length) if has_length else None,
        "SignificantDigits": str(digits) if item.data_type == "float" else None,
    }


def _display_format(item: Variable | ValueLevel) -> str | None:
    """A SAS format where there is one; for a float `m.n`, m counting the decimal point."""
    if isinstance(item, Variable) and item.format and item.type == "Num":
        return item.format
    if item.data_type == "float" and item.length:
        return f"{item.length + 1}.{item.significant_digits or 0}"
    return None


def _sas_name(name: str) -> str | None:
    return name if _SAS_NAME.fullmatch(name) else None


def _origin(draft: Draft, origin: Origin, place: str) -> etree._Element:
    source = source_of(origin, place)
    made = element("def:Origin", {"Type": origin.type, "Source": source or None})
    if origin.predecessor:
        made.append(translated("Description", origin.predecessor))
    if origin.pages:
        crf = draft.annotated_crf()
        if crf is None:
            raise SpecError(
                f"the origin names CRF page {origin.pages[0]}, but the study declares no "
                "annotated CRF",
                at=Location(name=place),
                hint="Add a document named acrf to study.yaml, or leave the pages out",
            )
        made.append(document_reference(crf.name, origin.pages))
    return made
