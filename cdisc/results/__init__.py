"""Analysis results: the displays of define/displays.yaml made from the datasets of a package."""
