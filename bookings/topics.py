"""Topics of the outbox that this app owns; handlers are attached in `crystalbay.wiring`."""

SEARCH_TOURS = "bookings.search_tours"
RECHECK_SELECTION = "bookings.recheck_selection"
LOAD_FLIGHTS = "bookings.load_flights"
CHECK_OPERATOR = "bookings.check_operator"
