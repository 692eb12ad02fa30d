"""The relationship chain: friends, friend groups, requests that wait for an answer, blacklists, follows."""
