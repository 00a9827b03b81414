// Reads of the list of photos that are under way at the same time.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PhotoAccount } from '../helpers/photo-account.mjs';

const numbers = ({ photos }) => photos.map(({ title }) => Number(title.slice(6)));
const descending = (from, to = 1) => Array.from({ length: from - to + 1 }, (_, at) => from - at);
const turn = () => new Promise((resolve) => setImmediate(resolve));

for (const [order, begin] of [
  ['a refresh and then the next page', (list) => [list.refresh(), list.loadMore()]],
  ['the next page and then a refresh', (list) => [list.loadMore(), list.refresh()]],
]) {
  test(`${order}, after some photos were added, give every photo once`, async () => {
    const account = new PhotoAccount(250);
    const list = await account.read(1);
    account.images.unshift(...descending(255, 251).map((n) => account.image(n)));
    const release = account.hold();
    const reads = begin(list);
    await turn();
    assert.equal(account.requests.length, 1, 'one read at a time');
    release();
    await Promise.all(reads);
    assert.deepEqual(numbers(list), descending(255, 51));
    await list.loadMore();
    assert.deepEqual(numbers(list), descending(255));
  });

  test(`${order}, after more than a page of photos was added, give every photo once`, async () => {
    const account = new PhotoAccount(250);
    const list = await account.read(1);
    account.images.unshift(...descending(400, 251).map((n) => account.image(n)));
    const release = account.hold();
    const reads = begin(list);
    await turn();
    release();
    await Promise.all(reads);
    while (list.more) await list.loadMore();
    assert.deepEqual(numbers(list), descending(400));
    assert.equal(list.state, 'ready');
  });
}

test('the next page is not asked for if a refresh finds that there is none', async () => {
  const account = new PhotoAccount(150);
  const list = await account.read(1);
  account.images = [account.image(300)];
  await Promise.all([list.refresh(), list.loadMore()]);
  assert.deepEqual(account.requests, ['/api/images?limit=100']);
  assert.deepEqual([numbers(list), list.more, list.state], [[300], false, 'ready']);
});

test('a refresh during the first page asks for nothing', async () => {
  const account = new PhotoAccount(3);
  await Promise.all([account.list.loadMore(), account.list.refresh()]);
  assert.equal(account.requests.length, 1);
});

test('two refreshes at once are one request', async () => {
  const account = new PhotoAccount(3);
  const list = await account.read(1);
  await Promise.all([list.refresh(), list.refresh()]);
  assert.equal(account.requests.length, 1);
  await list.refresh();
  assert.equal(account.requests.length, 2);
});

test('an upload that is ready during a refresh stays', async () => {
  for (const added of [0, 200]) {
    const account = new PhotoAccount(3);
    const list = await account.read(1);
    account.images.unshift(...descending(3 + added, 4).map((n) => account.image(n)));
    const release = account.hold();
    const refreshed = list.refresh();
    await turn();
    list.insert(account.sign(account.image(500)));
    release();
    await refreshed;
    assert.equal(numbers(list)[0], 500);
  }
});

test('a new title stays although an older answer arrives after it', async () => {
  const account = new PhotoAccount(3);
  const list = await account.read(1);
  const release = account.hold();
  const refreshed = list.refresh();
  await turn();
  list.insert(account.sign(account.image(2, { title: 'Photo 2000' })));
  release();
  await refreshed;
  assert.deepEqual(numbers(list), [3, 2000, 1]);
});
