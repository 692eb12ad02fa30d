"""Messages whose text comes in pieces: begun, grown, ended."""
