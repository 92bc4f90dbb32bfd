/* The tabs of a phone: which column is being looked at, and going to another. */

import { board } from "./board-cards.js";

let tabFrame = 0;

export function watchTabs() {
  const later = () => {
    cancelAnimationFrame(tabFrame);
    tabFrame = requestAnimationFrame(markTab);
  };
  document.querySelector(".stage-tabs").addEventListener("click", goTo);
  board.addEventListener("scroll", later, { passive: true });
  window.addEventListener("resize", later);
}

/** The tab of the column nearest to the left edge is the one being looked at. */
function markTab() {
  const bar = document.querySelector(".stage-tabs");
  const stages = [...board.querySelectorAll(".stage")];
  const edge = board.getBoundingClientRect().left;
  const away = stages.map((stage) => Math.abs(stage.getBoundingClientRect().left - edge - 16));
  const current = stages[away.indexOf(Math.min(...away))].dataset.stage;
  for (const tab of bar.children) {
    const isCurrent = tab.dataset.tab === current;
    if (isCurrent === tab.hasAttribute("aria-current")) continue;
    tab.toggleAttribute("aria-current", isCurrent);
    if (isCurrent) bar.scrollTo({ left: tab.offsetLeft - 16, behavior: "smooth" });
  }
}

function goTo(event) {
  const tab = event.target.closest("[data-tab]");
  if (!tab) return;
  event.preventDefault();
  document.getElementById(`stage-${tab.dataset.tab}`).scrollIntoView({
    behavior: "smooth", block: "nearest", inline: "start",
  });
}
