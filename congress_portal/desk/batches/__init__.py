"""Pages of the papers that are made in the background: how far they are, and the download."""
