// What logits come to, told relative to that of class 0, a row for each other class: classes,
// confidences, accuracy and loss, for the points from `start` up to `end`. It imports nothing: the
// worker runs this file by itself.

// Each point's most probable class, the first of those that are equally so, and that probability in
// percent.
export function decide(rows, start, end) {
  const classes = new Uint8Array(end - start);
  const confidence = new Uint8Array(end - start);
  for (let p = start; p < end; p += 1) {
    const best = bestOf(rows, p);
    classes[p - start] = best;
    confidence[p - start] = Math.round(100 * Math.exp(logitOf(rows, best, p) - logSum(rows, p)));
  }
  return { classes, confidence };
}

// The share of points that are taken for their class, and the mean cross-entropy in nats.
export function measure(rows, start, labels) {
  let hits = 0;
  let loss = 0;
  labels.forEach((label, i) => {
    const p = start + i;
    if (bestOf(rows, p) === label) hits += 1;
    loss += logSum(rows, p) - logitOf(rows, label, p);
  });
  return { accuracy: hits / labels.length, loss: loss / labels.length };
}

const logitOf = (rows, label, p) => (label ? rows[label - 1][p] : 0);

function bestOf(rows, p) {
  let [best, most] = [0, 0];
  for (let c = 0; c < rows.length; c += 1) {
    if (rows[c][p] > most) {
      most = rows[c][p];
      best = c + 1;
    }
  }
  return best;
}

// The logarithm of the sum of the exponentials, without overflow.
function logSum(rows, p) {
  let most = 0;
  for (let c = 0; c < rows.length; c += 1) if (rows[c][p] > most) most = rows[c][p];
  let sum = Math.exp(-most);
  for (let c = 0; c < rows.length; c += 1) sum += Math.exp(rows[c][p] - most);
  return most + Math.log(sum);
}
