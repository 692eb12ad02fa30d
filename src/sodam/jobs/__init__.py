"""Long work in the background: kept in the database, taken by any node, going on after a crash."""
