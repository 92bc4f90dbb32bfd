"""The lists of bookings; the page of one booking and its buttons are in `bookings/desk`."""

from bookings import admin_bookings, admin_money, admin_rules

__all__ = ["admin_bookings", "admin_money", "admin_rules"]
