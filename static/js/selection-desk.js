/* The manager's page of a selection: the link goes to the clipboard with one tap. */

import { toast } from "./toast.js";

const field = document.querySelector("[data-link]");
const button = document.querySelector("[data-copy]");

button?.addEventListener("click", async () => {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Without https there is no clipboard; the older way works on what is selected.
    document.execCommand("copy");
  }
  toast(button.dataset.textDone);
});
