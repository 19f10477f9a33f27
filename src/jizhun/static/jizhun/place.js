// Suggests places while one types. Without this the server asks which place is meant.
const field = document.querySelector("#place[data-suggest]");
const list = document.querySelector("#places");
let asked = "";

async function suggest() {
  const words = field.value.trim();
  if (!words || words === asked || /\d{6}$/.test(words)) return;
  asked = words;
  const day = document.querySelector("#on").value;
  const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}&on=${day}`);
  if (!answer.ok || words !== field.value.trim()) return;
  const options = (await answer.json()).places.map(({ value, label }) => {
    const option = document.createElement("option");
    option.value = value;
    option.label = label;
    return option;
  });
  list.replaceChildren(...options);
}

if (field) {
  let waiting;
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(suggest, 150); });
  field.addEventListener("focus", () => field.select());
}
