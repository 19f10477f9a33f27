// Comments on words that are selected, with the mouse or by keyboard. Without this a clause is commented by its link.
const draft = document.querySelector("[data-draft]");
const forms = [...document.querySelectorAll("form[data-say]")];
const LONGEST = 1000;

function sayOn(clause, quote) {
  for (const form of forms) {
    form.elements.clause.value = clause;
    form.elements.quote.value = quote;
    const shown = form.querySelector("[data-quoted]");
    shown.hidden = !quote;
    shown.querySelector("blockquote").textContent = quote;
  }
  const form = forms.find((one) => one.closest("details").open) ?? forms[0];
  form.closest("details").open = true;
  form.elements.text.focus();
  form.closest("details").scrollIntoView({ block: "nearest" });
}

// -- what is selected: words of one clause, not its number nor anything around it

function chosen() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const says = [range.startContainer, range.endContainer].map((node) => (node.nodeType === 1 ? node : node.parentElement)
    ?.closest(".says"));
  const end = says[1] ?? (range.endOffset === 0 ? says[0] : null); // a triple click ends where the next block begins
  const quote = selection.toString().replace(/\s+/g, " ").trim();
  if (!says[0] || says[0] !== end || !quote || quote.length > LONGEST) return null;
  return { clause: says[0].closest("[data-clause]").dataset.clause, quote, range, says: says[0] };
}

const button = document.createElement("button");
button.type = "button";
button.className = "on-words";
button.textContent = draft.dataset.words;
let now = null;

// The button stands right after the words, so that Tab leads to it from there.
function offer() {
  now = chosen();
  if (!now) { if (document.activeElement !== button) button.remove(); return; }
  const section = now.says.closest("[data-clause]");
  if (button.parentElement !== section) now.says.after(button);
  const box = now.range.getBoundingClientRect();
  button.style.top = `${box.bottom - section.getBoundingClientRect().top + 6}px`;
  button.style.left = `${Math.max(0, Math.min(box.left - section.getBoundingClientRect().left, section.clientWidth - button.offsetWidth))}px`;
}

// A click on the page moves the focus to its beginning: from there Tab leads to the button, not to the first link.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Tab" || event.shiftKey || !button.isConnected) return;
  if (document.activeElement !== document.body && document.activeElement.tagName !== "MAIN") return;
  event.preventDefault();
  button.focus();
});

let waiting;
document.addEventListener("selectionchange", () => { clearTimeout(waiting); waiting = setTimeout(offer, 120); });
offer(); // words may have been selected before this was here
button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
button.addEventListener("click", () => {
  const words = chosen() ?? now;
  if (!words) return;
  getSelection().removeAllRanges();
  button.remove();
  sayOn(words.clause, words.quote);
});

// -- by keyboard: a button in every clause that lets the arrow keys choose its words

const keys = document.createElement("p");
keys.className = "visually-hidden";
keys.id = "choosing-keys";
keys.textContent = draft.dataset.keys;
const heard = document.createElement("p");
heard.className = "visually-hidden";
heard.setAttribute("aria-live", "polite");
draft.append(keys, heard);

function start(says) {
  const range = document.createRange();
  const from = says.querySelector("p:not(.term), li, td") ?? says;
  range.setStart(from, from.querySelector(":scope > .no") ? 2 : 0);
  range.collapse(true);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  getSelection().modify("extend", "forward", "word");
}

function firstFurther(step) {
  const selection = getSelection();
  const { focusNode, focusOffset } = selection;
  selection.collapse(selection.anchorNode, selection.anchorOffset);
  selection.modify("move", step, "word");
  const { anchorNode, anchorOffset } = selection;
  selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}

function choose(event, says) {
  const step = { ArrowRight: "forward", ArrowLeft: "backward" }[event.key];
  if (event.key === "Escape") { getSelection().removeAllRanges(); return; }
  if (!step) return;
  event.preventDefault();
  const before = getSelection().rangeCount && says.contains(getSelection().anchorNode) ? getSelection().getRangeAt(0).cloneRange() : null;
  if (!before || getSelection().isCollapsed) start(says);
  else if (event.shiftKey) firstFurther(step);
  else getSelection().modify("extend", step, "word");
  if (before && !chosen()) { getSelection().removeAllRanges(); getSelection().addRange(before); }
  heard.textContent = getSelection().toString();
}

for (const clause of draft.querySelectorAll(".clause[data-clause]")) {
  const says = clause.querySelector(".says");
  const acts = clause.querySelector(".clause-acts");
  const by = document.createElement("button");
  by.type = "button";
  by.className = "as-link by-keys";
  by.textContent = draft.dataset.choose;
  by.setAttribute("aria-describedby", keys.id);
  by.addEventListener("keydown", (event) => choose(event, says));
  by.addEventListener("click", () => {
    const words = chosen();
    if (words && words.says === says) { getSelection().removeAllRanges(); button.remove(); sayOn(words.clause, words.quote); } else { start(says); heard.textContent = getSelection().toString(); }
  });
  acts?.append(by);
}

// -- links and fields of the form

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-clause]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault(); // the page stays, and with it what was typed
  sayOn(link.dataset.clause, "");
});

for (const form of forms) {
  const unquote = form.querySelector("[data-unquote]");
  const leaveOut = () => {
    form.elements.quote.value = "";
    form.querySelector("[data-quoted]").hidden = true;
  };
  unquote.hidden = false;
  unquote.addEventListener("click", () => { leaveOut(); form.elements.text.focus(); });
  form.elements.clause.addEventListener("change", leaveOut);
  const send = form.querySelector("button:not([type])");
  form.addEventListener("submit", () => { send.disabled = true; }); // once is enough
  addEventListener("pageshow", () => { send.disabled = false; });
}
