"""The transactional outbox: what must be done outside for something that is committed, exactly while that is."""
