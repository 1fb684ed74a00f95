# %% [markdown]
# # 5. Your own codebook
#
# vankien's themes are one codebook among many. Yours is a YAML file of codes with definitions, cues and
# exclusions, and a table of sentences that you have labelled. This example codes land policy.

# %%
from pathlib import Path

import vankien
from vankien.resources import corpus_dir

example = corpus_dir() / "examples" / "land-policy"
print((example / "codebook.yaml").read_text("utf-8")[:1500])

# %%
import pandas as pd

labelled = pd.read_json(example / "sentences.jsonl", lines=True)
print(len(labelled), "labelled sentences")
labelled.head()

# %% [markdown]
# Training takes seconds. From the shell:
# `vankien train --codebook codebook.yaml --data sentences.jsonl --out land-model`.
# The table is dealt into three splits; scores come from sentences that training never saw, with their n.

# %%
from vankien.training.train import train_own

metrics = train_own(example / "codebook.yaml", example / "sentences.jsonl", "land-model")
pd.DataFrame(metrics["summary"])

# %% [markdown]
# The folder is a model: codebook, arrays, recipe, the table as gold, metrics and a card.

# %%
sorted(path.name for path in Path("land-model").iterdir())

# %%
nlp = vankien.load(model="land-model")
doc = nlp(
    "Ủy ban nhân dân huyện ban hành thông báo thu hồi đất để làm đường tránh. "
    "Nhiều hộ chưa đồng ý với phương án bồi thường, cho rằng tiền đền bù quá thấp. "
    "Chi bộ thôn còn nể nang, ngại va chạm khi vận động."
)
for span in doc.spans["themes"]:
    print(f"{span.label_:16} {span.text}")

# %% [markdown]
# The codes stand beside vankien's own. The same in a batch: `Options(model=...)`, or `vankien extract --model`.

# %%
from vankien.batch.run import Options

run = vankien.extract(
    [example / "sentences.jsonl"], out="land-results", workers=0,
    options=Options(model=("land-model",)),
)
results = run.results()
codes = sorted({code for (code,) in results.sql("select distinct theme from themes").fetchall()})
own = [code for code in codes if code in {c for row in labelled["themes"] for c in row}]
own

# %%
results.role_by_theme(own)

# %%
results.kwic("bồi thường", theme=own[0] if own else None, window=6, limit=8)

# %% [markdown]
# ## Once more around
#
# Sentences with predictions go out to Label Studio, doccano, INCEpTION, NVivo or MAXQDA (REFI-QDA) and come back
# with checks; `vankien annotate suggest` picks those that teach most, and `vankien annotate agreement` measures how
# far two coders agree. See `vankien annotate --help`.
