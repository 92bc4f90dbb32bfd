// Says that a person looks at the page: previews of messengers run no scripts.
const form = document.querySelector("[data-opened]");
fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => {});
