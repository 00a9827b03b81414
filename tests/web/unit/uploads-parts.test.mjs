// Uploads in parts, and uploads that an earlier visit left.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MIB, fakeFile, fakeUploads } from '../helpers/fake-uploads.mjs';

const MINUTE = 60_000;
const LARGE = 300_000_000;
const PARTS = Math.ceil(LARGE / (16 * MIB));

// The parts that were sent, in order.
const sentParts = (server) => server.requests.filter(({ url }) => url).map(({ url }) => Number(url.split(':')[2]));

test('a large file is sent in parts, two at a time, and completed', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'film.mp4': 'ready' });
  assert.deepEqual(sentParts(server).sort((a, b) => a - b), Array.from({ length: PARTS }, (_, at) => at + 1));
  assert.equal(server.atATime.most, 2);
  assert.equal(server.count(/POST .api.files.id.parts/), 3);
  assert.ok(server.requests.filter(({ url }) => url).every(({ headers }) => Object.keys(headers).length === 0));
});

test('a very large file is sent four parts at a time', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('film.mp4', 1_000_000_000)]);
  await clock.advance(2 * MINUTE);
  assert.deepEqual([statuses()['film.mp4'], server.atATime.most], ['ready', 4]);
});

test('together, large files have four requests to the store at a time', async () => {
  const { queue, clock, server, totals } = fakeUploads();
  await queue.add([1, 2, 3].map((at) => fakeFile(`${at}.mp4`, LARGE)));
  await clock.advance(3 * MINUTE);
  assert.deepEqual([totals().ready, server.atATime.most], [3, 4]);
});

test('a pause in the middle costs only the parts on their way', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(8000);
  queue.pause();
  await clock.advance(MINUTE);
  queue.resume();
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'film.mp4': 'ready' });
  assert.ok(sentParts(server).length <= PARTS + 2);
});

test('the network goes for a minute in the middle, and only the parts on their way are sent again', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(8000);
  server.offline = true;
  await clock.advance(MINUTE);
  server.offline = false;
  await clock.advance(2 * MINUTE);
  assert.deepEqual(statuses(), { 'film.mp4': 'ready' });
  assert.ok(server.sent <= LARGE + 2 * 16 * MIB, `${server.sent}`);
});

test('URLs of parts that have expired while the laptop slept are signed again', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(8000);
  clock.sleep(90 * MINUTE);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'film.mp4': 'ready' });
  assert.equal(server.records.size, 1);
});

test('a part that the store refuses with 403 gets a new URL', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  let refusals = 2;
  server.intercept = ({ part, step }) => (part === 5 && step === 4 && refusals-- > 0 ? 403 : undefined);
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'film.mp4': 'ready' });
});

test('parts that vanished from the store are sent again', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  let vanished = false;
  server.intercept = ({ path = '' }) => {
    if (!path.endsWith('/complete') || vanished) return;
    vanished = true;
    for (const number of [3, 7]) [...server.records.values()][0].parts.delete(number);
  };
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(2 * MINUTE);
  assert.deepEqual(statuses(), { 'film.mp4': 'ready' });
  assert.deepEqual(sentParts(server).slice(PARTS), [3, 7]);
});

test('an upload in parts that the store has ended begins anew', async () => {
  const { queue, clock, server, statuses } = fakeUploads();
  let ended = false;
  server.intercept = ({ part, step }) => {
    if (part !== 9 || step !== 4 || ended) return undefined;
    ended = true;
    return 404;
  };
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(3 * MINUTE);
  assert.deepEqual(statuses(), { 'film.mp4': 'ready' });
  assert.equal(server.records.size, 1);
});

test('a cancelled upload in parts stops at once', async () => {
  const { queue, clock, server } = fakeUploads();
  await queue.add([fakeFile('film.mp4', LARGE)]);
  await clock.advance(8000);
  queue.cancel();
  await clock.advance(100);
  const { length } = sentParts(server);
  await clock.advance(MINUTE);
  assert.deepEqual([server.records.size, sentParts(server).length], [0, length]);
});

// A tab that is killed at `share` of the file, and the next visit.
async function nextVisit(file, share) {
  const first = fakeUploads({ tab: 'first' });
  await first.queue.add([file]);
  while (first.totals().sent < share * file.size) await first.clock.advance(50);
  const { clock, server, storage, remembered } = first;
  const entries = remembered.list();
  const second = fakeUploads({ clock, server, storage, tab: 'second' });
  // Nothing of the killed tab goes on.
  first.queue.pause();
  await clock.advance(100);
  server.sent = 0;
  second.queue.offer(entries);
  return { first, second };
}

