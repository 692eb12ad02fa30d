"""Files that people hand in and take away: CSV and JSON, read and written piece by piece."""
