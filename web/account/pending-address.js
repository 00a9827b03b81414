// The address that waits for its verification. The server does not tell it, so this tab remembers what it sent.

const KEY = 'satchel.pending-address';

/** @typedef {{ id: string, email: string | null, email_verified: boolean }} User */
/** @typedef {{ user: string, email: string, before: string | null, sentAt: number }} Pending */

/**
 * @param {() => Storage} storage It may throw, as it does where a browser forbids it.
 * @param {() => number} now In milliseconds.
 */
export function createPendingAddress(storage, now) {
  /** @type {Pending | null} */
  let memory = null;

  /** @returns {Pending | null} */
  function read() {
    try {
      return JSON.parse(storage().getItem(KEY) ?? 'null');
    } catch {
      return memory;
    }
  }

  /** @param {Pending | null} pending */
  function write(pending) {
    memory = pending;
    try {
      if (pending) storage().setItem(KEY, JSON.stringify(pending));
      else storage().removeItem(KEY);
    } catch {
      // The copy in memory is used.
    }
  }

  return {
    /**
     * The address that waits, or null. It no longer waits once the account has it.
     *
     * @param {User} user
     * @returns {Pending | null}
     */
    of(user) {
      const pending = read();
      if (!pending || pending.user !== user.id) return null;
      // The account may have the address in another spelling: the server writes domains in ASCII.
      const changed = user.email !== pending.before || user.email?.toLowerCase() === pending.email.toLowerCase();
      const arrived = user.email_verified && changed;
      if (!arrived) return pending;
      write(null);
      return null;
    },

    /**
     * @param {User} user
     * @param {string} email
     */
    set(user, email) {
      write({ user: user.id, email, before: user.email, sentAt: now() });
    },

    /** Notes that another mail was sent. */
    sentAgain() {
      const pending = read();
      if (pending) write({ ...pending, sentAt: now() });
    },

    clear() {
      write(null);
    },
  };
}

export const pendingAddress = createPendingAddress(() => sessionStorage, () => Date.now());
