"""Tests of the displays: report, document view, charts."""
