"""Files of an hour's messages of an app, for those who keep or search them elsewhere (rest-messages.md 5)."""
