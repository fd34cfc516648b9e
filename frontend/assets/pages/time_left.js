// How long a run still takes, in coarse words that do not jump.

// How fast what is said follows what is reckoned, in seconds.
const SETTLING = 8;
// Words are not changed more often than this, and a longer time is said once it is so much longer.
const HOLD = 3;
const LONGER = 1.3;
// What ends sooner needs no words; without an estimate progress has to tell something first.
const LEAST = 6;
const TOLD = { seconds: 10, share: 0.05 };

// What was estimated counts at first, and ever more what progress tells; null: nobody knows.
export function secondsLeft({ elapsed, share, estimate }) {
  const isTold = elapsed >= TOLD.seconds && share >= TOLD.share;
  // A run that takes longer than was thought is told of by its progress alone.
  const isKnown = estimate && elapsed <= estimate.high;
  if (!isKnown && !isTold) return null;
  const trust = isKnown ? Math.min(1, 2 * share) : 1;
  const middle = isKnown ? Math.sqrt(estimate.low * estimate.high) : 1;
  const byProgress = Math.max(elapsed, 0.001) / Math.max(share, 0.001);
  const total = middle ** (1 - trust) * byProgress ** trust;
  return Math.max(total - elapsed, 0.05 * total);
}

// What is kept from one moment to the next; `now` in seconds.
export function follow(kept, now, seconds) {
  if (!kept) return seconds < LEAST ? null : { seconds, now, said: seconds, since: now };
  const passed = now - kept.now;
  const expected = Math.max(0, kept.seconds - passed);
  const next = expected + (1 - Math.exp(-passed / SETTLING)) * (seconds - expected);
  const changes = next < kept.said || next > LONGER * kept.said;
  const speaks = changes && now - kept.since >= HOLD;
  return { seconds: next, now, said: speaks ? next : kept.said, since: speaks ? now : kept.since };
}

export const words = (seconds) => `${about(seconds)} left`;

export function about(seconds) {
  if (seconds < 10) return "a few seconds";
  if (seconds < 55) return `about ${10 * Math.round(seconds / 10)} s`;
  if (seconds < 55 * 60) return `about ${coarse(seconds / 60)} min`;
  return `about ${Math.round((2 * seconds) / 3600) / 2} h`;
}

const coarse = (minutes) =>
  minutes < 10 ? Math.max(1, Math.round(minutes)) : 5 * Math.round(minutes / 5);
