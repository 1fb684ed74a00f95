"use strict";
/* The data of the page: unpacked, indexed, filtered.  Nothing here touches what is shown. */

/* ---- unpacking: base64 of gzip of JSON ------------------------------------------------ */

function bytesOf(base64) {
  const raw = atob(base64.trim());
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/* For browsers without DecompressionStream: RFC 1951 as in zlib's puff, bit by bit. */
function gunzip(source) {
  const end = source.length;
  const size = new DataView(source.buffer, source.byteOffset).getUint32(end - 4, true);
  const out = new Uint8Array(size);
  let at = 10; // our gzip header has no optional fields
  let filled = 0;
  let held = 0;
  let count = 0;
  const bits = (need) => {
    while (count < need) {
      held |= source[at++] << count;
      count += 8;
    }
    const value = held & ((1 << need) - 1);
    held >>>= need;
    count -= need;
    return value;
  };
  const table = (lengths) => {
    const counts = new Uint16Array(16);
    for (const length of lengths) counts[length] += 1;
    counts[0] = 0;
    const offsets = new Uint16Array(16);
    for (let i = 1; i < 15; i += 1) offsets[i + 1] = offsets[i] + counts[i];
    const symbols = new Uint16Array(lengths.length);
    lengths.forEach((length, symbol) => {
      if (length) symbols[offsets[length]++] = symbol;
    });
    return { counts, symbols };
  };
  const decode = ({ counts, symbols }) => {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length < 16; length += 1) {
      code |= bits(1);
      const many = counts[length];
      if (code - many < first) return symbols[index + code - first];
      index += many;
      first = (first + many) << 1;
      code <<= 1;
    }
    throw new Error("damaged data");
  };
  const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67,
    83, 99, 115, 131, 163, 195, 227, 258];
  const EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5,
    5, 0];
  const FAR = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769,
    1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
  const FAR_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11,
    11, 12, 12, 13, 13];
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const dynamic = () => {
    const literals = bits(5) + 257;
    const distances = bits(5) + 1;
    const codes = bits(4) + 4;
    const lengths = new Array(19).fill(0);
    for (let i = 0; i < codes; i += 1) lengths[ORDER[i]] = bits(3);
    const coder = table(lengths);
    const all = [];
    while (all.length < literals + distances) {
      const symbol = decode(coder);
      if (symbol < 16) all.push(symbol);
      else {
        const value = symbol === 16 ? all[all.length - 1] : 0;
        let times = 3 + (symbol === 16 ? bits(2) : symbol === 17 ? bits(3) : bits(7));
        if (symbol === 18) times += 8;
        while (times-- > 0) all.push(value);
      }
    }
    return [table(all.slice(0, literals)), table(all.slice(literals))];
  };
  const fixed = () => {
    const lengths = [];
    for (let i = 0; i < 288; i += 1) lengths.push(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    return [table(lengths), table(new Array(30).fill(5))];
  };
  let last = 0;
  while (!last) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) {
      held = 0;
      count = 0;
      let length = source[at] | (source[at + 1] << 8);
      at += 4;
      while (length-- > 0) out[filled++] = source[at++];
      continue;
    }
    if (kind === 3) throw new Error("damaged data");
    const [literal, distance] = kind === 1 ? fixed() : dynamic();
    for (;;) {
      const symbol = decode(literal);
      if (symbol < 256) out[filled++] = symbol;
      else if (symbol === 256) break;
      else {
        let length = LENGTHS[symbol - 257] + bits(EXTRA[symbol - 257]);
        const code = decode(distance);
        let from = filled - (FAR[code] + bits(FAR_EXTRA[code]));
        while (length-- > 0) out[filled++] = out[from++];
      }
    }
  }
  return out;
}

async function unpack(element) {
  const bytes = bytesOf(element.textContent);
  let text;
  if (typeof DecompressionStream === "function") {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    text = await new Response(stream).text();
  } else {
    text = new TextDecoder().decode(gunzip(bytes));
  }
  return JSON.parse(text);
}

/* ---- text ------------------------------------------------------------------------------ */

/* Offsets count code points, as in Python; JavaScript counts UTF-16 units. */
function cutter(text) {
  if (!/[\ud800-\udfff]/.test(text)) return (start, end) => text.slice(start, end);
  const points = Array.from(text);
  return (start, end) => points.slice(start, end).join("");
}

function lengthOf(text) {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length;
}

function folded(text) {
  return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
}

/* ---- the collection -------------------------------------------------------------------- */

const FACETS = ["theme", "indicator", "province", "year", "reference", "kind", "role", "document"];
const OF_DOCUMENT = new Set(["year", "kind", "document"]);

class Collection {
  constructor(core) {
    this.core = core;
    const { docs, sentences, themes, figures, refs, names } = core;
    this.size = sentences.doc.length;
    const lists = () => Array.from({ length: this.size }, () => []);
    this.themesOf = lists();
    this.figuresOf = lists();
    this.refsOf = lists();
    themes.s.forEach((s, i) => this.themesOf[s].push(i));
    figures.s.forEach((s, i) => this.figuresOf[s].push(i));
    refs.s.forEach((s, i) => this.refsOf[s].push(i));
    this.firstOf = new Map();
    this.evidenceOf = docs.id.map(() => []);
    sentences.doc.forEach((doc, s) => this.evidenceOf[doc].push(s));
    this.yearOf = docs.date.map((day) => (day ? day.slice(0, 4) : ""));
    this.years = [...new Set(this.yearOf.filter(Boolean))].map(Number).sort((a, b) => a - b);
    this.parents = core.codebook.themes;
    this.names = names;
    this.plain = null;
  }

