"""What people fill in; services decide."""
