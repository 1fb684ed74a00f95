"use strict";
/* A sentence with its findings marked; overlapping spans are cut into stretches. */

function findingsOf(s) {
  const { themes, figures, refs } = app.data.core;
  const spans = [];
  const whole = [];
  for (const i of app.data.themesOf(s)) {
    if (themes.score[i] < app.view.minimum) continue;
    const label = `${themes.code[i]} ${nameOf("themes", themes.code[i])}`;
    if (themes.start[i] === null) whole.push(i);
    else spans.push({ kind: "theme", start: themes.start[i], end: themes.start[i] + themes.length[i], label });
  }
  for (const i of app.data.figuresOf(s)) {
    spans.push({
      kind: "figure", start: figures.start[i], end: figures.start[i] + figures.length[i],
      label: `${figures.indicator[i]} ${nameOf("indicators", figures.indicator[i])}`,
    });
  }
  for (const i of app.data.refsOf(s)) {
    spans.push({
      kind: "reference", start: refs.start[i], end: refs.start[i] + refs.length[i],
      label: refs.canonical[i] || refs.type[i],
    });
  }
  return { spans, whole };
}

function marked(s) {
  const text = app.data.core.sentences.text[s];
  const cut = cutter(text);
  const length = lengthOf(text);
  const { spans } = findingsOf(s);
  const edges = new Set([0, length]);
  for (const span of spans) {
    edges.add(Math.max(0, span.start));
    edges.add(Math.min(length, span.end));
  }
  const points = [...edges].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < points.length; i += 1) {
    const [from, to] = [points[i], points[i + 1]];
    const over = spans.filter((span) => span.start <= from && span.end >= to);
    const piece = cut(from, to);
    if (!over.length) nodes.push(piece);
    else {
      const kinds = [...new Set(over.map((span) => span.kind))];
      nodes.push(h("mark", {
        class: kinds.map((kind) => `is-${kind}`).join(" "),
        title: [...new Set(over.map((span) => span.label))].join(" · "),
      }, piece));
    }
  }
  return nodes;
}

function legend() {
  return h("p", { class: "legend" },
    h("mark", { class: "is-theme" }, say("markTheme")), " ",
    h("mark", { class: "is-figure" }, say("markFigure")), " ",
    h("mark", { class: "is-reference" }, say("markReference")));
}

function periodText(i) {
  const { figures } = app.data.core;
  const [from, to] = [figures.from[i], figures.to[i]];
  if (!from && !to) return "";
  if (from === to) return dayText(to);
  if (from && to && from.endsWith("-01-01") && to.endsWith("-12-31")) {
    const [first, last] = [from.slice(0, 4), to.slice(0, 4)];
    return first === last ? first : `${first} – ${last}`;
  }
  return `${dayText(from)} – ${dayText(to)}`;
}

function dayText(day) {
  if (!day) return "…";
  const [year, month, date] = day.split("-").map(Number);
  return `${date}/${month}/${year}`;
}

function surfaceOf(i) {
  const { figures, sentences } = app.data.core;
  return cutter(sentences.text[figures.s[i]])(figures.start[i], figures.start[i] + figures.length[i]);
}

function valueText(i) {
  const { figures } = app.data.core;
  if (figures.value[i] === null) return surfaceOf(i);
  const high = figures.high[i];
  return number(figures.value[i]) + (high === null ? "" : ` – ${number(high)}`);
}

/* The codings below a sentence: what, how sure, how found. */
function codings(s) {
  const { themes, figures, refs, sentences } = app.data.core;
  const rows = [];
  for (const i of app.data.themesOf(s)) {
    if (themes.score[i] < app.view.minimum) continue;
    const parts = [`${say("score")} ${scoreText(themes.score[i])}`, say(themes.method[i])];
    if (themes.negated[i]) parts.push(say("negated"));
    if (themes.start[i] === null) parts.push(say("wholeSentence"));
    rows.push(h("li", { class: "coding is-theme", title: definitionOf("themes", themes.code[i]) },
      h("span", { class: "code" }, themes.code[i]), " ", nameOf("themes", themes.code[i]),
      h("span", { class: "how" }, ` ${parts.join(" · ")}`)));
  }
  for (const i of app.data.figuresOf(s)) {
    const parts = [say(figures.measure[i])];
    if (figures.status[i] !== "actual") parts.push(say(figures.status[i]));
    if (figures.approx[i] !== "exact") parts.push(say(figures.approx[i]));
    if (periodText(i)) parts.push(periodText(i));
    if (figures.scope[i]) parts.push(figures.scope[i]);
    parts.push(`${say("score")} ${scoreText(figures.score[i])}`);
    if (figures.table[i] !== null) {
      parts.push(say("table", { table: figures.table[i] + 1, row: figures.row[i] + 1, column: figures.column[i] + 1 }));
    }
    rows.push(h("li", { class: "coding is-figure", title: definitionOf("indicators", figures.indicator[i]) },
      h("span", { class: "code" }, figures.indicator[i]), " ", nameOf("indicators", figures.indicator[i]), ": ",
      h("strong", {}, valueText(i)), " ", figures.unit[i] || "",
      h("span", { class: "how" }, ` ${parts.join(" · ")}`)));
  }
  for (const i of app.data.refsOf(s)) {
    rows.push(h("li", { class: "coding is-reference" },
      h("span", { class: "code" }, refs.canonical[i] || "?"), " ",
      [refs.type[i], refs.issuer[i], refs.date[i] && dayText(refs.date[i])].filter(Boolean).join(", ")));
  }
  if (sentences.role[s] >= 0) {
    const role = app.data.names.roles[sentences.role[s]];
    rows.push(h("li", { class: "coding is-role", title: definitionOf("roles", role) },
      h("span", { class: "code" }, role), " ", nameOf("roles", role),
      h("span", { class: "how" }, ` ${say("score")} ${scoreText(sentences.roleScore[s])}`)));
  }
  return h("ul", { class: "codings" }, rows);
}

/* Where a sentence stands: document, date, page, section. */
function whereOf(s) {
  const { sentences, docs } = app.data.core;
  const doc = sentences.doc[s];
  const parts = [docs.date[doc] ? dayText(docs.date[doc]) : say("undated"), say(docs.kind[doc])];
  if (sentences.page[s]) parts.push(say("page", { page: String(sentences.page[s]) }));
  if (docs.repeated[doc]) parts.push(say("repeated"));
  parts.push(fileOf(doc));
  return [`${parts.join(" · ")} · `, citeOf(s)];
}

/* What cites a sentence: the document's id and the sentence's number, as in the tables. */
function citeOf(s) {
  const { sentences, docs } = app.data.core;
  const place = sentences.n[s] === null ? `@${sentences.start[s]}` : `#${sentences.n[s]}`;
  return h("span", { class: "cite", title: say("cite") }, docs.id[sentences.doc[s]] + place);
}

function sectionOf(s) {
  const { sentences } = app.data.core;
  const index = sentences.section[s];
  if (index >= 0) return app.data.names.sections[index];
  const part = app.data.names.parts[sentences.part[s]];
  return part === "body" ? "" : say(part === "table" ? "tablePart" : part);
}
