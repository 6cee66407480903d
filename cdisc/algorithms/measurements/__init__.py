"""Results and what analysis makes of them: units, limits, baseline, change, grades, kinetics."""
