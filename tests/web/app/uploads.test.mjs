// Uploads: how files come in, what becomes of them, and what is refused.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { LOOKS, eventually, person, signedIn, words } from '../helpers/app.mjs';
import { WIDTHS } from '../helpers/browser.mjs';
import { png } from '../helpers/pictures.mjs';
import { stackAndBrowser } from '../helpers/setting.mjs';
import { startStack } from '../helpers/stack.mjs';
import { until } from '../helpers/until.mjs';
import { drop, dropPaths, file, hasStatus, openTray, paste, pick, tray, uploadRow, uploaded } from '../helpers/uploads.mjs';
import { newUser, staffUser } from '../helpers/users.mjs';

const { uploads } = words;
const PICTURE = png(64, 48);
const REFUSED = [/40[03] /, /413/];

const { stack, browser } = await stackAndBrowser();

async function opened(options, user) {
  const account = user ?? await newUser(stack, 'ada');
  return { account, ada: await signedIn(browser, stack, account, options) };
}

// What the account has now, by the API.
async function stored(account) {
  await account.signIn();
  const [images, files] = await Promise.all(['/api/images', '/api/files'].map((path) => account.call('GET', `${path}?limit=100`)));
  const names = ({ results }) => results.filter(({ status }) => status === 'ready').map(({ filename }) => filename).sort();
  return { photos: names(images), files: names(files) };
}

// A user whose tier has room for `max_total_bytes`.
async function userWithSpace(limits) {
  const [account, staff] = [await newUser(stack, 'ada'), await staffUser(stack)];
  const tier = await staff.call('POST', '/api/account-tiers', {
    name: `Small ${account.username}`, thumbnail_sizes: [200], link_to_original: true, expiring_links: true,
    max_link_seconds: 604800, max_file_bytes: 1_000_000, max_total_bytes: 10_000_000, ...limits,
  });
  await staff.call('PATCH', `/api/users/${account.id}`, { tier: tier.id });
  return account;
}

for (const width of WIDTHS) {
  test(`chosen pictures become photos, other files become files, at ${width} px`, async () => {
    const { account, ada } = await opened({ width });
    await pick(ada, [file('sky.png', PICTURE, 'image/png'), file('notes.txt', 'Hello')]);
    await uploaded(ada, 2);
    await ada.page.getByRole('gridcell').getByRole('link', { name: /^sky/ }).waitFor();
    await ada.assertFits();
    await ada.goTo(words.shell.files);
    await ada.page.getByRole('row').getByRole('link', { name: 'notes.txt' }).waitFor();
    assert.deepEqual(await stored(account), { photos: ['sky.png'], files: ['notes.txt'] });
    await ada.leave();
  });

  test(`what is dropped or pasted is uploaded, and in Files pictures are files, at ${width} px`, async () => {
    const { account, ada } = await opened({ width });
    await ada.goTo(words.shell.files);
    await drop(ada, [file('sky.png', PICTURE, 'image/png')]);
    await uploaded(ada, 1);
    await ada.page.getByRole('row').getByRole('link', { name: 'sky.png' }).waitFor();
    await ada.goTo(words.shell.everyone);
    await paste(ada, [file('image.png', PICTURE, 'image/png')]);
    await eventually(async () => (await stored(account)).photos.length, 1);
    const { photos, files } = await stored(account);
    assert.match(photos[0], /^Pasted .*\.png$/);
    assert.deepEqual(files, ['sky.png']);
    await ada.leave();
  });
}

test('an empty file is refused beside its name, and the others arrive', async () => {
  const { account, ada } = await opened();
  await pick(ada, [file('empty.txt', ''), file('full.txt', 'x')]);
  await uploadRow(ada, 'empty.txt').getByText(uploads.problems.empty).waitFor();
  await hasStatus(ada, 'full.txt', 'ready');
  assert.deepEqual((await stored(account)).files, ['full.txt']);
  await ada.leave();
});

test('a folder is uploaded with the files of its folders', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'satchel-'));
  t.after(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'trip/day two'), { recursive: true });
  for (const path of ['trip/one.txt', 'trip/day two/two.txt', 'trip/.DS_Store']) await writeFile(join(root, path), path);
  await writeFile(join(root, 'trip/three.png'), PICTURE);
  const { account, ada } = await opened();
  await dropPaths(ada, [join(root, 'trip')]);
  await uploaded(ada, 3);
  assert.deepEqual(await stored(account), { photos: ['three.png'], files: ['one.txt', 'two.txt'] });
  await ada.leave();
});

