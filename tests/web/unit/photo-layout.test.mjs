// Where the grid puts photos, which of them have elements, and where the keys lead.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { layOut, ratioOf, rowHeightFor, rowOf, rowsInView } from '../../../web/photos/layout.js';
import { target } from '../../../web/photos/movement.js';

const MEASURES = { width: 1000, rowHeight: 170, gap: 4, heading: 48 };
const NOVEMBER = new Date(2026, 10, 15, 12).getTime();
const OCTOBER = new Date(2026, 9, 31, 23, 59).getTime();

const landscape = (created = NOVEMBER) => ({ width: 3000, height: 2000, created });
const portrait = (created = NOVEMBER) => ({ width: 2000, height: 3000, created });
const many = (n, make = landscape) => Array.from({ length: n }, () => make());

test('a full row is exactly as wide as the grid', () => {
  const { rows } = layOut([landscape(), portrait(), ...many(30)], MEASURES);
  const full = rows.filter((row) => row.kind === 'photos').slice(0, -1);
  assert.ok(full.length > 5);
  for (const { lefts, widths } of full) {
    assert.equal(lefts.at(-1) + widths.at(-1), 1000);
    for (let at = 1; at < lefts.length; at += 1) assert.equal(lefts[at], lefts[at - 1] + widths[at - 1] + 4);
  }
});

test('rows keep the ratio of photos within a pixel or two', () => {
  const { rows } = layOut(many(30), MEASURES);
  for (const row of rows) {
    if (row.kind === 'month') continue;
    for (const width of row.widths) assert.ok(Math.abs(width - row.height * 1.5) < 2, `${width} x ${row.height}`);
  }
});

test('rows are about as high as asked', () => {
  const photos = Array.from({ length: 200 }, (_, at) => (at % 3 ? landscape() : portrait()));
  const rows = layOut(photos, MEASURES).rows.filter((row) => row.kind === 'photos');
  for (const { height } of rows) assert.ok(height > 120 && height <= 221, String(height));
});

test('rows follow each other without overlap', () => {
  const photos = [...many(23), ...many(9, () => portrait(OCTOBER))];
  const { rows, height } = layOut(photos, MEASURES);
  let end = 0;
  let next = 0;
  for (const row of rows) {
    assert.equal(row.top, end);
    end = row.top + row.height + (row.kind === 'photos' ? 4 : 0);
    if (row.kind !== 'photos') continue;
    assert.equal(row.first, next);
    next += row.widths.length;
  }
  assert.equal(height, end);
  assert.equal(next, photos.length);
});

test('each month has a heading in the time zone of the reader', () => {
  const { rows } = layOut([landscape(), landscape(OCTOBER), landscape(OCTOBER)], MEASURES);
  assert.deepEqual(rows.map((row) => row.kind), ['month', 'photos', 'month', 'photos']);
  assert.deepEqual(rows.filter((row) => row.kind === 'month').map((row) => row.month), [NOVEMBER, OCTOBER]);
});

test('the last row of a month is as high as the row above it', () => {
  const { rows } = layOut(many(5), MEASURES);
  assert.equal(rows[2].widths.length, 1);
  assert.equal(rows[2].height, rows[1].height);
});

test('a row alone in its month is not stretched', () => {
  const { rows } = layOut([landscape(), landscape(OCTOBER)], MEASURES);
  assert.deepEqual(rows[1].widths, [255]);
  assert.equal(rows[1].height, 170);
});

test('while more photos follow, a last row that is not full waits for them', () => {
  const open = layOut(many(5), { ...MEASURES, open: true });
  assert.equal(open.placed, 4);
  assert.equal(open.height, 48 + open.rows[1].height + 4);
  assert.equal(layOut(many(5), MEASURES).placed, 5);
});

test('while more photos follow, a month without a full row has no heading either', () => {
  const photos = [...many(4), landscape(OCTOBER)];
  const open = layOut(photos, { ...MEASURES, open: true });
  assert.deepEqual(open.rows.map((row) => row.kind), ['month', 'photos']);
  assert.equal(open.placed, 4);
});

test('an earlier month is complete although more photos follow', () => {
  const open = layOut([landscape(), ...many(4, () => landscape(OCTOBER))], { ...MEASURES, open: true });
  assert.equal(open.placed, 5);
});

test('extreme ratios are cropped and unknown ones are square', () => {
  assert.equal(ratioOf({ width: 10_000, height: 100 }), 3);
  assert.equal(ratioOf({ width: 100, height: 10_000 }), 0.5);
  assert.equal(ratioOf({ width: 0, height: 0 }), 1);
});

