// Product cards and the dialog with a product's details.

import { categoryNames, highlighted, make } from "/dom.js";
import { number, t } from "/i18n.js";

/** Fewer pieces than this are worth saying. */
const fewLeft = 5;

/** A card for one hit. */
export function card(hit) {
  const product = hit.product;
  const isSoldOut = product.stock === 0 || product.status === "sold_out";
  const title = hit.highlight?.title ? highlighted(hit.highlight.title) : [product.title];
  return make(
    "article", { class: isSoldOut ? "card sold-out" : "card", "data-testid": "card", "data-id": hit.id },
    make("div", { class: "picture-frame" }, picture(product), badge(product, isSoldOut)),
    make(
      "div", { class: "card-text" },
      product.brand && make("p", { class: "card-brand" }, product.brand),
      make(
        "h3", { class: "card-title" },
        make("button", { type: "button", onclick: () => showDetail(product) }, ...title)),
      price(product),
      rating(product)));
}

/** A grey card that stands in while the first answer is awaited. */
export function skeleton() {
  return make(
    "div", { class: "card skeleton", "aria-hidden": "true" },
    make("div", { class: "picture-frame" }),
    make("div", { class: "card-text" }, make("p", {}), make("p", {}), make("p", {})));
}

/** A drawn picture: colour and pattern from the category, letter from the brand. Always the same. */
function picture(product) {
  const names = categoryNames(product.category ?? "");
  const hue = hash(names[0] || product.title) % 360;
  const detail = hash(names.at(-1) + (product.brand ?? ""));
  const letter = [...(product.brand || product.title)][0] ?? "";
  const frame = make("div", { class: "picture", "aria-hidden": "true" });
  frame.style.setProperty("--hue", hue);
  frame.style.setProperty("--shift", detail % 40);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  const shape = (name, attributes) => {
    const element = document.createElementNS(svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    svg.append(element);
    return element;
  };
  const x = 18 + (detail % 64);
  const y = 20 + ((detail >> 6) % 60);
  shape("circle", { class: "blob", cx: x, cy: y, r: 34 + (detail % 18) });
  shape("circle", { class: "blob faint", cx: 100 - x, cy: 100 - y, r: 22 + ((detail >> 4) % 16) });
  shape("text", { x: 50, y: 52, class: "letter" }).textContent = letter.toUpperCase();
  frame.append(svg, make("span", { class: "picture-label" }, names.at(-1) ?? ""));
  return frame;
}

/** A number that depends on the text alone (FNV-1a). */
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193) >>> 0;
  return value;
}

function badge(product, isSoldOut) {
  if (isSoldOut) return make("span", { class: "badge badge-sold-out" }, t().soldOut);
  if (product.stock > 0 && product.stock <= fewLeft) {
    return make("span", { class: "badge" }, t().fewLeft(product.stock));
  }
  return null;
}

function price(product) {
  if (typeof product.price !== "number") return null;
  const percent = Math.round((1 - product.price / product.list_price) * 100);
  const isReduced = product.list_price > product.price && percent > 0;
  return make(
    "p", { class: "card-price" },
    isReduced && make("span", { class: "discount", "aria-label": t().discount(percent) }, `${percent}%`),
    make("strong", {}, t().money(product.price)),
    isReduced && make("s", {}, t().money(product.list_price)));
}

function rating(product) {
  if (typeof product.rating !== "number") return null;
  const value = product.rating.toFixed(1);
  const count = product.review_count ?? 0;
  return make(
    "p", { class: "card-rating" },
    make("span", { class: "star", "aria-hidden": "true" }, "★"),
    make("span", { "aria-hidden": "true" }, count ? `${value} (${number(count)})` : value),
    make("span", { class: "hidden" }, t().rating(value, count)));
}

/** Opens the dialog with everything known of a product. */
function showDetail(product) {
  const dialog = document.getElementById("detail");
  const rows = [];
  for (const [member, label] of Object.entries(t().details)) {
    const value = product[member];
    if (value === undefined || value === null || value === "") continue;
    rows.push([label, typeof value === "number" ? number(value) : String(value)]);
  }
  for (const [name, value] of Object.entries(product.attributes ?? {})) {
    const isNested = typeof value === "object" && !Array.isArray(value);
    rows.push([name, isNested ? JSON.stringify(value) : [value].flat().join(", ")]);
  }
  const close = make("button", {
    class: "tool detail-close", type: "button", "aria-label": t().close, onclick: () => dialog.close(),
  }, "×");
  const heading = make("h2", { id: "detail-title" }, product.title);
  dialog.setAttribute("aria-labelledby", "detail-title");
  dialog.replaceChildren(
    close,
    make("div", { class: "picture-frame" }, picture(product)),
    make(
      "div", { class: "detail-text" },
      product.brand && make("p", { class: "card-brand" }, product.brand),
      heading,
      price(product),
      rating(product),
      product.description && make("p", { class: "description" }, product.description),
      make("dl", {}, rows.map(
        ([label, value]) => make("div", {}, make("dt", {}, label), make("dd", {}, value))))));
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  dialog.showModal();
}
