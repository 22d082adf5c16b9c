"""The loop (闭环) in pure Python: institutions as declarations, limits, and the moves of a matter.

No Django and no clock in here: the day is always an argument.
"""
