"""Words that an app does not want: lists, the comparison with a text, and what is done about what is found."""
