// "Nearest to me first": asks the browser for the position and sends it in the address of this one page.
const form = document.querySelector("[data-near]");
if (form && "geolocation" in navigator) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.near.value = `${coords.longitude.toFixed(5)},${coords.latitude.toFixed(5)}`;
      form.submit();
    }, () => {
      form.hidden = true;
      document.querySelector("[data-no-position]").hidden = false;
    });
  });
}
