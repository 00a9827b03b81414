// Reading the photos of an account page by page, and keeping their URLs fresh.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { averageColour, lifetimeOf, makingPath, thumbnailFor } from '../../../web/photos/record.js';
import { UrlCache } from '../../../web/photos/url-cache.js';
import { MINUTE, PhotoAccount as Account } from '../helpers/photo-account.mjs';

const titles = (list) => list.photos.map(({ title }) => title.slice(6)).join(' ');

test('pages are read one after the other until there are no more', async () => {
  const account = new Account(250);
  const { list } = account;
  assert.ok(list.fresh && list.more);
  await Promise.all([list.loadMore(), list.loadMore()]);
  assert.equal(list.photos.length, 100);
  await list.loadMore();
  await list.loadMore();
  assert.equal(list.photos.length, 250);
  assert.ok(!list.more);
  await list.loadMore();
  assert.equal(account.requests.length, 3);
});

test('a page that fails can be read again', async () => {
  const account = new Account(3);
  account.failing = true;
  await account.list.loadMore();
  assert.equal(account.list.state, 'failed');
  assert.equal(account.list.error.status, 503);
  account.failing = false;
  await account.list.loadMore();
  assert.equal(account.list.state, 'ready');
  assert.equal(titles(account.list), '3 2 1');
});

test('a new upload comes first, and replaces its pending record', async () => {
  const account = new Account(2);
  const list = await account.read(1);
  list.insert(account.sign(account.image(3, { status: 'pending', width: null, height: null })));
  assert.equal(titles(list), '3 2 1');
  list.insert(account.sign(account.image(3)));
  assert.equal(titles(list), '3 2 1');
  assert.equal(list.photos[0].status, 'ready');
  assert.equal(list.indexOf('id-000003'), 0);
});

test('URLs that have expired are read again with their page, once for all photos', async () => {
  const account = new Account(150);
  const list = await account.read(2);
  assert.match(list.urls('id-000150').thumbnails[200], /Signature=1$/);
  account.now += 14.6 * MINUTE;
  assert.equal(list.urls('id-000150'), null);
  const [a, b] = await Promise.all(['id-000150', 'id-000100'].map((id) => list.freshUrls(id)));
  assert.match(a.thumbnails[200], /Signature=3$/);
  assert.match(b.thumbnails[200], /Signature=3$/);
  assert.deepEqual(account.requests, ['/api/images?limit=100']);
  await list.freshUrls('id-000001');
  assert.match(account.requests[1], /cursor=id-000051$/);
});

test('a URL that fails early is read again, but not over and over', async () => {
  const account = new Account(1);
  const list = await account.read(1);
  const { 200: first } = list.urls('id-000001').thumbnails;
  account.now += MINUTE;
  const { 200: second } = (await list.freshUrls('id-000001', first)).thumbnails;
  assert.notEqual(second, first);
  assert.equal((await list.freshUrls('id-000001', first)).thumbnails[200], second);
  assert.equal(await list.freshUrls('id-000001', second), null);
  assert.equal(account.requests.length, 1);
});

test('a photo that newer ones pushed out of its page is read by its id', async () => {
  const account = new Account(150);
  const list = await account.read(1);
  account.images.unshift(account.image(151));
  account.now += 20 * MINUTE;
  assert.ok(await list.freshUrls('id-000051'));
  assert.deepEqual(account.requests, ['/api/images?limit=100', '/api/images/id-000051']);
  assert.equal(list.photos.length, 101);
});

test('photos that were deleted elsewhere leave the list with their page', async () => {
  const account = new Account(150);
  const list = await account.read(2);
  account.images = account.images.filter(({ id }) => id !== 'id-000140' && id !== 'id-000020');
  account.now += 20 * MINUTE;
  await list.freshUrls('id-000150');
  assert.ok(!list.has('id-000140') && list.has('id-000020'));
  assert.equal(await list.freshUrls('id-000020'), null);
  assert.ok(!list.has('id-000020'));
  assert.equal(list.photos.length, 148);
});

test('hidden photos come back to their places', async () => {
  const account = new Account(4);
  const list = await account.read(1);
  list.hide(['id-000003', 'id-000001']);
  assert.equal(titles(list), '4 2');
  await list.refresh();
  assert.equal(titles(list), '4 2');
  list.show(['id-000003', 'id-000001']);
  assert.equal(titles(list), '4 3 2 1');
});

