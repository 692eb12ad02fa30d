"""Profiles: the standard fields, an app's custom fields, who may read and write them, who hears of a change."""
