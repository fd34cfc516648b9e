// Why there is nothing of a kind, where nothing more will come.

const WHY = {
  cancelled: "the run was cancelled before there were any.",
  failed: "the run failed before there were any.",
  done: "the run has found nothing to list here.",
};

// `what` is the kind, such as "rows"; several runs may have ended each in another way.
export function whyNone(what, { voices }) {
  const ends = new Set(voices.map(({ run }) => run.status));
  return ends.size === 1 ? `No ${what}: ${WHY[[...ends][0]]}` : `No ${what}.`;
}
