// A browser whose tabs share a session, and the server of that session.

import { createApi } from '../../../web/api.js';
import { createKeeper } from '../../../web/session/keeper.js';
import { createSession } from '../../../web/session.js';
import { FakeStorage } from './fake-storage.mjs';

/**
 * A server with the rules of refresh tokens: a token has one successor, and ends the session once its successor has
 * been presented. (The ten seconds of grace are left out.)
 */
export class Server {
  /** @type {string[]} */
  requests = [];
  #ended = false;
  #presented = 0;
  #accepted = 'a0';

  /** @param {string} path @param {RequestInit & { headers: Record<string, string>, body?: string }} init */
  answer(path, { headers, body }) {
    this.requests.push(path);
    if (path === '/api/token') return this.#tokens(0);
    if (path === '/api/token/refresh') return this.#refresh(Number(JSON.parse(body ?? '').refresh.slice(1)));
    if (path === '/api/user/logout') {
      this.#ended = true;
      return [200, {}];
    }
    const isSignedIn = !this.#ended && headers.Authorization === `Bearer ${this.#accepted}`;
    return isSignedIn ? [200, { username: 'ada' }] : [401, { detail: 'Given token not valid for any token type' }];
  }

  /** Access tokens end after a while. */
  expireAccess() {
    this.#accepted = 'none';
  }

  count(path) {
    return this.requests.filter((entry) => entry === path).length;
  }

  #refresh(number) {
    if (number < this.#presented) this.#ended = true;
    if (this.#ended) return [401, { detail: 'Token is invalid or expired', code: 'token_not_valid' }];
    this.#presented = number;
    return this.#tokens(number + 1);
  }

  #tokens(number) {
    this.#accepted = `a${number}`;
    return [200, { access: `a${number}`, refresh: `r${number}` }];
  }
}

/** A browser: what all its tabs share. */
export class Browser {
  server = new Server();
  localStorage = new FakeStorage();
  isFailing = false;
  /** @type {string[]} */
  failing = [];
  /** Messages that arrive later, by their kind. */
  #held = new Map();
  #channels = new Set();
  #present = new Set();
  #last = Promise.resolve();
  #ids = 0;

  /** Opens a tab. `tabStorage` is that of a duplicated tab. */
  tab({ tabStorage = new FakeStorage(), forbidden = false } = {}) {
    const area = (storage) => () => {
      if (forbidden) throw new Error('SecurityError');
      return storage;
    };
    const api = createApi({
      fetch: async (path, init) => {
        await turn();
        if (this.isFailing || this.failing.includes(path)) throw new TypeError('Failed to fetch');
        const [status, body] = this.server.answer(path, init);
        return new Response(JSON.stringify(body), { status });
      },
      sleep: () => turn(),
    });
    const channel = this.#channel();
    const session = createSession({
      api,
      keeper: createKeeper(area(this.localStorage), area(tabStorage)),
      lock: (work) => (this.#last = this.#last.then(work, work)),
      channel,
      presence: {
        set: (present) => (present ? this.#present.add(channel) : this.#present.delete(channel)),
        others: async () => [...this.#present].some((other) => other !== channel),
      },
      sleep: async () => {
        for (let turns = 0; turns < 50; turns += 1) await turn();
      },
      newId: () => `s${(this.#ids += 1)}`,
    });
    const close = () => {
      this.#channels.delete(channel);
      this.#present.delete(channel);
    };
    return { api, session, tabStorage, close };
  }

  /** Holds the messages of a kind until the result is called. */
  hold(kind) {
    const held = [];
    this.#held.set(kind, held);
    return () => {
      this.#held.delete(kind);
      for (const deliver of held) deliver();
    };
  }

  #channel() {
    const channel = {
      onmessage: null,
      postMessage: async (data) => {
        await turn();
        const deliver = () => {
          for (const other of this.#channels) if (other !== channel) other.onmessage?.({ data: structuredClone(data) });
        };
        const held = this.#held.get(data.kind);
        if (held) held.push(deliver);
        else deliver();
      },
    };
    this.#channels.add(channel);
    return channel;
  }
}

export const turn = () => new Promise((resolve) => setImmediate(resolve));
export const settled = async () => {
  for (let turns = 0; turns < 10; turns += 1) await turn();
};