test('photos that were deleted stay away although an old response has them', async () => {
  const account = new Account(2);
  const list = await account.read(1);
  list.hide(['id-000002']);
  list.forget(['id-000002']);
  await list.refresh();
  assert.equal(titles(list), '1');
});

test('a refresh finds what was added and deleted elsewhere', async () => {
  const account = new Account(3);
  const list = await account.read(1);
  account.images = [account.image(4), ...account.images.filter(({ id }) => id !== 'id-000002')];
  await list.refresh();
  assert.equal(titles(list), '4 3 1');
});

test('a refresh begins anew after more than a page of new photos', async () => {
  const account = new Account(3);
  const list = await account.read(1);
  account.images.unshift(...Array.from({ length: 120 }, (_, at) => account.image(123 - at)));
  await list.refresh();
  assert.equal(list.photos.length, 100);
  await list.loadMore();
  assert.equal(list.photos.length, 123);
});

test('a photo that was opened by its address waits for its page', async () => {
  const account = new Account(150);
  const list = await account.read(1);
  assert.equal((await list.find('id-000010')).title, 'Photo 10');
  assert.ok(list.urls('id-000010'));
  assert.equal(list.photos.length, 100);
  assert.equal(list.indexOf('id-000010'), -1);
  await list.loadMore();
  assert.equal(list.photos.length, 150);
  assert.equal(list.indexOf('id-000010'), 140);
});

test('an unknown photo is not found', async () => {
  await assert.rejects(new Account(1).list.find('id-000009'), { status: 404 });
});

test('pending photos are checked by their ids', async () => {
  const account = new Account(2);
  account.images[0].status = 'pending';
  const list = await account.read(1);
  account.images[0].status = 'ready';
  await list.check(['id-000002']);
  assert.equal(list.photos[0].status, 'ready');
  account.images.shift();
  await list.check(['id-000002']);
  assert.equal(titles(list), '1');
});

test('each change is announced', async () => {
  const account = new Account(2);
  let changes = 0;
  account.list.addEventListener('change', () => (changes += 1));
  await account.list.loadMore();
  assert.equal(changes, 2);
  account.list.hide(['id-000001']);
  assert.equal(changes, 3);
});

test('URLs are kept for the pages that were used last', () => {
  const cache = new UrlCache(() => 0);
  const pages = Array.from({ length: 20 }, (_, at) => ({ path: String(at), loading: null }));
  const urls = () => new Map(Array.from({ length: 100 }, (_, at) => [String(at), { thumbnails: {}, original: null, large: null }]));
  for (const page of pages.slice(0, 15)) cache.set(page, urls());
  assert.ok(cache.get(pages[0], '1'));
  cache.set(pages[15], urls());
  assert.equal(cache.size, 1500);
  assert.ok(cache.get(pages[0], '1'));
  assert.equal(cache.get(pages[1], '1'), null);
});

test('the smallest thumbnail that is large enough is taken', () => {
  const thumbnails = { 400: 'b', 200: 'a' };
  assert.deepEqual(thumbnailFor(thumbnails, 150), { size: 200, url: 'a' });
  assert.deepEqual(thumbnailFor(thumbnails, 201), { size: 400, url: 'b' });
  assert.deepEqual(thumbnailFor(thumbnails, 999), { size: 400, url: 'b' });
  assert.equal(thumbnailFor({}, 10), null);
});

test('a URL says how long it is valid, and whether the API makes the thumbnail', () => {
  assert.equal(lifetimeOf('https://store/a?X-Amz-Expires=900&X-Amz-Signature=5f2c'), 900_000);
  assert.equal(lifetimeOf('https://store/a'), Infinity);
  assert.equal(makingPath('https://store/a/200.jpg?X-Amz-Expires=900'), null);
  assert.equal(makingPath('https://api/api/images/7/thumbnail?size=200'), '/api/images/7/thumbnail?size=200');
});

test('a thumbhash has an average colour', () => {
  // The sample of the thumbhash project: a sunrise at sea.
  assert.match(averageColour('1QcSHQRnh493V4dIh4eXh1h4kJUI'), /^rgb\(\d+ \d+ \d+\)$/);
  assert.equal(averageColour('?'), null);
  assert.equal(averageColour(null), null);
});
