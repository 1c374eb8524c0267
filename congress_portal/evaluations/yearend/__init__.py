"""The year-end review of deputies (年底评优, M109, M110)."""
