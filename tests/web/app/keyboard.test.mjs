// Where the focus is after something that changes the page, and what a screen reader hears of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, person, signedIn, words } from '../helpers/app.mjs';
import { png } from '../helpers/pictures.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { tray, uploaded } from '../helpers/uploads.mjs';
import { newUser, PASSWORD } from '../helpers/users.mjs';

const { account, files, photos, share, shell, welcome } = words;

const { stack, browser } = await stackAndBrowser();

const text = (content) => Buffer.from(content);
const link = (who, name) => who.page.getByRole('link', { name, exact: true });
const row = (who, name) => who.page.getByRole('row').filter({ has: link(who, name) });
const region = (who, name) => who.page.getByRole('region', { name, exact: true });

// What has the focus: the accessible name, or the text of a heading.
const focused = (who) => who.page.evaluate(() => {
  const { localName, textContent, ariaLabel } = document.activeElement;
  return `${localName}: ${ariaLabel ?? textContent.trim()}`;
});

const hasFocus = (target) => eventually(() => target.evaluateAll(([found]) => found === document.activeElement), true);

async function opened(user, place, options) {
  const who = await signedIn(browser, stack, user, options);
  if (place === account.title) {
    await who.openAccountMenu();
    await who.choose(shell.account);
    await who.heading(place).waitFor();
  } else {
    await who.goTo(place);
  }
  return who;
}

// The live regions that screen readers reach, with their texts: those outside a modal dialog are none of them.
const heard = (who) => who.page.evaluate(() => {
  const scope = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  return [...scope.querySelectorAll('[role=status], [aria-live]')].map(({ textContent }) => textContent).join('\n');
});

const hears = (who, said) => eventually(async () => (await heard(who)).includes(said), true);

test('a link to a form moves the focus to its heading, also once the form has arrived', async () => {
  const eve = await person(browser, stack);
  await eve.open('#/sign-in');
  for (const [name, title, field] of [
    [welcome.createAccount, welcome.signUp, welcome.username],
    [welcome.forgot, welcome.forgotTitle, welcome.email],
  ]) {
    await eve.page.getByRole('link', { name }).click();
    await eve.heading(title).waitFor();
    await eve.field(field).waitFor();
    await hasFocus(eve.heading(title));
    await eve.page.goBack();
    await eve.isSignedOut();
  }
  await eve.leave();
});

test('a sign-up opens the app with the focus on its heading, and a sign-out leads to that of the sign-in', async () => {
  const eve = await person(browser, stack);
  await eve.open('#/sign-up');
  await eve.field(welcome.username).fill(`eve-${Date.now()}`);
  await eve.field(welcome.password).fill(PASSWORD);
  await eve.press('Enter');
  await eve.text(photos.emptyTitle).waitFor();
  await hasFocus(eve.heading(shell.photos));
  await eve.signOut();
  await hasFocus(eve.heading(welcome.signIn));
  assert.equal(new URL(eve.page.url()).hash, '#/sign-in');
  await eve.leave();
});

