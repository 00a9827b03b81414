// How a picture lies in the viewer.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FITTED, bounded, fit, maximum, swipe, zoomAt } from '../../../web/photos/zoom.js';

const FRAME = { width: 1000, height: 800 };

test('a large picture fits the window and a small one keeps its size', () => {
  assert.deepEqual(fit({ width: 4000, height: 2000 }, FRAME), { width: 1000, height: 500 });
  assert.deepEqual(fit({ width: 2000, height: 4000 }, FRAME), { width: 400, height: 800 });
  assert.deepEqual(fit({ width: 300, height: 200 }, FRAME), { width: 300, height: 200 });
});

test('zooming keeps the point under the pointer', () => {
  const at = { x: 100, y: -50 };
  const view = zoomAt(FITTED, 2, at);
  assert.deepEqual(view, { scale: 2, x: -100, y: 50 });
  assert.deepEqual(zoomAt(view, 1, at), { scale: 1, x: 0, y: 0 });
});

test('a picture cannot be moved out of the window', () => {
  const fitted = { width: 1000, height: 500 };
  assert.deepEqual(bounded({ scale: 2, x: 900, y: 900 }, fitted, FRAME, 4), { scale: 2, x: 500, y: 100 });
  assert.deepEqual(bounded({ scale: 1, x: 900, y: 900 }, fitted, FRAME, 4), { scale: 1, x: 0, y: 0 });
  assert.equal(bounded({ scale: 9, x: 0, y: 0 }, fitted, FRAME, 4).scale, 4);
  assert.equal(bounded({ scale: 0.2, x: 0, y: 0 }, fitted, FRAME, 4).scale, 1);
});

test('the largest scale is twice the true size, and never less than three', () => {
  assert.equal(maximum(4000, 1000), 8);
  assert.equal(maximum(1000, 1000), 3);
});

test('a swipe asks for a neighbour or closes', () => {
  assert.equal(swipe(-60, 5, 200, FRAME), 'next');
  assert.equal(swipe(60, 5, 200, FRAME), 'previous');
  assert.equal(swipe(60, 5, 600, FRAME), null);
  assert.equal(swipe(400, 5, 600, FRAME), 'previous');
  assert.equal(swipe(5, 90, 200, FRAME), 'close');
  assert.equal(swipe(5, -90, 200, FRAME), null);
  assert.equal(swipe(3, 2, 100, FRAME), null);
});
