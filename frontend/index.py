"""The HTML document that Dash fills with its scripts; every page of the application is this one."""

INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="description" content="See what pruning does to a neural network.">
    <title>{%title%}</title>
    <link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
    <script>
      // The theme that was chosen, or the system's, before anything is drawn: no flash of white.
      (function () {
        const chosen = localStorage.getItem("mantine-color-scheme-value");
        const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
        const scheme = chosen === "light" || chosen === "dark" ? chosen : dark ? "dark" : "light";
        document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
      })();
    </script>
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
"""
