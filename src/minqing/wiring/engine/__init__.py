"""PostgreSQL with immediate foreign keys, so that a bad key is refused where it is written."""
