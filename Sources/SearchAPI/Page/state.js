// What is being searched for, kept in the address so that links, reloads and the back button work.

export const pageSize = 20;
/** Bounds of the price ranges on offer, in won; each includes its lower end only. */
export const priceRanges = [[0, 10000], [10000, 50000], [50000, 100000], [100000, 500000], [500000, null]];

const multiple = ["brand", "category"];

/** Empty search: every product. */
export const emptyState = () => ({ q: "", brand: [], category: [], price: null, sort: "relevance", page: 1 });

/** Reads the address; what it does not understand it leaves out. */
export function readAddress(sorts) {
  const parameters = new URLSearchParams(location.search);
  const state = emptyState();
  state.q = (parameters.get("q") ?? "").slice(0, 256);
  for (const field of multiple) state[field] = [...new Set(parameters.getAll(field))];
  const price = /^(\d*)-(\d*)$/.exec(parameters.get("price") ?? "");
  if (price && (price[1] || price[2])) {
    state.price = [price[1] ? Number(price[1]) : null, price[2] ? Number(price[2]) : null];
  }
  if (sorts.includes(parameters.get("sort"))) state.sort = parameters.get("sort");
  state.page = Math.max(1, Number.parseInt(parameters.get("page") ?? "1", 10) || 1);
  return state;
}

/** The address of a state. */
export function addressOf(state) {
  const parameters = new URLSearchParams();
  if (state.q) parameters.set("q", state.q);
  for (const field of multiple) for (const value of state[field]) parameters.append(field, value);
  if (state.price) parameters.set("price", state.price.map((end) => end ?? "").join("-"));
  if (state.sort !== "relevance") parameters.set("sort", state.sort);
  if (state.page > 1) parameters.set("page", state.page);
  const text = parameters.toString();
  return text ? `?${text}` : location.pathname;
}

/** The body of the search request. */
export function requestOf(state) {
  const request = {
    q: state.q,
    facets: [
      { field: "brand", limit: 20 },
      { field: "category", limit: 100 },
      { field: "price", ranges: priceRanges },
    ],
    facet_filters: {},
    limit: pageSize,
    offset: (state.page - 1) * pageSize,
    highlight: true,
  };
  for (const field of multiple) if (state[field].length) request.facet_filters[field] = state[field];
  if (state.price) {
    const [from, to] = state.price;
    const below = `price <= ${to}`;
    request.filter = to === null ? `price >= ${from}` : from === null ? below : `price ${from}..${to}`;
  }
  if (state.sort !== "relevance") request.sort = state.sort;
  return request;
}

/** How many filters are set. */
export const filterCount = (state) => state.brand.length + state.category.length + (state.price ? 1 : 0);
