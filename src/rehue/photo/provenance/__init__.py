"""How a result says that it was coloured, and from what: marks, signed manifests, inspection."""