test('no form to sign in is ever inside the shell of the app', async () => {
  const eve = await person(browser, stack);
  await eve.open();
  await eve.page.evaluate(() => {
    const look = () => {
      if (document.querySelector('.shell') && document.querySelector('sign-in')) globalThis.sawBoth = true;
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
  // The place arrives after the account.
  const account = eve.page.waitForResponse('**/api/users/me').then((response) => response.finished());
  await eve.page.route('**/photos/photo-grid.js', async (route) => {
    await account;
    await route.continue();
  });
  await eve.signIn(await newUser(stack, 'ada'));
  await eve.heading(shell.photos).waitFor();
  assert.equal(await eve.page.evaluate(() => globalThis.sawBoth), undefined);
  await eve.leave();
});

test('a session that has ended leads to the heading of the sign-in, which tells why', async () => {
  const user = await newUser(stack, 'ada');
  const ada = await opened(user, shell.files);
  await user.call('POST', '/api/user/logout', { all: true });
  await ada.navigation().getByRole('link', { name: shell.everyone }).click();
  await ada.isSignedOut();
  await hasFocus(ada.heading(welcome.signIn));
  const ids = await ada.heading(welcome.signIn).getAttribute('aria-describedby');
  assert.equal(await ada.page.locator(`#${ids}`).innerText(), welcome.ended);
  assert.equal(await ada.navigation().count(), 0);
  await ada.leave([/401/]);
});

for (const [place, label, upload] of [
  [shell.photos, photos.upload, { name: 'sky.png', mimeType: 'image/png', buffer: png(64, 48) }],
  [shell.files, files.upload, { name: 'plan.txt', mimeType: 'text/plain', buffer: text('The plan.') }],
]) {
  test(`the first upload into ${place} leaves the focus at the heading, not at nothing`, async () => {
    const ada = await opened(await newUser(stack, 'ada'), place);
    const button = ada.page.getByRole('main').getByRole('button', { name: label, exact: true });
    await ada.tabTo(button);
    const chooser = ada.page.waitForEvent('filechooser');
    await ada.press('Enter');
    await (await chooser).setFiles([upload]);
    await button.waitFor({ state: 'detached' });
    await uploaded(ada, 1);
    await hasFocus(ada.heading(place));
    // The tray gives the focus back when it goes.
    await ada.tabAndPress(tray(ada).getByRole('button', { name: words.uploads.close }));
    await tray(ada).waitFor({ state: 'detached' });
    await eventually(() => ada.page.evaluate(() => document.activeElement !== document.body), true);
    await ada.leave();
  });
}

test('an undo returns the focus to what had it before the notice', async () => {
  const user = await newUser(stack, 'ada');
  for (const name of ['first.txt', 'second.txt', 'third.txt']) await user.upload(name, 'text/plain', text(name));
  const ada = await opened(user, shell.files);
  await link(ada, 'third.txt').waitFor();
  await ada.press('ArrowDown', 'Delete');
  await link(ada, 'third.txt').waitFor({ state: 'detached' });
  const next = row(ada, 'second.txt');
  await hasFocus(next);
  await ada.tabAndPress(ada.button(words.ui.undo), { key: 'Shift+Tab' });
  await link(ada, 'third.txt').waitFor();
  await hasFocus(next);
  await ada.leave();
});

test('an undo waits while it has the focus', async () => {
  const user = await newUser(stack, 'ada');
  const file = await user.upload('plan.txt', 'text/plain', text('The plan.'));
  const ada = await opened(user, shell.files);
  await link(ada, 'plan.txt').waitFor();
  await ada.page.clock.install();
  await ada.press('ArrowDown', 'Delete');
  await link(ada, 'plan.txt').waitFor({ state: 'detached' });
  await ada.button(words.ui.undo).focus();
  await ada.page.clock.runFor(60_000);
  await ada.press('Enter');
  await link(ada, 'plan.txt').waitFor();
  await ada.page.clock.runFor(60_000);
  assert.equal(ada.requests(file.path, 'DELETE').length, 0);
  await ada.leave();
});

test('the first stop of Tab on the sign-in leads to its form', async () => {
  const eve = await person(browser, stack);
  await eve.open();
  await eve.press('Tab', 'Enter', 'Tab');
  await hasFocus(eve.field(welcome.username));
  await eve.leave();
});

test('the end of a session moves the focus to the next one, and the end of the last to the heading of the list', async () => {
  const user = await newUser(stack, 'ada');
  await user.signIn();
  const ada = await opened(user, account.title);
  const sessions = region(ada, account.sessions);
  const ends = sessions.getByRole('button', { name: /^End the session/ });
  await ends.first().waitFor();
  let left = await ends.count();
  assert.ok(left >= 2);
  await ends.first().focus();
  for (; left > 1; left -= 1) {
    await ada.press('Enter');
    await eventually(() => ends.count(), left - 1);
    await hasFocus(ends.first());
  }
  await ada.press('Enter');
  await ada.text(account.noOthers).waitFor();
  await hasFocus(sessions.getByRole('heading', { name: account.sessions }));
  await ada.leave();
});

test('the keys of the choice of a language change nothing, and the button does', async () => {
  const ada = await opened(await newUser(stack, 'ada'), account.title);
  const choice = ada.page.getByRole('combobox', { name: account.language, exact: true });
  await choice.focus();
  const { length } = Object.keys(account.languages);
  for (let pressed = 0; pressed < length; pressed += 1) await ada.press('ArrowDown');
  await hasFocus(choice);
  assert.equal(await choice.evaluate(({ selectedIndex }) => selectedIndex), length);
  assert.equal(await ada.page.locator('html').getAttribute('lang'), 'en');
  const loaded = ada.page.waitForEvent('load');
  await ada.press('ArrowUp', 'Tab', 'Enter');
  await loaded;
  assert.equal(await ada.page.evaluate(() => localStorage.getItem('satchel.language')), Object.keys(account.languages).at(-2));
  await ada.leave();
});

test('the dialog to share begins at its title, keeps the focus there, and Tab leads through the options in order', async () => {
  const user = await newUser(stack, 'ada');
  await user.upload('plan.txt', 'text/plain', text('The plan.'));
  const ada = await opened(user, shell.files);
  let goOn;
  const held = new Promise((resolve) => (goOn = resolve));
  await ada.page.route('**/api/account-tiers*', async (route) => {
    await held;
    await route.continue();
  });
  await link(ada, 'plan.txt').waitFor();
  await ada.press('ArrowDown', 's');
  const title = ada.dialog(share.title('plan.txt')).getByRole('heading', { name: share.title('plan.txt') });
  await hasFocus(title);
  goOn();
  await ada.button(share.create).waitFor();
  await hasFocus(title);
  await ada.press('Tab', 'Tab');
  await hasFocus(ada.field(share.expiry));
  await ada.press('Tab', 'Enter', 'Tab', 'Space');
  await ada.field(share.password).waitFor();
  await hasFocus(ada.field(share.askPassword));
  await ada.press('Tab');
  await hasFocus(ada.field(share.password));
  await ada.leave();
});

test('a rename, a change of visibility and a saved title are told to screen readers', async () => {
  const user = await newUser(stack, 'ada');
  const stored = await user.upload('plan.txt', 'text/plain', text('The plan.'));
  const photo = await user.uploadImage('sky.png', 'image/png', png(64, 48));
  const ada = await opened(user, shell.files);
  // In the list, and in the dialog that shows the file.
  for (const [at, name] of ['in the list.txt', 'in the preview.txt'].entries()) {
    if (at === 1) {
      await ada.enter(`#/files/${stored.id}`);
      await ada.page.getByRole('dialog').getByText('The plan.').waitFor();
      await ada.button(files.more).click();
      await ada.choose(files.rename);
    } else {
      await link(ada, 'plan.txt').waitFor();
      await ada.press('ArrowDown', 'r');
    }
    await ada.field(files.filename).fill(name);
    await ada.press('Enter');
    await hears(ada, files.renamed(name));
    assert.notEqual(await focused(ada), 'body: ');
  }
  await ada.button(files.more).click();
  await ada.choose(files.visibility);
  await ada.page.getByRole('radio', { name: files.members }).check();
  await ada.button(files.save).click();
  await hears(ada, files.madeMembers(1));
  await ada.enter(`#/photos/${photo.id}`);
  await ada.button(photos.viewer.info).click();
  await ada.field(photos.viewer.titleLabel).fill('The sky');
  await ada.press('Enter');
  await hears(ada, photos.viewer.saved('The sky'));
  await ada.leave();
});

test('a long file name is one name to a screen reader', async () => {
  const user = await newUser(stack, 'ada');
  const name = `${'minutes of the meeting '.repeat(5)}2024.txt`;
  const stored = await user.upload(name, 'text/plain', text('Hello'));
  const ada = await opened(user, shell.files);
  const tree = await row(ada, name).ariaSnapshot();
  assert.equal(tree.split('.txt').length - 1, [...tree.matchAll(new RegExp(name, 'g'))].length, tree);
  await ada.enter(`#/files/${stored.id}`);
  const title = ada.page.getByRole('dialog').getByRole('heading', { level: 2 });
  await ada.page.getByRole('dialog').getByText('Hello').waitFor();
  assert.ok((await title.ariaSnapshot()).includes(name));
  await ada.leave();
});
