"""The load client: a process of its own, so that its work is never counted as a server's."""
