"""The Jinja templates of all pages; each extends `base.html`."""

from jinja2 import Environment, PackageLoader, StrictUndefined

page_template = Environment(
    loader=PackageLoader("spotter_dashboard"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template
"""Returns a template by its file name."""
