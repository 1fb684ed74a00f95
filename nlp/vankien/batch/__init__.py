"""The batch: plan inputs into chunks, run them, store Parquet parts."""
