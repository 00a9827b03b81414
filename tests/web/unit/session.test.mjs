// Sessions of several tabs, which share one server, one lock and one channel.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Browser, Server, settled, turn } from '../helpers/fake-session.mjs';
import { FakeStorage } from '../helpers/fake-storage.mjs';

const PATH = '/api/users/me';

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
  assert.equal(browser.localStorage.getItem('satchel.session'), null);
  assert.equal(await browser.tab().session.resume(), false);
});

for (const stay of [true, false]) {
  const how = stay ? 'that stays' : 'of the browser';

  test(`a session ${how} does not come back after its end, although the server did not hear of the end`, async () => {
    const { browser, tab } = await signedIn({ stay });
    const second = browser.tab();
    await second.session.resume();
    browser.server.expireAccess();
    // The new tokens of the second tab are on their way while the first tab signs out.
    const late = browser.hold('tokens');
    assert.deepEqual(await second.api.get(PATH), { username: 'ada' });
    browser.isFailing = true;
    await tab.session.signOut();
    await settled();
    browser.isFailing = false;
    const reloaded = browser.tab({ tabStorage: tab.tabStorage });
    late();
    await settled();
    for (const { session, api } of [tab, second, reloaded]) {
      assert.equal(session.user.value, null);
      await assert.rejects(api.get(PATH), { status: 401 });
    }
    assert.equal(await browser.tab().session.resume(), false);
    assert.equal(await browser.tab({ tabStorage: tab.tabStorage }).session.resume(), false);
  });

  test(`a renewal that was running at the end of a session ${how} does not bring it back`, async () => {
    const { browser, tab } = await signedIn({ stay });
    const second = browser.tab();
    await second.session.resume();
    browser.server.expireAccess();
    // The second tab does not hear of the end before its renewal succeeds.
    const late = browser.hold('ended');
    const renewed = second.api.get(PATH).catch(() => null);
    await turn();
    browser.failing.push('/api/user/logout');
    await tab.session.signOut();
    await renewed;
    await settled();
    assert.equal(browser.localStorage.getItem('satchel.session'), null);
    assert.equal(await browser.tab({ tabStorage: tab.tabStorage }).session.resume(), false);
    late();
    await settled();
    assert.deepEqual([second.session.user.value, second.session.ended.value], [null, 'signed-out']);
    assert.equal(await browser.tab({ tabStorage: second.tabStorage }).session.resume(), false);
  });
}

test('after a session has ended, the next one is shared as ever', async () => {
  const { browser, tab } = await signedIn();
  const second = browser.tab();
  await second.session.resume();
  await tab.session.signOut();
  browser.server = new Server();
  await tab.session.signIn('ada', 'secret', true);
  await settled();
  assert.equal(second.session.user.value.username, 'ada');
  assert.equal(await browser.tab().session.resume(), true);
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
