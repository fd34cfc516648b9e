// What the two tours say: one of the start page, before anything has run, and one of a run's page. A
// step is about what `at` selects; `missing` says what to do where that is not on the page.

const FORM = "It is on the start page: choose Workbench above.";

export const START = {
  key: "prunelab-tour",
  name: "How this works",
  steps: [
    {
      title: "The form",
      at: "#form",
      words:
        "Choose points, criteria and how much is to go; as it stands it makes a good first run. " +
        "Above it other experiments are to be had.",
      missing: FORM,
    },
    {
      title: "What words mean",
      at: "#form [data-explains]",
      words:
        "A question mark explains the word beside it: three sentences, the formula, the paper, " +
        "and settings that show it.",
      missing: "Question marks stand in forms and beside figures: choose Workbench above.",
    },
    {
      title: "Where results appear",
      at: ".empty .ghosts, .empty .sketches",
      words: "These places fill while a worker computes: figures and tables, arranged as here.",
      missing: "They are on the start page, or in a run: choose Workbench above.",
    },
    {
      title: "Where all is found again",
      at: ".top nav",
      words:
        "Every run is kept under Runs. Recipes repeat published figures, Datasets takes your own " +
        "points and images, the Glossary has every word.",
      missing: "The bar at the top of every page leads there.",
    },
    {
      title: "Run",
      at: "#submit",
      words:
        "Press it now, or whenever you like. The tour goes on on the page of the run, with what " +
        "you can do with that.",
      missing: FORM,
    },
  ],
};

export const RUN = {
  key: "prunelab-run-tour",
  name: "What you can do with this run",
  steps: [
    {
      title: "How far it is",
      at: "#run .run-title",
      words:
        "The page follows the run live, also after you have been away: its address is " +
        "permanent, and Cancel stops it.",
      missing: "It is on the page of a run: press Run, or choose one under Runs.",
    },
    {
      title: "The figures",
      at: "#run #drawn .panels, #run #drawn figure",
      words:
        "Of a toy run each panel is the plane as one network divides it, and stronger colour is " +
        "more confidence. The button at its corner enlarges it.",
      missing: "They come with the page of a run: press Run, or choose one under Runs.",
    },
    {
      title: "The slider",
      at: "#run .scrubber",
      words: "It moves all figures at once. Arrow keys move it, and the button plays it through.",
      missing: "This page has none. A toy run has one, which removes units: press Run in its form.",
    },
    {
      title: "What words mean",
      at: "#run #drawn [data-explains]",
      words: "Question marks explain panels, columns and axes, as they do the fields of the form.",
      missing: "They stand beside what is drawn of a run, as in the form.",
    },
    {
      title: "Compare and share",
      at: "#run .run-actions",
      words:
        "Lay runs over each other, put them on a dashboard, give away a link to the page as it " +
        "stands, or take figures and numbers with you.",
      missing: "It is on the page of a run: press Run, or choose one under Runs.",
    },
  ],
};
