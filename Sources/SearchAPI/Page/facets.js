// The filters: a tree of categories, brands, price ranges, and the chips of what is selected.

import { categoryNames, make } from "/dom.js";
import { number, t } from "/i18n.js";
import { priceRanges } from "/state.js";

const brandsShown = 8;
/** Category paths the reader has opened or closed; others are open when something below is selected. */
const openCategories = new Map();
let areAllBrandsShown = false;

/** Draws all facets; `change(edit)` applies an edit to the state and searches. */
export function renderFacets(state, facets, change) {
  const redraw = () => renderFacets(state, facets, change);
  keepingFocus(document.getElementById("facets"), () => {
    renderCategories(state, facets?.category?.values ?? [], change, redraw);
    renderBrands(state, facets?.brand?.values ?? [], change, redraw);
    renderPrices(state, facets?.price?.ranges ?? [], change);
  });
}

/** Redraws and puts the focus back on the control that had it. */
function keepingFocus(container, draw) {
  const key = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  draw();
  if (key) [...container.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key)?.focus();
}

function checkbox(field, value, label, count, isSelected, change) {
  const toggle = () => change((state) => {
    state[field] = isSelected ? state[field].filter((each) => each !== value) : [...state[field], value];
  });
  return make(
    "label", { class: "option" },
    make("input", {
      type: "checkbox", checked: isSelected, "data-facet": field, "data-value": value,
      "data-key": `${field}:${value}`, onchange: toggle,
    }),
    make("span", { class: "option-name" }, label),
    make("span", { class: "option-count" }, count === undefined ? "" : number(count)));
}

function renderCategories(state, values, change, redraw) {
  const counts = new Map(values.map(({ value, count }) => [value, count]));
  for (const path of state.category) if (!counts.has(path)) counts.set(path, undefined);
  const children = new Map();
  const seen = new Set();
  const insert = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const names = categoryNames(path);
    const parent = names.slice(0, -1).join(" > ");
    if (parent) insert(parent);
    children.set(parent, [...(children.get(parent) ?? []), path]);
  };
  for (const path of counts.keys()) insert(path);

  const branch = (parent) => make(
    "ul", { class: parent ? "branch" : "tree" },
    (children.get(parent) ?? []).map((path) => {
      const name = categoryNames(path).at(-1);
      const hasChildren = children.has(path);
      const isOpen = openCategories.get(path)
        ?? state.category.some((each) => each === path || each.startsWith(`${path} > `));
      const opener = make("button", {
        class: "opener", type: "button", "aria-expanded": String(isOpen), "aria-label": t().expand(name),
        "data-key": `open:${path}`, onclick: () => { openCategories.set(path, !isOpen); redraw(); },
      });
      return make(
        "li", {},
        make(
          "div", { class: "node" }, hasChildren ? opener : make("span", { class: "opener-space" }),
          checkbox("category", path, name, counts.get(path), state.category.includes(path), change)),
        hasChildren && isOpen && branch(path));
    }));
  document.getElementById("facet-category").hidden = counts.size === 0;
  document.getElementById("facet-category").replaceChildren(make("h3", {}, t().category), branch(""));
}

function renderBrands(state, values, change, redraw) {
  const known = new Set(values.map(({ value }) => value));
  const missing = state.brand.filter((value) => !known.has(value)).map((value) => ({ value }));
  const all = [...missing, ...values];
  const shown = areAllBrandsShown ? all : all.filter(
    ({ value }, index) => index < brandsShown || state.brand.includes(value));
  const hiddenCount = all.length - shown.length;
  const more = make("button", {
    class: "more", type: "button", "data-key": "more-brands",
    onclick: () => { areAllBrandsShown = !areAllBrandsShown; redraw(); },
  }, areAllBrandsShown ? t().less : t().more(hiddenCount));
  document.getElementById("facet-brand").hidden = all.length === 0;
  document.getElementById("facet-brand").replaceChildren(
    make("h3", {}, t().brand),
    make(
      "ul", { class: "tree" },
      shown.map(({ value, count }) => make(
        "li", {}, checkbox("brand", value, value, count, state.brand.includes(value), change)))),
    hiddenCount > 0 || (areAllBrandsShown && all.length > brandsShown) ? more : "");
}

function renderPrices(state, ranges, change) {
  const options = priceRanges.map(([from, to]) => {
    const isSelected = state.price !== null && state.price[0] === from && state.price[1] === lastOf(to);
    // With a price set, the other ranges have no counts of their own: the answer holds that price only.
    const count = state.price && !isSelected ? undefined
      : ranges.find((range) => range.from === from && (range.to ?? null) === to)?.count;
    return make(
      "li", {},
      make(
        "label", { class: "option" },
        make("input", {
          type: "checkbox", checked: isSelected, "data-facet": "price", "data-value": `${from}-${to ?? ""}`,
          "data-key": `price:${from}`,
          onchange: () => change((next) => { next.price = isSelected ? null : [from, lastOf(to)]; }),
        }),
        make("span", { class: "option-name" }, rangeLabel(from, to)),
        make("span", { class: "option-count" }, count === undefined ? "" : number(count))));
  });
  const field = (id, label, value) => make("input", {
    id, type: "number", min: 0, max: 1e12, step: 1, inputmode: "numeric", "aria-label": label,
    placeholder: label, value: value ?? "", "data-key": id,
  });
  const from = field("price-from", t().priceFrom, state.price?.[0]);
  const to = field("price-to", t().priceTo, state.price?.[1]);
  const apply = (event) => {
    event.preventDefault();
    const won = ({ value }) => (value === "" ? null : Math.max(0, Math.round(Number(value))));
    const ends = [won(from), won(to)];
    if (ends[0] !== null && ends[1] !== null && ends[0] > ends[1]) ends.reverse();
    change((next) => { next.price = ends[0] === null && ends[1] === null ? null : ends; });
  };
  document.getElementById("facet-price").replaceChildren(
    make("h3", {}, t().price), make("ul", { class: "tree" }, options),
    make(
      "form", { class: "price-form", onsubmit: apply },
      from, make("span", { "aria-hidden": "true" }, "–"), to,
      make("button", { type: "submit", "data-key": "price-apply" }, t().apply)));
}

/** The highest whole price of a range that does not include its end. */
const lastOf = (end) => (end === null ? null : end - 1);

function rangeLabel(from, to) {
  if (to === null) return t().above(from);
  return from === 0 || from === null ? t().below(to) : t().between(from, to);
}

/** Draws a chip for each selected filter, and one for all. */
export function renderChips(state, change) {
  const chips = [];
  for (const field of ["category", "brand"]) {
    for (const value of state[field]) {
      chips.push([field === "category" ? categoryNames(value).join(" › ") : value, (next) => {
        next[field] = next[field].filter((each) => each !== value);
      }]);
    }
  }
  if (state.price) {
    const [from, to] = state.price;
    chips.push([rangeLabel(from, to === null ? null : to + 1), (next) => { next.price = null; }]);
  }
  const container = document.getElementById("chips");
  container.hidden = chips.length === 0;
  container.replaceChildren(
    ...chips.map(([label, edit]) => make(
      "button",
      { class: "chip", type: "button", "aria-label": t().clear(label), onclick: () => change(edit) },
      label, make("span", { "aria-hidden": "true" }, "×"))),
    make("button", {
      class: "chip chip-all", id: "clear-all", type: "button",
      onclick: () => change((next) => { next.brand = []; next.category = []; next.price = null; }),
    }, t().clearAll));
}
