// The entry of a dialog in the history of the browser, over a history in which going back takes a while.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';

let entries, at, listeners, traversal;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  [entries, at, listeners, traversal] = [[null], 0, [], null];
  globalThis.window = globalThis;
  globalThis.location = { href: '/#/photos' };
  globalThis.history = {
    get state() { return entries[at]; },
    pushState(state) { entries = [...entries.slice(0, at + 1), state]; at += 1; },
    replaceState(state) { entries[at] = state; },
    back() { traversal = () => { at -= 1; }; },
  };
  globalThis.addEventListener = (type, listener, { once = false } = {}) => listeners.push({ type, listener, once });
  globalThis.removeEventListener = (_, listener) => { listeners = listeners.filter((known) => known.listener !== listener); };
});

afterEach(() => mock.timers.reset());

// The browser carries out what `history.back()` asked for.
function traverse() {
  traversal?.();
  traversal = null;
  const told = listeners.filter(({ type }) => type === 'popstate');
  listeners = listeners.filter(({ once }) => !once);
  for (const { listener } of told) listener();
}

// A module of its own for each test, as each page has.
let pages = 0;
const page = () => import(`../../../web/ui/back-button.js?${pages += 1}`);

test('the back button closes the upper one of two dialogs', async () => {
  const { backCloses } = await page();
  const closed = [];
  backCloses(1, () => closed.push(1));
  backCloses(2, () => closed.push(2));
  history.back();
  traverse();
  assert.deepEqual(closed, [2]);
});

test('a dialog that is closed otherwise leaves no entry', async () => {
  const { backCloses } = await page();
  backCloses(1, () => assert.fail('closed twice'))();
  mock.timers.tick(50);
  traverse();
  assert.deepEqual([at, entries[at]], [0, null]);
});

test('a dialog that opens in place of another takes its entry over', async () => {
  const { backCloses } = await page();
  backCloses(1, () => {})();
  backCloses(2, () => {})();
  assert.equal(entries.length, 2);
  mock.timers.tick(50);
  traverse();
  assert.equal(at, 0);
});

test('what the user opens right after a dialog waits until its entry is gone', async () => {
  const { backCloses, afterReturn } = await page();
  backCloses(1, () => {})();
  const visits = [];
  afterReturn(() => visits.push(at));
  assert.deepEqual(visits, []);
  traverse();
  assert.deepEqual(visits, [0]);
  afterReturn(() => visits.push(at));
  assert.equal(visits.length, 2);
});

test('leaving a place right after a dialog leaves both', async () => {
  const { backCloses, goBack } = await page();
  entries = [null, null];
  at = 1;
  backCloses(1, () => {})();
  goBack();
  traverse();
  traverse();
  assert.equal(at, 0);
});

test('a user who goes back right after a dialog leaves the place', async () => {
  const { backCloses } = await page();
  entries = [null, null];
  at = 1;
  backCloses(1, () => {})();
  history.back();
  traverse();
  assert.equal(at, 1);
  traverse();
  assert.equal(at, 0);
  mock.timers.tick(50);
  assert.equal(traversal, null);
});

test('an address that is entered right after a dialog stays', async () => {
  const { backCloses } = await page();
  backCloses(1, () => {})();
  history.pushState(null);
  location.href = '/#/files';
  traverse();
  mock.timers.tick(50);
  assert.equal(traversal, null);
});
