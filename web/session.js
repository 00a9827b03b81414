// Who is signed in. Tabs share one session; web.md describes the rules.

import { ApiError, api as defaultApi } from './api.js';
import { Store } from './store.js';

/**
 * @typedef {{ id: string, generation: number, refresh: string, stay: boolean }} Saved what survives a reload
 * @typedef {{ get: () => Saved | null, set: (saved: Saved | null) => void }} Keeper
 * @typedef {(work: () => Promise<any>) => Promise<any>} Lock
 */

/** How long other tabs have to answer, in milliseconds. */
const ANSWER_TIME = 150;
const KEY = 'satchel.session';

/**
 * @param {{ api: any, keeper: Keeper, lock: Lock, channel: BroadcastChannel | null, others: () => Promise<boolean>,
 *   sleep: (ms: number) => Promise<void>, newId: () => string }} world
 */
export function createSession({ api, keeper, lock, channel, others, sleep, newId }) {
  /** The account, or null if nobody is signed in. @type {Store<any>} */
  const user = new Store(/** @type {any} */ (null));
  /** Why the session ended. @type {Store<null | 'signed-out' | 'expired' | 'replaced'>} */
  const ended = new Store(/** @type {any} */ (null));
  /** @type {Saved | null} */
  let saved = keeper.get();
  /** @type {string | null} */
  let access = null;
  /** @type {Promise<boolean> | null} */
  let renewing = null;
  /** @type {Promise<any> | null} */
  let settings = null;

  if (channel) channel.onmessage = ({ data }) => heard(data);

  /** @param {any} message */
  function heard(message) {
    if (message.kind === 'ask') {
      if (saved) channel?.postMessage({ kind: 'tokens', saved, access });
    } else if (message.kind === 'tokens') {
      if (newer(message.saved)) adopt(message.saved, message.access);
    } else if (message.kind === 'signed-in') {
      const replaces = saved !== null && saved.id !== message.saved.id;
      adopt(message.saved, message.access);
      if (replaces) ended.set('replaced');
    } else if (message.kind === 'ended' && message.id === saved?.id) {
      end(message.why);
    }
  }

  /**
   * Whether `other` is a later token of this session, or a session where this tab has none.
   * @param {Saved} other
   */
  function newer(other) {
    return saved === null || (saved.id === other.id && other.generation > saved.generation);
  }

  /**
   * @param {Saved} next
   * @param {string | null} token
   */
  function adopt(next, token) {
    saved = next;
    access = token;
    keeper.set(next);
  }

  /** @param {'signed-out' | 'expired'} why */
  function end(why) {
    saved = null;
    access = null;
    keeper.set(null);
    user.set(null);
    ended.set(why);
  }

  /** Learns the newest tokens of the other tabs. A duplicated or a new tab may have old ones or none. */
  async function ask() {
    if (!channel || !(await others())) return;
    channel.postMessage({ kind: 'ask' });
    await sleep(ANSWER_TIME);
  }

  /**
   * Replaces the access token `stale`. Returns whether there is another one. Requests that were refused together wait
   * for one renewal.
   * @param {string | null} stale
   * @returns {Promise<boolean>}
   */
  function renew(stale) {
    if (access && access !== stale) return Promise.resolve(true);
    renewing ??= lock(() => renewInTurn(stale)).finally(() => {
      renewing = null;
    });
    return renewing;
  }

  /** @param {string | null} stale */
  async function renewInTurn(stale) {
    const stored = keeper.get();
    if (stored && newer(stored)) adopt(stored, null);
    if (!saved?.stay || !stored) await ask();
    if (access && access !== stale) return true;
    if (!saved) return false;
    const { id, generation, refresh, stay } = saved;
    try {
      const tokens = await api.post('/api/token/refresh', { refresh }, { anonymous: true, idempotencyKey: newId() });
      if (saved?.id !== id) return Boolean(access);
      adopt({ id, generation: generation + 1, refresh: tokens.refresh, stay }, tokens.access);
      channel?.postMessage({ kind: 'tokens', saved, access });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (saved?.id !== id) return Boolean(access);
      channel?.postMessage({ kind: 'ended', id, why: 'expired' });
      end('expired');
      return false;
    }
  }

  api.authenticate({ access: () => access, canRenew: () => saved !== null, renew });

  return {
    user,
    ended,

    /** Signs in again with the tokens of this browser, if there are any. Returns whether somebody is signed in. */
    async resume() {
      if (!saved) await ask();
      if (!saved) return false;
      await this.reload();
      return user.value !== null;
    },

    /** Reads the account again: its used space changes. */
    async reload() {
      try {
        user.set(await api.get('/api/users/me'));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        if (saved) end('expired');
      }
    },

    /**
     * @param {string} username
     * @param {string} password
     * @param {boolean} stay whether the session survives the end of the browser
     */
    async signIn(username, password, stay) {
      const tokens = await api.post('/api/token', { username, password }, { anonymous: true });
      adopt({ id: newId(), generation: 0, refresh: tokens.refresh, stay }, tokens.access);
      ended.set(null);
      channel?.postMessage({ kind: 'signed-in', saved, access });
      await this.reload();
    },

    /** Ends the session in all tabs, and at the server if that can be reached. */
    async signOut() {
      const id = saved?.id;
      await api.post('/api/user/logout', {}, { keepalive: true }).catch(() => null);
      channel?.postMessage({ kind: 'ended', id, why: 'signed-out' });
      end('signed-out');
    },

    /** What the deployment allows. */
    get settings() {
      settings ??= api.get('/api/settings', { anonymous: true }).catch((/** @type {any} */ error) => {
        settings = null;
        throw error;
      });
      return /** @type {Promise<any>} */ (settings);
    },
  };
}

/**
 * Keeps the session in localStorage if it stays, else in sessionStorage, and in memory if the browser forbids both.
 * @param {() => Storage} local
 * @param {() => Storage} perTab
 * @returns {Keeper}
 */
export function createKeeper(local, perTab) {
  /** @type {Saved | null} */
  let memory = null;
  /** @param {() => Storage} area @returns {Saved | null} */
  const read = (area) => {
    try {
      return JSON.parse(area().getItem(KEY) ?? 'null');
    } catch {
      return null;
    }
  };
  /** @param {() => Storage} area @param {Saved | null} saved */
  const write = (area, saved) => {
    try {
      if (saved) area().setItem(KEY, JSON.stringify(saved));
      else area().removeItem(KEY);
    } catch {
      // The copy in memory is used.
    }
  };
  return {
    get: () => read(local) ?? read(perTab) ?? memory,
    set(saved) {
      memory = saved;
      write(local, saved?.stay ? saved : null);
      write(perTab, saved?.stay ? null : saved);
    },
  };
}

/** The parts of the browser that a session uses; each may be missing. */
function browser() {
  const { navigator } = globalThis;
  const locks = navigator?.locks;
  /** @type {Promise<any>} */
  let last = Promise.resolve();
  /** @type {Lock} */
  const inTab = (work) => (last = last.then(work, work));
  return {
    api: defaultApi,
    keeper: createKeeper(() => globalThis.localStorage, () => globalThis.sessionStorage),
    lock: locks ? /** @type {Lock} */ ((work) => locks.request(KEY, work)) : inTab,
    channel: 'document' in globalThis ? new BroadcastChannel(KEY) : null,
    others: async () => true,
    sleep: (/** @type {number} */ ms) => new Promise((/** @type {(v: void) => void} */ resolve) => setTimeout(resolve, ms)),
    newId: () => `${Date.now()}-${Math.random().toString(36).slice(2)}`,
  };
}

export const session = createSession(browser());
