"""Who can change or stop the use of a model, and who stands behind its parts."""

from licscan.control.facts import facts
from licscan.control.force import in_force
from licscan.control.origin import origins
from licscan.control.past import past
from licscan.control.publishers import publishers_of
from licscan.control.shares import shares

__all__ = ["facts", "in_force", "origins", "past", "publishers_of", "shares"]
