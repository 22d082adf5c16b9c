"""Appraisals: problems handed back unaltered, bodies chosen until all are reached, questions without accounts."""
