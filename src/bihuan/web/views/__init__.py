"""Views: a few lines of glue each; what they show is computed in the rooms below."""
