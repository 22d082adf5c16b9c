"""闭环 Bihuan: a people's congress runs its oversight as one closed loop."""

__version__ = "0.1.0"
