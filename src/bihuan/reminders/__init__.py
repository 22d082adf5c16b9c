"""Reminders (提醒): who is told of what, in the program and outside, and how much is asked of each unit by it."""
