/* Parts of a page that the server renders anew, put in without disturbing who works in them. */

// A form's CSRF token is masked anew each time; it is no change.
const bare = (text) => text.replace(/<input[^>]*csrfmiddlewaretoken[^>]*>/g, "").trim();

function isTouched(field) {
  if (field.type === "hidden" || field.type === "submit" || field.type === "button") return false;
  if (field.matches("select")) {
    const own = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, own);
  }
  return field.value !== field.defaultValue;
}

/** Replace a part. One with a half-filled form waits: it is shown when the form is done with. */
export function showPart(place, html) {
  const fresh = bare(html);
  if (place.dataset.shown === fresh) return;
  if ([...place.querySelectorAll("input, select, textarea")].some(isTouched)) return;
  const open = [...place.querySelectorAll("details[open][data-keep-open]")].map((one) => one.dataset.keepOpen);
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  place.innerHTML = html;
  place.dataset.shown = fresh;
  for (const name of open) {
    place.querySelector(`[data-keep-open="${name}"]`)?.setAttribute("open", "");
  }
  refocus(place, focused);
}

function refocus(place, focused) {
  if (!focused) return;
  const pop = focused.closest("[data-keep-open]")?.dataset.keepOpen;
  if (focused.matches("summary")) place.querySelector(`[data-keep-open="${pop}"] > summary`)?.focus();
  if (!focused.name) return;
  const named = `[name="${focused.name}"]`;
  const same = place.querySelector(`${named}[value="${CSS.escape(focused.value)}"]`);
  (same ?? place.querySelector(`${named}:not([type=hidden])`))?.focus();
}
