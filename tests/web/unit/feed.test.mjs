// A list that is read page by page while it changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Feed } from '../../../web/files/feed.js';

/** @param {number} n */
const record = (n) => ({ id: `id-${String(n).padStart(4, '0')}`, created_at: new Date(n * 1000).toISOString(), n });

/** @param {number} from @param {number} to newest first, `to` included */
const records = (from, to) => Array.from({ length: from - to + 1 }, (_, at) => record(from - at));

/** A feed over pages that are given. @param {(ReturnType<typeof record>[] | Error)[]} pages */
function feedOf(pages) {
  /** @type {(string | null)[]} */
  const asked = [];
  const feed = new Feed(async (/** @type {string | null} */ next) => {
    asked.push(next);
    const at = Number(next ?? 0);
    const page = pages[at];
    if (page instanceof Error) {
      pages[at] = [];
      throw page;
    }
    return { results: page, next: at + 1 < pages.length ? String(at + 1) : null };
  });
  const numbers = () => feed.records.map(({ n }) => n);
  return { feed, asked, numbers };
}

test('each call reads one page, until the end', async () => {
  const { feed, asked } = feedOf([records(60, 31), records(30, 1)]);
  await feed.more();
  assert.deepEqual([feed.records.length, feed.state.value.phase], [30, 'idle']);
  await feed.more();
  assert.deepEqual([feed.records.length, feed.state.value.phase], [60, 'end']);
  await feed.more();
  assert.deepEqual(asked, [null, '1']);
});

test('short and empty pages of a filtered list are read through', async () => {
  const { feed, asked, numbers } = feedOf([[], records(50, 48), [], records(40, 20), records(10, 1)]);
  await feed.more();
  assert.deepEqual(asked, [null, '1', '2', '3']);
  assert.equal(numbers().length, 24);
  assert.equal(feed.state.value.phase, 'idle');
});

test('two calls at once read one page', async () => {
  const { feed, asked } = feedOf([records(30, 1), []]);
  await Promise.all([feed.more(), feed.more()]);
  assert.deepEqual(asked, [null]);
});

test('a failure keeps what was read, and the next call continues there', async () => {
  const { feed, asked } = feedOf([records(60, 31), new Error('lost')]);
  await feed.more();
  await feed.more();
  assert.deepEqual([feed.state.value.phase, feed.state.value.error.message, feed.records.length], ['failed', 'lost', 30]);
  await feed.more();
  assert.deepEqual([feed.state.value.phase, feed.state.value.error], ['end', null]);
  assert.deepEqual(asked, [null, '1', '1']);
});

test('a new record goes where its time belongs, once', async () => {
  const { feed, numbers } = feedOf([[record(5), record(3), record(1)]]);
  await feed.more();
  feed.put(record(9));
  feed.put(record(4));
  feed.put(record(9));
  assert.deepEqual(numbers(), [9, 5, 4, 3, 1]);
});

test('a removed record does not come back with a later page, unless it is restored', async () => {
  const { feed, numbers } = feedOf([records(40, 20), [record(30), record(2)]]);
  await feed.more();
  const gone = /** @type {any} */ (feed.find('id-0030'));
  feed.remove(['id-0030']);
  await feed.more();
  assert.equal(numbers().includes(30), false);
  feed.restore([gone]);
  assert.deepEqual(numbers().slice(9, 12), [31, 30, 29]);
});

test('a change of a record that is not in the list adds nothing', async () => {
  const { feed, numbers } = feedOf([[record(1)]]);
  await feed.more();
  feed.change(record(7));
  feed.change({ ...record(1), n: 11 });
  assert.deepEqual(numbers(), [11]);
});

test('a stopped feed ignores what still arrives', async () => {
  /** @type {(page: any) => void} */
  let answer = () => {};
  const feed = new Feed(() => new Promise((resolve) => {
    answer = resolve;
  }));
  const reading = feed.more();
  feed.stop();
  answer({ results: [record(1)], next: null });
  await reading;
  assert.deepEqual(feed.records, []);
});
