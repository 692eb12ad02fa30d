"""The audit log: who changed what, from where, what it was before and after. Rows are added, never changed."""
