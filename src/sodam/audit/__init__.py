"""The audit log: who changed what, from where, what it was before and after. Rows are added, never changed; those older
than the setting ``audit_days`` are erased."""