test('an empty folder is told', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'satchel-'));
  t.after(() => rm(root, { recursive: true }));
  const { ada } = await opened();
  await dropPaths(ada, [root]);
  await ada.toast(uploads.emptyFolder).waitFor();
  await ada.leave();
});

test('a file that is dropped before the page is ready for it is uploaded later', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'satchel-'));
  t.after(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'early.txt'), 'early');
  const account = await newUser(stack, 'ada');
  const ada = await person(browser, stack);
  // What takes files is loaded when the browser is idle.
  await ada.context.addInitScript(() => {
    globalThis.requestIdleCallback = (work) => void (globalThis.beIdle = work);
  });
  await ada.open();
  await ada.signIn(account);
  await dropPaths(ada, [join(root, 'early.txt')], { early: true });
  await ada.page.evaluate(() => globalThis.beIdle());
  await uploaded(ada, 1);
  assert.deepEqual((await stored(account)).files, ['early.txt']);
  await ada.leave();
});

test('a file that is dropped twice is sent once, and a second time on a later wish', async () => {
  const { account, ada } = await opened();
  const twice = file('same.txt', 'x');
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await ada.page.route(`${stack.s3}/**`, async (route) => {
    await held;
    await route.continue();
  });
  await drop(ada, [twice]);
  await drop(ada, [twice]);
  await ada.toast(uploads.skipped(1)).waitFor();
  release();
  await uploaded(ada, 1);
  assert.deepEqual((await stored(account)).files, ['same.txt']);
  await drop(ada, [twice]);
  await eventually(async () => (await stored(account)).files, ['same.txt', 'same.txt']);
  await ada.leave();
});

test('names with any characters and of 255 bytes arrive as they are', async () => {
  const names = ['🎒 "quotes" & \'more\'.txt', '<img src=x onerror=alert(1)>.txt', `${'é'.repeat(125)}x.txt`, 'شهادة.txt'];
  const { account, ada } = await opened();
  await drop(ada, names.map((name) => file(name, name)));
  await uploaded(ada, names.length);
  await openTray(ada);
  for (const name of names) await uploadRow(ada, name).waitFor();
  assert.equal(await ada.page.locator('img[src="x"]').count(), 0);
  assert.deepEqual((await stored(account)).files, [...names].sort());
  await ada.assertFits();
  await ada.leave();
});

test('ten files of which five fit: five arrive, five say why, and go on once there is space', async () => {
  const account = await userWithSpace({ max_total_bytes: 550_000 });
  const { ada } = await opened({}, account);
  const names = Array.from({ length: 10 }, (_, at) => `part ${at}.bin`);
  await drop(ada, names.map((name) => file(name, Buffer.alloc(100_000, name), 'application/octet-stream')));
  await openTray(ada);
  await tray(ada).locator('.upload-tray-title').getByText(uploads.someFailed(5, 5), { exact: true }).waitFor();
  assert.equal(await tray(ada).getByText(uploads.problems.quota).count(), 5);
  const arrived = (await stored(account)).files;
  assert.equal(arrived.length, 5);
  await eventually(() => ada.page.getByRole('meter').getAttribute('aria-valuenow'), '91');
  const { results } = await account.call('GET', '/api/files');
  for (const { id } of results) await account.call('DELETE', `/api/files/${id}`);
  await tray(ada).getByRole('button', { name: uploads.retryAll, exact: true }).click();
  await uploaded(ada, 10);
  assert.deepEqual((await stored(account)).files, names.filter((name) => !arrived.includes(name)));
  await ada.leave([...REFUSED]);
});

test('a file that is too large for the account is refused beside its name', async () => {
  const { ada } = await opened({}, await userWithSpace({ max_file_bytes: 1000 }));
  await pick(ada, [file('large.bin', Buffer.alloc(2000), 'application/octet-stream')]);
  await openTray(ada);
  await uploadRow(ada, 'large.bin').getByText(/^Too large/).waitFor();
  await ada.leave([...REFUSED]);
});

test('a picture that is none is rejected after it arrived, and can be kept as a file', async () => {
  const { account, ada } = await opened();
  await pick(ada, [file('fake.png', 'This is not a picture at all.', 'image/png')]);
  await openTray(ada);
  await hasStatus(ada, 'fake.png', 'failed');
  await uploadRow(ada, 'fake.png').getByText(uploads.problems.unsupportedUnknown).or(
    uploadRow(ada, 'fake.png').getByText(uploads.problems.invalidImage)).waitFor();
  await ada.button(uploads.keepAsFile).click();
  await hasStatus(ada, 'fake.png', 'ready');
  await ada.leave();
  assert.deepEqual(await stored(account), { photos: [], files: ['fake.png'] });
});

