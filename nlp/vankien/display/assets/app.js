"use strict";
/* State, filters, language, keyboard.  All text reaches the page as text nodes. */

const PAGE = 25;
const FACET_ROWS = 8;
const TABS = ["overview", "evidence", "figures", "documents"];

const app = {
  data: null,
  state: null,
  view: null, // what the filters leave
  open: {}, // facets that show all their rows
  find: {}, // words typed into a facet
  sort: { by: null, down: true },
  map: "63",
  collator: new Intl.Collator("vi"),
};

function blankFilters() {
  const filters = { q: "", minimum: 0, repeats: false };
  for (const facet of FACETS) filters[facet] = new Set();
  return filters;
}

/* ---- words and numbers ----------------------------------------------------------------- */

function say(key, values = {}) {
  const entry = app.data.core.words[key];
  const text = entry ? entry[app.state.lang === "en" ? 1 : 0] : key;
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? (typeof values[name] === "number" ? number(values[name]) : values[name]) : whole);
}

function number(value) {
  return new Intl.NumberFormat(app.state.lang === "en" ? "en-GB" : "vi-VN",
    { maximumFractionDigits: 2 }).format(value);
}

function scoreText(thousandths) {
  return new Intl.NumberFormat(app.state.lang === "en" ? "en-GB" : "vi-VN",
    { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(thousandths / 1000);
}

function nameOf(kind, code) {
  const entry = app.data.core.codebook[kind][code];
  return entry ? entry[app.state.lang] : code;
}

function definitionOf(kind, code) {
  const entry = app.data.core.codebook[kind][code];
  return entry ? entry[app.state.lang === "en" ? "defEn" : "defVi"] : "";
}

function provinceName(index) {
  const entry = app.data.names.provinces[index];
  if (!entry) return say("none");
  return entry.merged ? `${entry.name} (${say("since")})` : entry.name;
}

function titleOf(doc) {
  const { docs } = app.data.core;
  return docs.title[doc] || docs.number[doc] || say("untitled");
}

function fileOf(doc) {
  return app.data.core.docs.source[doc].split("/").pop();
}

function keyName(facet, key) {
  if (facet === "theme") return nameOf("themes", key);
  if (facet === "indicator") return nameOf("indicators", key);
  if (facet === "role") return key ? nameOf("roles", key) : say("rolePartNone");
  if (facet === "province") return provinceName(Number(key));
  if (facet === "year") return key || say("undated");
  if (facet === "kind") return say(key);
  if (facet === "document") return titleOf(Number(key));
  return key;
}

/* ---- building the page ----------------------------------------------------------------- */

function h(tag, properties, ...children) {
  const node = document.createElement(tag);
  return fill(node, properties, children);
}

function svg(tag, properties, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
}

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "value" || name === "checked") node[name] = value;
    else if (name === "style") Object.assign(node.style, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

/* ---- state and address ----------------------------------------------------------------- */

function readAddress() {
  const query = new URLSearchParams(location.hash.slice(1));
  const filters = blankFilters();
  const { docs } = app.data.core;
  for (const facet of FACETS) for (const key of query.getAll(facet)) filters[facet].add(key);
  filters.document = new Set([...filters.document]
    .map((id) => docs.id.indexOf(id)).filter((doc) => doc >= 0).map(String));
  filters.q = query.get("q") || "";
  filters.minimum = Math.min(95, Math.max(0, Number(query.get("minimum")) || 0));
  filters.repeats = query.has("repeats");
  const tab = query.get("tab");
  return {
    lang: query.get("lang") === "en" || query.get("lang") === "vi" ? query.get("lang")
      : document.documentElement.lang === "en" ? "en" : "vi",
    tab: TABS.includes(tab) ? tab : "overview",
    page: Math.max(0, (Number(query.get("page")) || 1) - 1),
    filters,
  };
}

function writeAddress() {
  const { lang, tab, page, filters } = app.state;
  const query = new URLSearchParams();
  query.set("lang", lang);
  if (tab !== "overview") query.set("tab", tab);
  if (page) query.set("page", String(page + 1));
  if (filters.q) query.set("q", filters.q);
  if (filters.minimum) query.set("minimum", String(filters.minimum));
  if (filters.repeats) query.set("repeats", "1");
  for (const facet of FACETS) {
    for (const key of filters[facet]) {
      query.append(facet, facet === "document" ? app.data.core.docs.id[Number(key)] : key);
    }
  }
  history.replaceState(null, "", `#${query}`);
}

/* Change filters or view; the page is drawn again and the focus stays where it was. */
function change(edit, { keepPage = false } = {}) {
  edit(app.state);
  if (!keepPage) app.state.page = 0;
  writeAddress();
  draw();
}

function toggle(facet, key, on) {
  change(({ filters }) => {
    const wanted = on === undefined ? !filters[facet].has(key) : on;
    if (wanted) filters[facet].add(key);
    else filters[facet].delete(key);
  });
}

function show(facets, tab) {
  change((state) => {
    for (const [facet, key] of facets) state.filters[facet] = new Set([key]);
    state.tab = tab;
  });
  document.getElementById("results").focus({ preventScroll: true });
}

/* ---- filters --------------------------------------------------------------------------- */

function facetKeys(facet) {
  const counts = app.view.counts[facet];
  const chosen = app.state.filters[facet];
  const keys = new Set([...counts.keys(), ...chosen]);
  const sorted = [...keys];
  if (facet === "year") return sorted.sort((a, b) => (b || "0").localeCompare(a || "0"));
  if (facet === "theme") {
    const order = Object.keys(app.data.core.codebook.themes);
    const rank = (key) => {
      const parent = (app.data.core.codebook.themes[key] || {}).parent;
      return [-(counts.get(parent || key) || 0), order.indexOf(parent || key), order.indexOf(key)];
    };
    return sorted.sort((a, b) => {
      const [x, y] = [rank(a), rank(b)];
      return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
    });
  }
  /* Thousands of documents keep their own order, which is that of their dates. */
  if (facet === "document") {
    return sorted.sort((a, b) => chosen.has(b) - chosen.has(a)
      || (counts.get(b) || 0) - (counts.get(a) || 0) || a - b);
  }
  return sorted.sort((a, b) =>
    chosen.has(b) - chosen.has(a) || (counts.get(b) || 0) - (counts.get(a) || 0)
    || app.collator.compare(keyName(facet, a), keyName(facet, b)));
}

function facetBox(facet) {
  const counts = app.view.counts[facet];
  const chosen = app.state.filters[facet];
  const words = folded(app.find[facet] || "");
  let keys = facetKeys(facet);
  const all = keys.length;
  if (words) keys = keys.filter((key) => folded(`${key} ${keyName(facet, key)}`).includes(words));
  const shown = app.open[facet] ? keys.slice(0, 200) : keys.slice(0, FACET_ROWS);
  for (const key of chosen) if (!shown.includes(key) && keys.includes(key)) shown.push(key);
  if (!all) return null;
  const help = facet === "province" ? h("p", { class: "help" }, say("provinceHelp")) : null;
  return h("fieldset", { class: "facet", "data-facet": facet },
    h("legend", {}, say(facet)),
    help,
    all > FACET_ROWS && h("input", {
      type: "search", id: `find-${facet}`, value: app.find[facet] || "", class: "find",
      "aria-label": say("findIn", { name: say(facet) }), placeholder: "…",
      on: { input: (event) => { app.find[facet] = event.target.value; draw(); } },
    }),
    h("ul", {}, shown.map((key) => facetRow(facet, key, counts.get(key) || 0, chosen.has(key)))),
    keys.length > FACET_ROWS && h("button", {
      type: "button", class: "quiet", id: `more-${facet}`, "aria-expanded": String(!!app.open[facet]),
      on: { click: () => { app.open[facet] = !app.open[facet]; draw(); } },
    }, app.open[facet] ? say("showFewer") : say("showMore", { n: Math.min(keys.length, 200) - FACET_ROWS })));
}

function facetRow(facet, key, count, on) {
  const parent = facet === "theme" && (app.data.core.codebook.themes[key] || {}).parent;
  const title = facet === "theme" ? definitionOf("themes", key)
    : facet === "indicator" ? definitionOf("indicators", key) : null;
  const coded = facet === "theme" || facet === "indicator";
  return h("li", { class: parent ? "child" : null },
    h("label", { title },
      h("input", {
        type: "checkbox", id: `f-${facet}-${key}`, checked: on, value: key,
        on: { change: (event) => toggle(facet, key, event.target.checked) },
      }),
      h("span", { class: "facet-name" }, keyName(facet, key),
        coded && h("span", { class: "code" }, ` ${key}`)),
      h("span", { class: "count" }, number(count))));
}

function filterPanel() {
  const { filters } = app.state;
  return [
    h("div", { class: "facet" },
      h("label", { class: "title", for: "q" }, say("search")),
      h("input", {
        type: "search", id: "q", value: filters.q, placeholder: say("searchHint"),
        on: { input: (event) => change((state) => { state.filters.q = event.target.value; }) },
      })),
    FACETS.map(facetBox),
    h("div", { class: "facet" },
      h("label", { class: "title", for: "minimum" }, say("minimum")),
      h("div", { class: "range" },
        h("input", {
          type: "range", id: "minimum", min: "0", max: "95", step: "5", value: String(filters.minimum),
          on: { input: (event) => change((state) => { state.filters.minimum = Number(event.target.value); }) },
        }),
        h("output", { for: "minimum" }, scoreText(filters.minimum * 10)))),
    h("div", { class: "facet" },
      h("label", {},
        h("input", {
          type: "checkbox", id: "repeats", checked: filters.repeats,
          on: { change: (event) => change((state) => { state.filters.repeats = event.target.checked; }) },
        }),
        h("span", {}, say("withRepeats")))),
  ];
}

function chips() {
  const { filters } = app.state;
  const all = [];
  for (const facet of FACETS) {
    for (const key of filters[facet]) {
      const name = keyName(facet, key);
      all.push(h("button", {
        type: "button", class: "chip", id: `chip-${facet}-${key}`,
        "aria-label": say("remove", { name: `${say(facet)}: ${name}` }),
        on: { click: () => toggle(facet, key, false) },
      }, h("span", { class: "chip-kind" }, say(facet)), ` ${name} `, h("span", { "aria-hidden": "true" }, "×")));
    }
  }
  if (all.length || filters.q || filters.minimum || filters.repeats) {
    all.push(h("button", {
      type: "button", class: "quiet", id: "clear",
      on: { click: () => change((state) => { state.filters = blankFilters(); }) },
    }, say("clear")));
  }
  return all;
}

/* ---- frame ----------------------------------------------------------------------------- */

function frame() {
  const { run, title, codebook } = app.data.core;
  const narrow = window.matchMedia("(max-width: 860px)").matches;
  const counts = { documents: run.documents, sentences: run.sentences };
  const coreHolds = say("holds", {
    evidence: app.data.size, themes: app.data.core.themes.s.length,
    figures: app.data.core.figures.s.length, all: run.figures, refs: app.data.core.refs.s.length,
  });
  return [
    h("a", { class: "skip", href: "#results", on: { click: (event) => {
      event.preventDefault();
      document.getElementById("results").focus();
    } } }, say("skip")),
    h("header", { class: "top" },
      h("div", { class: "brand" },
        h("p", { class: "mark", translate: "no" }, "vankien"),
        h("div", { class: "tools" },
          h("div", { class: "languages", role: "group", "aria-label": say("language") },
            [["vi", "Tiếng Việt"], ["en", "English"]].map(([lang, label]) => h("button", {
              type: "button", id: `lang-${lang}`, lang, "aria-pressed": String(app.state.lang === lang),
              on: { click: () => change((state) => { state.lang = lang; }, { keepPage: true }) },
            }, label))),
          h("button", { type: "button", id: "print", class: "quiet", on: { click: () => window.print() } }, say("print")))),
      h("h1", {}, say("report"), title && h("span", { class: "folder" }, title)),
      h("p", { class: "opens" }, say("opens", counts),
        run.pages > 0 && `, ${say("opensPages", { pages: run.pages })}`, ". ", coreHolds,
        run.repeated > 0 && ` ${say("holdsRepeats", { n: run.repeated })}`,
        run.errors.length > 0 && ` ${say("holdsErrors", { n: run.errors.reduce((n, row) => n + row[1], 0) })}`,
        !run.finished && ` ${say("holdsUnfinished")}`),
      h("p", { class: "honest" }, say("honest"))),
    h("div", { class: "columns" },
      h("details", { class: "filters", id: "filters", open: !narrow },
        h("summary", { id: "filters-summary" }, say("filters")),
        h("form", { id: "panel", on: { submit: (event) => event.preventDefault() } })),
      h("main", { id: "results", tabindex: "-1" },
        h("div", { role: "tablist", class: "tabs", "aria-label": say("views") }, TABS.map((tab) => h("button", {
          type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "view",
          on: { click: () => change((state) => { state.tab = tab; }), keydown: moveTab },
        }, say(tab)))),
        h("div", { class: "bar" },
          h("p", { id: "found", role: "status", "aria-live": "polite" }),
          h("div", { id: "actions" })),
        h("div", { id: "chips", class: "chips" }),
        h("div", { id: "view", role: "tabpanel" }))),
    h("footer", { class: "foot" }, h("p", {}, say("made", {
      version: run.vankien, model: run.model, codebook: codebook.version })),
      h("p", {}, say("csvNote"))),
  ];
}

function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step && event.key !== "Home" && event.key !== "End") return;
  event.preventDefault();
  const at = TABS.indexOf(app.state.tab);
  const next = event.key === "Home" ? 0 : event.key === "End" ? TABS.length - 1
    : (at + step + TABS.length) % TABS.length;
  change((state) => { state.tab = TABS[next]; });
  document.getElementById(`tab-${TABS[next]}`).focus();
}

