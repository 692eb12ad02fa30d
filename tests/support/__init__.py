"""Real things for tests: PostgreSQL, NATS, and `sodam serve` as a process of its own."""
