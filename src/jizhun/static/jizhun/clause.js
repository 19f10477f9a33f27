// Saves a clause as it is written, a moment after the last key. Without this the form is saved by its button.
const form = document.querySelector("form[data-clause]");
const state = form?.querySelector("[data-state]");
let waiting = null;
let sending = null;
let again = false;

async function send() {
  const answer = await fetch(location.href, {
    method: "POST", body: new FormData(form), headers: { Accept: "application/json" } }).catch(() => null);
  const told = answer?.headers.get("content-type")?.includes("json") ? await answer.json() : {};
  if (told.seen) document.querySelectorAll("[name=seen]").forEach((one) => { one.value = told.seen; });
  state.textContent = told.seen ? `${form.dataset.saved} ${told.at}` : told.conflict ?? told.wrong ?? form.dataset.typing;
  return Boolean(told.seen);
}

async function save() {
  clearTimeout(waiting);
  waiting = null;
  if (sending) { again = true; return sending; }
  sending = send();
  const kept = await sending;
  sending = null;
  if (again) { again = false; return save(); }
  return kept;
}

// A new clause has no name yet: it is saved by its button the first time.
if (form && form.querySelector("[name=seen]").value) {
  form.addEventListener("input", () => {
    state.textContent = form.dataset.typing;
    clearTimeout(waiting);
    waiting = setTimeout(save, 1500);
  });
  // Words that are not saved yet are saved before a sentence of the clause is marked.
  document.querySelectorAll("form[data-mark]").forEach((mark) => mark.addEventListener("submit", async (event) => {
    if (!waiting && !sending) return;
    event.preventDefault();
    if (await save()) mark.submit();
  }));
}
