"""The HTML document that Dash fills with its scripts; every page of the application is this one."""

from collections.abc import Iterable

from frontend.modules import APP, allowed, hash_of, served
from frontend.scripts import PLOTLY

# Plotly, by far the largest script, comes beside the page and is run by `assets/figures/plotly.js`:
# Dash's own eager loading would bring seven megabytes of other scripts with it that no page needs.
INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="description" content="See what pruning does to a neural network.">
    <title>{%title%}</title>
    <link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
    <script src="/assets/theme.js"></script>
    MODULES
    <link rel="preload" href="PLOTLY" as="script" fetchpriority="low" data-plotly>
    {%css%}
  </head>
  <body>
    {%app_entry%}
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
""".replace("PLOTLY", PLOTLY.address).replace("MODULES", served(APP))

# Dash looks on the window for what the modules put there as soon as it starts.
RENDERER = f"""import("#{APP}").then(({{ hooks }}) => new DashRenderer(hooks)).catch((error) => {{
  document.body.prepend("This page could not be loaded. Reload it to try again.");
  throw error;
}})"""


def policy(inlined: Iterable[str]) -> str:
    """The content security policy of the page: files of ours, and these scripts in its HTML.

    Styles may be inline, since Plotly, Mantine and AG Grid write theirs into the page; workers and
    downloads are made from what the page holds (``blob:``).
    """
    scripts = " ".join([allowed(APP), *map(hash_of, inlined)])
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
        "worker-src 'self' blob:; frame-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
