# %% [markdown]
# # 1. A first document
#
# One article on Party building, as vankien sees it: clean text, sentences, themes, numeric indicators
# and references, each of which leads back to its place in the text. Nothing here needs a network.

# %%
import vankien
from vankien.resources import corpus_dir

documents = corpus_dir() / "documents"
document = vankien.read(documents / "bai-bao-lang-son.html")
document.metadata.title, document.kind.value, document.metadata.published

# %% [markdown]
# The page's menu, captions and imprint are told from the article. Every block of the clean text has a part.

# %%
for block in document.blocks[:6]:
    print(f"{block.part.value:>10}  {document.text[block.start:block.end][:90]}")

# %% [markdown]
# `vankien.load()` gives a spaCy pipeline; its Doc holds what was found as spans.

# %%
nlp = vankien.load()
doc = nlp(document)
for span in list(doc.spans["indicators"])[:8]:
    record = span._.record
    print(f"{span.text:24} {record.indicator or '-':22} {record.measure:13} "
          f"{record.value:>8}  {record.period_text}  {record.scope}")

# %% [markdown]
# Offsets always index the clean text, so any number can be checked where it stands.

# %%
for span in doc.spans["indicators"]:
    record = span._.record
    assert document.text[record.start:record.end] == record.surface

# %%
import pandas as pd

themes = pd.DataFrame([
    {"theme": span.label_, "sentence": span.text[:110]} for span in doc.spans["themes"]
])
themes

# %% [markdown]
# Themes are codes of the codebook. Resolution 04-NQ/TW of 2016 names 27 manifestations in three groups.

# %%
from vankien.codebook import load_codebook

book = load_codebook()
for code in sorted(themes["theme"].unique()):
    print(f"{code:15} {book.themes[code].name_vi}  |  {book.themes[code].name_en}")

# %% [markdown]
# References are resolved to the documents that are meant; `canonical` is number@date.

# %%
for span in list(doc.spans["references"])[:8]:
    print(f"{span.text[:58]:60} {span._.record.canonical}")

# %% [markdown]
# The whole document, with everything that was found in it.

# %%
vankien.show(doc)

# %% [markdown]
# A report in PDF: pages are kept, and tables are read with their headers.

# %%
report = vankien.read(documents / "bao-cao-tong-ket-trung-uong-4.pdf")
print(report.n_pages, "pages,", len(report.tables), "tables")
vankien.show_page(report, report.n_pages)
