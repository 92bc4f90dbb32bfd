"""The admin pages of sales; the board has its own files (`leads/admin_board.py`)."""

from leads.admin import clients, dictionaries, lead_pages, shifts

__all__ = ["clients", "dictionaries", "lead_pages", "shifts"]
