"use strict";
/* The opening page: what the collection holds, by year, theme, place, indicator, reference. */

const TOP = 12;

/* One hue from light to dark, readable for the colour-blind and in grey print. */
const SHADES = ["#eef3f8", "#d3e2ef", "#a9c9e1", "#73a8cf", "#3d82b5", "#1a5f96", "#0b3f6b"];

function shade(value, most) {
  if (!value) return null;
  const step = Math.ceil(Math.sqrt(value / most) * (SHADES.length - 1));
  return { background: SHADES[step], color: step > 3 ? "#fff" : "#1c2430" };
}

function overviewView() {
  const { sentences, documents } = app.view;
  announce(say("found", { sentences: sentences.length, documents: documents.size }));
  return [yearsCard(), themesCard(), indicatorsCard(), heatCard(), mapCard(), referencesCard(), errorsCard()];
}

function card(id, title, note, table, ...children) {
  return h("section", { class: "panel", id: `card-${id}`, "aria-labelledby": `title-${id}` },
    h("header", {}, h("h2", { id: `title-${id}` }, title),
      table && csvButton(`csv-${id}`, () => ({ name: id, table: table() }))),
    children,
    h("p", { class: "note" }, note));
}

function sum(rows, name) {
  let total = 0;
  for (const row of rows) total += row[name];
  return total;
}

function documentsOf(sentences) {
  return new Set(sentences.map((s) => app.data.core.sentences.doc[s])).size;
}

/* ---- years ------------------------------------------------------------------------------- */

function yearsCard() {
  const { listed, documents } = app.view;
  const all = new Map();
  for (const doc of listed) {
    const year = app.data.yearOf[doc];
    const row = all.get(year) || { all: 0, with: 0 };
    row.all += 1;
    row.with += documents.has(doc) ? 1 : 0;
    all.set(year, row);
  }
  const known = [...all.keys()].filter(Boolean).map(Number).sort((a, b) => a - b);
  let years = known;
  if (known.length && known[known.length - 1] - known[0] < 60) {
    years = [];
    for (let year = known[0]; year <= known[known.length - 1]; year += 1) years.push(year);
  }
  const keys = years.map(String);
  const most = Math.max(1, ...keys.map((key) => (all.get(key) || { all: 0 }).all));
  const undated = all.get("");
  const bars = keys.map((key) => {
    const row = all.get(key) || { all: 0, with: 0 };
    const name = keyName("year", key);
    return h("li", {}, h("button", {
      type: "button", class: "year", id: `year-${key}`, disabled: !row.all,
      "aria-pressed": String(app.state.filters.year.has(key)),
      "aria-label": `${name}: ${number(row.all)} ${say("documentsShort")}; ${say("carries", { n: row.with })}`,
      title: `${name}: ${number(row.with)} / ${number(row.all)}`,
      on: { click: () => toggle("year", key) },
    }, h("span", { class: "column", "aria-hidden": "true" },
      h("span", { class: "amount" }, row.all ? number(row.all) : ""),
      h("span", { class: "all", style: { height: `${(row.all / most) * 100}%` } },
        h("span", { class: "with", style: { height: row.all ? `${(row.with / row.all) * 100}%` : "0" } }))),
    h("span", { class: "year-name" }, key || "—")));
  });
  return card("years", say("yearsTitle"), say("yearsNote", { documents: listed.length, with: documents.size }),
    () => [["year", "documents", "documents_with_matches"],
      ...[...keys, ...(undated ? [""] : [])].map((key) => {
        const row = all.get(key) || { all: 0, with: 0 };
        return [key || "undated", row.all, row.with];
      })],
    keys.length > 0 && h("ol", { class: "years" }, bars),
    undated && h("button", {
      type: "button", class: "quiet", id: "year-", "aria-pressed": String(app.state.filters.year.has("")),
      on: { click: () => toggle("year", "") },
    }, say("undatedBar", { all: undated.all, with: undated.with })));
}

