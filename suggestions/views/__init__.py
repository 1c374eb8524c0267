"""Pages of suggestions and voices, one module a theme."""
