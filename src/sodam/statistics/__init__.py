"""How an app is doing: what is counted, per minute, hour and day, and how it is read."""