for (const share of [0.1, 0.45, 0.5, 0.55]) {
  test(`a tab that is killed at ${share * 100} % leaves an offer, which goes on with the same file`, async () => {
    const { second } = await nextVisit(fakeFile('film.mp4', LARGE), share);
    assert.deepEqual(second.statuses(), { 'film.mp4': 'unfinished' });
    assert.deepEqual([second.totals().unfinished, second.totals().count], [1, 0]);
    assert.deepEqual(await second.queue.addLeft([fakeFile('film.mp4', LARGE)]), { added: 0, resumed: 1, skipped: 0 });
    await second.clock.advance(MINUTE);
    assert.deepEqual(second.statuses(), { 'film.mp4': 'ready' });
    assert.ok(second.server.sent <= (1.1 - share) * LARGE, `${second.server.sent / LARGE}`);
    assert.equal(second.server.records.size, 1);
    assert.deepEqual(second.remembered.list(), []);
  });
}

test('an offer goes on with the same file only, and the rest of a folder is skipped', async () => {
  const { second } = await nextVisit(fakeFile('film.mp4', LARGE), 0.3);
  const others = [fakeFile('film.mp4', LARGE, { lastModified: 2 }), fakeFile('film.mp4', LARGE + 1), fakeFile('b.mp4', LARGE)];
  assert.deepEqual(await second.queue.addLeft(others), { added: 0, resumed: 0, skipped: 3 });
  assert.deepEqual(second.statuses(), { 'film.mp4': 'unfinished' });
});

test('a file that is simply dropped again continues the offer too', async () => {
  const { second } = await nextVisit(fakeFile('film.mp4', LARGE), 0.5);
  assert.deepEqual(await second.queue.add([fakeFile('film.mp4', LARGE)]), { added: 0, resumed: 1, skipped: 0 });
  await second.clock.advance(MINUTE);
  assert.ok(second.server.sent <= 0.6 * LARGE);
});

test('an offer that the user does not want is deleted', async () => {
  const { second } = await nextVisit(fakeFile('film.mp4', LARGE), 0.3);
  second.queue.forgetLeft();
  await second.clock.advance(MINUTE);
  assert.deepEqual([second.items().length, second.server.records.size, second.remembered.list().length], [0, 0, 0]);
});

test('an offer whose record has expired begins from the start', async () => {
  const { second } = await nextVisit(fakeFile('film.mp4', LARGE), 0.3);
  Object.assign([...second.server.records.values()][0], { status: 'rejected', reason: 'expired' });
  await second.queue.addLeft([fakeFile('film.mp4', LARGE)]);
  await second.clock.advance(MINUTE);
  assert.deepEqual(second.statuses(), { 'film.mp4': 'ready' });
});

test('files that waited when the tab was killed are offered too', async () => {
  const { queue, clock, remembered } = fakeUploads();
  await queue.add(Array.from({ length: 8 }, (_, at) => fakeFile(`${at}.bin`, 40_000_000)));
  await clock.advance(6000);
  assert.deepEqual(remembered.list().map(({ name }) => name), ['4.bin', '5.bin', '6.bin', '7.bin']);
});

test('what another tab finishes is not offered any more', async () => {
  const { second } = await nextVisit(fakeFile('film.mp4', LARGE), 0.3);
  second.queue.withdraw(second.remembered.list()[0].key);
  assert.deepEqual(second.items(), []);
});

test('a deletion that failed before a crash is done by the next visit', async () => {
  const first = fakeUploads();
  await first.queue.add([fakeFile('a.bin', 80_000_000)]);
  await first.clock.advance(1000);
  first.server.offline = true;
  first.queue.cancel();
  await first.clock.advance(1000);
  const entries = first.remembered.list();
  assert.deepEqual(entries.map(({ cancelled }) => cancelled), [true]);
  const { clock, server, storage } = first;
  const second = fakeUploads({ clock, server, storage, tab: 'second' });
  server.offline = false;
  second.queue.offer(entries);
  assert.deepEqual(second.items(), []);
  await clock.advance(100);
  assert.equal(server.records.size, 0);
});

test('after a day, nothing is offered', async () => {
  const { queue, clock, remembered } = fakeUploads();
  await queue.add([fakeFile('a.bin', 80_000_000)]);
  clock.sleep(25 * 60 * MINUTE);
  assert.deepEqual(remembered.list(), []);
});

test('a storage that is full or forbidden does not disturb uploads', async () => {
  const storage = {
    get length() {
      throw new Error('forbidden');
    },
    getItem() {
      throw new Error('forbidden');
    },
  };
  // The key of the fakes counts what is stored.
  const { queue, clock, statuses } = fakeUploads({ storage: Object.create(storage, { length: { value: 0 } }) });
  await queue.add([fakeFile('a.bin', 80_000_000)]);
  await clock.advance(MINUTE);
  assert.deepEqual(statuses(), { 'a.bin': 'ready' });
});
