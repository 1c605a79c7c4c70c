// One array a file of Sources/SearchAPI/Page, and the table that names them.
#include "CPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char index_html[] = {
#embed "../SearchAPI/Page/index.html"
};
static const unsigned char page_css[] = {
#embed "../SearchAPI/Page/page.css"
};
static const unsigned char products_css[] = {
#embed "../SearchAPI/Page/products.css"
};
static const unsigned char page_js[] = {
#embed "../SearchAPI/Page/page.js"
};
static const unsigned char state_js[] = {
#embed "../SearchAPI/Page/state.js"
};
static const unsigned char facets_js[] = {
#embed "../SearchAPI/Page/facets.js"
};
static const unsigned char cards_js[] = {
#embed "../SearchAPI/Page/cards.js"
};
static const unsigned char suggest_js[] = {
#embed "../SearchAPI/Page/suggest.js"
};
static const unsigned char dom_js[] = {
#embed "../SearchAPI/Page/dom.js"
};
static const unsigned char i18n_js[] = {
#embed "../SearchAPI/Page/i18n.js"
};
static const unsigned char operator_html[] = {
#embed "../SearchAPI/Page/operator.html"
};
static const unsigned char operator_css[] = {
#embed "../SearchAPI/Page/operator.css"
};
static const unsigned char operator_js[] = {
#embed "../SearchAPI/Page/operator.js"
};
static const unsigned char icon_svg[] = {
#embed "../SearchAPI/Page/icon.svg"
};
static const unsigned char openapi_json[] = {
#embed "../SearchAPI/Page/openapi.json"
};

#define HTML "text/html; charset=utf-8"
#define CSS "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define FILE_AT(path, type, name) { path, type, name, sizeof name }

static const struct cpage_file files[] = {
    FILE_AT("/", HTML, index_html),
    FILE_AT("/page.css", CSS, page_css),
    FILE_AT("/products.css", CSS, products_css),
    FILE_AT("/page.js", SCRIPT, page_js),
    FILE_AT("/state.js", SCRIPT, state_js),
    FILE_AT("/facets.js", SCRIPT, facets_js),
    FILE_AT("/cards.js", SCRIPT, cards_js),
    FILE_AT("/suggest.js", SCRIPT, suggest_js),
    FILE_AT("/dom.js", SCRIPT, dom_js),
    FILE_AT("/i18n.js", SCRIPT, i18n_js),
    FILE_AT("/operator", HTML, operator_html),
    FILE_AT("/operator.css", CSS, operator_css),
    FILE_AT("/operator.js", SCRIPT, operator_js),
    FILE_AT("/icon.svg", "image/svg+xml", icon_svg),
    FILE_AT("/openapi.json", "application/json", openapi_json),
};

const struct cpage_file *cpage_file_at(size_t index) {
    return index < sizeof files / sizeof files[0] ? &files[index] : NULL;
}
