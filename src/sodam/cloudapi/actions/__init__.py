"""The actions, one file a noun."""
