"""Client commands, one file per Tencent service name."""
