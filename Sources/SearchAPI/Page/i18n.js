// What the page says, in Korean and English, and how each language writes numbers.

const texts = {
  ko: {
    skip: "검색 결과로 건너뛰기",
    searchLabel: "상품 검색",
    placeholder: "상품, 브랜드, 카테고리 검색",
    clearText: "검색어 지우기",
    suggestions: "추천 검색어",
    theme: "밝은 화면과 어두운 화면 전환",
    otherLanguage: "English",
    filters: "필터",
    showResults: "결과 보기",
    openFilters: (n) => (n ? `필터 ${n}` : "필터"),
    sort: "정렬",
    sorts: {
      relevance: "정확도순", "-sales_count": "판매량순", "-rating": "평점순",
      "-released": "최신순", price: "낮은 가격순", "-price": "높은 가격순",
    },
    category: "카테고리",
    brand: "브랜드",
    price: "가격",
    priceFrom: "최저 가격",
    priceTo: "최고 가격",
    apply: "적용",
    won: "원",
    kinds: { brand: "브랜드", category: "카테고리", query: "", phrase: "", product: "" },
    more: (n) => `${n}개 더 보기`,
    less: "접기",
    expand: (name) => `${name} 하위 카테고리`,
    money: (n) => `${number(n)}원`,
    below: (to) => `${short(to)}원 미만`,
    above: (from) => `${short(from)}원 이상`,
    between: (from, to) => `${short(from)}원 – ${short(to)}원`,
    total: (n, q) => (q ? `“${q}” 검색 결과 ${number(n)}개` : `전체 상품 ${number(n)}개`),
    took: (ms) => `${ms.toFixed(1)} ms`,
    corrected: (from, to) => [`“${from}” 대신 `, to, " 검색 결과를 보여 드려요."],
    relaxed: "일부 단어만 맞는 상품도 보여드려요.",
    soldOut: "품절",
    fewLeft: (n) => `${number(n)}개 남음`,
    discount: (percent) => `${percent}% 할인`,
    rating: (value, count) => `평점 ${value}, 리뷰 ${number(count)}개`,
    clear: (name) => `${name} 필터 지우기`,
    clearAll: "모두 지우기",
    emptyTitle: "찾는 상품이 없어요",
    emptyText: "다른 낱말로 검색하거나 필터를 줄여 보세요.",
    errorTitle: "검색하지 못했어요",
    offline: "서버에 연결할 수 없습니다. 연결을 확인하고 다시 시도하세요.",
    retry: "다시 시도",
    loading: "검색하는 중",
    pages: "쪽 번호",
    page: (n) => `${n}쪽`,
    previous: "이전",
    next: "다음",
    close: "닫기",
    details: {
      id: "상품 번호", category: "카테고리", brand: "브랜드", stock: "재고", sales_count: "판매량",
      released: "출시일", status: "상태",
    },
  },
  en: {
    skip: "Skip to the results",
    searchLabel: "Search products",
    placeholder: "Search products, brands, categories",
    clearText: "Clear the search",
    suggestions: "Suggestions",
    theme: "Switch between light and dark",
    otherLanguage: "한국어",
    filters: "Filters",
    showResults: "Show results",
    openFilters: (n) => (n ? `Filters ${n}` : "Filters"),
    sort: "Sort",
    sorts: {
      relevance: "Relevance", "-sales_count": "Best selling", "-rating": "Rating",
      "-released": "Newest", price: "Price: low to high", "-price": "Price: high to low",
    },
    category: "Category",
    brand: "Brand",
    price: "Price",
    priceFrom: "Min ₩",
    priceTo: "Max ₩",
    apply: "Apply",
    won: "KRW",
    kinds: { brand: "Brand", category: "Category", query: "", phrase: "", product: "" },
    more: (n) => `${n} more`,
    less: "Show less",
    expand: (name) => `Categories below ${name}`,
    money: (n) => `₩${number(n)}`,
    below: (to) => `Under ₩${number(to)}`,
    above: (from) => `₩${number(from)} and up`,
    between: (from, to) => `₩${number(from)} – ₩${number(to)}`,
    total: (n, q) => {
      const count = `${number(n)} ${n === 1 ? "product" : "products"}`;
      return q ? `${count} for “${q}”` : count;
    },
    took: (ms) => `${ms.toFixed(1)} ms`,
    corrected: (from, to) => ["Showing results for ", to, ` instead of “${from}”.`],
    relaxed: "Products that match only some of the words are shown too.",
    soldOut: "Sold out",
    fewLeft: (n) => `${number(n)} left`,
    discount: (percent) => `${percent}% off`,
    rating: (value, count) => `Rated ${value}, ${number(count)} reviews`,
    clear: (name) => `Remove filter ${name}`,
    clearAll: "Clear all",
    emptyTitle: "Nothing found",
    emptyText: "Try other words or fewer filters.",
    errorTitle: "The search failed",
    offline: "The server cannot be reached. Check the connection and try again.",
    retry: "Try again",
    loading: "Searching",
    pages: "Pages",
    page: (n) => `Page ${n}`,
    previous: "Previous",
    next: "Next",
    close: "Close",
    details: {
      id: "Product number", category: "Category", brand: "Brand", stock: "In stock", sales_count: "Sold",
      released: "Released", status: "Status",
    },
  },
};

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("ko") ? "ko" : "en");
if (!(language in texts)) language = "en";

/** The texts of the current language. */
export const t = () => texts[language];

export const currentLanguage = () => language;

export function switchLanguage() {
  language = language === "ko" ? "en" : "ko";
  localStorage.setItem("language", language);
}

/** A number with separators: 12,900. */
export function number(n) {
  return n.toLocaleString(language === "ko" ? "ko-KR" : "en-US");
}

/** Korean prices read in units of ten thousand: 5만. */
function short(n) {
  return n >= 10000 && n % 10000 === 0 ? `${number(n / 10000)}만` : number(n);
}

/** Fills every element that names a text. */
export function translatePage() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-i18n]")) {
    element.textContent = t()[element.dataset.i18n];
  }
  for (const element of document.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", t()[element.dataset.i18nLabel]);
  }
  for (const element of document.querySelectorAll("[data-i18n-placeholder]")) {
    element.placeholder = t()[element.dataset.i18nPlaceholder];
  }
  document.getElementById("language").textContent = t().otherLanguage;
}
