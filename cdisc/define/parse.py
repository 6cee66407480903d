"""Reading XML that may come from anyone: no entities, no network, no doctype tricks."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from cdisc.errors import Location, SourceError


def parse_xml(path: Path) -> etree._ElementTree:
    """The document of a define.xml.

    Raises:
        SourceError: the file is missing or is not well-formed XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.parse(str(path), parser)
    except OSError as error:
        raise SourceError("the file cannot be read", at=Location(file=str(path))) from error
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"not well-formed XML: {error.msg}", at=Location(file=str(path), line=error.lineno)
        ) from error
