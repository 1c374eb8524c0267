"""Pages of the homes and stations, one module an area."""
