// The queue of uploads when something goes wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { apiError, fakeFile, fakeUploads } from '../helpers/fake-uploads.mjs';

const SECOND = 1000;
const MINUTE = 60_000;

test('without a network, an upload waits, says so, and goes on at once when the network is back', async () => {
  const { queue, clock, server, items, totals, statuses } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000)]);
  await clock.advance(1500);
  server.offline = true;
  await clock.advance(10 * MINUTE);
  assert.deepEqual([items()[0].status, items()[0].waitingFor, totals().offline], ['sending', 'network', true]);
  server.offline = false;
  queue.wake();
  await clock.advance(200);
  assert.deepEqual([items()[0].waitingFor, totals().offline], [null, false]);
  await clock.advance(10 * SECOND);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
});

test('the waits between tries grow to half a minute', async () => {
  const { queue, clock, server } = fakeUploads();
  server.offline = true;
  await queue.add([fakeFile('a.bin', 1000)]);
  await clock.advance(31.5 * SECOND);
  assert.equal(server.count(/POST/), 6);
  await clock.advance(5 * MINUTE);
  assert.equal(server.count(/POST/), 16);
});

test('the network goes for a minute in the middle of ten files, and all arrive', async () => {
  const { queue, clock, server, totals } = fakeUploads();
  await queue.add(Array.from({ length: 10 }, (_, at) => fakeFile(`${at}.bin`, 40_000_000)));
  await clock.advance(6 * SECOND);
  server.offline = true;
  await clock.advance(MINUTE);
  server.offline = false;
  await clock.advance(2 * MINUTE);
  assert.deepEqual([totals().ready, server.records.size], [10, 10]);
});

test('a server that is busy is tried again, and given up after a while', async () => {
  const { queue, clock, server, problem, statuses } = fakeUploads();
  server.intercept = ({ path }) => {
    if (path === '/api/files') throw apiError(503);
  };
  await queue.add([fakeFile('a.bin', 1000)]);
  await clock.advance(10 * MINUTE);
  assert.equal(server.count(/POST/), 9);
  assert.deepEqual(problem('a.bin'), { code: 'server' });
  server.intercept = () => undefined;
  queue.retry();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
});

test('an error of the store is tried again', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  let failures = 3;
  server.intercept = ({ method }) => (method === 'PUT' && failures-- > 0 ? 503 : undefined);
  await queue.add([fakeFile('a.bin', 1000)]);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
});

test('a URL that expired during the transfer is signed again with the same key', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  server.speed = 1000;
  await queue.add([fakeFile('a.bin', 1_000_000)]);
  await clock.advance(14 * MINUTE);
  server.speed = 1_000_000;
  await clock.advance(10 * MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
  assert.deepEqual([server.count(/POST .api.files$/), server.records.size], [2, 1]);
});

test('a URL that grew old while the laptop slept is not even tried', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000)]);
  await clock.advance(1000);
  queue.pause();
  clock.sleep(60 * MINUTE);
  queue.resume();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
  assert.equal(new Set(server.requests.filter(({ url }) => url).map(({ url }) => url)).size, 2);
  assert.equal(server.records.size, 1);
});

test('a store that refuses every URL is given up', async () => {
  const { queue, clock, server, problem } = fakeUploads();
  server.intercept = ({ method }) => (method === 'PUT' ? 403 : undefined);
  await queue.add([fakeFile('a.bin', 1000)]);
  await clock.advance(MINUTE);
  assert.deepEqual(problem('a.bin'), { code: 'server' });
  assert.equal(server.count(/PUT/), 4);
});

test('bytes whose receipt was lost are not an error', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  let lost = false;
  server.intercept = ({ method, step }) => {
    if (method !== 'PUT' || step !== 4 || lost) return;
    lost = true;
    [...server.records.values()][0].stored = true;
    throw Object.assign(new Error('lost'), { status: 0 });
  };
  await queue.add([fakeFile('a.bin', 1000)]);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
});

test('a completion without bytes makes it send them again', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  let lies = 1;
  server.intercept = ({ method }) => (method === 'PUT' && lies-- > 0 ? 200 : undefined);
  await queue.add([fakeFile('a.bin', 1000)]);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
  assert.equal(server.count(/complete/), 2);
});

test('of ten files, those that do not fit the quota say so and the others arrive', async () => {
  const { queue, clock, server, totals, problem } = fakeUploads();
  server.quota = 65;
  const sizes = [10, 10, 10, 10, 10, 30, 40, 10, 3, 50];
  await queue.add(sizes.map((size, at) => fakeFile(`${at}.bin`, size)));
  await clock.advance(MINUTE);
  assert.deepEqual([totals().ready, totals().failed], [7, 3]);
  assert.deepEqual(problem('6.bin'), { code: 'quota' });
  server.quota = 100;
  queue.retry();
  await clock.advance(MINUTE);
  assert.deepEqual([totals().ready, totals().failed], [8, 2]);
});

