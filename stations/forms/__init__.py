"""What people fill in, one module an area; services decide."""
