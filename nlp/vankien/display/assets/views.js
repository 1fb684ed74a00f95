"use strict";
/* The lists: sentences, figures, documents; paging; CSV. */

function drawView() {
  const { tab } = app.state;
  const view = document.getElementById("view");
  const draws = { overview: overviewView, evidence: evidenceView, figures: figuresView, documents: documentsView };
  view.className = `view ${tab}`;
  view.replaceChildren(...draws[tab]().flat(3).filter(Boolean));
}

/* Says how many there are; sentences, documents and repeats are never mixed. */
function announce(text, rows) {
  const { repeats } = app.view;
  const note = repeats ? ` · ${say(app.state.filters.repeats ? "repeatsIn" : "repeatsLeft", { n: repeats })}` : "";
  document.getElementById("found").textContent = text + note;
  document.getElementById("actions").replaceChildren(...(rows ? [csvButton("csv", rows)] : []));
}

function csvButton(id, rows) {
  return h("button", {
    type: "button", class: "button", id, title: say("csvNote"),
    on: { click: () => { const made = rows(); download(made.name, made.table); } },
  }, say("csv"));
}

/* A text that a spreadsheet would compute gets an apostrophe; a list dash and a space do not. */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  let text = String(value);
  if (/^[=+@\t\r]|^-(?=\S)/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function download(name, table) {
  const lines = table.map((row) => row.map(cell).join(","));
  const blob = new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
  const link = h("a", { href: URL.createObjectURL(blob), download: `vankien-${name}.csv` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function paged(items, make) {
  const pages = Math.max(1, Math.ceil(items.length / PAGE));
  const page = Math.min(app.state.page, pages - 1);
  const from = page * PAGE;
  const shown = items.slice(from, from + PAGE);
  const turn = (to) => {
    change((state) => { state.page = to; }, { keepPage: true });
    document.getElementById("results").scrollIntoView({ block: "start" });
  };
  const button = (id, label, to, off) => h("button", {
    type: "button", class: "button", id, disabled: off, on: { click: () => turn(to) },
  }, label);
  return [
    make(shown),
    pages > 1 && h("nav", { class: "pages", "aria-label": say("page", { page: "" }).trim() },
      button("page-previous", say("previous"), page - 1, page === 0),
      h("span", {}, say("pages", { from: from + 1, to: from + shown.length, n: items.length })),
      button("page-next", say("next"), page + 1, page === pages - 1)),
  ];
}

/* ---- sentences --------------------------------------------------------------------------- */

function evidenceView() {
  const { sentences, documents } = app.view;
  announce(say("found", { sentences: sentences.length, documents: documents.size }),
    sentences.length ? () => ({ name: "sentences", table: findingsTable(sentences) }) : null);
  if (!sentences.length) return [h("p", { class: "empty" }, say("nothing"))];
  return [legend(), paged(sentences, (shown) => h("ol", { class: "cards" }, shown.map(evidenceCard)))];
}

function openButton(doc, s, id) {
  return h("button", {
    type: "button", class: "open", id, "aria-label": say("open", { name: titleOf(doc) }),
    on: { click: () => openReader(doc, s) },
  }, titleOf(doc));
}

function evidenceCard(s) {
  const doc = app.data.core.sentences.doc[s];
  const section = sectionOf(s);
  return h("li", { class: "card", "data-sentence": String(s) },
    h("h2", {}, openButton(doc, s, `open-${s}`)),
    h("p", { class: "where" }, whereOf(s)),
    section && h("p", { class: "section" }, section),
    h("blockquote", { lang: "vi" }, marked(s)),
    codings(s));
}

/* One row for each finding of the sentences; offsets index the document's clean text. */
function findingsTable(found) {
  const { docs, sentences, themes, figures, refs, codebook } = app.data.core;
  const head = ["doc_id", "title", "published", "kind", "source", "duplicate", "sentence", "page",
    "section", "part", "role", "role_score", "text", "finding", "code", "name_vi", "name_en", "score",
    "method", "negated", "start", "end", "surface"];
  const table = [head];
  for (const s of found) {
    const doc = sentences.doc[s];
    const cut = cutter(sentences.text[s]);
    const base = [docs.id[doc], docs.title[doc], docs.date[doc], docs.kind[doc], docs.source[doc],
      docs.repeated[doc], sentences.n[s], sentences.page[s],
      sentences.section[s] < 0 ? "" : app.data.names.sections[sentences.section[s]],
      app.data.names.parts[sentences.part[s]],
      sentences.role[s] < 0 ? "" : app.data.names.roles[sentences.role[s]],
      sentences.roleScore[s] === null ? "" : sentences.roleScore[s] / 1000, sentences.text[s]];
    const row = (finding, code, names, score, method, negated, start, length) => {
      const whole = start === null;
      table.push([...base, finding, code, names.vi, names.en, score, method, negated,
        whole ? "" : sentences.start[s] + start, whole ? "" : sentences.start[s] + start + length,
        whole ? "" : cut(start, start + length)]);
    };
    for (const i of app.data.themesOf(s)) {
      if (themes.score[i] < app.view.minimum) continue;
      row("theme", themes.code[i], codebook.themes[themes.code[i]] || {}, themes.score[i] / 1000,
        themes.method[i], themes.negated[i], themes.start[i], themes.length[i]);
    }
    for (const i of app.data.figuresOf(s)) {
      row("indicator", figures.indicator[i], codebook.indicators[figures.indicator[i]] || {},
        figures.score[i] / 1000, "", "", figures.start[i], figures.length[i]);
    }
    for (const i of app.data.refsOf(s)) {
      row("reference", refs.canonical[i], {}, "", "", "", refs.start[i], refs.length[i]);
    }
  }
  return table;
}

/* ---- figures ----------------------------------------------------------------------------- */

function figuresFound() {
  const { filters } = app.state;
  const { figures } = app.data.core;
  const found = [];
  for (const s of app.view.sentences) {
    for (const i of app.data.figuresOf(s)) {
      if (filters.indicator.size && !filters.indicator.has(figures.indicator[i])) continue;
      found.push(i);
    }
  }
  return found;
}

const FIGURE_COLUMNS = [
  ["indicator", (i) => nameOf("indicators", app.data.core.figures.indicator[i])],
  ["value", (i) => app.data.core.figures.value[i]],
  ["unit", (i) => app.data.core.figures.unit[i] || ""],
  ["measure", (i) => say(app.data.core.figures.measure[i])],
  ["period", (i) => app.data.core.figures.to[i] || ""],
  ["scope", (i) => app.data.core.figures.scope[i] || ""],
  ["document", (i) => titleOf(app.data.core.sentences.doc[app.data.core.figures.s[i]])],
];

function figuresView() {
  const found = figuresFound();
  const sentences = new Set(found.map((i) => app.data.core.figures.s[i]));
  const documents = new Set([...sentences].map((s) => app.data.core.sentences.doc[s]));
  announce(say("foundFigures", { figures: found.length, sentences: sentences.size, documents: documents.size }),
    found.length ? () => ({ name: "figures", table: figuresTable(found) }) : null);
  if (!found.length) return [h("p", { class: "empty" }, say("nothing"))];
  const { by, down } = app.sort;
  if (by) {
    const key = FIGURE_COLUMNS.find(([name]) => name === by)[1];
    const order = (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === null || y === null) return (x === null) - (y === null);
      return (typeof x === "number" ? x - y : String(x).localeCompare(String(y), "vi")) * (down ? -1 : 1);
    };
    found.sort(order);
  }
  const heads = FIGURE_COLUMNS.map(([name]) => h("th", {
    scope: "col", class: name, "aria-sort": by === name ? (down ? "descending" : "ascending") : null,
  }, h("button", {
    type: "button", class: "sort", id: `sort-${name}`,
    on: { click: () => change(() => {
      app.sort = { by: name, down: by === name ? !down : name === "value" || name === "period" };
    }) },
  }, say(name), h("span", { "aria-hidden": "true" }, by === name ? (down ? " ↓" : " ↑") : ""))));
  return paged(found, (shown) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("figures") },
    h("table", { class: "figures" },
      h("caption", {}, say("reported")),
      h("thead", {}, h("tr", {}, heads)),
      h("tbody", {}, shown.map(figureRow)))));
}

function figureRow(i) {
  const { figures, sentences } = app.data.core;
  const s = figures.s[i];
  const doc = sentences.doc[s];
  const code = figures.indicator[i];
  const notes = [];
  if (figures.status[i] !== "actual") notes.push(say(figures.status[i]));
  if (figures.approx[i] !== "exact") notes.push(say(figures.approx[i]));
  return h("tr", { "data-figure": String(i) },
    h("td", { title: definitionOf("indicators", code) }, nameOf("indicators", code), h("span", { class: "code" }, code)),
    h("td", { class: "value" }, valueText(i),
      h("span", { class: "how" }, notes.join(", ")),
      figures.checks[i].length > 0 && h("span", { class: "check", title: figures.checks[i].join(", ") }, say("checks"))),
    h("td", {}, figures.unit[i] || ""),
    h("td", {}, say(figures.measure[i])),
    h("td", { class: "period", title: figures.period[i] }, periodText(i)),
    h("td", {}, figures.scope[i] || "", figures.scopeCode[i] && h("span", { class: "code" }, figures.scopeCode[i])),
    h("td", {}, openButton(doc, s, `figure-${i}`),
      h("span", { class: "how" }, [docs(doc, "date") ? dayText(docs(doc, "date")) : say("undated"),
        sentences.page[s] && say("page", { page: String(sentences.page[s]) })].filter(Boolean).join(" · "))));
}

function docs(doc, column) {
  return app.data.core.docs[column][doc];
}

function figuresTable(found) {
  const { figures, sentences, codebook } = app.data.core;
  const table = [["record_id", "doc_id", "title", "published", "duplicate", "sentence", "page", "start", "end",
    "surface", "value_reported", "value_high", "unit", "indicator", "name_vi", "name_en", "label", "measure",
    "status", "approx", "period_start", "period_end", "period_text", "scope", "scope_code", "province",
    "baseline", "part_of", "table", "row", "column", "checks", "score", "text"]];
  for (const i of found) {
    const s = figures.s[i];
    const doc = sentences.doc[s];
    const entry = codebook.indicators[figures.indicator[i]] || {};
    const start = sentences.start[s] + figures.start[i];
    const province = app.data.names.provinces[figures.province[i]];
    table.push([figures.id[i], docs(doc, "id"), docs(doc, "title"), docs(doc, "date"), docs(doc, "repeated"),
      sentences.n[s], sentences.page[s], start, start + figures.length[i], surfaceOf(i),
      figures.value[i], figures.high[i], figures.unit[i], figures.indicator[i], entry.vi, entry.en,
      figures.label[i], figures.measure[i], figures.status[i], figures.approx[i], figures.from[i],
      figures.to[i], figures.period[i], figures.scope[i], figures.scopeCode[i], province ? province.name : "",
      figures.baseline[i], figures.partOf[i] < 0 ? "" : figures.id[figures.partOf[i]], figures.table[i],
      figures.row[i], figures.column[i], figures.checks[i].join("; "), figures.score[i] / 1000,
      sentences.text[s]]);
  }
  return table;
}

/* ---- documents ---------------------------------------------------------------------------- */

function documentsView() {
  const { listed, documents } = app.view;
  announce(say("foundDocuments", { documents: listed.length }),
    listed.length ? () => ({ name: "documents", table: documentsTable(listed) }) : null);
  if (!listed.length) return [h("p", { class: "empty" }, say("nothing"))];
  return paged(listed, (shown) => h("ol", { class: "cards" }, shown.map((doc) => h("li", { class: "card", "data-doc": String(doc) },
    h("h2", {}, openButton(doc, null, `doc-${doc}`)),
    h("p", { class: "where" }, [docs(doc, "date") ? dayText(docs(doc, "date")) : say("undated"), say(docs(doc, "kind")),
      docs(doc, "number"), docs(doc, "issuer"), docs(doc, "repeated") && say("repeated"), fileOf(doc)].filter(Boolean).join(" · ")),
    h("p", { class: "how" }, say("carries", { n: documents.get(doc) || 0 })),
    docs(doc, "themes").length > 0 && h("ul", { class: "codings" }, docs(doc, "themes").map((code) => h("li", {
      class: "coding is-theme", title: definitionOf("themes", code),
    }, h("span", { class: "code" }, code), " ", nameOf("themes", code))))))));
}

function documentsTable(listed) {
  const head = ["doc_id", "title", "published", "kind", "doc_type", "number", "issuer", "place", "publisher",
    "url", "source", "n_pages", "extraction", "quality", "duplicate", "duplicate_of", "themes",
    "sentences_shown", "warnings"];
  return [head, ...listed.map((doc) => [docs(doc, "id"), docs(doc, "title"), docs(doc, "date"), docs(doc, "kind"),
    docs(doc, "type"), docs(doc, "number"), docs(doc, "issuer"), docs(doc, "place"), docs(doc, "publisher"),
    docs(doc, "url"), docs(doc, "source"), docs(doc, "pages"), docs(doc, "extraction"), docs(doc, "quality"),
    docs(doc, "repeated"), docs(doc, "repeats") < 0 ? "" : docs(docs(doc, "repeats"), "id"),
    docs(doc, "themes").join("; "), app.view.documents.get(doc) || 0, docs(doc, "warnings").join("; ")])];
}