test('a file whose content contradicts its type is rejected after it arrived, and can be kept without the type', async () => {
  const { account, ada } = await opened();
  await ada.goTo(words.shell.files);
  await pick(ada, [file('page.pdf', '<!doctype html><html><script>alert(1)</script></html>', 'application/pdf')]);
  await openTray(ada);
  await uploadRow(ada, 'page.pdf').getByText(uploads.problems.mismatch).waitFor();
  await ada.button(uploads.keepAsFile).click();
  await hasStatus(ada, 'page.pdf', 'ready');
  await ada.leave();
  assert.deepEqual((await stored(account)).files, ['page.pdf']);
});

test('an access token that expires in the middle of an upload is replaced', async (t) => {
  const short = await startStack({ AccessTokenSeconds: 3 });
  t.after(short.stop);
  const account = await newUser(short, 'ada');
  const ada = await signedIn(browser, short, account);
  let arrive;
  const arrived = new Promise((resolve) => {
    arrive = resolve;
  });
  await ada.page.route(`${short.s3}/**`, async (route) => {
    const { authorization } = ada.requests('/api/files', 'POST').at(-1).headers();
    await until('the access token to expire', async () =>
      (await fetch(`${short.api}/api/users/me`, { headers: { authorization } })).status === 401);
    arrive();
    await route.continue();
  });
  await pick(ada, [file('slow.txt', 'x')]);
  await arrived;
  await uploaded(ada, 1);
  assert.deepEqual((await stored(account)).files, ['slow.txt']);
  await ada.leave([/401 \(Unauthorized\)/]);
});

test('uploads go on while the person goes from place to place, and can be paused and cancelled', async () => {
  const { account, ada } = await opened();
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await ada.page.route(`${stack.s3}/**`, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await pick(ada, ['one.txt', 'two.txt', 'three.txt'].map((name) => file(name, name)));
  for (const place of [words.shell.files, words.shell.everyone, words.shell.photos]) await ada.goTo(place);
  await openTray(ada);
  await ada.button(uploads.pause('one.txt')).dblclick();
  await hasStatus(ada, 'one.txt', 'paused');
  await ada.button(uploads.cancel('two.txt')).dblclick();
  await uploadRow(ada, 'two.txt').waitFor({ state: 'detached' });
  release();
  await hasStatus(ada, 'three.txt', 'ready');
  await ada.button(uploads.resume('one.txt')).click();
  await uploaded(ada, 2);
  assert.deepEqual((await stored(account)).files, ['one.txt', 'three.txt']);
  await eventually(async () => (await account.call('GET', '/api/files')).results.length, 2);
  await ada.leave([/ERR_FAILED|ERR_ABORTED/]);
});

test('a thousand files all arrive, and the page stays responsive', async (t) => {
  const { account, ada } = await opened();
  await ada.page.evaluate(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ entryTypes: ['longtask'] });
  });
  await drop(ada, Array.from({ length: 1000 }, (_, at) => file(`${String(at).padStart(4, '0')}.txt`, `${at}`)));
  await tray(ada).getByText(uploads.finished(1000), { exact: true }).first().waitFor({ timeout: 240_000 });
  t.diagnostic(`the longest task took ${await ada.page.evaluate(() => Math.round(globalThis.longest))} ms`);
  await account.signIn();
  let count = 0;
  for (let path = '/api/files?limit=100&status=ready'; path;) {
    const { results, next } = await account.call('GET', path);
    count += results.length;
    path = next && next.slice(stack.api.length);
  }
  assert.equal(count, 1000);
  assert.ok(await ada.page.locator('.upload-row').count() < 100);
  await ada.leave();
});

for (const look of LOOKS) {
  test(`the tray is accessible and fits, at ${look.width} px, ${look.colorScheme}`, async () => {
    const { ada } = await opened(look);
    await pick(ada, [file('empty.txt', ''), file('full.txt', 'x'), file('sky.png', PICTURE, 'image/png')]);
    await openTray(ada);
    await hasStatus(ada, 'full.txt', 'ready');
    await hasStatus(ada, 'sky.png', 'ready');
    await ada.assertFits();
    await ada.assertAccessible();
    await ada.leave();
  });
}
