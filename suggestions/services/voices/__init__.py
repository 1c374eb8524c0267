"""What happens to a voter's matter: posted, sorted, handled, answered, opened again."""
