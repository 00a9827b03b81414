// The queue of uploads: what happens to files that arrive without trouble, and what the user can do with them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MIB, fakeFile, fakeUploads } from '../helpers/fake-uploads.mjs';

const MINUTE = 60_000;

test('a file is announced, sent with the headers of the announcement, and completed', async () => {
  const { queue, clock, server, ready, totals } = fakeUploads();
  await queue.add([fakeFile('a.txt', 1000, { type: 'text/plain' })]);
  await clock.advance(MINUTE);
  assert.deepEqual(server.log(), ['POST /api/files', 'PUT store', 'POST /api/files/id/complete']);
  assert.deepEqual(server.requests[1].headers, { 'content-type': 'text/plain', 'if-none-match': '*' });
  assert.deepEqual(ready.map(({ kind, record }) => [kind, record.filename, record.status]), [['file', 'a.txt', 'ready']]);
  assert.deepEqual([totals().ready, totals().count, totals().running], [1, 1, 0]);
});

test('a file without a known type is announced as bytes', async () => {
  const { queue, clock, server } = fakeUploads();
  await queue.add([fakeFile('a.unknown', 5, { type: '' })]);
  await clock.advance(MINUTE);
  assert.equal(server.requests[0].body.content_type, 'application/octet-stream');
});

test('pictures become photos, except in the place Files, and except large ones', async () => {
  const { queue, clock, ready } = fakeUploads();
  await queue.add([fakeFile('a.jpg', 10, { type: 'image/jpeg' }), fakeFile('b.tiff', 10, { type: 'image/tiff' })]);
  await queue.add([fakeFile('c.jpg', 51 * MIB, { type: 'image/jpeg' })], { place: 'photos' });
  await queue.add([fakeFile('d.jpg', 10, { type: 'image/jpeg' })], { place: 'files' });
  await clock.advance(MINUTE);
  const kinds = Object.fromEntries(ready.map(({ kind, record }) => [record.filename, kind]));
  assert.deepEqual(kinds, { 'a.jpg': 'image', 'b.tiff': 'file', 'c.jpg': 'file', 'd.jpg': 'file' });
});

test('an image is looked at again and again until it is ready', async () => {
  const { queue, clock, server, ready, statuses } = fakeUploads();
  server.looks = 5;
  await queue.add([fakeFile('a.jpg', 1000, { type: 'image/jpeg' })]);
  await clock.advance(2000);
  assert.deepEqual(statuses(), { 'a.jpg': 'checking' });
  assert.equal(ready.length, 0);
  await clock.advance(MINUTE);
  assert.equal(server.count(/GET .api.images.id/), 6);
  assert.equal(ready.length, 1);
});

test('images that are not ready do not keep others from being sent', async () => {
  const { queue, clock, server } = fakeUploads();
  server.looks = Infinity;
  await queue.add(Array.from({ length: 12 }, (_, at) => fakeFile(`${at}.jpg`, 1000, { type: 'image/jpeg' })));
  await clock.advance(5000);
  assert.equal(server.count(/PUT/), 12);
});

test('four files are on their way at a time, and only those are announced', async () => {
  const { queue, clock, server, totals } = fakeUploads();
  const files = Array.from({ length: 1000 }, (_, at) => fakeFile(`${at}.bin`, 10 * MIB));
  const adding = queue.add(files);
  await clock.advance(10_000);
  assert.deepEqual(await adding, { added: 1000, resumed: 0, skipped: 0 });
  assert.equal(server.atATime.most, 4);
  assert.ok(server.count(/POST .api.files$/) <= server.count(/complete/) + 4);
  await clock.advance(60 * MINUTE);
  assert.deepEqual([totals().ready, totals().count], [1000, 1000]);
});

test('progress is told by bytes, with speed and time left', async () => {
  const { queue, clock, totals } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000), fakeFile('b.bin', 80_000_000)]);
  await clock.advance(4500);
  const { bytes, sent, speed, secondsLeft } = totals();
  assert.equal(bytes, 160_000_000);
  assert.equal(sent, 80_000_000);
  assert.ok(speed > 15e6 && speed < 25e6, `${speed}`);
  assert.ok(secondsLeft > 3 && secondsLeft < 6, `${secondsLeft}`);
});

test('an upload is paused and goes on', async () => {
  const { queue, clock, server, statuses, totals } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000), fakeFile('b.bin', 1000)]);
  await clock.advance(2500);
  queue.pause();
  assert.deepEqual(statuses(), { 'a.bin': 'paused', 'b.bin': 'ready' });
  await clock.advance(10 * MINUTE);
  assert.equal(totals().paused, 1);
  assert.equal(server.count(/complete/), 1);
  queue.resume();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready', 'b.bin': 'ready' });
  assert.equal(server.records.size, 2);
});

