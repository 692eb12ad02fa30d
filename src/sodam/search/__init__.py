"""Search: messages, accounts, groups and members by any part of their texts, in every script, alike on both engines."""
