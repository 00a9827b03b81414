// Who is signed in. Tabs share one session; web.md describes the rules.

import { ApiError, api as defaultApi, newKey, sleep } from './api.js';
import { createKeeper } from './session/keeper.js';
import { createPresence, createTabs } from './session/tabs.js';
import { Store } from './store.js';

/**
 * @typedef {import('./session/keeper.js').Saved} Saved
 * @typedef {import('./session/keeper.js').Keeper} Keeper
 * @typedef {import('./session/tabs.js').Presence} Presence
 * @typedef {(work: () => Promise<any>) => Promise<any>} Lock
 */

/** The name of the channel and of the lock. */
const NAME = 'satchel.session';

/**
 * @param {{ api: any, keeper: Keeper, lock: Lock, channel: BroadcastChannel | null, presence: Presence,
 *   sleep: (ms: number) => Promise<void>, newId: () => string }} world
 */
export function createSession({ api, keeper, lock, channel, presence, sleep, newId }) {
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
  /** @type {Set<() => Promise<unknown>>} */
  const lastWork = new Set();
  const tabs = createTabs({ channel, presence, sleep }, {
    asked: () => saved && { saved, access },
    tokens(told) {
      if (newer(told.saved)) adopt(told.saved, told.access);
      else if (isCurrent(told.saved)) access ??= told.access;
    },
    signedIn(told) {
      if (keeper.hasEnded(told.saved.id)) return;
      const replaces = saved !== null;
      adopt(told.saved, told.access);
      if (replaces) ended.set('replaced');
      else reload().catch(() => null);
    },
    ended(id, why) {
      if (id === saved?.id) end(why);
      // A message that was on its way must not bring this session into a tab that has none yet.
      else keeper.end(id);
    },
  });

  if (saved) presence.set(true);

  /**
   * Whether `other` is a later token of this session, or a session where this tab has none. A session that has ended
   * never comes back: the server may not know of its end.
   * @param {Saved} other
   */
  function newer(other) {
    if (keeper.hasEnded(other.id)) return false;
    return saved === null || (saved.id === other.id && other.generation > saved.generation);
  }

  /** @param {Saved} other */
  function isCurrent(other) {
    return saved?.id === other.id && saved.generation === other.generation;
  }

  /**
   * @param {Saved} next
   * @param {string | null} token
   */
  function adopt(next, token) {
    saved = next;
    access = token;
    keeper.set(next);
    presence.set(true);
  }

  /** @param {'signed-out' | 'expired'} why */
  function end(why) {
    if (saved) keeper.end(saved.id);
    saved = null;
    access = null;
    presence.set(false);
    ended.set(why);
    user.set(null);
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
    // Another tab gives its access token, so that one renewal serves all tabs.
    else if (access === stale) access = null;
    await tabs.ask();
    if (access && access !== stale) return true;
    if (!saved) return false;
    const { id, generation, refresh, stay } = saved;
    try {
      const tokens = await api.post('/api/token/refresh', { refresh }, { anonymous: true, repeatable: true });
      if (saved?.id !== id) return Boolean(access);
      // Another tab has ended the session, and its message has not arrived yet.
      if (keeper.hasEnded(id)) return false;
      const next = { id, generation: generation + 1, refresh: tokens.refresh, stay };
      adopt(next, tokens.access);
      tabs.tellTokens({ saved: next, access });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (saved?.id !== id) return Boolean(access);
      tabs.tellEnd(id, 'expired');
      end('expired');
      return false;
    }
  }

  /** Reads the account again: its used space changes. */
  async function reload() {
    try {
      user.set(await api.get('/api/users/me'));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (saved) end('expired');
    }
  }

  api.authenticate({ access: () => access, canRenew: () => saved !== null, renew });

  return {
    user,
    ended,
    reload,

    /** Signs in again with the tokens of this browser, if there are any. Returns whether somebody is signed in. */
    async resume() {
      if (!saved) await tabs.ask();
      if (!saved) return false;
      await reload();
      return user.value !== null;
    },

    /**
     * @param {string} username
     * @param {string} password
     * @param {boolean} stay whether the session survives the end of the browser
     */
    async signIn(username, password, stay) {
      const tokens = await api.post('/api/token', { username, password }, { anonymous: true });
      const next = { id: newId(), generation: 0, refresh: tokens.refresh, stay };
      adopt(next, tokens.access);
      ended.set(null);
      tabs.tellSignIn({ saved: next, access });
      await reload();
    },

    /**
     * Ends the session in all tabs, and at the server if that can be reached. `everywhere` ends every session of the
     * account, and fails if the server cannot be reached.
     * @param {{ everywhere?: boolean }} [options]
     */
    async signOut({ everywhere = false } = {}) {
      await Promise.allSettled([...lastWork].map((work) => work()));
      if (everywhere) await api.post('/api/user/logout', { all: true });
      else await api.post('/api/user/logout', {}, { keepalive: true }).catch(() => null);
      this.forget();
    },

    /** Calls `work` before each sign-out of this tab, which waits for it. @param {() => Promise<unknown>} work */
    beforeSignOut: (work) => lastWork.add(work),

    /** Ends the session in all tabs, after it has ended at the server. */
    forget() {
      if (saved) tabs.tellEnd(saved.id, 'signed-out');
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

/** The parts of the browser that a session uses; a browser without HTTPS has no locks. */
function browser() {
  const locks = globalThis.navigator?.locks;
  /** @type {Promise<any>} */
  let last = Promise.resolve();
  /** @type {Lock} */
  const inTab = (work) => (last = last.then(work, work));
  return {
    api: defaultApi,
    keeper: createKeeper(() => globalThis.localStorage, () => globalThis.sessionStorage),
    lock: locks ? /** @type {Lock} */ ((work) => locks.request(NAME, work)) : inTab,
    channel: globalThis.document ? new BroadcastChannel(NAME) : null,
    presence: createPresence(locks, `${NAME}.present`),
    sleep,
    newId: newKey,
  };
}

export const session = createSession(browser());
