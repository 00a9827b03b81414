// Waits for changes by polling.

import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 30_000;
const BETWEEN_TRIES_MS = 50;

// Calls `probe` until its result is truthy, and returns the result. Fails with `what` after 30 s.
export async function until(what, probe, betweenTries = BETWEEN_TRIES_MS) {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await pause(betweenTries);
  }
}
