// Sessions of several tabs, which share one server, one lock and one channel.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createApi } from '../../../web/api.js';
import { createKeeper, createSession } from '../../../web/session.js';

const PATH = '/api/users/me';

/**
 * A server with the rules of refresh tokens: a token has one successor, and ends the session once its successor has
 * been presented. (The ten seconds of grace are left out.)
 */
class Server {
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

class FakeStorage {
  values = new Map();
  constructor(from = new Map()) {
    this.values = new Map(from);
  }
  getItem(key) {
    return this.values.get(key) ?? null;
  }
  setItem(key, value) {
    this.values.set(key, value);
  }
  removeItem(key) {
    this.values.delete(key);
  }
}

/** A browser: what all its tabs share. */
class Browser {
  server = new Server();
  localStorage = new FakeStorage();
  isFailing = false;
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
        if (this.isFailing) throw new TypeError('Failed to fetch');
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

  #channel() {
    const channel = {
      onmessage: null,
      postMessage: async (data) => {
        await turn();
        for (const other of this.#channels) if (other !== channel) other.onmessage?.({ data: structuredClone(data) });
      },
    };
    this.#channels.add(channel);
    return channel;
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const settled = async () => {
  for (let turns = 0; turns < 10; turns += 1) await turn();
};

async function signedIn({ stay = false, ...options } = {}) {
  const browser = new Browser();
  const tab = browser.tab(options);
  await tab.session.signIn('ada', 'secret', stay);
  return { browser, tab };
}

test('six parallel refusals cause one refresh, and all requests succeed', async () => {
  const { browser, tab } = await signedIn();
  browser.server.expireAccess();
  const answers = await Promise.all(Array.from({ length: 6 }, () => tab.api.get(PATH)));
  assert.deepEqual(answers, Array.from({ length: 6 }, () => ({ username: 'ada' })));
  assert.equal(browser.server.count('/api/token/refresh'), 1);
});

test('a reload keeps the session of the tab', async () => {
  const { browser, tab } = await signedIn();
  tab.close();
  const again = browser.tab({ tabStorage: tab.tabStorage });
  assert.equal(await again.session.resume(), true);
  assert.equal(again.session.user.value.username, 'ada');
});

test('a session that stays is that of the next browser, another is not', async () => {
  for (const stay of [true, false]) {
    const { browser, tab } = await signedIn({ stay });
    tab.close();
    assert.equal(await browser.tab().session.resume(), stay);
  }
});

test('a new tab gets the session of another tab, without a refresh', async () => {
  const { browser } = await signedIn();
  const second = browser.tab();
  assert.equal(await second.session.resume(), true);
  assert.equal(browser.server.count('/api/token/refresh'), 0);
});

test('a duplicated tab never presents a refresh token that is stale', async () => {
  const { browser, tab } = await signedIn();
  const copy = new FakeStorage(tab.tabStorage.values);
  for (let round = 0; round < 3; round += 1) {
    browser.server.expireAccess();
    await tab.api.get(PATH);
  }
  const duplicate = browser.tab({ tabStorage: copy });
  assert.equal(await duplicate.session.resume(), true);
  browser.server.expireAccess();
  assert.deepEqual(await duplicate.api.get(PATH), { username: 'ada' });
  assert.deepEqual(await tab.api.get(PATH), { username: 'ada' });
  assert.equal(browser.server.count('/api/token/refresh'), 4);
});

test('two tabs that are refused at the same time refresh once', async () => {
  for (const stay of [true, false]) {
    const { browser, tab } = await signedIn({ stay });
    const second = browser.tab();
    await second.session.resume();
    browser.server.expireAccess();
    await Promise.all([tab.api.get(PATH), second.api.get(PATH), tab.api.get(PATH)]);
    assert.equal(browser.server.count('/api/token/refresh'), 1);
  }
});

test('signing out in one tab signs out all tabs', async () => {
  const { browser, tab } = await signedIn({ stay: true });
  const second = browser.tab();
  await second.session.resume();
  await tab.session.signOut();
  await settled();
  assert.deepEqual([second.session.user.value, second.session.ended.value], [null, 'signed-out']);
  assert.equal(browser.localStorage.values.size, 0);
  assert.equal(await browser.tab().session.resume(), false);
});

test('signing in in one tab signs in the tabs that wait for it', async () => {
  const browser = new Browser();
  const [first, second] = [browser.tab(), browser.tab()];
  await first.session.signIn('ada', 'secret', false);
  await settled();
  assert.equal(second.session.user.value.username, 'ada');
});

test('where storage is forbidden, the session is in memory and shared with new tabs', async () => {
  const { browser, tab } = await signedIn({ stay: true, forbidden: true });
  browser.server.expireAccess();
  assert.deepEqual(await tab.api.get(PATH), { username: 'ada' });
  const second = browser.tab({ forbidden: true });
  assert.equal(await second.session.resume(), true);
});

test('storage with something else in it is as good as empty', async () => {
  for (const text of ['', '{', '"x"', '{}', '{"refresh":7}']) {
    const browser = new Browser();
    browser.localStorage.setItem('satchel.session', text);
    assert.equal(await browser.tab().session.resume(), false);
    assert.deepEqual(browser.server.requests, []);
  }
});

test('a refused refresh ends the session, in every tab', async () => {
  const { browser, tab } = await signedIn();
  const second = browser.tab();
  await second.session.resume();
  browser.server.answer('/api/user/logout', { headers: {} });
  await assert.rejects(tab.api.get(PATH), { status: 401 });
  await settled();
  assert.deepEqual([tab.session.ended.value, second.session.ended.value], ['expired', 'expired']);
  assert.equal(tab.tabStorage.values.size, 0);
});

test('a lost connection keeps the session', async () => {
  const { browser, tab } = await signedIn();
  browser.server.expireAccess();
  browser.isFailing = true;
  await assert.rejects(tab.api.get(PATH), { status: 0 });
  browser.isFailing = false;
  assert.deepEqual(await tab.api.get(PATH), { username: 'ada' });
});

test('nothing depends on the clock of the device', async (t) => {
  for (const wrong of [-3_600_000, 3_600_000]) {
    t.mock.method(Date, 'now', () => 1_800_000_000_000 + wrong);
    const { browser, tab } = await signedIn();
    browser.server.expireAccess();
    assert.deepEqual(await tab.api.get(PATH), { username: 'ada' });
    assert.equal(browser.server.count('/api/token/refresh'), 1);
    t.mock.restoreAll();
  }
});
