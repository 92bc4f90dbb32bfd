"""The admin pages of sales; the board has its own files (`leads/admin_board.py`)."""

from leads.admin import analysis, clients, dictionaries, lead_pages, shifts

__all__ = ["analysis", "clients", "dictionaries", "lead_pages", "shifts"]
