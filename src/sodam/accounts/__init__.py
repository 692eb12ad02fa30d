"""Accounts: who exists in an app, and since when their signatures count."""