test('no photos, no rows', () => {
  assert.deepEqual(layOut([], MEASURES), { rows: [], height: 0, placed: 0 });
});

test('rows in view are those that the window touches', () => {
  const layout = layOut(many(400), MEASURES);
  const { from, to } = rowsInView(layout, { top: 1000, bottom: 1500, margin: 0, most: 1000 });
  assert.ok(layout.rows[from].top <= 1000 && layout.rows[from + 1].top > 1000);
  assert.ok(layout.rows[to - 1].top < 1500 && layout.rows[to].top >= 1500);
});

test('the margin adds rows on both sides, up to the budget', () => {
  const layout = layOut(many(400), MEASURES);
  const view = { top: 1000, bottom: 1500, margin: 400, most: 1000 };
  const [none, some] = [rowsInView(layout, { ...view, margin: 0 }), rowsInView(layout, view)];
  assert.ok(some.from < none.from && some.to > none.to);
  const capped = rowsInView(layout, { ...view, most: 4 * (none.to - none.from) });
  assert.deepEqual(capped, none);
});

test('a view beyond the end has the last rows', () => {
  const layout = layOut(many(40), MEASURES);
  const { from, to } = rowsInView(layout, { top: 1e6, bottom: 1e6 + 500, margin: 100, most: 1000 });
  assert.ok(from < to || from === layout.rows.length - 1);
});

test('the number of photos in a window is bounded on every screen', () => {
  for (const [width, height] of [[320, 568], [390, 844], [800, 1280], [1280, 800], [1440, 2560], [1920, 1080], [3840, 2160]]) {
    const rowHeight = rowHeightFor(width, height);
    const photos = Array.from({ length: 2000 }, (_, at) => (at % 4 ? portrait() : landscape()));
    const layout = layOut(photos, { width, rowHeight, gap: 4, heading: 48 });
    const { from, to } = rowsInView(layout, { top: 5000, bottom: 5000 + height, margin: height / 2, most: 80 });
    const shown = layout.rows.slice(from, to).reduce((sum, row) => sum + (row.widths?.length ?? 0), 0);
    assert.ok(shown <= 85, `${shown} photos at ${width} x ${height}`);
  }
});

test('the row of a photo is found', () => {
  const layout = layOut([...many(50), ...many(7, () => landscape(OCTOBER))], MEASURES);
  for (let at = 0; at < 57; at += 1) {
    const row = layout.rows[rowOf(layout, at)];
    assert.equal(row.kind, 'photos');
    assert.ok(row.first <= at && at < row.first + row.widths.length);
  }
  assert.equal(rowOf(layout, 57), -1);
  assert.equal(rowOf(layout, -1), -1);
});

const press = (key, more = {}) => ({ key, ctrl: false, page: 800, ...more });

test('arrows move by one photo or to the nearest one of the next row', () => {
  const layout = layOut([...many(8), ...many(2, () => landscape(OCTOBER))], MEASURES);
  assert.equal(target(layout, 1, press('ArrowRight')), 2);
  assert.equal(target(layout, 0, press('ArrowLeft')), 0);
  assert.equal(target(layout, 9, press('ArrowRight')), 9);
  assert.equal(target(layout, 1, press('ArrowDown')), 5);
  assert.equal(target(layout, 5, press('ArrowUp')), 1);
  // Over the heading of the next month, whose row has fewer photos.
  assert.equal(target(layout, 7, press('ArrowDown')), 9);
  assert.equal(target(layout, 9, press('ArrowDown')), 9);
});

test('Home and End move within the row, with Ctrl within the grid, pages by the height of the window', () => {
  const layout = layOut(many(100), MEASURES);
  assert.equal(target(layout, 6, press('Home')), 4);
  assert.equal(target(layout, 6, press('End')), 7);
  assert.equal(target(layout, 6, press('Home', { ctrl: true })), 0);
  assert.equal(target(layout, 6, press('End', { ctrl: true })), 99);
  const down = target(layout, 6, press('PageDown'));
  assert.ok(down > 20 && down < 29, String(down));
  assert.equal(target(layout, down, press('PageUp')), 6);
  assert.equal(target(layout, 98, press('PageDown')), 98);
});

test('other keys move nothing', () => {
  assert.equal(target(layOut(many(4), MEASURES), 0, press('a')), null);
  assert.equal(target(layOut([], MEASURES), 0, press('ArrowDown')), null);
});
