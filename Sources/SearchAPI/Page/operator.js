// The operator's page: why a text is found, and the vocabulary with editing. Everything goes by the same
// addresses that are open to programs.

import { make } from "./dom.js";

const root = "/api/v1/vocabulary";
const element = (id) => document.getElementById(id);

/** Sends a request; an answer that is an error becomes one here, with its message. */
async function call(address, method = "GET", body, type = "application/json") {
  const response = await fetch(address, body === undefined ? { method } : {
    method, headers: { "content-type": type }, body: type === "application/json" ? JSON.stringify(body) : body,
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? response.statusText);
  return answer;
}

const say = (text) => { element("state").textContent = text; };

/** Runs an action of the reader; its failure is shown, not thrown. */
const doing = (action) => async (event) => {
  event?.preventDefault();
  try {
    await action(event);
  } catch (error) {
    say(error.message);
  }
};

/** What became of a change, in a line. */
function tell(change) {
  const refused = change.refused.map((one) => `${one.line}행: ${one.reason}`).join(" · ");
  const done = change.applied ? `상품 ${change.reanalysed.toLocaleString()}개 다시 분석` : "아직 반영 중";
  say([`판 ${change.seq}`, done, refused].filter(Boolean).join(" · "));
}

// --- Analysis ---

const kinds = {
  word: "낱말", compound: "합친 말", part: "부분", stem: "어간", surface: "쓴 대로", latin: "로마자", number: "수",
  unit: "단위", quantity: "양", model: "모델", modelPart: "모델 부분", han: "한자", other: "기타",
};
const reasons = { particle: "조사", ending: "어미", copula: "서술격 조사", suffix: "접미사" };
const origins = { user: "사용자", built_in: "기본", learned: "배움", sound: "소리" };

function token(text, note, position, length, isSynonym) {
  const node = make("div", { class: isSynonym ? "token synonym" : "token" }, text, make("small", {}, note));
  node.style.gridColumn = `${position + 1} / span ${length}`;
  return node;
}

async function analyse() {
  const text = element("text").value;
  const answer = await call(`/api/v1/analyze?${new URLSearchParams({ text })}`);
  element("lattice").replaceChildren(
    ...answer.tokens.map((one) => token(one.term, kinds[one.kind] ?? one.kind, one.position, one.length)),
    ...answer.synonyms.map((one) =>
      token(`≈ ${one.synonym}`, origins[one.origin], one.position, one.length, true)));
  const rows = [
    ...answer.removed.map((one) => ["뺌", `${one.text} (${reasons[one.reason] ?? one.reason})`]),
    ...answer.words.map((one) =>
      ["낱말", `${one.word} · ${origins[one.origin]} · 무게 ${one.weight} ${one.split.join(" + ")}`]),
    ...answer.synonyms.map((one) => ["동의어", `${one.rule} (${origins[one.origin]})`]),
    ["어휘 판", String(answer.vocabulary)],
  ];
  element("reasons").replaceChildren(
    ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

// --- Words and synonyms ---

function row(text, note, label, action) {
  return make("li", {}, make("span", {}, text), make("span", { class: "note" }, note),
    make("button", { class: "quiet", type: "button", onclick: doing(action) }, label));
}

async function change(address, method, body, type) {
  tell(await call(address, method, body, type));
  await Promise.all([words(), synonyms(), overview(), analyse()]);
}

async function words() {
  const answer = await call(`${root}/words`);
  element("words").replaceChildren(...answer.words.map((one) => row(
    [one.word, one.split.join(" + "), one.alias.join(", ")].filter(Boolean).join(" · "),
    `무게 ${one.weight} ${one.source}`, "지우기",
    () => change(`${root}/words/${encodeURIComponent(one.word)}`, "DELETE"))));
}

async function synonyms() {
  const answer = await call(`${root}/synonyms`);
  element("synonyms").replaceChildren(...answer.rules.map((one) => row(
    one.rule, one.source, "지우기",
    () => change(`${root}/synonyms/${encodeURIComponent(one.rule)}`, "DELETE"))));
}

const list = (text, separator) => text.split(separator).map((one) => one.trim()).filter(Boolean);

element("word").addEventListener("submit", doing(async (event) => {
  const form = event.target;
  await change(`${root}/words/${encodeURIComponent(form.word.value.trim())}`, "PUT", {
    weight: Number(form.weight.value), split: list(form.split.value, /\s+/), alias: list(form.alias.value, ","),
  });
  form.reset();
}));

element("rules").addEventListener("submit", doing(async (event) => {
  await change(`${root}/synonyms`, "POST", event.target.rules.value, "text/plain");
  event.target.reset();
}));

// --- What the catalogue taught ---

const sources = {
  built_in: "기본 두 글자 상표", learned_words: "배운 낱말", learned_synonyms: "배운 동의어", sounds: "소리로 찾기",
};

async function setSwitch(name, on) {
  await change(`${root}/switches/${encodeURIComponent(name)}`, "PUT", { on });
  await learned();
}

async function overview() {
  const answer = await call(root);
  element("switches").replaceChildren(...Object.entries(answer.switches).map(([name, isOn]) => make("label", {},
    make("input", { type: "checkbox", checked: isOn, onchange: doing(() => setSwitch(name, !isOn)) }),
    ` ${sources[name] ?? name} (${(answer.counts[name] ?? answer.counts.learned_words).toLocaleString()})`)));
}

async function learned() {
  const query = new URLSearchParams({ q: element("containing").value, limit: 200 });
  if (element("kind").value) query.set("kind", element("kind").value);
  const answer = await call(`${root}/learned?${query}`);
  element("learned-total").textContent = `${answer.total.toLocaleString()}개`;
  element("learned").replaceChildren(...answer.learned.map((one) => row(
    one.name, `상품 ${one.count.toLocaleString()}개${one.weight ? ` · 무게 ${one.weight}` : ""}`,
    one.on ? "끄기" : "켜기", () => setSwitch(one.switch, !one.on))));
}

element("filter").addEventListener("submit", doing(learned));
element("learn").addEventListener("click", doing(async () => {
  await change(`${root}/learn`, "POST");
  await learned();
}));
element("analysis").addEventListener("submit", doing(analyse));

const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
doing(() => Promise.all([analyse(), words(), synonyms(), overview(), learned()]))();
