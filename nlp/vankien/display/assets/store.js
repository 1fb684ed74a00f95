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

/* Keys of every sentence in one facet: names once, numbers in one long array. */
class Keys {
  constructor(size, keysOf) {
    this.names = [];
    this.index = new Map();
    this.at = new Int32Array(size + 1);
    const of = [];
    for (let s = 0; s < size; s += 1) {
      const from = of.length;
      for (const name of keysOf(s)) {
        let key = this.index.get(name);
        if (key === undefined) {
          key = this.names.length;
          this.index.set(name, key);
          this.names.push(name);
        }
        let known = false;
        for (let i = from; i < of.length; i += 1) known = known || of[i] === key;
        if (!known) of.push(key);
      }
      this.at[s + 1] = of.length;
    }
    this.of = Int32Array.from(of);
  }

  /* A table of which keys are chosen; a key that no sentence has chooses nothing. */
  chosen(names) {
    const table = new Uint8Array(this.names.length);
    for (const name of names) if (this.index.has(name)) table[this.index.get(name)] = 1;
    return table;
  }

  has(s) {
    return this.at[s + 1] > this.at[s];
  }

  any(s, table) {
    for (let i = this.at[s]; i < this.at[s + 1]; i += 1) if (table[this.of[i]]) return true;
    return false;
  }

  add(s, counts) {
    for (let i = this.at[s]; i < this.at[s + 1]; i += 1) counts[this.of[i]] += 1;
  }

  /* Sentences and documents for each name; sentences come in the order of their documents. */
  tally(found, docOf) {
    const sentences = new Int32Array(this.names.length);
    const documents = new Int32Array(this.names.length);
    const last = new Int32Array(this.names.length).fill(-1);
    for (const s of found) {
      for (let i = this.at[s]; i < this.at[s + 1]; i += 1) {
        const key = this.of[i];
        sentences[key] += 1;
        if (last[key] !== docOf[s]) {
          documents[key] += 1;
          last[key] = docOf[s];
        }
      }
    }
    const table = new Map();
    this.names.forEach((name, key) => {
      if (sentences[key]) table.set(name, { sentences: sentences[key], documents: documents[key] });
    });
    return table;
  }
}

/* Columns written as names and numbers become plain columns; the texts are shared. */
function decode(table) {
  for (const [name, column] of Object.entries(table)) {
    if (!Array.isArray(column)) table[name] = column.of.map((i) => (i < 0 ? null : column.names[i]));
  }
}

/* First row of each sentence, in a table that is sorted by sentence. */
function firsts(of, size) {
  const first = new Int32Array(size + 1);
  for (const s of of) first[s + 1] += 1;
  for (let s = 0; s < size; s += 1) first[s + 1] += first[s];
  return first;
}

function range(first, s) {
  const rows = [];
  for (let i = first[s]; i < first[s + 1]; i += 1) rows.push(i);
  return rows;
}

class Collection {
  constructor(core) {
    this.core = core;
    for (const table of ["docs", "sentences", "themes", "figures", "refs"]) decode(core[table]);
    const { docs, sentences, themes, figures, refs, names } = core;
    this.size = sentences.doc.length;
    this.names = names;
    this.first = { themes: firsts(themes.s, this.size), figures: firsts(figures.s, this.size),
      refs: firsts(refs.s, this.size) };
    this.firstOfDoc = firsts(sentences.doc, docs.id.length);
    this.yearOf = docs.date.map((day) => (day ? day.slice(0, 4) : ""));
    const ofDoc = (facet) => new Keys(this.size, (s) => [this.documentKey(facet, sentences.doc[s])]);
    this.keys = {
      indicator: new Keys(this.size, (s) => this.figuresOf(s).map((i) => figures.indicator[i])),
      province: new Keys(this.size, (s) => (sentences.province[s] < 0 ? [] : [String(sentences.province[s])])),
      year: ofDoc("year"),
      reference: new Keys(this.size, (s) => this.refsOf(s).map((i) => refs.canonical[i]).filter(Boolean)),
      kind: ofDoc("kind"),
      role: new Keys(this.size, (s) => [sentences.role[s] < 0 ? "" : names.roles[sentences.role[s]]]),
      document: ofDoc("document"),
    };
    this.setMinimum(0);
    this.plain = null;
  }

