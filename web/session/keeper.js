// Where this browser keeps the tokens of a session, and which sessions have ended.

const KEY = 'satchel.session';
const ENDED_KEY = `${KEY}.ended`;
/** How many ended sessions are remembered. A message about one arrives soon after its end, if at all. */
const MOST_ENDED = 20;

/**
 * @typedef {{ id: string, generation: number, refresh: string, stay: boolean }} Saved what survives a reload
 * @typedef {{ get: () => Saved | null, set: (saved: Saved) => void, end: (id: string) => void,
 *   hasEnded: (id: string) => boolean }} Keeper `end` also removes what is kept of the session
 */

/**
 * Keeps the session in localStorage if it stays, else in sessionStorage, and in memory if the browser forbids both. The
 * ids of ended sessions are in localStorage, where every tab finds them, also after a reload.
 * @param {() => Storage} local
 * @param {() => Storage} perTab
 * @returns {Keeper}
 */
export function createKeeper(local, perTab) {
  /** @type {Saved | null} */
  let memory = null;
  /** @type {string[]} */
  let ended = [];

  /** @param {string} id */
  const hasEnded = (id) => ended.includes(id) || endedOf(read(local, ENDED_KEY)).includes(id);

  return {
    hasEnded,
    get() {
      const kept = [savedOf(read(local, KEY)), savedOf(read(perTab, KEY)), memory];
      return kept.find((saved) => saved && !hasEnded(saved.id)) ?? null;
    },
    set(saved) {
      memory = saved;
      write(local, KEY, saved.stay ? saved : null);
      write(perTab, KEY, saved.stay ? null : saved);
    },
    end(id) {
      ended = withId(ended, id);
      write(local, ENDED_KEY, withId(endedOf(read(local, ENDED_KEY)), id));
      if (memory?.id === id) memory = null;
      for (const area of [local, perTab]) if (savedOf(read(area, KEY))?.id === id) write(area, KEY, null);
    },
  };
}

/** @param {any} value @returns {Saved | null} */
function savedOf(value) {
  return typeof value?.id === 'string' && typeof value.refresh === 'string' ? value : null;
}

/** @param {any} value @returns {string[]} */
function endedOf(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {string[]} ids @param {string} id */
function withId(ids, id) {
  return [...ids.filter((other) => other !== id), id].slice(-MOST_ENDED);
}

/** @param {() => Storage} area @param {string} key @returns {any} */
function read(area, key) {
  try {
    return JSON.parse(area().getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {() => Storage} area @param {string} key @param {object | null} value */
function write(area, key, value) {
  try {
    if (value) area().setItem(key, JSON.stringify(value));
    else area().removeItem(key);
  } catch {
    // The copy in memory is used.
  }
}
