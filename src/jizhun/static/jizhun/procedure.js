// The BPMN editor in the page: shows the steps as a diagram, and sends what is drawn with the form.
const form = document.querySelector("form[data-diagram]");
const told = form.querySelector("[data-told]");
const said = JSON.parse(document.querySelector("#editor-words").textContent);

// The editor asks for each of its texts; what it lacks in the page's language stays as it is.
const translate = (text, parts = {}) =>
  (said[text] ?? text).replace(/{([^}]+)}/g, (whole, name) => parts[name.trim()] ?? whole);
const editor = new window.BpmnJS({
  container: "#editor", additionalModules: [{ translate: ["value", translate] }],
});

const tell = (why) => {
  told.textContent = form.dataset.unreadable.replace("{why}", why);
  told.hidden = false;
};

// The diagram stands as wide as the sheet where it can still be read so, from its top on, beside the tools at its left.
const shown = () => {
  const canvas = editor.get("canvas");
  const { inner, outer } = canvas.viewbox();
  const beside = 70;
  const scale = Math.max(0.6, Math.min(1, outer.width / (inner.width + 2 * beside)));
  canvas.viewbox({
    x: inner.x - beside / scale, y: inner.y - 20 / scale, width: outer.width / scale, height: outer.height / scale,
  });
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.elements.do.value = event.submitter?.value || "save";
  try {
    const { xml } = await editor.saveXML({ format: true });
    form.elements.xml.value = xml;
    form.submit();
  } catch (error) {
    tell(error.message);
  }
});

try {
  await editor.importXML(form.elements.xml.value);
  shown();
  form.dataset.ready = "true";
} catch (error) {
  tell(error.message);
}