test('a paused upload leaves its place to others', async () => {
  const { queue, clock, id, statuses } = fakeUploads();
  await queue.add(Array.from({ length: 5 }, (_, at) => fakeFile(`${at}.bin`, 80_000_000)));
  await clock.advance(1000);
  assert.equal(statuses()['4.bin'], 'waiting');
  queue.pause(id('0.bin'));
  await clock.advance(200);
  assert.equal(statuses()['4.bin'], 'sending');
});

test('a cancelled upload leaves no record and no row', async () => {
  const { queue, clock, server, items, id, remembered } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000), fakeFile('b.bin', 80_000_000)]);
  await clock.advance(2500);
  queue.cancel(id('a.bin'));
  assert.deepEqual(items().map(({ name }) => name), ['b.bin']);
  await clock.advance(MINUTE);
  assert.deepEqual([...server.records.values()].map(({ filename }) => filename), ['b.bin']);
  assert.deepEqual(remembered.list(), []);
});

test('an upload that is cancelled during its announcement leaves no record', async () => {
  const { queue, clock, server, items } = fakeUploads();
  await queue.add([fakeFile('a.bin', 1000)]);
  await clock.advance(5);
  queue.cancel();
  assert.deepEqual(items(), []);
  await clock.advance(MINUTE);
  assert.equal(server.records.size, 0);
  assert.deepEqual(server.log(), ['POST /api/files', 'DELETE /api/files/id']);
});

test('cancelling everything keeps what is ready', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('a.bin', 10), ...Array.from({ length: 9 }, (_, at) => fakeFile(`${at}.bin`, 80_000_000))]);
  await clock.advance(2500);
  queue.cancel();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
  assert.equal(server.records.size, 1);
});

test('a file that is dropped twice is sent once while it is on its way', async () => {
  const { queue, clock, server } = fakeUploads();
  const file = fakeFile('a.bin', 80_000_000);
  await queue.add([file]);
  await clock.advance(1000);
  assert.deepEqual(await queue.add([{ ...file }]), { added: 0, resumed: 0, skipped: 1 });
  await clock.advance(MINUTE);
  assert.equal(server.records.size, 1);
});

test('a file that is dropped again after it arrived is kept twice', async () => {
  const { queue, clock, server } = fakeUploads();
  const file = fakeFile('a.bin', 1000);
  await queue.add([file]);
  await clock.advance(MINUTE);
  assert.deepEqual(await queue.add([file]), { added: 1, resumed: 0, skipped: 0 });
  await clock.advance(MINUTE);
  assert.equal(server.records.size, 2);
});

test('files of the same name in two folders are two files', async () => {
  const { queue, clock, server } = fakeUploads();
  const file = fakeFile('a.bin', 1000);
  await queue.add([{ file, path: 'x/a.bin' }, { file, path: 'y/a.bin' }]);
  await clock.advance(MINUTE);
  assert.equal(server.records.size, 2);
});

test('a paused file that is dropped again goes on', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  const file = fakeFile('a.bin', 80_000_000);
  await queue.add([file]);
  await clock.advance(1000);
  queue.pause();
  assert.deepEqual(await queue.add([file]), { added: 0, resumed: 1, skipped: 0 });
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
  assert.equal(server.records.size, 1);
});

test('an empty file is refused at once, and others go on', async () => {
  const { queue, clock, server, problem, statuses } = fakeUploads();
  await queue.add([fakeFile('empty.txt', 0), fakeFile('a.txt', 10)]);
  assert.deepEqual(problem('empty.txt'), { code: 'empty' });
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'empty.txt': 'failed', 'a.txt': 'ready' });
  assert.equal(server.count(/POST .api.files$/), 1);
});

test('a new batch begins with a new count', async () => {
  const { queue, clock, totals } = fakeUploads();
  await queue.add([fakeFile('a.txt', 10)]);
  await clock.advance(MINUTE);
  await queue.add([fakeFile('b.txt', 10), fakeFile('c.txt', 10)]);
  assert.deepEqual([totals().ready, totals().count], [0, 2]);
});

test('uploads wait while the user is signed out, and go on after the sign-in', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  server.intercept = ({ method }) => {
    if (method === 'POST') throw Object.assign(new Error('401'), { status: 401 });
  };
  await queue.add([fakeFile('a.txt', 10)]);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.txt': 'paused' });
  server.intercept = () => undefined;
  queue.unsuspend();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.txt': 'ready' });
});
