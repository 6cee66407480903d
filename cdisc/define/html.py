"""define.html: the define.xml as one page that any browser shows, without XSLT."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from cdisc.define.parse import parse_xml
from cdisc.define.write import stylesheet_bytes
from cdisc.errors import Location, SourceError
from cdisc.write.atomic import atomic_path


def render_html(define_xml: Path, html: Path) -> None:
    """Write a define.xml as one self-contained HTML page: no script, no address outside it.

    Browsers are giving up XSLT, so the page is made here; it is the same transformation that the
    stylesheet beside the define.xml does, and nothing but the define.xml goes into it. Works on
    any Define-XML 2.1 file, ours or not.

    Raises:
        SourceError: the file cannot be read as XML.
        WriteError: the page cannot be written.
    """
    document = parse_xml(define_xml)
    # The stylesheet is ours; the document is not: neither may reach the disk or the network.
    nothing = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]
    transform = etree.XSLT(etree.fromstring(stylesheet_bytes()), access_control=nothing)
    try:
        page = transform(document)
    except etree.XSLTApplyError as error:
        raise SourceError(
            f"cannot be shown as a page: {error}", at=Location(file=str(define_xml))
        ) from error
    with atomic_path(html) as temporary:
        temporary.write_bytes(bytes(page))
