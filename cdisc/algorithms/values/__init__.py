"""Values and texts: constants, choices, terms, comparisons, neighbours, numbering."""
