"""index.html: all tables and figures on one page that needs nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from cdisc.errors import CdiscError
from cdisc.model import StudyInfo
from cdisc.results.data import Data
from cdisc.results.outcome import Outcome
from cdisc.results.page_table import table_lines
from cdisc.spec.displays import Display

Done = Sequence[tuple[Data, Outcome]]


def page(study: StudyInfo, done: Done, errors: Sequence[CdiscError], version: str) -> bytes:
    """The page: an index at the side, what could not be made, each display."""
    style = _style()
    known = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
    title = f"{study.name}: analysis results"
    made = f"Analysis results of the datasets of {study.created:%Y-%m-%d %H:%M}, by cdisc {version}"
    parts = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        f"<title>{escape(title)}</title><style>{style}</style></head><body>",
        '<a class="skip" href="#content">Skip to content</a>',
        *_index(study, done),
        '<main id="content"><header>',
        f"<h1>{escape(study.name)}</h1><p class=lead>{escape(study.description)}</p>",
        f"<p class=quiet>{escape(made)}. NE: not estimable.</p></header>",
    ]
    if errors:
        parts.append("<section id=missing><h2>Not made</h2><ul>")
        parts += [f"<li>{escape(str(error))}</li>" for error in errors]
        parts.append("</ul></section>")
    for data, outcome in done:
        parts += _section(data, outcome)
    parts.append('</main><a class=back href="#contents">Contents</a></body></html>\n')
    return "\n".join(parts).encode("utf-8")


def _style() -> str:
    data = files("cdisc.results").joinpath("page.css").read_bytes()
    # a checkout may have changed the line ends; a browser hashes line feeds
    return data.decode("utf-8").replace("\r\n", "\n")


def _index(study: StudyInfo, done: Done) -> Iterator[str]:
    yield '<nav id="contents" aria-label="Contents">'
    yield f'<p class=brand><a href="#content">{escape(study.name)}</a></p>'
    for figure, heading in ((False, "Tables"), (True, "Figures")):
        chosen = [data.display for data, _ in done if data.display.analysis.figure == figure]
        if chosen:
            yield f"<p class=kicker>{heading}</p><ul>"
            for display in chosen:
                yield (
                    f'<li><a href="#{anchor(display)}"><b>{escape(display.id)}</b> '
                    f"<span>{escape(display.title)}</span></a></li>"
                )
            yield "</ul>"
    yield "</nav>"


def anchor(display: Display) -> str:
    """Where the page has a display."""
    return f"display-{display.id}"


def _section(data: Data, outcome: Outcome) -> Iterator[str]:
    display = data.display
    yield f'<section id="{escape(anchor(display))}">'
    yield f"<p class=kicker>{escape(display.name)}</p><h2>{escape(display.title)}</h2>"
    yield f"<p class=quiet>{escape(display.population.label)}</p>"
    if outcome.figure:
        yield f"<figure>{outcome.figure}</figure>"
    elif outcome.table is not None and outcome.table.lines:
        yield from table_lines(outcome.table)
    else:
        yield "<p>There is nothing to show.</p>"
    if display.footnote:
        yield f"<p class=note>{escape(display.footnote)}</p>"
    for note in outcome.notes:
        yield f"<p class=note>{escape(note)}</p>"
    source = escape(str(display.records))
    yield f"<details><summary>How it is made</summary><p>{escape(display.analysis.said())}</p>"
    yield f"<p>From <code>{source}</code>, of the population "
    yield f"<code>{escape(str(display.population.records))}</code>. {escape(display.reason)}, "
    yield f"{escape(display.purpose)}.</p><pre>{escape(display.code)}</pre></details>"
    links = [("CSV", "csv"), ("JSON", "json"), *([("SVG", "svg")] if outcome.figure else [])]
    yield "<p class=files>" + " ".join(
        f'<a href="{escape(display.id)}.{ending}">{name}</a>' for name, ending in links
    )
    yield "</p></section>"
