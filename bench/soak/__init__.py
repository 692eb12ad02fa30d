"""Mixed traffic against real servers that lose their bus and their database: nothing may be lost, or grow."""
