// What the places of the app see of uploads. The queue itself is loaded with the first file.

import { Store } from '../store.js';

/** How the names begin under which localStorage has unfinished uploads. The id of the user follows. */
export const REMEMBERED = 'satchel.upload.';

/**
 * @typedef {import('./roster.js').State} State
 * @typedef {{ kind: import('./kinds.js').Kind, record: any }} Ready
 * @typedef {import('./chosen.js').Chosen} Chosen
 * @typedef {import('./queue.js').AddOptions} AddOptions
 */

/** @type {State} */
const NOTHING = {
  items: [],
  totals: {
    count: 0, ready: 0, failed: 0, paused: 0, unfinished: 0, running: 0, sending: 0, offline: false, bytes: 0, sent: 0,
    speed: null, secondsLeft: null,
  },
};

/** @type {Set<(ready: Ready) => void>} */
const watchers = new Set();

export const uploads = {
  /** @type {Store<State>} */
  state: new Store(NOTHING),

  /** The queue, for what the tray does with it. */
  async queue() {
    const { engine } = await import('./engine.js');
    return engine.queue;
  },

  /**
   * Adds files. Accepted pictures become photos, except in the place `files`; everything else becomes a file.
   * @param {Iterable<Chosen>} files
   * @param {AddOptions} [options]
   */
  async add(files, options) {
    // A FileList empties itself when its input is used again.
    const chosen = [...files];
    return (await uploads.queue()).add(chosen, options);
  },

  /**
   * Calls `watcher` with each upload that becomes ready. Returns a function that ends this.
   * @param {(ready: Ready) => void} watcher
   * @returns {() => void}
   */
  onReady(watcher) {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },

  /** Tells the watchers. @param {Ready} ready */
  ready(ready) {
    for (const watcher of [...watchers]) watcher(ready);
  },
};
