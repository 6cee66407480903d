"""Why is this value so: from a record of a package back to the raw cells it was made of."""

from cdisc.trace.again import Again, run_again
from cdisc.trace.answer import Answer
from cdisc.trace.chain import Chain
from cdisc.trace.package import Package
from cdisc.trace.page import trace_page
from cdisc.trace.question import Question, asked

__all__ = [
    "Again",
    "Answer",
    "Chain",
    "Package",
    "Question",
    "asked",
    "run_again",
    "trace_page",
]
