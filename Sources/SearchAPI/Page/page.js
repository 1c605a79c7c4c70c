// The search page: reads its state from the address, asks the server, draws the answer.

import { card, skeleton } from "/cards.js";
import { make } from "/dom.js";
import { renderChips, renderFacets } from "/facets.js";
import { currentLanguage, number, switchLanguage, t, translatePage } from "/i18n.js";
import { addressOf, emptyState, filterCount, pageSize, readAddress, requestOf } from "/state.js";
import { attachSuggestions } from "/suggest.js";

const element = (id) => document.getElementById(id);
const input = element("q");
const sorts = ["relevance", "-sales_count", "-rating", "-released", "price", "-price"];
const typingDelay = 140;
/** Deeper pages are beyond what anybody reads, and the server refuses them. */
const lastPage = 500;

let state = readAddress(sorts);
let answer = null;
let failure = null;
let request = null;
let typingTimer;
/** Whether the last entry of the history came from typing, which then replaces it instead of adding one. */
let isTyping = false;

// MARK: Searching

/** Applies an edit to the state, records it in the history and searches. */
function change(edit, { keepsPage = false, typed = false } = {}) {
  const next = structuredClone(state);
  if (!keepsPage) next.page = 1;
  // Text that was typed a moment ago counts, though its own search has not started yet.
  next.q = input.value.trim();
  edit(next);
  state = next;
  if (!typed) input.value = state.q;
  const replaces = typed && isTyping;
  isTyping = typed;
  history[replaces ? "replaceState" : "pushState"](null, "", addressOf(state));
  search();
}

/** Asks the server; an answer to an older question is dropped. */
async function search() {
  clearTimeout(typingTimer);
  request?.abort();
  const own = new AbortController();
  request = own;
  setBusy(true);
  renderControls();
  try {
    const response = await fetch("/api/v1/search", {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(requestOf(state)),
      signal: own.signal,
    });
    const body = await response.json().catch(() => null);
    if (own.signal.aborted) return;
    if (!response.ok) throw new Error(body?.error?.message ?? `HTTP ${response.status}`);
    answer = body;
    failure = null;
  } catch (error) {
    if (own.signal.aborted) return;
    answer = null;
    failure = error instanceof TypeError ? t().offline : error.message;
  }
  setBusy(false);
  render();
}

function setBusy(isBusy) {
  element("progress").classList.toggle("busy", isBusy);
  element("results").setAttribute("aria-busy", String(isBusy));
  if (isBusy && answer === null) {
    element("state").hidden = true;
    element("results").replaceChildren(...Array.from({ length: 8 }, skeleton));
    element("summary").textContent = t().loading;
  }
}

// MARK: Drawing

function render() {
  renderControls();
  renderSummary();
  renderCorrection();
  renderRelaxation();
  element("results").replaceChildren(...(answer?.hits ?? []).map(card));
  renderState();
  renderPages();
}

/** What depends on the state alone and must not wait for an answer. */
function renderControls() {
  renderFacets(state, answer?.facets, change);
  renderChips(state, change);
  element("q-clear").hidden = input.value === "";
  element("facets-open").textContent = t().openFilters(filterCount(state));
  element("sort").replaceChildren(...sorts.map((sort) => {
    const option = make("option", { value: sort }, t().sorts[sort]);
    option.selected = sort === state.sort;
    return option;
  }));
  document.title = state.q ? `${state.q} – 색인 Saekin` : "색인 Saekin";
}

function renderSummary() {
  const summary = element("summary");
  if (!answer) {
    summary.textContent = "";
    return;
  }
  summary.dataset.total = answer.total;
  summary.replaceChildren(
    make("strong", {}, t().total(answer.total, state.q)),
    make("span", { class: "took", "data-testid": "took" }, t().took(answer.took_ms)));
}

function renderCorrection() {
  const notice = element("correction");
  const correction = answer?.correction;
  notice.hidden = !correction;
  if (!correction) return;
  const [before, corrected, after] = t().corrected(correction.from, correction.to);
  notice.replaceChildren(before, make("strong", {}, corrected), after);
}

/** Says so where products were let in that do not have all words. */
function renderRelaxation() {
  const isRelaxed = answer?.match !== undefined && answer.hits.length > 0;
  element("relaxed").hidden = !isRelaxed;
  element("relaxed").textContent = isRelaxed ? t().relaxed : "";
}

