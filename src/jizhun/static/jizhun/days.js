// A slider over the days on which anything changed. Without it the same days are links.
const nav = document.querySelector("nav.days[data-days]");
const days = nav ? nav.dataset.days.split(" ") : [];

if (days.length > 2) {
  const slider = document.createElement("input");
  const now = document.createElement("output");
  const at = Math.max(0, days.findLastIndex((day) => day <= nav.dataset.now));
  Object.assign(slider, { type: "range", min: 0, max: days.length - 1, step: 1, value: at });
  slider.setAttribute("aria-label", nav.getAttribute("aria-label"));
  const tell = () => {
    now.textContent = days[slider.value];
    slider.setAttribute("aria-valuetext", days[slider.value]);
  };
  slider.addEventListener("input", tell);
  slider.addEventListener("change", () => {
    const address = new URL(location.href);
    address.searchParams.set("on", days[slider.value]);
    location.assign(address);
  });
  tell();
  const frame = document.createElement("div");
  frame.className = "slider";
  frame.append(slider, now);
  nav.after(frame);
}
