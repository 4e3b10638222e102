// Switches and sliders of things. Without it they post and come back; with it the page stays, and the stream shows what the thing says.
const main = document.getElementById("main");

// The stream may replace the form while it is answered, so its box is looked up before.
async function set(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const line = form.closest("[data-thing]").querySelector(".told");
  line.textContent = "";
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
    const { message, page } = await answer.json();
    if (page) location.assign(page);
    else line.textContent = message ?? "";
  } catch {
    line.textContent = main.dataset.away;
  }
}

main.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-set]")) return;
  event.preventDefault();
  set(event.target, event.submitter);
});

// On touch, a tap or a vertical scroll over a slider must not set anything: only ten pixels sideways count.
let start;
main.addEventListener("pointerdown", (event) => {
  const slider = event.target.closest(".sl");
  if (slider) start = { slider, x: event.clientX, value: slider.value, touch: event.pointerType === "touch", moved: 0 };
});
main.addEventListener("pointermove", (event) => {
  if (start) start.moved = Math.max(start.moved, Math.abs(event.clientX - start.x));
});
main.addEventListener("pointercancel", () => {
  if (start) start.slider.value = start.value;
  start = undefined;
});
main.addEventListener("change", (event) => {
  if (!event.target.matches(".sl")) return;
  if (start?.touch && start.moved < 10) event.target.value = start.value;
  else set(event.target.form);
  start = undefined;
});
