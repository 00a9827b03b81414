// Which photo the focus moves to, by key. No DOM here.

import { rowOf } from './layout.js';

/** @typedef {import('./layout.js').Layout} Layout @typedef {import('./layout.js').PhotoRow} PhotoRow */

/**
 * The index of the photo that `key` leads to from the photo `at`, or null if the key moves nothing.
 * @param {Layout} layout
 * @param {number} at
 * @param {{ key: string, ctrl: boolean, page: number }} press `page` is the height of the window
 * @returns {number | null}
 */
export function target(layout, at, { key, ctrl, page }) {
  const last = layout.placed - 1;
  if (last < 0) return null;
  const current = rowOf(layout, at);
  const row = /** @type {PhotoRow} */ (layout.rows[current]);
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'ArrowRight':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return vertically(layout, current, at, -1, 0);
    case 'ArrowDown':
      return vertically(layout, current, at, 1, 0);
    case 'PageUp':
      return vertically(layout, current, at, -1, page);
    case 'PageDown':
      return vertically(layout, current, at, 1, page);
    case 'Home':
      return ctrl ? 0 : row.first;
    case 'End':
      return ctrl ? last : row.first + row.widths.length - 1;
    default:
      return null;
  }
}

/**
 * The photo nearest to the middle of the photo `at`, in the first row of photos that is `distance` pixels further. At
 * the end of the grid, the last such row.
 * @param {Layout} layout
 * @param {number} current the row of `at`
 * @param {number} at
 * @param {1 | -1} step
 * @param {number} distance
 */
function vertically({ rows }, current, at, step, distance) {
  const from = /** @type {PhotoRow} */ (rows[current]);
  const middle = from.lefts[at - from.first] + from.widths[at - from.first] / 2;
  let found = null;
  for (let index = current + step; index >= 0 && index < rows.length; index += step) {
    const row = rows[index];
    if (row.kind !== 'photos') continue;
    found = row;
    if (Math.abs(row.top - from.top) >= distance) break;
  }
  return found ? nearest(found, middle) : at;
}

/**
 * @param {PhotoRow} row
 * @param {number} x
 */
function nearest(row, x) {
  let best = 0;
  for (let at = 0; at < row.lefts.length; at += 1) {
    if (distance(row, at, x) < distance(row, best, x)) best = at;
  }
  return row.first + best;
}

/**
 * @param {PhotoRow} row
 * @param {number} at
 * @param {number} x
 */
function distance(row, at, x) {
  return Math.max(row.lefts[at] - x, x - row.lefts[at] - row.widths[at], 0);
}