  /* Themes count from a score up and unless negated; a manifestation counts for its group. */
  setMinimum(minimum) {
    if (this.minimum === minimum) return;
    this.minimum = minimum;
    const { themes, codebook } = this.core;
    const counted = (s) => this.themesOf(s)
      .filter((i) => themes.score[i] >= minimum && !themes.negated[i]).map((i) => themes.code[i]);
    const parent = (code) => (codebook.themes[code] || {}).parent;
    this.codes = new Keys(this.size, counted);
    this.keys.theme = new Keys(this.size, (s) => {
      const codes = counted(s);
      return [...codes, ...codes.map(parent).filter(Boolean)];
    });
  }

  themesOf(s) {
    return range(this.first.themes, s);
  }

  figuresOf(s) {
    return range(this.first.figures, s);
  }

  refsOf(s) {
    return range(this.first.refs, s);
  }

  /* The sentences with evidence of a document. */
  evidenceOf(doc) {
    return range(this.firstOfDoc, doc);
  }

  documentKey(facet, doc) {
    if (facet === "year") return this.yearOf[doc];
    if (facet === "kind") return this.core.docs.kind[doc];
    return String(doc);
  }

  has(table, s) {
    return this.first[table][s + 1] > this.first[table][s];
  }

  matches(s, words) {
    if (!words) return true;
    const { docs, sentences } = this.core;
    if (this.plain === null) {
      const titles = docs.title.map((title) => folded(title || ""));
      this.plain = sentences.text.map((text, i) => `${folded(text)}\n${titles[sentences.doc[i]]}`);
    }
    if (!this.plain[s].includes(folded(words))) return false;
    if (words === folded(words)) return true;
    const doc = sentences.doc[s];
    return sentences.text[s].toLowerCase().includes(words) || (docs.title[doc] || "").toLowerCase().includes(words);
  }

  titleMatches(doc, words) {
    const title = this.core.docs.title[doc] || "";
    return (words === folded(words) ? folded(title) : title.toLowerCase()).includes(words);
  }

  /* What the filters leave, and for each facet the counts as if it alone were open. */
  apply(filters) {
    const { docs, sentences } = this.core;
    const minimum = filters.minimum * 10;
    this.setMinimum(minimum);
    const active = FACETS.filter((facet) => filters[facet].size > 0);
    const tests = active.map((facet) => [this.keys[facet], this.keys[facet].chosen(filters[facet])]);
    const words = filters.q.trim().toLowerCase().normalize("NFC");
    const numbers = FACETS.map((facet) => new Int32Array(this.keys[facet].names.length));
    const place = active.map((facet) => FACETS.indexOf(facet));
    const found = [];
    const documents = new Map();
    const left = new Set();
    for (let s = 0; s < this.size; s += 1) {
      if (minimum > 0 && !this.has("figures", s) && !this.has("refs", s) && !this.codes.has(s)) continue;
      let failed = -1;
      let many = 0;
      for (let i = 0; i < tests.length && many < 2; i += 1) {
        if (!tests[i][0].any(s, tests[i][1])) {
          failed = i;
          many += 1;
        }
      }
      if (many > 1 || !this.matches(s, words)) continue;
      const doc = sentences.doc[s];
      if (docs.repeated[doc] && !filters.repeats) {
        if (many === 0) left.add(doc);
        continue;
      }
      if (many === 1) {
        this.keys[active[failed]].add(s, numbers[place[failed]]);
        continue;
      }
      for (let i = 0; i < FACETS.length; i += 1) this.keys[FACETS[i]].add(s, numbers[i]);
      found.push(s);
      documents.set(doc, (documents.get(doc) || 0) + 1);
    }
    const counts = {};
    FACETS.forEach((facet, i) => {
      counts[facet] = new Map();
      numbers[i].forEach((n, key) => {
        if (n) counts[facet].set(this.keys[facet].names[key], n);
      });
    });
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
}
