// The queue of the signed-in user, with the parts of the browser that it works with.

import { api, newKey } from '../api.js';
import { session } from '../session.js';
import { myTier } from '../tiers.js';
import { systemClock } from './clock.js';
import { offersOf } from './offers.js';
import { Queue } from './queue.js';
import { Remembered } from './remembered.js';
import { send } from './send.js';
import { liveTabs, thisTab } from './tabs.js';
import { REMEMBERED, uploads } from './uploads.js';

/** How often at most the space that is used is read again. */
const RELOAD_MS = 4000;

/** Its queue belongs to one user: another one gets another. */
export const engine = { queue: openQueue() };

let user = session.user.value?.id;
let reloading = false;

function openQueue() {
  const id = session.user.value?.id ?? '';
  const remembered = new Remembered(storage(), id, systemClock.now);
  const queue = new Queue({
    api, send, clock: systemClock, remembered, tab: thisTab, state: uploads.state, newKey,
    onReady(ready) {
      uploads.ready(ready);
      void reloadSoon();
    },
  });
  void learnLimits(queue);
  void offer(queue, remembered);
  return queue;
}

/** @param {Queue} queue */
async function learnLimits(queue) {
  const [settings, tier] = await Promise.all([session.settings.catch(() => null), myTier().catch(() => null)]);
  queue.limits = { photo: settings?.max_image_bytes, file: tier?.max_file_bytes ?? null };
}

/**
 * @param {Queue} queue
 * @param {Remembered} remembered
 */
async function offer(queue, remembered) {
  const live = await liveTabs();
  const left = remembered.list().filter(({ tab }) => tab !== thisTab && !live.has(tab));
  if (left.length > 0) queue.offer(await offersOf(left, api, remembered));
}

/** Reads the space that is used again: now and then during many uploads, and after the last. */
async function reloadSoon() {
  if (reloading) return;
  reloading = true;
  await systemClock.wait(RELOAD_MS);
  reloading = false;
  await session.reload().catch(() => {});
}

function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

session.user.subscribe((now) => {
  if (!now) {
    engine.queue.suspend();
  } else if (now.id === user) {
    engine.queue.unsuspend();
  } else {
    user = now.id;
    engine.queue.abandon();
    engine.queue = openQueue();
  }
});

api.connection.subscribe((connection) => {
  if (connection === 'connected') engine.queue.wake();
});
addEventListener('online', () => engine.queue.wake());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') engine.queue.wake();
});
addEventListener('beforeunload', (event) => {
  const { sending, paused } = uploads.state.value.totals;
  // Signing out reloads the page. What is unfinished is offered after the next sign-in.
  if (!session.ended.value && sending + paused > 0) event.preventDefault();
});
// Another tab continues an upload that this one offers, or has finished it.
addEventListener('storage', ({ key, newValue }) => {
  const prefix = `${REMEMBERED}${user}.`;
  if (!key?.startsWith(prefix)) return;
  if (newValue === null || JSON.parse(newValue).tab !== thisTab) engine.queue.withdraw(key.slice(prefix.length));
});
