// The page of docs/clients/uppy, which another origin serves.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { launchBrowser } from './helpers/browser.mjs';
import { startStack } from './helpers/stack.mjs';
import { PASSWORD, enterpriseUser } from './helpers/users.mjs';

const PAGE = new URL('../../docs/clients/uppy/', import.meta.url);
const UPPY = new URL('node_modules/uppy/dist/', import.meta.url);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' };
const SENT_MS = 60_000;
const ACCESS_SECONDS = 5;

let stack, browser, ada, server, folder;

before(async () => {
  [stack, browser, folder] = await Promise.all([
    startStack({ AccessTokenSeconds: ACCESS_SECONDS }), launchBrowser(), mkdtemp(join(tmpdir(), 'uppy-')),
  ]);
  ada = await enterpriseUser(stack, 'ada');
  server = createServer(servePage).listen(0, '127.0.0.1');
});

after(async () => {
  server?.close();
  await browser?.close();
  await stack?.stop();
  if (folder) await rm(folder, { recursive: true });
});

// Serves the page as README.md of its folder describes: with Uppy's files in `uppy/`.
async function servePage({ url }, response) {
  const path = url === '/' ? 'index.html' : url.slice(1);
  const source = path.startsWith('uppy/') ? new URL(path.slice(5), UPPY) : new URL(path, PAGE);
  try {
    const content = await readFile(source);
    response.writeHead(200, { 'content-type': TYPES[extname(path)] }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

// The page with a signed-in user.
async function signedInPage() {
  const page = await browser.newPage();
  const origin = `http://127.0.0.1:${server.address().port}`;
  assert.notEqual(origin, stack.api);
  await page.goto(origin);
  await page.getByLabel('Satchel').fill(stack.api);
  await page.getByLabel('Username').fill(ada.username);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.uppy-Dashboard-input').first().waitFor({ state: 'attached' });
  return page;
}

// A file of random bytes. The browser reads large files only from a disk.
async function randomFile(name, size) {
  const path = join(folder, name);
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  return { path, digest: sha256(bytes) };
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function storedDigest(file) {
  const answer = await fetch(file.file);
  assert.equal(answer.status, 200);
  return sha256(Buffer.from(await answer.arrayBuffer()));
}

async function newestFile() {
  await ada.signIn();
  return (await ada.call('GET', '/api/files?limit=1')).results[0];
}

async function choose(page, path) {
  await page.locator('.uppy-Dashboard-input').first().setInputFiles(path);
  await page.locator('.uppy-StatusBar-actionBtn--upload').waitFor();
}

const send = (page) => page.locator('.uppy-StatusBar-actionBtn--upload').click();

for (const [name, size] of [['small.bin', 1_000_000], ['large.bin', 110_000_000]]) {
  test(`Uppy sends a file of ${size} bytes from another origin`, async () => {
    const { path, digest } = await randomFile(name, size);
    const page = await signedInPage();
    await choose(page, path);
    await send(page);
    await page.locator('.uppy-StatusBar.is-complete').waitFor({ timeout: SENT_MS });
    const file = await newestFile();
    assert.deepEqual([file.filename, file.size, file.status], [name, size, 'ready']);
    assert.equal(await storedDigest(file), digest);
    await page.close();
  });
}

test('the page refreshes an expired access token and sends the file', async () => {
  const { path, digest } = await randomFile('late.bin', 1000);
  const page = await signedInPage();
  await choose(page, path);
  await pause(1000 * (ACCESS_SECONDS + 1));
  const refreshed = page.waitForResponse((response) => response.url().endsWith('/api/token/refresh'));
  await send(page);
  assert.equal((await refreshed).status(), 200);
  await page.locator('.uppy-StatusBar.is-complete').waitFor({ timeout: SENT_MS });
  assert.equal(await storedDigest(await newestFile()), digest);
  await page.close();
});

test('a cancelled upload leaves no file', async () => {
  const newest = await newestFile();
  const { path } = await randomFile('cancelled.bin', 110_000_000);
  const page = await signedInPage();
  await choose(page, path);
  const sent = page.waitForRequest((request) => request.method() === 'PUT');
  const deleted = page.waitForResponse((response) => response.request().method() === 'DELETE');
  await send(page);
  await sent;
  await page.getByRole('button', { name: 'Cancel' }).last().click();
  assert.equal((await deleted).status(), 204);
  assert.equal((await newestFile())?.id, newest?.id);
  await page.close();
});

test('the page shows why a sign-in fails', async () => {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}`);
  await page.getByLabel('Satchel').fill(stack.api);
  await page.getByLabel('Username').fill(ada.username);
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('No active account found with the given credentials').waitFor();
  await page.close();
});
