"""Writers of submission files; each writes a whole file or leaves the old one untouched."""
