/* The list of chats as a page of its own. */

import { onListEvent } from "./chats.js";
import { connect } from "./live.js";

const { cursor, eventsUrl, pollUrl } = document.getElementById("chats").dataset;
connect({ cursor, eventsUrl, pollUrl, onEvent: onListEvent });
