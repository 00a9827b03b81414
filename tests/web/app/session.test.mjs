// Tokens that expire, tabs that share a session, and sessions that end.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { person, signedIn, words } from '../helpers/app.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { until } from '../helpers/until.mjs';
import { newUser } from '../helpers/users.mjs';

const UNAUTHORIZED = /401 \(Unauthorized\)/;
const HOUR_MS = 3_600_000;

// Without grace, a replaced refresh token ends the session as soon as its successor was used. The default is 10 s.
const { stack, browser } = await stackAndBrowser({ AccessTokenSeconds: 5, RefreshGraceSeconds: 0 });

// The access token that the app of `who` used last.
function accessToken(who) {
  const used = who.requests('/api/').map((request) => request.headers().authorization);
  return used.filter(Boolean).at(-1);
}

// Waits until the server refuses the access token of `who`.
async function accessExpires(who) {
  const headers = { authorization: accessToken(who) };
  await until('the access token to expire', async () =>
    (await fetch(`${stack.api}/api/users/me`, { headers })).status === 401);
}

// Calls the API as the app does, `times` times at once, and returns the usernames of the answers.
function readAccount(who, times = 1) {
  return who.page.evaluate(async (times) => {
    const entry = document.querySelector('script[type=module]').src;
    // The build joins api.js into the file of main.js.
    const { api } = (await import(new URL('main.js', entry))).$exported['api.js'];
    const answers = Array.from({ length: times }, () => api.get('/api/users/me'));
    return (await Promise.all(answers)).map(({ username }) => username);
  }, times);
}

const refreshes = (who) => who.requests('/api/token/refresh', 'POST').length;

test('six requests that are refused together cost one refresh', async () => {
  const user = await newUser(stack, 'ada');
  const ada = await signedIn(browser, stack, user);
  // No request of the place is under way, which would renew the token before the six.
  await ada.text(words.photos.emptyTitle).waitFor();
  await accessExpires(ada);
  const before = refreshes(ada);
  assert.deepEqual(await readAccount(ada, 6), Array(6).fill(user.username));
  assert.equal(refreshes(ada) - before, 1);
  await ada.leave([UNAUTHORIZED]);
});

for (const stay of [true, false]) {
  const how = stay ? 'that stay signed in' : 'of a session that ends with the browser';

  test(`two tabs ${how} refresh at once, and both go on`, async () => {
    const user = await newUser(stack, 'ada');
    const first = await signedIn(browser, stack, user, { stay });
    const second = await first.newTab();
    await second.isSignedIn();
    for (let round = 0; round < 3; round += 1) {
      await accessExpires(first);
      assert.deepEqual(await Promise.all([readAccount(first, 3), readAccount(second, 3)]),
        [Array(3).fill(user.username), Array(3).fill(user.username)]);
    }
    await first.leave([UNAUTHORIZED]);
  });

  test(`signing out in one tab signs out the others ${how}`, async () => {
    const user = await newUser(stack, 'ada');
    const first = await signedIn(browser, stack, user, { stay });
    const second = await first.newTab('#/account');
    await second.isSignedIn();
    await first.signOut();
    await second.isSignedOut();
    const third = await first.newTab('#/photos');
    await third.isSignedOut();
    await first.leave([UNAUTHORIZED]);
  });
}

test('a duplicated tab that was asleep during two refreshes of the other goes on', async () => {
  const user = await newUser(stack, 'ada');
  const first = await signedIn(browser, stack, user);
  // A duplicated tab gets a copy of the session storage.
  const opened = first.context.waitForEvent('page');
  await first.page.evaluate(() => void open(location.href));
  const page = await opened;
  const copy = Object.assign(Object.create(Object.getPrototypeOf(first)), first, { page });
  await page.getByRole('navigation', { name: words.shell.navigation }).waitFor();

  const browserSession = await first.context.newCDPSession(page);
  await browserSession.send('Page.setWebLifecycleState', { state: 'frozen' });
  for (let round = 0; round < 2; round += 1) {
    await accessExpires(first);
    await readAccount(first);
  }
  await browserSession.send('Page.setWebLifecycleState', { state: 'active' });
  await accessExpires(first);
  assert.deepEqual(await readAccount(copy), [user.username]);
  assert.deepEqual(await readAccount(first), [user.username]);
  await first.leave([UNAUTHORIZED]);
});

test('a session that was ended elsewhere asks for the password and returns to the place', async () => {
  const user = await newUser(stack, 'ada');
  const ada = await signedIn(browser, stack, user);
  await ada.goTo(words.shell.files);
  await user.signIn();
  const { results } = await user.call('GET', '/api/users/me/sessions');
  for (const { id } of results.filter(({ current }) => !current)) {
    await user.call('DELETE', `/api/users/me/sessions/${id}`);
  }
  await ada.page.getByRole('navigation').getByRole('link', { name: words.shell.everyone }).click();
  await ada.isSignedOut();
  await ada.text(words.welcome.ended).waitFor();
  await ada.signIn(user);
  await ada.heading(words.shell.everyone).waitFor();
  await ada.leave([UNAUTHORIZED]);
});

test('a password that was changed elsewhere ends the session', async () => {
  const user = await newUser(stack, 'ada');
  const ada = await signedIn(browser, stack, user, { stay: true });
  const change = { current_password: user.password, new_password: 'another horse battery' };
  await user.signIn();
  await user.call('POST', '/api/users/me/password', change);
  await ada.page.reload();
  await ada.isSignedOut();
  await ada.text(words.welcome.ended).waitFor();
  await ada.leave([UNAUTHORIZED]);
});

for (const [name, shift] of [['slow', -HOUR_MS], ['fast', HOUR_MS]]) {
  test(`with a clock that is an hour ${name}, the app works, also after the access token expired`, async () => {
    const user = await newUser(stack, 'ada');
    const ada = await person(browser, stack);
    await ada.context.addInitScript((shift) => {
      const RealDate = Date;
      globalThis.Date = class extends RealDate {
        constructor(...given) {
          super(...(given.length > 0 ? given : [RealDate.now() + shift]));
        }

        static now() {
          return RealDate.now() + shift;
        }
      };
    }, shift);
    await ada.open();
    await ada.signIn(user);
    await accessExpires(ada);
    await ada.goTo(words.shell.files);
    await ada.page.reload();
    await ada.isSignedIn();
    await ada.leave([UNAUTHORIZED]);
  });
}

for (const [name, forbid] of [
  ['forbids storage', () => {
    const refuse = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    };
    for (const area of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) {
      Object.defineProperty(globalThis, area, { configurable: true, get: refuse });
    }
  }],
  ['has no storage left', () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
    IDBFactory.prototype.open = () => {
      const request = new EventTarget();
      setTimeout(() => {
        Object.assign(request, { error: new DOMException('The quota has been exceeded.', 'QuotaExceededError') });
        request.onerror?.(new Event('error'));
        request.dispatchEvent(new Event('error'));
      });
      return request;
    };
  }],
]) {
  test(`a browser that ${name} signs in, and forgets it with the page`, async () => {
    const user = await newUser(stack, 'ada');
    const ada = await person(browser, stack);
    await ada.context.addInitScript(forbid);
    await ada.open();
    await ada.signIn(user, { stay: true });
    await accessExpires(ada);
    for (const place of [words.shell.files, words.shell.everyone, words.shell.photos]) await ada.goTo(place);
    await ada.page.reload();
    await ada.isSignedOut();
    await ada.leave([UNAUTHORIZED]);
  });
}
