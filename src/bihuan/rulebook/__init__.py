"""The rulebook (制度汇编): every rule, its article, its dated versions, what uses it, and what another would show."""
