// Moves through a list by keyboard: j and k from row to row, Enter opens (the focus is on a link), / to the filter.
const rows = () => [...document.querySelectorAll("[data-list] tbody tr")].filter((row) => row.querySelector("a"));
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const filter = document.querySelector("form.filters input");
    if (filter) { event.preventDefault(); filter.focus(); filter.select(); }
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const all = rows();
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1)];
  next?.querySelector("a").focus();
});
