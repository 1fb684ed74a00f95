# %% [markdown]
# # 2. A batch and a panel
#
# From a folder of documents to one number a province and year, with its sources.
#
# The documents are composed by a generator that comes with vankien: 502 reports, articles and notices
# on 20 provinces from 2016 to 2025. **All figures are invented.** The generator also writes what is
# true, so that we can see how much of it comes back.

# %%
from pathlib import Path

import vankien
from vankien.collection import compose, read_truth

folder = Path("collection")
known = folder / "truth.json"
truth = read_truth(known) if known.exists() else compose(folder)
truth.n_documents, len(truth.cells)

# %% [markdown]
# `extract` reads everything and writes Parquet tables. A run can be broken off and resumed; what is done
# is not done again. From the shell: `vankien extract collection/documents --out collection/results`.

# %%
run = vankien.extract([folder / "documents"], out=folder / "results", workers=0)
results = run.results()
results

# %% [markdown]
# Tables are DuckDB relations: `.df()`, `.pl()` and `.arrow()` turn them into what you work with.

# %%
results.indicators.filter("indicator = 'members.admitted'").limit(5).df()[
    ["doc_id", "surface", "value", "unit", "period_start", "period_end", "scope", "scope_code"]
]

# %%
results.sql("""
    select year(published) as year, kind, count(*) as documents
    from documents group by all order by all
""").df().pivot(index="year", columns="kind", values="documents").fillna(0).astype(int)

# %% [markdown]
# A filter gives the same questions of a part of the collection.

# %%
results.filter(province="Lạng Sơn", years=(2019, 2022))

# %% [markdown]
# ## The panel
#
# One row a province and year. The rule is part of the table: what is counted, and what is not.

# %%
panel = results.panel("members.admitted")
panel

# %%
print(panel.caption())

# %% [markdown]
# How much of the truth is there? Every cell that some document states, and nothing else.

# %%
true = {
    (cell.place_name, cell.end.year): cell.value for cell in truth.cells
    if cell.indicator == "members.admitted" and cell.measure == "level" and cell.within is None
    and (cell.start.month, cell.end.month) == (1, 12)
}
found = {(row["place_name"], row["period_end"].year): row["value_reported"]
         for row in panel.rows() if row["status_reported"] != "target"}
right = sum(found.get(key) == value for key, value in true.items())
print(f"{right} of {len(true)} true cells, {len(found.keys() - true.keys())} beyond them")
assert right >= 0.97 * len(true)

# %% [markdown]
# ## The map of the 63 and the map of the 34
#
# In July 2025 the 63 provinces became 34. On the map of the 34, flows and stocks of the parts add up; where
# a part is missing the cell is null and says which. Shares are never added.

# %%
merged = results.panel("members.admitted", units=34).df()
merged.query("place_name == 'Phú Thọ'")[
    ["period", "value_reported", "n_sources", "derivation", "missing"]
]

# %%
from vankien.display.charts import indicator_panel, province_map

indicator_panel(results, "members.admitted", most=8)

# %%
province_map(results, "members.admitted", period="2024", units=63)

# %%
province_map(results, "members.admitted", period="2025", units=34)

# %% [markdown]
# ## A nought is not silence
#
# `coverage` tells a reported nought from documents that are silent and from the absence of any document.

# %%
grid = results.coverage("discipline.orgs").df()
grid.groupby("state").size()

# %%
grid[grid["place_name"] == grid[grid["state"] == "no document"]["place_name"].iloc[0]]

# %% [markdown]
# Tables go out as CSV, Stata, Excel, or Parquet: `panel.csv("admitted.csv")`, `vankien export ... --format stata`.

# %%
panel.csv("admitted.csv")
