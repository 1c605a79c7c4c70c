// Building elements. Text always becomes a text node, so nothing from the catalogue is read as HTML.

/** An element with attributes, listeners (`onclick`) and children, which may be texts, nodes or nothing. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "checked" || key === "disabled" || key === "hidden") element[key] = true;
    else element.setAttribute(key, value);
  }
  const isThere = (child) => child !== undefined && child !== null && child !== false;
  element.append(...children.flat().filter(isThere));
  return element;
}

/** Nodes for text whose matches stand between <mark> and </mark>; everything else stays text. */
export function highlighted(text) {
  return text.split(/(<mark>.*?<\/mark>)/s).map((part) => {
    const match = /^<mark>(.*)<\/mark>$/s.exec(part);
    return match ? make("mark", {}, match[1]) : part;
  });
}

/** The names of a category path "패션 > 하의 > 데님팬츠". */
export const categoryNames = (path) => path.split(" > ");
