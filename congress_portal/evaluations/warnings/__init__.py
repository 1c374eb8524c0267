"""Who falls below a threshold of the office: hints for people, never a consequence (M07)."""
