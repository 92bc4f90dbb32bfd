"""Names of the outbox topics that the bot owns."""

SEARCH_TOURS = "botapp.search_tours"
CALL = "botapp.call"
NOTIFY_STAFF = "botapp.notify_staff"
FORWARD_FILE = "botapp.forward_file"
SET_WEBHOOK = "botapp.set_webhook"
