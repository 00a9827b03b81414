// What the server rejected, and what can be kept as a file all the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { canBecomeFile } from '../../../web/uploads/problems.js';
import { fakeFile, fakeUploads } from '../helpers/fake-uploads.mjs';

const MINUTE = 60_000;

test('a photo that is none can be kept as a file', async () => {
  const { queue, clock, server, problem, ready, id } = fakeUploads();
  server.rejects['a.jpg'] = 'unsupported_type: TIFF';
  await queue.add([fakeFile('a.jpg', 101, { type: 'image/jpeg' })]);
  await clock.advance(MINUTE);
  assert.deepEqual(problem('a.jpg'), { code: 'rejected', reason: 'unsupported_type: TIFF' });
  server.rejects = {};
  queue.keepAsFile(id('a.jpg'));
  await clock.advance(MINUTE);
  assert.deepEqual(ready.map(({ kind }) => kind), ['file']);
  assert.deepEqual([...server.records.values()].map(({ collection }) => collection), ['files']);
});

test('a file whose content has another type can be kept without a type', async () => {
  const { queue, clock, server, items, ready, id } = fakeUploads();
  server.rejects['page.pdf'] = 'content_type_mismatch';
  await queue.add([fakeFile('page.pdf', 101, { type: 'application/pdf' })]);
  await clock.advance(MINUTE);
  const [failed] = items();
  assert.ok(canBecomeFile(failed.problem, failed));
  server.rejects = {};
  queue.keepAsFile(id('page.pdf'));
  await clock.advance(MINUTE);
  assert.deepEqual(ready.map(({ kind }) => kind), ['file']);
  assert.deepEqual([...server.records.values()].map((record) => record.content_type), ['application/octet-stream']);
});

test('what nothing but another file can help cannot be kept', () => {
  const pdf = { kind: 'file', type: 'application/pdf' };
  for (const [problem, upload] of [
    [{ code: 'rejected', reason: 'size_mismatch' }, pdf],
    [{ code: 'rejected', reason: 'content_type_mismatch' }, { ...pdf, type: '' }],
    [{ code: 'rejected', reason: 'unreadable' }, { kind: 'image', type: 'image/png' }],
    [{ code: 'quota' }, pdf],
  ]) assert.ok(!canBecomeFile(problem, upload), JSON.stringify([problem, upload]));
});