/* ---- bars of codes ------------------------------------------------------------------------ */

function barRows(id, rows, most, click, codeOf) {
  const open = app.open[id];
  const shown = open ? rows : rows.slice(0, TOP);
  return [
    h("ul", { class: "bars" }, shown.map(({ key, name, count, documents, title }) => h("li", {},
      h("button", { type: "button", id: `${id}-${key}`, title, on: { click: () => click(key) } },
        h("span", { class: "bar-name" }, name, codeOf && h("span", { class: "code" }, ` ${key}`)),
        h("span", { class: "bar-line", "aria-hidden": "true" },
          h("span", { style: { width: `${Math.max(0.5, (count / most) * 100)}%` } })),
        h("span", { class: "bar-count" }, number(count)),
        h("span", { class: "bar-documents" }, `${number(documents)} ${say("documentsShort")}`))))),
    rows.length > TOP && h("button", {
      type: "button", class: "quiet", id: `${id}-more`, "aria-expanded": String(!!open),
      on: { click: () => { app.open[id] = !open; draw(); } },
    }, open ? say("showFewer") : say("showMore", { n: rows.length - TOP })),
  ];
}

function themesCard() {
  const { codes } = app.data;
  const carrying = app.view.sentences.filter((s) => codes.has(s));
  const table = codes.tally(carrying, app.data.core.sentences.doc);
  const rows = [...table].map(([key, row]) => ({
    key, name: nameOf("themes", key), count: row.sentences, documents: row.documents,
    title: definitionOf("themes", key),
  })).sort((a, b) => b.count - a.count || a.key.localeCompare(b.key));
  return card("themes", say("themesTitle"), say("themesNote", { n: carrying.length, documents: documentsOf(carrying) }),
    () => [["theme", "name_vi", "name_en", "sentences", "documents"], ...rows.map((row) => {
      const entry = app.data.core.codebook.themes[row.key] || {};
      return [row.key, entry.vi, entry.en, row.count, row.documents];
    })],
    rows.length ? barRows("bar-theme", rows, rows[0].count, (key) => show([["theme", key]], "evidence"), true)
      : h("p", { class: "empty" }, say("nothing")));
}

/* ---- the 27 manifestations ------------------------------------------------------------------ */

function heatCard() {
  const { codebook } = app.data.core;
  const { sentences, listed } = app.view;
  const groups = new Set(codebook.groups);
  const codes = Object.keys(codebook.themes).filter((code) => groups.has(code) || groups.has(codebook.themes[code].parent))
    .sort((a, b) => {
      const place = (code) => codebook.groups.indexOf(codebook.themes[code].parent || code) * 100 + Number(code.split(".")[1] || 0);
      return place(a) - place(b);
    });
  const keys = app.data.codes;
  const wanted = keys.chosen(codes);
  const carrying = sentences.filter((s) => keys.any(s, wanted));
  const cells = new Map();
  for (const s of carrying) {
    const doc = app.data.core.sentences.doc[s];
    for (let i = keys.at[s]; i < keys.at[s + 1]; i += 1) {
      if (!wanted[keys.of[i]]) continue;
      const name = `${keys.names[keys.of[i]]}|${app.data.yearOf[doc]}`;
      const cell = cells.get(name) || { sentences: 0, documents: 0, last: -1 };
      cell.sentences += 1;
      if (cell.last !== doc) cell.documents += 1;
      cell.last = doc;
      cells.set(name, cell);
    }
  }
  const held = new Set(listed.map((doc) => app.data.yearOf[doc]));
  const known = [...held].filter(Boolean).sort();
  const years = [...known, ...(held.has("") ? [""] : [])];
  if (!carrying.length || !years.length) return null;
  const most = Math.max(...[...cells.values()].map((row) => row.sentences));
  let first = true;
  const heatCell = (code, year) => {
    const row = cells.get(`${code}|${year}`);
    if (!row) return h("td", { class: "zero" }, h("span", { "aria-label": "0" }, "·"));
    const button = h("button", {
      type: "button", id: `heat-${code}-${year}`, style: shade(row.sentences, most), tabindex: first ? "0" : "-1",
      "aria-label": `${nameOf("themes", code)}, ${keyName("year", year)}: ${number(row.sentences)} ${say("sentencesShort")}, ${number(row.documents)} ${say("documentsShort")}`,
      on: { click: () => show([["theme", code], ["year", year]], "evidence") },
    }, number(row.sentences));
    first = false;
    return h("td", {}, button);
  };
  const body = codes.map((code) => h("tr", { class: groups.has(code) ? "group" : null },
    h("th", { scope: "row", title: definitionOf("themes", code) }, h("span", { class: "code" }, code), h("span", { class: "heat-name" }, nameOf("themes", code))),
    years.map((year) => heatCell(code, year))));
  return card("heat", say("heatTitle"), say("heatNote", { n: carrying.length, documents: documentsOf(carrying) }),
    () => [["theme", "name_vi", "name_en", ...years.map((year) => year || "undated")],
      ...codes.map((code) => [code, codebook.themes[code].vi, codebook.themes[code].en,
        ...years.map((year) => (cells.get(`${code}|${year}`) || { sentences: 0 }).sentences)])],
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("heatTitle") },
      h("table", { class: "heat", on: { keydown: roam } },
        h("thead", {}, h("tr", {}, h("td", {}), years.map((year) => h("th", { scope: "col" }, keyName("year", year))))),
        h("tbody", {}, body))));
}

