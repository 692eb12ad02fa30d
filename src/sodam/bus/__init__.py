"""Live hints between the processes of a cluster. They may be lost: the database is the truth."""

from sodam.bus.interface import Bus, BusError, Handler, Subscription
from sodam.bus.live import Kick, Live, LiveSession, Topic, of_user

__all__ = ["Bus", "BusError", "Handler", "Kick", "Live", "LiveSession", "Subscription", "Topic", "of_user"]
