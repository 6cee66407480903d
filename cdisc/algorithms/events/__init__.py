"""What happened to a subject and when: visits, doses, adverse events, populations."""
