// Shows how far a file has travelled to the server. Without this the form is simply sent.
const form = document.querySelector("form[data-upload]");

if (form && window.FormData) {
  const bar = form.querySelector("progress");
  const words = form.querySelector("[data-sent]");
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file) return;
    event.preventDefault();
    bar.hidden = false;
    const started = performance.now();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.max = total;
      bar.value = loaded;
      const seconds = Math.round((total - loaded) / (loaded / (performance.now() - started)) / 1000);
      words.textContent = form.dataset.upload.replace("{share}", Math.floor(100 * loaded / total)).replace("{seconds}", seconds);
    });
    request.addEventListener("load", () => {
      const answer = request.status === 200 ? JSON.parse(request.responseText) : null;
      if (answer?.next) { location.assign(answer.next); return; }
      document.open(); document.write(request.responseText); document.close();
    });
    request.addEventListener("error", () => { bar.hidden = true; words.textContent = form.dataset.failed; });
    form.querySelector("button").disabled = true;
    request.send(new FormData(form));
  });
}
