"""Past and coming days: how every matter stood and will stand, and what lapses when."""

from gis.horizon.days import change_days, lapses
from gis.horizon.horizon import Horizon, look_ahead

__all__ = ["Horizon", "change_days", "lapses", "look_ahead"]
