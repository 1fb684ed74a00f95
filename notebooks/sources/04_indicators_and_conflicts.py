# %% [markdown]
# # 4. Indicators and conflicts
#
# Documents disagree. Before a number is used, see where they do, and why. The collection is that of notebook 2:
# differences of every kind were planted in it, and we know which.

# %%
from pathlib import Path

import vankien
from vankien.collection import compose, read_truth

folder = Path("collection")
known = folder / "truth.json"
truth = read_truth(known) if known.exists() else compose(folder)
results = vankien.extract([folder / "documents"], out=folder / "results", workers=0).results()

# %%
conflicts = results.conflicts()
frame = conflicts.df()
frame.groupby("class").size()

# %%
print(conflicts.rule)

# %% [markdown]
# Every planted difference is listed with its class.

# %%
listed = {(row["indicator"], row["scope_code"], row["period_end"],
           frozenset((row["value_1"], row["value_2"]))): row["class"] for row in conflicts.rows()}
for planted in truth.planted:
    key = (planted.indicator, planted.place, planted.end, frozenset((planted.value, planted.other)))
    assert listed[key] == planted.kind
print(len(truth.planted), "planted,", len(listed), "listed")

# %% [markdown]
# One of each class, side by side with its sentences.

# %%
for kind, group in frame.groupby("class"):
    row = group.iloc[0]
    print(f"{kind}: {row['value_1']:,.0f} and {row['value_2']:,.0f}")
    print(f"   {row['published_1']}  {row['sentence_1'][:120]}")
    print(f"   {row['published_2']}  {row['sentence_2'][:120]}")

# %% [markdown]
# ## What the panel makes of them
#
# The value of a cell follows stated rules; the spread and the class stay visible.

# %%
panel = results.panel("members.admitted").df()
panel[panel["conflict"].notna()][
    ["place_name", "period", "value_reported", "min_reported", "max_reported", "n_sources", "conflict"]
].head(12)

# %% [markdown]
# Leave out what is an aim, or an estimate:

# %%
for status in (["actual"], ["target"]):
    print(status, len(results.panel("members.admitted", status=status)), "cells")

# %% [markdown]
# ## From a number back to the page

# %%
cell = results.panel("members.admitted").df().query("conflict == 'true conflict'").iloc[0]
record = cell["record_ids"][0]
results.sql("select surface, label, period_text, scope, doc_id from indicators where record_id = ?", [record]).df()

# %%
vankien.show(results, record)

# %% [markdown]
# ## Parts and measures
#
# "Trong đó nữ" divides the admitted members: such figures are cells of their own (`within_reported`). Ratios to a
# target and changes are other measures.

# %%
results.panel("members.female").df()[["place_name", "period", "within_reported", "value_reported"]].head()

# %%
results.panel("members.admitted", measure="target_ratio").df()[
    ["place_name", "period", "value_reported", "unit"]
].head()

# %% [markdown]
# ## For those who come after
#
# A replication package: tables, codebook, versions, checksums and a README with the headings that journals ask for.
# Without `with_text` the texts stay out; their hashes and all offsets are there.

# %%
from vankien.results.package import package, verify

done = package(folder / "results", to="replication.zip", panels=["members.admitted"], overwrite=True)
print(done)
assert verify("replication.zip").whole
