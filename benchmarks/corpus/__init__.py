"""How the corpus is made and measured: briefs for those who write and read it, sheets to read blind, and the tables."""
