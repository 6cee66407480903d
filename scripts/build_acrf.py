"""Write define/acrf.pdf and define/acrf_pages.csv: the annotated CRF, from the specs.

    python scripts/build_acrf.py

One page a raw form: its columns, each with the SDTM variables collected there. The pages table is
what origins in Define-XML take their page numbers from. Needs fpdf2 (extra `dev`).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path

from fpdf import FPDF

from cdisc.pipeline.annotations import NOT_SUBMITTED, annotated, pages_of
from cdisc.pipeline.registration import form_of
from cdisc.spec import StudySpec, read_study

ROOT = Path(__file__).parents[1]
PDF = ROOT / "define" / "acrf.pdf"
PAGES = ROOT / "define" / "acrf_pages.csv"
Forms = Mapping[str, Mapping[str, Sequence[str]]]
SIZES = (9.0, 8.0, 7.0, 6.0, 5.0, 4.5)
WIDE = (38, 239)
MOST_HEIGHT = 170


def draw(study: StudySpec, forms: Forms, path: Path) -> None:
    """The PDF; its bytes depend on nothing but the specs and the version of fpdf2."""
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_creation_date(study.info.created.replace(tzinfo=UTC))
    pdf.set_title(f"Annotated CRF of {study.info.name}")
    pdf.set_auto_page_break(False)
    pdf.add_page()
    heading(pdf, f"Annotated CRF, study {study.info.name}")
    pdf.set_font("Helvetica", size=10)
    for form, pages in pages_of(forms).items():
        line = f"{pages[0]:>4}   {form}   ({form_of(study, form)})"
        pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT", link=pdf.add_link(page=int(pages[0])))
    for form, columns in forms.items():
        pdf.add_page()
        heading(pdf, f"{form_of(study, form)}: form {form}")
        table(pdf, columns)
    pdf.output(str(path))


def heading(pdf: FPDF, text: str) -> None:
    """The title of a page, which its bookmark has too."""
    pdf.set_font("Helvetica", "B", 14)
    pdf.start_section(text)
    pdf.cell(text=text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)


def table(pdf: FPDF, columns: Mapping[str, Sequence[str]]) -> None:
    """The columns of a form with their annotations, in letters that fit them on the page."""
    texts = [(column, ";  ".join(noted)) for column, noted in columns.items()]
    for size in SIZES:
        pdf.set_font("Helvetica", size=size)
        height = size * 0.45
        lines = [
            len(pdf.multi_cell(WIDE[1], height, text, dry_run=True, output="LINES"))
            for _, text in texts
        ]
        if sum(lines) * height + len(lines) < MOST_HEIGHT or size == SIZES[-1]:
            break
    for (column, text), count in zip(texts, lines, strict=True):
        top = pdf.get_y()
        pdf.set_text_color(30)
        pdf.cell(WIDE[0], height, column)
        pdf.set_text_color(*((140, 140, 140) if text == NOT_SUBMITTED else (20, 80, 150)))
        pdf.multi_cell(WIDE[1], height, text, new_x="LMARGIN", new_y="NEXT")
        pdf.set_y(top + count * height + 1)
    pdf.set_text_color(0)


def main() -> int:
    """Writes both files."""
    study = read_study(ROOT)
    forms = annotated(study)
    draw(study, forms, PDF)
    with PAGES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["SOURCE", "PAGES"])
        writer.writerows([form, " ".join(pages)] for form, pages in pages_of(forms).items())
    for path in (PDF, PAGES):
        print(path.relative_to(ROOT).as_posix())
    return 0


if __name__ == "__main__":
    sys.exit(main())
