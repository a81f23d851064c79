"""Programs for those who work on this repository; no wheel has them."""
