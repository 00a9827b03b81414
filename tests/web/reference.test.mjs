// The reference of the API at /docs.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import axe from 'axe-core';
import { parse } from 'yaml';

import { WIDTHS, launchBrowser, visitor } from './helpers/browser.mjs';
import { startStack } from './helpers/stack.mjs';
import { User } from './helpers/users.mjs';

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];

let stack, browser, contract;
let users = 0;

before(async () => {
  contract = parse(await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});

after(async () => {
  await browser?.close();
  await stack?.stop();
});

function operations() {
  return Object.values(contract.paths).flatMap((item) => METHODS.map((method) => item[method]).filter(Boolean));
}

async function reader(options) {
  const visit = await visitor(browser, stack, { javaScriptEnabled: true, ...options });
  assert.equal(await visit.open(`${stack.api}/docs`), 200);
  return visit;
}

async function signedUp() {
  const user = new User(stack, `reader${(users += 1)}`);
  await user.signUp();
  return user;
}

async function signIn({ page }, { username, password }) {
  await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in' });
  await dialog.getByLabel('Username').fill(username);
  await dialog.getByLabel('Password').fill(password);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
}

// Opens the form of an operation.
async function trial({ page }, id) {
  const section = page.locator(`[data-operation="${id}"]`);
  await section.getByRole('button', { name: /^Try it/ }).click();
  const form = page.getByRole('form', { name: `Try ${id}`, exact: true });
  await form.waitFor();
  return form;
}

// Sends the request of a form, and returns the status line and the body that it shows.
async function send(form) {
  await form.getByRole('button', { name: 'Send' }).click();
  const body = form.getByRole('region', { name: 'Body' });
  await body.waitFor();
  return { status: await form.locator('output strong').innerText(), body: await body.innerText() };
}

async function assertAccessible({ page }, part = 'html') {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((part) => globalThis.axe.run(part, { resultTypes: ['violations'] }), part);
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)]), []);
}

test('the served contract is openapi.yaml', async () => {
  const answer = await fetch(`${stack.api}/openapi.json`);
  assert.deepEqual(await answer.json(), contract);
});

for (const width of WIDTHS) {
  for (const colorScheme of ['light', 'dark']) {
    test(`the reference is accessible and fits, at ${width} px and ${colorScheme}`, async () => {
      const visit = await reader({ width, colorScheme });
      await trial(visit, 'create-file');
      await visit.assertFits();
      await assertAccessible(visit);
      await visit.page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
      await assertAccessible(visit, 'dialog');
      await visit.leave();
    });
  }
}

test('without a script, the page has every operation with an example', async () => {
  const visit = await reader({ javaScriptEnabled: false });
  for (const { operationId, summary } of operations()) {
    const section = visit.page.locator(`[data-operation="${operationId}"]`);
    assert.equal(await section.locator(`h3#${operationId}`).innerText(), summary);
    assert.match(await section.locator('.samples pre').first().innerText(), /^curl /);
  }
  assert.equal(await visit.page.getByRole('button').count(), 0);
  await visit.leave();
});

test('the contents lead to an operation', async () => {
  const visit = await reader();
  await visit.page.getByRole('navigation').getByRole('link', { name: 'Upload or announce a file' }).click();
  assert.equal(new URL(visit.page.url()).hash, '#create-file');
  const { y } = await visit.page.locator('#create-file').boundingBox();
  const header = await visit.page.locator('body > header').boundingBox();
  assert.ok(y >= header.height && y < 200, `the heading is at ${y} px, below the bar of ${header.height} px`);
  await visit.leave();
});

test('a printed page shows the folded examples and no controls', async () => {
  const visit = await reader();
  await visit.page.emulateMedia({ media: 'print' });
  const folded = visit.page.locator('details.sample:not([open]) > pre');
  assert.ok((await folded.count()) > 50);
  assert.ok((await folded.first().boundingBox()).height > 20);
  assert.equal(await visit.page.locator('button:visible').count(), 0);
  await visit.leave();
});

test('a reader signs in and sends requests', async () => {
  const user = await signedUp();
  const visit = await reader();
  await signIn(visit, user);
  await visit.page.getByText(`Signed in as ${user.username}`).waitFor();

  const me = await send(await trial(visit, 'get-current-user'));
  assert.equal(me.status, '200 OK');
  assert.equal(JSON.parse(me.body).username, user.username);

  const form = await trial(visit, 'create-resource');
  await form.getByLabel(/^Body/).fill('{"field1": "one", "field2": "two"}');
  const made = await send(form);
  assert.equal(made.status, '201 Created');
  await user.signIn();
  const { id } = JSON.parse(made.body);
  assert.deepEqual(await user.call('GET', `/api/resource/${id}`), { id, field1: 'one', field2: 'two' });

  const one = await trial(visit, 'get-resource');
  await one.getByLabel(/^id/).fill(id);
  assert.equal(JSON.parse((await send(one)).body).field2, 'two');
  await visit.leave();
});

test('a reader uploads a file with a form', async () => {
  const user = await signedUp();
  const visit = await reader({ width: 390 });
  await signIn(visit, user);
  const form = await trial(visit, 'create-file');
  await form.getByLabel('Content type').selectOption('multipart/form-data');
  await form.getByLabel(/^file/).setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  const file = JSON.parse((await send(form)).body);
  assert.deepEqual([file.filename, file.size, file.status], ['a.txt', 5, 'ready']);
  await visit.assertFits();
  await visit.leave();
});

test('a wrong password is reported, and signing out ends the session', async () => {
  const user = await signedUp();
  const visit = await reader();
  await signIn(visit, { username: user.username, password: 'wrong' });
  const dialog = visit.page.getByRole('dialog');
  await dialog.getByText('No active account found with the given credentials').waitFor();
  await dialog.getByLabel('Password').fill(user.password);
  const signedIn = visit.page.waitForResponse((answer) => answer.url().endsWith('/api/token') && answer.ok());
  await dialog.getByLabel('Password').press('Enter');
  const { access } = await (await signedIn).json();

  const signedOut = visit.page.waitForResponse((answer) => answer.url().endsWith('/api/user/logout'));
  await visit.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  assert.equal((await signedOut).status(), 200);
  const headers = { authorization: `Bearer ${access}` };
  assert.equal((await fetch(`${stack.api}/api/users/me`, { headers })).status, 401);
  assert.match((await send(await trial(visit, 'get-current-user'))).status, /^401/);
  await visit.leave({ errors: 2 });
});

test('a page in a response is shown as text', async () => {
  const visit = await reader();
  const form = await trial(visit, 'show-password-reset');
  await form.getByLabel(/^token/).fill('x'.repeat(43));
  const { status, body } = await send(form);
  assert.equal(status, '200 OK');
  assert.match(body, /<h1>Set a new password<\/h1>/);
  assert.equal(await form.locator('output h1').count(), 0);
  await visit.leave();
});
