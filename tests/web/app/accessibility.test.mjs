// Every place by the rules of axe-core, by keyboard, in a narrow window and at 200 % zoom.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { LOOKS, person, signedIn, words } from '../helpers/app.mjs';
import { assertFocusIsVisible, tabStops } from '../helpers/focus.mjs';
import { png } from '../helpers/pictures.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { pick, file as textFile } from '../helpers/uploads.mjs';
import { newUser, staffUser } from '../helpers/users.mjs';

const { shell } = words;

const { stack, browser } = await stackAndBrowser();
let ada, grace, photo, file;

before(async () => {
  [ada, grace] = await Promise.all([newUser(stack, 'ada'), staffUser(stack)]);
  for (const hue of [20, 140, 260]) photo = await grace.uploadImage(`holiday ${hue}.png`, 'image/png', png(160, 120, hue));
  for (const name of ['minutes.txt', `${'a'.repeat(120)}.txt`]) file = await grace.upload(name, 'text/plain', Buffer.from('Hello'));
  await grace.call('PATCH', file.path, { visibility: 'members' });
  await grace.share(file);
  await grace.share(photo);
});

const press = (name) => (who) => who.button(name).first().click();

async function share(who) {
  await who.button(words.files.share).first().click();
  await who.dialog(words.share.title(file.title)).getByText(words.share.opened(0)).waitFor();
}

async function upload(who) {
  const names = ['notes.txt', `${'b'.repeat(100)}.txt`];
  await pick(who, [...names.map((name) => textFile(name, name)), textFile('nothing.txt', '')]);
  await who.text(words.uploads.problems.empty).first().waitFor();
}

// The places, and what a person opens there.
const SIGNED_OUT = {
  'sign in': { hash: '#/sign-in' },
  'a failed sign-in': { hash: '#/sign-in', open: press(words.welcome.signIn) },
  'sign up': { hash: '#/sign-up' },
  'forgotten password': { hash: '#/forgot' },
};

const SIGNED_IN = {
  photos: { hash: '#/photos' },
  'a photo': { hash: () => `#/photos/${photo.id}` },
  'the information of a photo': { hash: () => `#/photos/${photo.id}`, open: press(words.photos.viewer.info) },
  files: { hash: '#/files' },
  'a grid of files': { hash: '#/files', open: press(words.files.asGrid) },
  'a file': { hash: () => `#/files/${file.id}` },
  'the links of a file': { hash: () => `#/files/${file.id}`, open: share },
  everyone: { hash: '#/everyone' },
  'the tray of uploads': { hash: '#/everyone', open: upload },
  account: { hash: '#/account' },
  'the deletion of an account': { hash: '#/account', open: press(words.account.deleteAction) },
  accounts: { hash: '#/staff' },
  'no accounts': { hash: '#/staff?username_prefix=zzz' },
  'an account for staff': { hash: () => `#/staff/${grace.id}` },
  'the closing of an account': { hash: () => `#/staff/${ada.id}`, open: press(words.staff.closeAction) },
  tiers: { hash: '#/staff/tiers' },
  'a new tier': { hash: '#/staff/tiers', open: press(words.staff.newTier) },
  'the menu of the account': { hash: '#/account', open: (who) => who.openAccountMenu() },
  'the list of shortcuts': { hash: '#/account', open: (who) => who.press('?') },
  'an unknown address': { hash: '#/nothing' },
};

// Nobody has stored anything in these.
const EMPTY = {
  'no photos': { hash: '#/photos' },
  'no files': { hash: '#/files' },
};

const VISITORS = {
  'signed out': [SIGNED_OUT, () => person(browser, stack)],
  'signed in': [SIGNED_IN, () => signedIn(browser, stack, grace)],
  'with nothing stored': [EMPTY, () => signedIn(browser, stack, ada)],
};

// 320 px is a window of 1280 px at 400 % zoom (WCAG 2.2, 1.4.10), and 640 px is one at 200 %.
const NARROW = [[640, 422], [320, 568]];

// Opens a place afresh, so that dialogs and menus of the place before are gone.
async function goTo(who, hash) {
  await who.page.goto('about:blank');
  await who.open(hash);
  await settled(who);
}

// Waits until nothing is loading or moving.
async function settled({ page }) {
  await page.waitForFunction(() => {
    const isMoving = document.getAnimations().some(({ playState }) => playState === 'running');
    const isLoading = document.querySelector('.skeleton') || [...document.images].some((image) => !image.complete);
    return !isMoving && !isLoading;
  });
}

for (const [who, [places, visit]] of Object.entries(VISITORS)) {
  let visiting = null;

  for (const [name, { hash, open }] of Object.entries(places)) {
    test(`${who}: ${name}`, async () => {
      visiting ??= visit();
      const visitor = await visiting;
      await look(visitor, 1280, 844, 'light');
      await goTo(visitor, typeof hash === 'function' ? hash() : hash);
      await open?.(visitor);
      await settled(visitor);
      for (const [width, height] of NARROW) {
        await look(visitor, width, height, 'light');
        await explained(`at ${width} px`, () => visitor.assertFits());
      }
      for (const { width, colorScheme } of LOOKS) {
        await look(visitor, width, 844, colorScheme);
        await explained(`at ${width} px in ${colorScheme}`, () => visitor.assertAccessible());
      }
      for (const [width, scheme] of [[390, 'light'], [1280, 'dark']]) {
        await look(visitor, width, 844, scheme);
        await explained(`by keyboard at ${width} px in ${scheme}`, () => assertFocusIsVisible(visitor.page));
      }
    });
  }
}

// Runs `check`, and says in its failure where it was.
async function explained(where, check) {
  try {
    await check();
  } catch (error) {
    error.message = `${where}: ${error.message}`;
    throw error;
  }
}

async function look(who, width, height, colorScheme) {
  await who.page.setViewportSize({ width, height });
  await who.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await settled(who);
}

test('the first stop of Tab skips the navigation', async () => {
  const visitor = await signedIn(browser, stack, grace);
  await goTo(visitor, '#/files');
  await visitor.press('Tab');
  const skip = visitor.page.getByRole('link', { name: words.app.skip });
  assert.ok(await skip.evaluate((link) => link === document.activeElement));
  await visitor.press('Enter', 'Tab');
  assert.ok(await visitor.page.evaluate(() => document.querySelector('main')?.contains(document.activeElement)));
  await visitor.leave();
});

test('a change of place moves the focus to the content and changes the title of the page', async () => {
  const visitor = await signedIn(browser, stack, grace);
  for (const place of [shell.files, shell.everyone, shell.photos]) {
    await visitor.goTo(place);
    assert.match(await visitor.page.title(), new RegExp(place));
    assert.ok(await visitor.page.evaluate(() => document.activeElement?.closest('main') !== null));
  }
  await visitor.leave();
});

test('an open dialog keeps the focus, and returns it', async () => {
  const visitor = await signedIn(browser, stack, grace);
  await goTo(visitor, '#/staff/tiers');
  const opener = visitor.button(words.staff.newTier);
  await opener.focus();
  await visitor.press('Enter');
  await visitor.dialog(words.staff.newTier).waitFor();
  const stops = await tabStops(visitor.page);
  assert.ok(stops.every((stop) => stop.inDialog || stop.isPage), JSON.stringify(stops));
  await visitor.press('Escape');
  await visitor.dialog(words.staff.newTier).waitFor({ state: 'detached' });
  assert.ok(await opener.evaluate((button) => button === document.activeElement));
  await visitor.leave();
});
