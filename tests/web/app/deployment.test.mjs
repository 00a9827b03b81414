// New versions, lost connections, and a server that is busy.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { person, signedIn, words } from '../helpers/app.mjs';
import { visitor } from '../helpers/browser.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { newUser } from '../helpers/users.mjs';

const { stack, browser } = await stackAndBrowser();
const user = await newUser(stack, 'ada');

// The path of the files of the app, such as `/app/<hash>/`.
const filesOf = (who) => who.page.evaluate(() => new URL('.', document.querySelector('script[type=module]').src).pathname);

// Serves another version of the app to `who`, which has none of the files of the present one.
async function deploy(who) {
  const old = await filesOf(who);
  const now = '/app/0123456789abcdef/';
  await who.context.route(`${stack.api}/app/**`, async (route) => {
    const url = new URL(route.request().url());
    if (url.pathname.startsWith(old)) return route.fulfill({ status: 404, headers: { 'cache-control': 'no-store' } });
    return route.fulfill({ response: await route.fetch({ url: url.href.replace(now, old) }) });
  });
  await who.context.route(`${stack.api}/`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll(old, now) });
  });
}

test('after a new version was deployed, an old page says so, and works after a reload', async () => {
  const ada = await signedIn(browser, stack, user);
  await deploy(ada);
  await ada.navigation().getByRole('link', { name: words.shell.files }).click();
  await ada.text(words.app.updated).waitFor();
  await ada.button(words.app.reload).click();
  await ada.heading(words.shell.files).waitFor();
  assert.equal(await filesOf(ada), '/app/0123456789abcdef/');
  await ada.leave([/404/]);
});

test('after a new version was deployed, an action whose code is gone says so', async () => {
  await user.upload('notes.txt', 'text/plain', Buffer.from('Notes.'));
  const ada = await signedIn(browser, stack, user);
  await ada.goTo(words.shell.files);
  await ada.button(words.files.actions('notes.txt')).click();
  await deploy(ada);
  await ada.choose(words.files.share);
  await ada.text(words.app.updated).waitFor();
  await ada.button(words.app.reload).click();
  await ada.heading(words.shell.files).waitFor();
  assert.equal(await filesOf(ada), '/app/0123456789abcdef/');
  await ada.leave([/404/]);
});

test('after a new version was deployed, an old sign-in page leads into the new version', async () => {
  const ada = await person(browser, stack);
  await ada.open();
  await deploy(ada);
  await ada.field(words.welcome.username).click();
  await ada.press('Enter');
  await ada.button(words.app.reload).click();
  await ada.isSignedOut();
  await ada.signIn(user);
  await ada.leave([/404/]);
});

test('a lost connection is told, and the app recovers from it', async () => {
  const ada = await signedIn(browser, stack, user);
  await ada.goTo(words.shell.files);
  await ada.context.setOffline(true);
  await ada.page.getByRole('navigation').getByRole('link', { name: words.shell.photos }).click();
  await ada.text(words.app.lostOffline).or(ada.text(words.app.lost)).first().waitFor();
  await ada.context.setOffline(false);
  await ada.text(words.app.recovered).first().waitFor();
  await ada.heading(words.shell.photos).waitFor();
  await ada.text(words.photos.emptyTitle).waitFor();
  await ada.leave([/ERR_INTERNET_DISCONNECTED/]);
});

// A new account of AWS runs few functions at once: further requests get a 503.
test('a first visit loads with three processes for the files of the app', async (t) => {
  const ada = await person(browser, stack);
  t.after(() => ada.context.close());
  let [running, most] = [0, 0];
  await ada.context.route((url) => url.pathname === '/' || url.pathname.startsWith('/app/'), async (route) => {
    running += 1;
    most = Math.max(most, running);
    const answer = async () => (running > 3 ? { status: 503, json: { message: 'Service Unavailable' } } : { response: await route.fetch() });
    // The page may be closed meanwhile.
    await answer().then((response) => route.fulfill(response)).catch(() => {});
    running -= 1;
  });
  await ada.open();
  await ada.isSignedOut();
  await ada.signIn(user);
  for (const place of [words.shell.files, words.shell.everyone, words.shell.photos]) await ada.goTo(place);
  assert.ok(most > 0);
  await ada.leave([/503/]);
});

test('a person who opens a link without script sees the file, and the app says that it needs script', async () => {
  const shared = await user.upload('plan.txt', 'text/plain', Buffer.from('The plan.'));
  const link = await user.share(shared);
  const guest = await visitor(browser, stack);
  assert.equal(await guest.open(link.url), 200);
  assert.equal(await guest.heading(), 'plan.txt');
  assert.equal(await guest.open(`${stack.api}/`), 200);
  assert.match(await guest.text(), /JavaScript/);
  await guest.context.close();
});
