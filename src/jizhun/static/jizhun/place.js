// Suggests places while one types. Without this the server asks which place is meant.
function suggesting(field) {
  let asked = "", waiting;

  async function suggest() {
    const words = field.value.trim();
    if (!words || words === asked || /\d{6}$/.test(words)) return;
    asked = words;
    const day = document.querySelector("#on")?.value ?? "";
    const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}&on=${day}`);
    if (!answer.ok || words !== field.value.trim()) return;
    const options = (await answer.json()).places.map(({ value, label }) => {
      const option = document.createElement("option");
      option.value = value;
      option.label = label;
      return option;
    });
    field.list.replaceChildren(...options);
  }

  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(suggest, 150); });
  field.addEventListener("focus", () => field.select());
}

document.querySelectorAll("input[data-suggest]").forEach(suggesting);