function renderState() {
  const box = element("state");
  const isEmpty = answer !== null && answer.hits.length === 0;
  box.hidden = !isEmpty && failure === null;
  box.className = failure === null ? "state" : "state state-error";
  if (failure !== null) {
    box.replaceChildren(
      make("h2", {}, t().errorTitle), make("p", { role: "alert" }, failure),
      make("button", { class: "primary", type: "button", onclick: search }, t().retry));
  } else if (isEmpty) {
    const clear = make("button", {
      class: "primary", type: "button",
      onclick: () => change((next) => Object.assign(next, { ...emptyState(), q: next.q, sort: next.sort })),
    }, t().clearAll);
    box.replaceChildren(
      make("h2", {}, t().emptyTitle), make("p", {}, t().emptyText), filterCount(state) > 0 ? clear : "");
  }
}

function renderPages() {
  const pageCount = Math.min(lastPage, Math.ceil((answer?.total ?? 0) / pageSize));
  const nav = element("pages");
  nav.hidden = pageCount < 2;
  const go = (page) => {
    change((next) => { next.page = page; }, { keepsPage: true });
    scrollTo({ top: 0 });
  };
  const button = (label, page, isEnabled, attributes = {}) => make(
    "button", { type: "button", disabled: !isEnabled, onclick: () => go(page), ...attributes }, label);
  const numbers = pageNumbers(state.page, pageCount).map((page) => (page === null
    ? make("span", { class: "gap" }, "…")
    : button(number(page), page, page !== state.page, {
      "aria-label": t().page(page), "data-page": page, "aria-current": page === state.page && "page",
    })));
  nav.replaceChildren(
    button(t().previous, state.page - 1, state.page > 1, { class: "step", "data-testid": "previous" }),
    ...numbers,
    button(t().next, state.page + 1, state.page < pageCount, { class: "step", "data-testid": "next" }));
}

/** First, last and the pages around the current one; null stands for a gap. */
function pageNumbers(current, count) {
  const near = [1, count, current - 1, current, current + 1];
  if (current <= 3) near.push(2, 3, 4);
  if (current >= count - 2) near.push(count - 3, count - 2, count - 1);
  const pages = [...new Set(near)].filter((page) => page >= 1 && page <= count).sort((a, b) => a - b);
  return pages.flatMap((page, index) => (index > 0 && page - pages[index - 1] > 1 ? [null, page] : [page]));
}

// MARK: Controls

const suggestions = attachSuggestions(input, element("suggestions"), (suggestion) => {
  if (suggestion.kind === "brand" || suggestion.kind === "category") {
    change((next) => {
      Object.assign(next, emptyState(), { sort: next.sort });
      next[suggestion.kind] = [suggestion.text];
    });
  } else {
    change((next) => { next.q = suggestion.text; });
  }
});

function searchTyped(options) {
  clearTimeout(typingTimer);
  const typed = input.value.trim();
  if (typed !== state.q) change((next) => { next.q = typed; }, options);
}

input.addEventListener("input", () => {
  element("q-clear").hidden = input.value === "";
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => searchTyped({ typed: true }), typingDelay);
});
element("search").addEventListener("submit", (event) => {
  event.preventDefault();
  suggestions.close();
  searchTyped();
  isTyping = false;
});
element("q-clear").addEventListener("click", () => {
  input.value = "";
  suggestions.close();
  searchTyped();
  input.focus();
});
element("home").addEventListener("click", (event) => {
  event.preventDefault();
  change((next) => Object.assign(next, emptyState()));
});
element("sort").addEventListener("change", (event) => change((next) => { next.sort = event.target.value; }));
element("language").addEventListener("click", () => {
  switchLanguage();
  translatePage();
  render();
});

const showFacets = (isShown) => {
  element("facets").classList.toggle("open", isShown);
  document.body.classList.toggle("facets-open", isShown);
  element(isShown ? "facets-close" : "facets-open").focus();
};
element("facets-open").addEventListener("click", () => showFacets(true));
element("facets-close").addEventListener("click", () => showFacets(false));
element("facets").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && element("facets").classList.contains("open")) showFacets(false);
});

const applyTheme = (theme) => {
  if (theme) document.documentElement.dataset.theme = theme;
};
applyTheme(localStorage.getItem("theme"));
element("theme").addEventListener("click", () => {
  const chosen = document.documentElement.dataset.theme;
  const isDark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  localStorage.setItem("theme", isDark ? "light" : "dark");
  applyTheme(isDark ? "light" : "dark");
});

addEventListener("popstate", () => {
  state = readAddress(sorts);
  input.value = state.q;
  isTyping = false;
  search();
});
addEventListener("keydown", (event) => {
  // "/" goes to the search field, as on many search pages.
  if (event.key === "/" && !event.target.closest("input, select, textarea, dialog")) {
    event.preventDefault();
    input.focus();
    input.select();
  }
});

document.documentElement.lang = currentLanguage();
translatePage();
input.value = state.q;
search();
