// Who is signed in. Tabs share one session; web.md describes the rules.

import { ApiError, api as defaultApi, newKey, sleep } from './api.js';
import { Store } from './store.js';

/**
 * @typedef {{ id: string, generation: number, refresh: string, stay: boolean }} Saved what survives a reload
 * @typedef {{ get: () => Saved | null, set: (saved: Saved | null) => void }} Keeper
 * @typedef {(work: () => Promise<any>) => Promise<any>} Lock
 * @typedef {{ set: (present: boolean) => void, others: () => Promise<boolean> }} Presence which tabs have a session
 */

/** How long another tab with a session has to answer, in milliseconds. */
const ANSWER_TIME = 1000;
const KEY = 'satchel.session';

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
  /** Called when another tab told its tokens. */
  let onAnswer = () => {};

  if (saved) presence.set(true);
  if (channel) channel.onmessage = ({ data }) => heard(data);

  /** @param {any} message */
  function heard(message) {
    if (message.kind === 'ask') {
      if (saved) channel?.postMessage({ kind: 'tokens', saved, access });
    } else if (message.kind === 'tokens') {
      if (newer(message.saved)) adopt(message.saved, message.access);
      else if (isCurrent(message.saved)) access ??= message.access;
      onAnswer();
    } else if (message.kind === 'signed-in') {
      const replaces = saved !== null;
      adopt(message.saved, message.access);
      if (replaces) ended.set('replaced');
      else reload().catch(() => null);
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
    saved = null;
    access = null;
    keeper.set(null);
    presence.set(false);
    ended.set(why);
    user.set(null);
  }

  /** Learns the newest tokens of the other tabs. A duplicated or a new tab may have old ones or none. */
  async function ask() {
    if (!channel || !(await presence.others())) return;
    /** @type {Promise<void>} */
    const answered = new Promise((resolve) => {
      onAnswer = resolve;
    });
    channel.postMessage({ kind: 'ask' });
    await Promise.race([answered, sleep(ANSWER_TIME)]);
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
    await ask();
    if (access && access !== stale) return true;
    if (!saved) return false;
    const { id, generation, refresh, stay } = saved;
    try {
      const tokens = await api.post('/api/token/refresh', { refresh }, { anonymous: true, repeatable: true });
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
      if (!saved) await ask();
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
      adopt({ id: newId(), generation: 0, refresh: tokens.refresh, stay }, tokens.access);
      ended.set(null);
      channel?.postMessage({ kind: 'signed-in', saved, access });
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
      channel?.postMessage({ kind: 'ended', id: saved?.id, why: 'signed-out' });
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
      const saved = JSON.parse(area().getItem(KEY) ?? 'null');
      return typeof saved?.refresh === 'string' ? saved : null;
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

/**
 * Tells through a shared lock that this tab has a session, and asks whether another one has.
 * @param {LockManager | undefined} locks
 * @returns {Presence}
 */
function createPresence(locks) {
  const name = `${KEY}.present`;
  /** @type {(() => void) | null} */
  let release = null;
  return {
    set(present) {
      if (present && !release) {
        /** @type {Promise<void>} */
        const held = new Promise((resolve) => {
          release = resolve;
        });
        locks?.request(name, { mode: 'shared' }, () => held).catch(() => null);
      } else if (!present) {
        release?.();
        release = null;
      }
    },
    async others() {
      if (!locks) return true;
      const { held = [] } = await locks.query();
      return held.filter((lock) => lock.name === name).length > (release ? 1 : 0);
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
    lock: locks ? /** @type {Lock} */ ((work) => locks.request(KEY, work)) : inTab,
    channel: globalThis.document ? new BroadcastChannel(KEY) : null,
    presence: createPresence(locks),
    sleep,
    newId: newKey,
  };
}

export const session = createSession(browser());
