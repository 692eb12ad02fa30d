"""Taking an app over from any server that speaks REST API v4 (`sodam migrate`)."""
