"""Requirements of duty: who has not done what, and by when (M54–M60, M100, M113, M116)."""
