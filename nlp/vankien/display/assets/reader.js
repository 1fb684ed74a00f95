"use strict";
/* One document with its evidence in place. */

const reader = { doc: null, at: 0, blocks: new Map() };

async function textOf(doc) {
  const elements = document.querySelectorAll("script.texts");
  if (!elements.length) return null;
  const size = Number(elements[0].dataset.size);
  const block = Math.floor(doc / size);
  if (!reader.blocks.has(block)) reader.blocks.set(block, unpack(elements[block]));
  return (await reader.blocks.get(block))[doc % size];
}

async function openReader(doc, s) {
  const dialog = document.getElementById("reader");
  reader.doc = doc;
  const evidence = app.data.evidenceOf(doc);
  reader.at = s === null ? -1 : evidence.indexOf(s);
  const body = h("div", { class: "text", id: "reader-text", tabindex: "0", lang: "vi" }, say("loading"));
  dialog.replaceChildren(
    h("header", { class: "reader-head" },
      h("h2", { id: "reader-title" }, titleOf(doc)),
      h("button", { type: "button", class: "button", id: "reader-close", on: { click: () => dialog.close() } }, say("close"))),
    h("div", { class: "reader-tools" },
      evidence.length > 0 && h("button", { type: "button", class: "button", id: "reader-previous", "aria-label": say("previousEvidence"), on: { click: () => step(-1) } }, "↑"),
      evidence.length > 0 && h("button", { type: "button", class: "button", id: "reader-next", "aria-label": say("nextEvidence"), on: { click: () => step(1) } }, "↓"),
      h("span", { id: "reader-at", role: "status" }),
      h("button", { type: "button", class: "quiet", id: "reader-only", on: { click: () => {
        dialog.close();
        show([["document", String(doc)]], "evidence");
      } } }, say("only")),
      legend()),
    facts(doc),
    body);
  dialog.onkeydown = (event) => {
    if (event.key === "n" || event.key === "j") step(1);
    if (event.key === "p" || event.key === "k") step(-1);
  };
  dialog.showModal();
  const packed = await textOf(doc).catch(() => null);
  if (reader.doc !== doc) return;
  body.replaceChildren(...(packed ? wholeText(doc, packed) : onlyEvidence(doc)));
  step(0);
}

function facts(doc) {
  const url = docs(doc, "url");
  const repeats = docs(doc, "repeats");
  const rows = [
    ["id", h("span", { class: "cite" }, docs(doc, "id"))],
    ["date", docs(doc, "date") ? dayText(docs(doc, "date")) : say("undated")], ["kind", say(docs(doc, "kind"))],
    ["type", docs(doc, "type")], ["number", docs(doc, "number")], ["issuer", docs(doc, "issuer")],
    ["place", docs(doc, "place")], ["publisher", docs(doc, "publisher")], ["source", docs(doc, "source")],
    ["link", url && (/^https?:\/\//i.test(url)
      ? h("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, url) : url)],
    ["quality", number(docs(doc, "quality"))],
    ["warnings", docs(doc, "warnings").join("; ")],
    ["repeated", docs(doc, "repeated") ? (repeats >= 0 ? titleOf(repeats) : "✓") : null],
  ];
  return h("dl", { class: "facts" }, rows.filter(([, value]) => value).map(([name, value]) => [
    h("dt", {}, say(name)), h("dd", {}, value)]));
}

function evidenceNode(s, tag = "span") {
  return h(tag, { class: "hit", id: `hit-${s}`, tabindex: "-1" }, marked(s), codings(s));
}

/* The whole text: sentences with evidence are marked, pages are numbered, tables keep rows. */
function wholeText(doc, [text, marks]) {
  const { sentences } = app.data.core;
  const cut = cutter(text);
  const pieces = [];
  for (let i = 0; i < marks.length; i += 5) {
    pieces.push({ start: marks[i], end: marks[i] + marks[i + 1], page: marks[i + 2], part: app.data.names.parts[marks[i + 3]] });
  }
  for (const s of app.data.evidenceOf(doc)) {
    const start = sentences.start[s];
    if (sentences.n[s] === null) {
      const end = start + lengthOf(sentences.text[s]);
      for (let i = pieces.length - 1; i >= 0; i -= 1) {
        if (pieces[i].start < end && pieces[i].end > start) pieces.splice(i, 1);
      }
      pieces.push({ start, end, page: sentences.page[s] || 0, part: "table", s });
    } else {
      const piece = pieces.find((one) => one.start === start && one.s === undefined);
      if (piece) piece.s = s;
    }
  }
  pieces.sort((a, b) => a.start - b.start);
  const nodes = [];
  let paragraph = null;
  let page = 0;
  let at = 0;
  const add = (node, part) => {
    if (!paragraph) {
      paragraph = h("p", { class: `part-${part}` });
      nodes.push(paragraph);
    }
    paragraph.append(node);
  };
  const gap = (between) => {
    const lines = between.split("\n");
    lines.forEach((line, i) => {
      if (i > 0) paragraph = null;
      if (line.trim()) add(line, line.includes("\t") ? "table" : "body");
      else if (line && paragraph) paragraph.append(line);
    });
  };
  for (const piece of pieces) {
    if (piece.start > at) gap(cut(at, piece.start));
    if (piece.page && piece.page !== page) {
      page = piece.page;
      nodes.push(h("p", { class: "page-mark" }, say("page", { page: String(page) })));
      paragraph = null;
    }
    add(piece.s === undefined ? cut(piece.start, piece.end) : evidenceNode(piece.s), piece.part);
    at = Math.max(at, piece.end);
  }
  const length = lengthOf(text);
  if (at < length) gap(cut(at, length));
  return nodes;
}

function onlyEvidence(doc) {
  return [h("p", { class: "help" }, say("noText")),
    ...app.data.evidenceOf(doc).map((s) => h("div", {}, h("p", { class: "section" }, sectionOf(s)), evidenceNode(s, "p")))];
}

function step(by) {
  const evidence = app.data.evidenceOf(reader.doc);
  if (!evidence.length) return;
  if (by && reader.at < 0) reader.at = by > 0 ? 0 : evidence.length - 1;
  else if (by) reader.at = (reader.at + by + evidence.length) % evidence.length;
  const at = document.getElementById("reader-at");
  if (reader.at < 0) {
    at.textContent = say("evidenceAt", { n: 0, all: evidence.length });
    return;
  }
  at.textContent = say("evidenceAt", { n: reader.at + 1, all: evidence.length });
  for (const node of document.querySelectorAll(".hit.current")) node.classList.remove("current");
  const node = document.getElementById(`hit-${evidence[reader.at]}`);
  if (!node) return;
  node.classList.add("current");
  node.scrollIntoView({ block: "center" });
  if (!by) node.focus({ preventScroll: true });
}
