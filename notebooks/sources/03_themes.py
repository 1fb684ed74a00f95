# %% [markdown]
# # 3. Themes: the 27 manifestations over time
#
# What is written of, when, where and how. The collection is that of notebook 2. Its sentences on themes come
# from vankien's training data, so nothing here speaks of how well themes are recognised: see the model
# cards for that.

# %%
from pathlib import Path

import vankien
from vankien.collection import compose
from vankien.display.charts import manifestations, reference_network, theme_trend

folder = Path("collection")
if not (folder / "truth.json").exists():
    compose(folder)
results = vankien.extract([folder / "documents"], out=folder / "results", workers=0).results()

# %%
trend = results.theme_trend(["SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN"])
trend

# %%
manifestations(results)

# %%
theme_trend(results, ["SUYTHOAI-TT.5", "SUYTHOAI-DD.5", "SUYTHOAI-DD.7", "TUDIENBIEN.4"])

# %% [markdown]
# ## The Party's own time
#
# Axes may be terms of the Central Committee, or the time after each of its plenums.

# %%
results.theme_trend("SUYTHOAI-TT.5", freq="term").df()

# %%
results.theme_trend("NQ4", freq="plenum").df()[["period", "period_start", "n", "total", "share"]]

# %% [markdown]
# ## What sentences do
#
# A manifestation may be told as a shortcoming, a cause, a task, or quoted from a rule. The role tells which.

# %%
roles = results.role_by_theme(["SUYTHOAI-TT", "SUYTHOAI-DD", "TUDIENBIEN"]).df()
roles.pivot(index="theme", columns="role", values="n").fillna(0).astype(int)

# %%
results.theme_cooccurrence(unit="document").df().head(10)

# %% [markdown]
# ## Reading
#
# A concordance finds whole syllables, or words with `words=True`; themes, roles and years narrow it.

# %%
results.kwic("nể nang", window=8, sort="left")

# %%
results.kwic("chi bộ", role="HANCHE", theme="SUYTHOAI-TT.5", window=8, limit=10)

# %%
results.collocations("kỷ luật", limit=15)

# %% [markdown]
# ## What a part of the collection says more than the rest
#
# Log-likelihood says how sure a difference is, the log ratio how big, dispersion whether one document makes it.

# %%
reports = results.filter(kind="party_document")
reports.keyness(ngrams=(2, 2), limit=15)

# %%
results.ngram_trend(["nể nang", "lãng phí", "kê khai tài sản"]).df().pivot(
    index="period", columns="phrase", values="per_million"
).round(0)

# %% [markdown]
# ## Who cites which resolution
#
# References are resolved; a document that took another's place is joined to it.

# %%
results.citations().df()[["published", "source", "number", "subject", "still_in_force", "successor"]].head(8)

# %%
reference_network(results, by="kind")
