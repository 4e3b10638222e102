// The map of the city: streets from the server, marks from the page's stream, each a link to what the panel shows. Lists on the page say the same.
import { CRS, DomUtil, Icon, canvas, circleMarker, control, geoJSON, layerGroup, map as makeMap, marker, svg } from "./leaflet.esm.min.js";

const box = document.getElementById("map");
const live = document.querySelector("[data-live]");
const panel = document.getElementById("panel");
const words = box.dataset;
const isPlane = words.crs === "plane";
const isTouch = matchMedia("(pointer: coarse)").matches;
const SVG = "http://www.w3.org/2000/svg";
// Marks differ in shape, not only in colour: disc, diamond, triangle, square.
const SHAPES = {
  ok: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "m8 12 3 3 5-6"],
  warn: ["m12 1 11 11-11 11L1 12z", "M12 6v7M12 17v.5"],
  bad: ["m12 1 11.5 20H.5z", "M12 8v6M12 17v.5"],
  info: ["M4 4h16v16H4z", "M12 11v6M12 7v.5"],
  off: ["M4 4h16v16H4z", "m7 7 10 10"],
  power: ["M4 4h16v16H4z", "m13 6-5 7h4l-1 5 5-7h-4z"],
  dot: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z"],
};
// More streets than this are drawn on one canvas.
const MANY = 2000;
const FAINT = { color: "#8886", weight: 3, dashArray: null };
const paint = (colour, weight) => ({ color: getComputedStyle(box).getPropertyValue(colour), weight, dashArray: colour === "--bad" ? "2 8" : null });

function shape(look) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  for (const d of SHAPES[look] ?? SHAPES.info) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    picture.append(path);
  }
  return picture;
}

// A mark is a link: it works by keyboard, and opens in another tab as links do. What changes is changed in it, so that it keeps its focus.
const Mark = Icon.extend({
  createIcon() {
    const link = document.createElement("a");
    link.addEventListener("click", (event) => {
      // The end of a drag is no click; a key has no detail.
      if (event.detail && city.dragging.moved()) event.preventDefault();
      else if (!follows(event)) open(link.getAttribute("href"));
    });
    link.className = "leaflet-marker-icon leaflet-interactive";
    return dress(link, this.options.mark);
  },
  createShadow: () => null,
});

function dress(link, { look, layer, name, line, href }) {
  link.href = href;
  link.setAttribute("aria-label", line ? `${name}. ${line}` : name);
  link.title = name;
  if (link.dataset.look !== look) {
    for (const old of ["mk", layer, link.dataset.look]) if (old) DomUtil.removeClass(link, old);
    for (const now of ["mk", layer, look]) DomUtil.addClass(link, now);
    link.dataset.look = look;
    link.replaceChildren(shape(look));
  }
  return link;
}

// Whether a click is the browser's own: in another tab, or a window. If it isn't, it does nothing else than we say.
function follows(event) {
  const isTheirs = event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;
  if (!isTheirs) event.preventDefault();
  return isTheirs;
}

const city = makeMap(box, {
  crs: isPlane ? CRS.Simple : CRS.EPSG3857,
  attributionControl: false,
  zoomControl: false,
  zoomSnap: 0.5,
  minZoom: isPlane ? -6 : 2,
  maxZoom: isPlane ? 4 : 20,
  zoomAnimation: false,
  fadeAnimation: false,
  markerZoomAnimation: false,
  scrollWheelZoom: false,
  tap: false,
  dragging: !isTouch,
});
control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(city);
// The wheel belongs to the page until somebody works in the map; on touch one finger is the page's, two are the map's.
city.on("focus", () => city.scrollWheelZoom.enable()).on("blur", () => city.scrollWheelZoom.disable());

const layers = {};
const marks = new Map();
const lanes = new Map();
let bounds, many, last;

function layer(name) {
  return (layers[name] ??= layerGroup().addTo(city));
}

