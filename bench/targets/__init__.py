"""The servers that are measured: one file each, started fresh for every run."""
