// The application: everything that its pages need, and what Dash, AG Grid and Mantine look up on
// the window.

import { Formula } from "#basics/formula.js";
import { loadPlotlyWhenIdle } from "#figures/plotly.js";
import { callbacks } from "#pages/callbacks.js";
import { heard } from "#pages/live.js";
import { cells, keys, tableCallbacks } from "#pages/run_table.js";
import { pointsTool } from "#points/tool.js";
import "#basics/explain.js";
import "#basics/trouble.js";
import "#pages/access.js";
import "#pages/apply_mask.js";
import "#pages/datasets.js";
import "#pages/export_menus.js";
import "#pages/import_package.js";
import "#pages/run_cut_short.js";
import "#pages/run_marks.js";
import "#pages/importances.js";
import "#pages/operating_point.js";
import "#pages/share.js";
import "#pages/tour.js";

function register(name, more) {
  window[name] = Object.assign(window[name] || {}, more);
}

register("dash_clientside", { prunelab: { ...callbacks, ...tableCallbacks, pointsTool } });
register("frontend", { Formula });
register("dashAgGridComponentFunctions", cells);
register("dashAgGridFunctions", keys);
// A list that the server has searched already.
register("dashMantineFunctions", { all: ({ options }) => options });

loadPlotlyWhenIdle();

// What Dash's renderer is started with.
export const hooks = { request_post: (_, response) => heard(response) };