test('a file that is too large for the tier says how large it may be', async () => {
  const { queue, clock, server, problem } = fakeUploads();
  queue.limits.file = 100;
  server.largest = 100;
  await queue.add([fakeFile('a.bin', 101)]);
  await clock.advance(MINUTE);
  assert.equal(problem('a.bin').code, 'tooLarge');
  assert.equal(problem('a.bin').limit, 100);
});

test('a refusal of the server is shown in its words', async () => {
  const { queue, clock, server, problem, id } = fakeUploads();
  server.intercept = ({ path }) => {
    if (path === '/api/files') throw apiError(400, { filename: ['Ensure this field has no more than 255 bytes.'] });
  };
  await queue.add([fakeFile('a.bin', 101)]);
  await clock.advance(MINUTE);
  assert.deepEqual(problem('a.bin'), { code: 'refused', text: 'Ensure this field has no more than 255 bytes.' });
  queue.retry(id('a.bin'));
  await clock.advance(MINUTE);
  assert.equal(server.count(/POST/), 1);
});

test('what the server rejects after it arrived shows the reason, and leaves no record', async () => {
  const { queue, clock, server, problem, ready, items, remembered } = fakeUploads();
  server.rejects['page.pdf'] = 'content_type_mismatch';
  await queue.add([fakeFile('page.pdf', 101, { type: 'application/pdf' })]);
  await clock.advance(MINUTE);
  assert.deepEqual(problem('page.pdf'), { code: 'rejected', reason: 'content_type_mismatch' });
  assert.deepEqual([ready.length, server.records.size, remembered.list().length], [0, 0, 0]);
  queue.clear();
  assert.deepEqual(items(), []);
});

test('a record that expired before its bytes came is announced again', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000)]);
  await clock.advance(1000);
  queue.pause();
  Object.assign([...server.records.values()][0], { status: 'rejected', reason: 'expired' });
  clock.sleep(60 * MINUTE);
  queue.resume();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
});

test('a record that was deleted elsewhere is announced again', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000)]);
  await clock.advance(1000);
  queue.pause();
  server.records.clear();
  clock.sleep(60 * MINUTE);
  queue.resume();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
});

for (const [error, code] of [['NotReadableError', 'changed'], ['NotFoundError', 'unreadable']]) {
  test(`a file with ${error} during its upload says "${code}", and begins anew once it is chosen again`, async () => {
    const { queue, clock, server, problem, statuses, id } = fakeUploads();
    const file = fakeFile('a.bin', 80_000_000);
    await queue.add([file]);
    server.intercept = ({ method, step }) => {
      if (method !== 'PUT' || step !== 2) return;
      file.broken = error;
      throw Object.assign(new Error('read'), { status: 0 });
    };
    await clock.advance(MINUTE);
    assert.deepEqual(problem('a.bin'), { code });
    server.intercept = () => undefined;
    assert.equal(await queue.startAgain(id('a.bin')), false);
    assert.equal(await queue.startAgain(id('a.bin'), fakeFile('a.bin', 50_000_000, { lastModified: 2 })), true);
    await clock.advance(MINUTE);
    assert.deepEqual(statuses(), { 'a.bin': 'ready' });
    assert.deepEqual([...server.records.values()].map(({ size }) => size), [50_000_000]);
  });
}

test('a file that grows during its upload is not mixed with what it was, and begins anew', async () => {
  const { queue, clock, server, problem, statuses, id } = fakeUploads();
  const file = fakeFile('a.log', 80_000_000);
  await queue.add([file]);
  await clock.advance(3000);
  // Chromium tells the present size of a file.
  Object.assign(file, { size: 90_000_000, lastModified: 2 });
  await clock.advance(MINUTE);
  assert.deepEqual(problem('a.log'), { code: 'changed' });
  assert.equal(server.count(/complete/), 0);
  assert.equal(await queue.startAgain(id('a.log')), true);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.log': 'ready' });
  assert.deepEqual([...server.records.values()].map(({ size }) => size), [90_000_000]);
});

test('a cancelled upload whose record cannot be deleted now is deleted when the network is back', async () => {
  const { queue, clock, server } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000)]);
  await clock.advance(1000);
  server.offline = true;
  queue.cancel();
  await clock.advance(MINUTE);
  assert.equal(server.records.size, 1);
  server.offline = false;
  await clock.advance(MINUTE);
  assert.equal(server.records.size, 0);
});

test('pausing and resuming without a break loses nothing', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('a.bin', 40_000_000), fakeFile('b.jpg', 40_000_000, { type: 'image/jpeg' })]);
  for (let round = 0; round < 60; round++) {
    queue.pause();
    queue.resume();
    await clock.advance(37 * round);
  }
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready', 'b.jpg': 'ready' });
  assert.equal(server.records.size, 2);
});
