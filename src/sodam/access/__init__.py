"""Access management: who may do what in the console and through the cloud API."""
