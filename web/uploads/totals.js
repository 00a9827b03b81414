/**
 * What the items are together. `bytes` and `sent` leave out what failed and what an earlier visit left.
 * @typedef {object} Totals
 * @property {number} count without what an earlier visit left
 * @property {number} ready
 * @property {number} failed
 * @property {number} paused
 * @property {number} unfinished left by an earlier visit
 * @property {number} running waiting, sending or checking
 * @property {number} sending waiting or sending: needs this page
 * @property {boolean} offline whether everything that could be sent waits for the network
 * @property {number} bytes
 * @property {number} sent
 * @property {number | null} speed bytes in a second
 * @property {number | null} secondsLeft
 */

/**
 * @param {readonly import('./upload.js').Item[]} items
 * @param {number | null} [speed]
 * @returns {Totals}
 */
export function totalsOf(items, speed = null) {
  const totals = { count: 0, ready: 0, failed: 0, paused: 0, unfinished: 0, running: 0, sending: 0, bytes: 0, sent: 0 };
  let [stuck, moving, left] = [0, 0, 0];
  for (const { status, size, sent, waitingFor } of items) {
    if (status === 'unfinished') {
      totals.unfinished += 1;
      continue;
    }
    totals.count += 1;
    if (status === 'ready' || status === 'failed' || status === 'paused') totals[status] += 1;
    else totals.running += 1;
    if (status === 'waiting' || status === 'sending') {
      totals.sending += 1;
      left += size - sent;
    }
    if (waitingFor === 'network') stuck += 1;
    else if (status === 'sending') moving += 1;
    if (status === 'failed') continue;
    totals.bytes += size;
    totals.sent += status === 'ready' ? size : sent;
  }
  const secondsLeft = speed && left ? left / speed : null;
  return { ...totals, offline: stuck > 0 && moving === 0, speed, secondsLeft };
}
