// Saves a clause as it is written, a moment after the last key. Without this the form is saved by its button.
const form = document.querySelector("form[data-clause]");
const state = form?.querySelector("[data-state]");
let waiting, sending = false, again = false;

async function save() {
  if (sending) { again = true; return; }
  sending = true;
  const answer = await fetch(location.href, {
    method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
  sending = false;
  const told = answer?.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  if (told.seen) form.querySelectorAll("[name=seen]").forEach((one) => { one.value = told.seen; });
  state.textContent = told.seen ? `${form.dataset.saved} ${told.at}` : told.conflict ?? told.wrong ?? form.dataset.typing;
  if (again) { again = false; save(); }
}

// A new clause has no name yet: it is saved by its button the first time.
if (form && form.querySelector("[name=seen]").value) {
  form.addEventListener("input", () => {
    state.textContent = form.dataset.typing;
    clearTimeout(waiting);
    waiting = setTimeout(save, 1500);
  });
}
