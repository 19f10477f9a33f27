// The decision editor in the page: shows the rule's model, and sends what it saves with the form.
const form = document.querySelector("form[data-model]");
const told = form.querySelector("[data-told]");
const choice = form.querySelector("#view");
const said = JSON.parse(document.querySelector("#editor-words").textContent);

// The editor asks for each of its texts; what it lacks in the page's language stays as it is.
const translate = (text, parts = {}) =>
  (said[text] ?? text).replace(/{([^}]+)}/g, (whole, name) => parts[name.trim()] ?? whole);
const speaking = { additionalModules: [{ translate: ["value", translate] }] };
const editor = new window.DmnJS({
  container: "#editor", drd: speaking, decisionTable: speaking, literalExpression: speaking,
});

const tell = (why) => {
  told.textContent = form.dataset.unreadable.replace("{why}", why);
  told.hidden = false;
};

const titleOf = (view) => view.type === "drd" ? form.dataset.drawing
  : [view.element.name, view.element.get("label")].filter(Boolean).join(" · ");

// The parts to choose from, kept as they are when decisions are added or renamed.
const list = () => {
  const active = editor.getActiveView();
  choice.replaceChildren(...editor.getViews().map((view) => {
    const option = new Option(titleOf(view), view.id, false, view.id === active?.id);
    return option;
  }));
};

// A drawing that comes into view is shown whole, beside the tools at its left and below its name.
let shown = null;
const fitted = ({ activeView }) => {
  if (activeView?.id === shown) return;
  shown = activeView?.id;
  if (activeView?.type !== "drd") return;
  const canvas = editor.getActiveViewer().get("canvas");
  canvas.zoom("fit-viewport", "auto");
  canvas.zoom(canvas.zoom() * 0.82);
  canvas.scroll({ dx: 45, dy: 45 });
};

choice.addEventListener("change", () => editor.open(editor.getViews().find((view) => view.id === choice.value)));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  document.activeElement?.blur();
  const { xml } = await editor.saveXML({ format: true });
  form.elements.xml.value = xml;
  form.submit();
});

try {
  await editor.importXML(form.elements.xml.value);
  const first = editor.getViews().find((view) => view.type === "decisionTable");
  if (first) await editor.open(first);
  list();
  editor.on("views.changed", list);
  editor.on("views.changed", fitted);
  form.dataset.ready = "true";
} catch (error) {
  tell(error.message);
}
