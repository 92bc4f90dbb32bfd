/* The sheet of a lead as a page of its own. */

import { connect } from "./live.js";
import { Sheet } from "./sheet.js";

const root = document.getElementById("sheet-page");
const settings = root.dataset;
const sheet = new Sheet(root, {
  csrf: settings.csrf,
  textOffline: settings.textOffline,
  onGone: () => window.location.assign(settings.boardUrl),
});

connect({
  cursor: settings.cursor,
  eventsUrl: settings.eventsUrl,
  pollUrl: settings.pollUrl,
  onEvent: (event) => {
    if (sheet.hears(event)) sheet.refreshSoon();
  },
});