  documentKey(facet, doc) {
    const { docs } = this.core;
    if (facet === "year") return this.yearOf[doc];
    if (facet === "kind") return docs.kind[doc];
    return String(doc);
  }

  /* The keys of a sentence in a facet; a manifestation counts for its group as well. */
  keys(facet, s, minimum) {
    const { sentences, themes, figures, refs } = this.core;
    if (OF_DOCUMENT.has(facet)) return [this.documentKey(facet, sentences.doc[s])];
    if (facet === "province") return [String(sentences.province[s])];
    if (facet === "role") return sentences.role[s] < 0 ? [""] : [this.names.roles[sentences.role[s]]];
    const keys = new Set();
    if (facet === "theme") {
      for (const i of this.themesOf[s]) {
        if (themes.score[i] < minimum) continue;
        keys.add(themes.code[i]);
        const entry = this.parents[themes.code[i]];
        if (entry && entry.parent) keys.add(entry.parent);
      }
    } else if (facet === "indicator") {
      for (const i of this.figuresOf[s]) keys.add(figures.indicator[i]);
    } else {
      for (const i of this.refsOf[s]) if (refs.canonical[i]) keys.add(refs.canonical[i]);
    }
    return [...keys];
  }

  matches(s, words) {
    if (!words) return true;
    if (this.plain === null) {
      const titles = this.core.docs.title.map((title) => folded(title || ""));
      this.plain = this.core.sentences.text.map(
        (text, i) => `${folded(text)}\n${titles[this.core.sentences.doc[i]]}`);
      this.exact = this.core.sentences.text.map((text, i) =>
        `${text}\n${this.core.docs.title[this.core.sentences.doc[i]] || ""}`.toLowerCase());
    }
    const source = words === folded(words) ? this.plain : this.exact;
    return source[s].includes(words);
  }

  titleMatches(doc, words) {
    const title = this.core.docs.title[doc] || "";
    return (words === folded(words) ? folded(title) : title.toLowerCase()).includes(words);
  }

  /* What the filters leave, and for each facet the counts as if it alone were open. */
  apply(filters) {
    const { docs, sentences } = this.core;
    const active = FACETS.filter((facet) => filters[facet].size > 0);
    const words = filters.q.trim().toLowerCase().normalize("NFC");
    const minimum = filters.minimum * 10;
    const counts = Object.fromEntries(FACETS.map((facet) => [facet, new Map()]));
    const found = [];
    const documents = new Map();
    let left = new Set();
    const add = (facet, s) => {
      const table = counts[facet];
      for (const key of this.keys(facet, s, minimum)) table.set(key, (table.get(key) || 0) + 1);
    };
    for (let s = 0; s < this.size; s += 1) {
      if (minimum > 0 && !this.figuresOf[s].length && !this.refsOf[s].length
        && !this.themesOf[s].some((i) => this.core.themes.score[i] >= minimum)) continue;
      if (!this.matches(s, words)) continue;
      let failed = null;
      let many = 0;
      for (const facet of active) {
        const chosen = filters[facet];
        if (!this.keys(facet, s, minimum).some((key) => chosen.has(key))) {
          failed = facet;
          many += 1;
          if (many > 1) break;
        }
      }
      if (many > 1) continue;
      const doc = sentences.doc[s];
      if (docs.repeated[doc] && !filters.repeats) {
        if (many === 0) left.add(doc);
        continue;
      }
      if (many === 1) {
        add(failed, s);
        continue;
      }
      for (const facet of FACETS) add(facet, s);
      found.push(s);
      documents.set(doc, (documents.get(doc) || 0) + 1);
    }
    /* Documents without evidence are listed as long as nothing is asked of their sentences. */
    const listed = [];
    const asked = active.some((facet) => !OF_DOCUMENT.has(facet)) || minimum > 0;
    for (let doc = 0; doc < docs.id.length; doc += 1) {
      if (documents.has(doc)) {
        listed.push(doc);
        continue;
      }
      if (asked || (words && !this.titleMatches(doc, words))) continue;
      const fits = active.every((facet) => filters[facet].has(this.documentKey(facet, doc)));
      if (!fits) continue;
      if (docs.repeated[doc] && !filters.repeats) left.add(doc);
      else listed.push(doc);
    }
    const repeats = filters.repeats ? listed.filter((doc) => docs.repeated[doc]).length : left.size;
    return { sentences: found, documents, listed, counts, repeats, minimum };
  }

  /* Sentences and documents for each key, over sentences in the order of their documents. */
  tally(found, keysOf) {
    const table = new Map();
    for (const s of found) {
      const doc = this.core.sentences.doc[s];
      for (const key of keysOf(s)) {
        const row = table.get(key) || { sentences: 0, documents: 0, last: -1 };
        row.sentences += 1;
        if (row.last !== doc) {
          row.documents += 1;
          row.last = doc;
        }
        table.set(key, row);
      }
    }
    return table;
  }
}