// What is the same stays as it is: focus is not lost, and nothing flickers.
function draw({ marks: all = [], queues = {}, lights = {}, closed = [] }) {
  const fresh = new Set(all.map((mark) => mark.id));
  for (const [id, { pin, group }] of marks) {
    if (fresh.has(id)) continue;
    group.removeLayer(pin);
    marks.delete(id);
  }
  all.forEach(place);
  const shut = new Set(closed);
  for (const [id, { line, stop }] of lanes) {
    const queue = queues[id] ?? 0;
    if (many) line.setStyle(shut.has(id) ? paint("--bad", 5) : queue ? paint("--c1", 4 + queue) : FAINT);
    else if (line.getElement()) DomUtil.setClass(line.getElement(), `ap q${queue}${shut.has(id) ? " shut" : ""}`);
    if (stop?.getElement()) DomUtil.setClass(stop.getElement(), `lp ${lights[id] ?? "none"}`);
  }
  pick();
  if (!bounds && last === undefined && marks.size) fit();
}

function place(mark) {
  const old = marks.get(mark.id);
  if (old) {
    old.pin.setLatLng(mark.at);
    old.pin.options.icon.options.mark = mark;
    if (old.pin.getElement()) dress(old.pin.getElement(), mark);
    Object.assign(old, { href: mark.href, at: mark.at });
    return;
  }
  const pin = marker(mark.at, { keyboard: false, interactive: false, riseOnHover: true, icon: new Mark({ mark }) });
  const group = layer(mark.layer);
  group.addLayer(pin);
  marks.set(mark.id, { pin, group, href: mark.href, at: mark.at });
}

// The mark that the panel is about.
function pick() {
  const here = location.pathname + location.search;
  for (const { pin, href } of marks.values()) {
    if (href === here) pin.getElement()?.setAttribute("aria-current", "true");
    else pin.getElement()?.removeAttribute("aria-current");
  }
}

function fit() {
  const area = bounds ?? [...marks.values()].map((mark) => mark.at);
  if (bounds || area.length) city.fitBounds(area, { padding: [28, 28], maxZoom: isPlane ? 2 : 17, animate: false });
}

// Another panel without another page: the stream is asked for it, and the address says so.
function open(href) {
  if (href !== location.pathname + location.search) history.pushState(null, "", href);
  panel.dataset.asked = "yes";
  ask();
}

function ask() {
  live.dataset.live = words.feed + location.search;
  live.dispatchEvent(new Event("renew"));
  pick();
}

function answered() {
  if (!panel.dataset.asked) return;
  delete panel.dataset.asked;
  panel.scrollTop = 0;
  panel.querySelector("h2")?.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
}

document.getElementById("main").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (link && !follows(event)) open(link.getAttribute("href"));
});
addEventListener("popstate", ask);
function told(state) {
  draw(state);
  last = state;
  answered();
}

live.addEventListener("state", ({ detail }) => told(detail));
document.querySelectorAll("[data-layer]").forEach((choice) => {
  const group = layer(choice.dataset.layer);
  choice.addEventListener("change", () => (choice.checked ? city.addLayer(group) : city.removeLayer(group)));
});
document.getElementById("fit").addEventListener("click", fit);
document.querySelector(".layers").classList.add("on");

async function ground() {
  const answer = await fetch(words.ground);
  if (!answer.ok) return;
  const streets = await answer.json();
  many = streets.features.length > MANY;
  const renderer = many ? canvas({ padding: 0.3 }) : svg({ padding: 0.3 });
  const stops = [];
  const lines = geoJSON(streets, {
    interactive: false,
    style: ({ properties: { kind, width } }) => ({
      renderer,
      className: kind === "approach" || kind === "road" ? "ap" : `gr ${kind}`,
      weight: width ?? 2,
      ...(many && FAINT),
    }),
    onEachFeature({ properties: { kind, id } }, line) {
      if (!id) return;
      const stop = many || kind !== "approach" ? undefined : circleMarker(line.getLatLngs().at(-1), { renderer, radius: 5, className: "lp none", interactive: false });
      if (stop) stops.push(stop);
      lanes.set(id, { line, stop });
    },
  }).addTo(city);
  for (const stop of stops) stop.addTo(city);
  if (lines.getBounds().isValid()) bounds = lines.getBounds();
  if (last) draw(last);
  fit();
}

city.setView([0, 0], isPlane ? 0 : 2, { animate: false });
// The stream says only what is new: what it said while Leaflet was loading may be all there is for a minute.
if (live.state) told(live.state);
ground().catch(() => {});