function draw() {
  const focused = document.activeElement && document.activeElement.id;
  const caret = focused && document.activeElement.selectionStart;
  const root = document.getElementById("app");
  const { lang, tab, filters } = app.state;
  if (root.dataset.lang !== lang) {
    document.documentElement.lang = lang;
    const opened = document.getElementById("filters");
    const was = opened ? opened.open : null;
    root.replaceChildren(...frame());
    if (was !== null) document.getElementById("filters").open = was;
    root.dataset.lang = lang;
    document.title = [say("report"), app.data.core.title].filter(Boolean).join(" · ");
  }
  app.view = app.data.apply(filters);
  const many = FACETS.reduce((n, facet) => n + filters[facet].size, 0);
  document.getElementById("filters-summary").textContent = many ? say("filtersOn", { n: many }) : say("filters");
  document.getElementById("panel").replaceChildren(...filterPanel().flat().filter(Boolean));
  document.getElementById("chips").replaceChildren(...chips());
  for (const name of TABS) {
    const button = document.getElementById(`tab-${name}`);
    button.setAttribute("aria-selected", String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
  }
  document.getElementById("view").setAttribute("aria-labelledby", `tab-${tab}`);
  drawView();
  restoreFocus(focused, caret);
}

function restoreFocus(id, caret) {
  const node = id && document.getElementById(id);
  if (!node || node === document.activeElement) return;
  node.focus({ preventScroll: true });
  if (typeof caret === "number" && node.type === "search") node.setSelectionRange(caret, caret);
}

/* ---- start ------------------------------------------------------------------------------ */

async function start() {
  const root = document.getElementById("app");
  try {
    app.data = new Collection(await unpack(document.getElementById("core")));
  } catch (error) {
    root.replaceChildren(h("p", { class: "failed" },
      "Không mở được dữ liệu của báo cáo; tệp có thể đã bị cắt, hãy tạo lại. · "
      + "The data of this report cannot be opened; the file may have been cut, make it again. "
      + `(${error.message})`));
    return;
  }
  app.state = readAddress();
  draw();
  root.setAttribute("aria-busy", "false");
  window.addEventListener("hashchange", () => {
    app.state = readAddress();
    draw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
      && !document.getElementById("reader").open) {
      event.preventDefault();
      document.getElementById("filters").open = true;
      document.getElementById("q").focus();
    }
  });
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

start();
