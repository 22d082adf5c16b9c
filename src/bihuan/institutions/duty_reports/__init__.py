"""Duty reports: who reads which, what each has written before the sheets are opened, and the yearly demand."""