/* Arrow keys move among the buttons of a grid, so that it is one stop of the tab key. */
function roam(event) {
  const moves = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const move = moves[event.key];
  if (!move || event.target.tagName !== "BUTTON") return;
  event.preventDefault();
  const from = event.target.getBoundingClientRect();
  let best = null;
  for (const node of event.currentTarget.querySelectorAll("button")) {
    const to = node.getBoundingClientRect();
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const along = dx * move[0] + dy * move[1];
    const aside = Math.abs(dx * move[1]) + Math.abs(dy * move[0]);
    if (along < 2) continue;
    const cost = along + aside * 4;
    if (!best || cost < best.cost) best = { node, cost };
  }
  if (!best) return;
  event.target.tabIndex = -1;
  best.node.tabIndex = 0;
  best.node.focus();
}

/* ---- provinces --------------------------------------------------------------------------- */

function mapCard() {
  const { sentences } = app.view;
  const { provinces } = app.data.names;
  const tiles = app.data.core.tiles[app.map];
  const { province, doc } = app.data.core.sentences;
  const squareOf = provinces.map((entry) => entry[app.map]);
  const onMap = sentences.filter((s) => squareOf[province[s]]);
  if (!provinces.length) return null;
  const table = new Map();
  for (const s of onMap) {
    const row = table.get(squareOf[province[s]]) || { sentences: 0, documents: new Set() };
    row.sentences += 1;
    row.documents.add(doc[s]);
    table.set(squareOf[province[s]], row);
  }
  for (const row of table.values()) row.documents = row.documents.size;
  const most = Math.max(1, ...[...table.values()].map((row) => row.sentences));
  const keysOf = (code) => provinces.map((entry, i) => (entry[app.map] === code ? String(i) : null)).filter(Boolean);
  let first = true;
  const squares = tiles.map(([code, name, label, x, y]) => {
    const row = table.get(code);
    const style = { gridColumn: String(x + 1), gridRow: String(y + 1) };
    if (!row) {
      return h("span", { class: "tile", style, role: "img", "aria-label": `${name}: 0`, title: `${name}: 0` }, h("span", {}, label));
    }
    const button = h("button", {
      type: "button", class: "tile", id: `tile-${code}`, style: { ...style, ...shade(row.sentences, most) },
      tabindex: first ? "0" : "-1", title: `${name}: ${number(row.sentences)}`,
      "aria-label": `${name}: ${number(row.sentences)} ${say("sentencesShort")}, ${number(row.documents)} ${say("documentsShort")}`,
      on: { click: () => change((state) => {
        state.filters.province = new Set(keysOf(code));
        state.tab = "evidence";
      }) },
    }, h("span", {}, label), h("b", {}, number(row.sentences)));
    first = false;
    return button;
  });
  return card("map", say("mapTitle"), say("mapNote", { n: onMap.length, rest: sentences.length - onMap.length }),
    () => [["province", "name", "sentences", "documents"], ...tiles.map(([code, name]) =>
      [code, name, (table.get(code) || { sentences: 0 }).sentences, (table.get(code) || { documents: 0 }).documents])],
    h("div", { class: "switch", role: "group", "aria-label": say("mapTitle") }, ["63", "34"].map((key) => h("button", {
      type: "button", id: `map-${key}`, "aria-pressed": String(app.map === key),
      on: { click: () => { app.map = key; draw(); } },
    }, say(`map${key}`)))),
    h("div", { class: "map", on: { keydown: roam } }, squares));
}

