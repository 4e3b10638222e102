// Painting a small picture into the box of its numbers; the box itself does all that the picture does.
for (const box of document.querySelectorAll("[data-grid]")) paint(box);

function paint(box) {
  const [width, height, ink] = box.dataset.grid.split(" ").map(Number);
  const picture = Object.assign(document.createElement("canvas"), { width, height, className: "grid" });
  const clear = Object.assign(document.createElement("button"), { type: "button", className: "b", textContent: box.dataset.clear });
  const pen = picture.getContext("2d");
  let cells;
  picture.setAttribute("aria-hidden", "true");

  const show = () => {
    cells.forEach((value, place) => {
      const grey = Math.round(255 * (1 - Math.min(1, Math.max(0, value / ink))));
      pen.fillStyle = `rgb(${grey},${grey},${grey})`;
      pen.fillRect(place % width, Math.floor(place / width), 1, 1);
    });
  };
  const read = () => {
    const numbers = box.value.split(/[\s,;[\]]+/).filter(Boolean).map(Number);
    cells = Array.from({ length: width * height }, (_, place) => numbers[place] || 0);
    show();
  };
  const write = () => {
    const rows = Array.from({ length: height }, (_, row) => cells.slice(row * width, (row + 1) * width).join(" "));
    box.value = rows.join("\n");
    show();
  };
  const dab = (x, y, part) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    cells[y * width + x] = Math.round(Math.max(cells[y * width + x], ink * part) * 100) / 100;
  };
  const draw = (event) => {
    if (!event.buttons) return;
    event.preventDefault();
    const frame = picture.getBoundingClientRect();
    const x = Math.floor(((event.clientX - frame.x) / frame.width) * width);
    const y = Math.floor(((event.clientY - frame.y) / frame.height) * height);
    dab(x, y, 1);
    for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) dab(x + right, y + down, 0.4);
    write();
  };
  picture.addEventListener("pointerdown", draw);
  picture.addEventListener("pointermove", draw);
  box.addEventListener("input", read);
  clear.addEventListener("click", () => {
    cells.fill(0);
    write();
  });
  box.before(picture, clear);
  read();
}
