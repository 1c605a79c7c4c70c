// Suggestions under the search field: fetched for each keystroke, chosen with the arrow keys or the mouse.

import { make } from "/dom.js";
import { number, t } from "/i18n.js";

const delay = 60;

/** Attaches suggestions to the field; `choose(suggestion)` is called with the one taken. */
export function attachSuggestions(input, list, choose) {
  let suggestions = [];
  let active = -1;
  let timer;
  let request;

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    suggestions = [];
    active = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const take = (suggestion) => {
    close();
    choose(suggestion);
  };

  const draw = () => {
    list.replaceChildren(...suggestions.map((suggestion, index) => make(
      "li", {
        id: `suggestion-${index}`, role: "option", "aria-selected": String(index === active),
        "data-testid": "suggestion",
        // The field would lose the focus, and with it the list, before a click arrives.
        onmousedown: (event) => event.preventDefault(),
        onclick: () => take(suggestion),
      },
      make("span", { class: "suggestion-text" }, emphasised(suggestion.text, input.value)),
      make("span", { class: "suggestion-kind" }, t().kinds[suggestion.kind] ?? ""),
      make("span", { class: "suggestion-count" }, suggestion.count ? number(suggestion.count) : ""))));
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(suggestions.length > 0));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `suggestion-${active}`);
  };

  const load = async () => {
    request?.abort();
    const own = new AbortController();
    request = own;
    try {
      const address = `/api/v1/suggest?q=${encodeURIComponent(input.value)}`;
      const response = await fetch(address, { signal: own.signal });
      if (!response.ok) return close();
      const answer = await response.json();
      if (own.signal.aborted || document.activeElement !== input) return;
      suggestions = (answer.suggestions ?? []).slice(0, 10);
      active = -1;
      draw();
    } catch (error) {
      // The search itself reports a server that is gone; suggestions just stay away.
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim() === "") close();
    else timer = setTimeout(load, delay);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    // While a syllable is being composed the keys belong to the input method.
    if (event.isComposing) return;
    // Escape closes the list; browsers would clear the field too, and with it the results.
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = suggestions.length + 1;
      active = ((active + 1 + step + places) % places) - 1;
      draw();
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      take(suggestions[active]);
    }
  });
  return { close };
}

/** The suggestion with what was not typed yet in bold. */
function emphasised(text, typed) {
  const start = typed.trim();
  if (!start || !text.startsWith(start)) return [make("b", {}, text)];
  return [start, make("b", {}, text.slice(start.length))];
}
