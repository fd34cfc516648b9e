// What frontend/exports/ asks of a self-contained page that it opens in a browser of its own: each
// function takes what is wanted and gives a file as a data: address.
(function (lab) {
  // A figure of a stage, at a place of its slider or where that starts.
  lab.picture = function ({ stage, figure, at, title, dark, format, width, height, scale }) {
    const here = lab.stages.get(stage);
    const filled = lab.filled({ ...here, at: at ?? here.at }, figure);
    const size = { format, width, height, scale };
    return window.Plotly.toImage(lab.dressed(filled, title, width, dark), size);
  };

  // Rows of figures of a stage, {figure, title}, at these places of its slider.
  lab.animation = async function ({ stage, rows, size, ...wanted }) {
    const here = lab.stages.get(stage);
    const panel = ({ figure, title }) => ({
      title, margin: here.page.figures[figure].layout.margin,
      filled: (at) => lab.filled({ ...here, at }, figure),
    });
    const scene = lab.abreast(rows.map((row) => row.map(panel)), size);
    return addressOf(await lab.gif(here, scene, wanted));
  };

  function addressOf(blob) {
    const reader = new FileReader();
    return new Promise((resolve, reject) => {
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
  }
})((window.prunelab = window.prunelab || {}));
