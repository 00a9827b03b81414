// The messages between the tabs that share a session.

/** How long another tab with a session has to answer, in milliseconds. */
const ANSWER_TIME = 1000;

/**
 * @typedef {import('./keeper.js').Saved} Saved
 * @typedef {'signed-out' | 'expired'} Why
 * @typedef {{ saved: Saved, access: string | null }} Tokens
 * @typedef {{ set: (present: boolean) => void, others: () => Promise<boolean> }} Presence which tabs have a session
 *
 * @typedef {object} Listeners
 * @property {() => Tokens | null} asked returns the tokens of this tab
 * @property {(tokens: Tokens) => void} tokens
 * @property {(tokens: Tokens) => void} signedIn
 * @property {(id: string, why: Why) => void} ended
 */

/**
 * @param {{ channel: Pick<BroadcastChannel, 'postMessage' | 'onmessage'> | null, presence: Presence,
 *   sleep: (ms: number) => Promise<void> }} world
 * @param {Listeners} listeners what this tab does when it hears from another one
 */
export function createTabs({ channel, presence, sleep }, listeners) {
  /** Called when another tab told its tokens. */
  let onAnswer = () => {};

  if (channel) channel.onmessage = ({ data }) => heard(data);

  /** @param {any} message */
  function heard(message) {
    if (message.kind === 'ask') {
      const tokens = listeners.asked();
      if (tokens) tellTokens(tokens);
    } else if (message.kind === 'tokens') {
      listeners.tokens(message);
      onAnswer();
    } else if (message.kind === 'signed-in') {
      listeners.signedIn(message);
    } else if (message.kind === 'ended') {
      listeners.ended(message.id, message.why);
    }
  }

  /** @param {Tokens} tokens */
  function tellTokens({ saved, access }) {
    channel?.postMessage({ kind: 'tokens', saved, access });
  }

  return {
    tellTokens,

    /** @param {Tokens} tokens */
    tellSignIn({ saved, access }) {
      channel?.postMessage({ kind: 'signed-in', saved, access });
    },

    /** @param {string} id of the session @param {Why} why */
    tellEnd(id, why) {
      channel?.postMessage({ kind: 'ended', id, why });
    },

    /** Learns the newest tokens of the other tabs. A duplicated or a new tab may have old ones or none. */
    async ask() {
      if (!channel || !(await presence.others())) return;
      /** @type {Promise<void>} */
      const answered = new Promise((resolve) => {
        onAnswer = resolve;
      });
      channel.postMessage({ kind: 'ask' });
      await Promise.race([answered, sleep(ANSWER_TIME)]);
    },
  };
}

/**
 * Tells through a shared lock that this tab has a session, and asks whether another one has.
 * @param {LockManager | undefined} locks
 * @param {string} name of the lock
 * @returns {Presence}
 */
export function createPresence(locks, name) {
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