/* ---- indicators, references, errors -------------------------------------------------------- */

function indicatorsCard() {
  const { figures, sentences } = app.data.core;
  const found = figuresFound();
  const table = new Map();
  for (const i of found) {
    const row = table.get(figures.indicator[i]) || { count: 0, documents: new Set() };
    row.count += 1;
    row.documents.add(sentences.doc[figures.s[i]]);
    table.set(figures.indicator[i], row);
  }
  if (!table.size) return null;
  const rows = [...table].map(([key, row]) => ({
    key, name: nameOf("indicators", key), count: row.count, documents: row.documents.size,
    title: definitionOf("indicators", key),
  })).sort((a, b) => b.count - a.count || a.key.localeCompare(b.key));
  return card("indicators", say("indicatorsTitle"),
    say("indicatorsNote", { n: found.length, documents: documentsOf(found.map((i) => figures.s[i])) }),
    () => [["indicator", "name_vi", "name_en", "figures", "documents"], ...rows.map((row) => {
      const entry = app.data.core.codebook.indicators[row.key] || {};
      return [row.key, entry.vi, entry.en, row.count, row.documents];
    })],
    barRows("bar-indicator", rows, rows[0].count, (key) => show([["indicator", key]], "figures"), true));
}

function referencesCard() {
  const { refs, sentences } = app.data.core;
  const table = new Map();
  const documents = new Set();
  let resolved = 0;
  let rest = 0;
  for (const s of app.view.sentences) {
    for (const i of app.data.refsOf(s)) {
      const key = refs.canonical[i];
      if (!key) {
        rest += 1;
        continue;
      }
      resolved += 1;
      documents.add(sentences.doc[s]);
      const row = table.get(key) || { count: 0, documents: new Set() };
      row.count += 1;
      row.documents.add(sentences.doc[s]);
      table.set(key, row);
    }
  }
  if (!table.size) return null;
  const rows = [...table].map(([key, row]) => ({ key, name: key, count: row.count, documents: row.documents.size }))
    .sort((a, b) => b.documents - a.documents || b.count - a.count || a.key.localeCompare(b.key));
  return card("references", say("referencesTitle"),
    say("referencesNote", { n: resolved, documents: documents.size, rest }),
    () => [["canonical", "mentions", "documents"], ...rows.map((row) => [row.key, row.count, row.documents])],
    barRows("bar-reference", rows, Math.max(...rows.map((row) => row.count)), (key) => show([["reference", key]], "evidence"), false));
}

function errorsCard() {
  const { errors } = app.data.core.run;
  if (!errors.length) return null;
  return card("errors", say("errorsTitle"), `n = ${number(sum(errors.map((row) => ({ n: row[1] })), "n"))}`, null,
    h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ["code", "count", "example"].map((name) => h("th", { scope: "col" }, say(name))))),
      h("tbody", {}, errors.map(([code, count, message]) => h("tr", {}, h("td", {}, code), h("td", {}, number(count)), h("td", {}, message))))));
}
