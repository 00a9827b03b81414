// Where the photos of the grid are: rows of equal width below a heading for each month. No DOM here.

/**
 * @typedef {import('./record.js').Photo} Photo
 *
 * @typedef {object} MonthRow the heading of a month
 * @property {'month'} kind
 * @property {number} top
 * @property {number} height
 * @property {number} month a time in this month, in milliseconds since 1970
 *
 * @typedef {object} PhotoRow
 * @property {'photos'} kind
 * @property {number} top
 * @property {number} height
 * @property {number} first the index of its first photo
 * @property {number[]} lefts for each of its photos
 * @property {number[]} widths for each of its photos
 *
 * @typedef {MonthRow | PhotoRow} Row
 *
 * @typedef {object} Layout
 * @property {Row[]} rows
 * @property {number} height
 * @property {number} placed the number of photos in the rows
 *
 * @typedef {object} Measures
 * @property {number} width of the grid
 * @property {number} rowHeight the height that rows are to have
 * @property {number} gap between photos
 * @property {number} heading the height of a month's heading
 * @property {boolean} [open] whether more photos follow: then a last row that is not full is left out for now
 */

// A strip of film or a receipt is cropped, so that it fits the rows.
const NARROWEST = 0.5;
const WIDEST = 3;
const UNKNOWN_RATIO = 1;

// How much higher a row may be than asked.
const MOST_STRETCH = 1.3;

// About this many photos fill a window, so that the number of elements does not grow with the screen.
const PHOTOS_PER_WINDOW = 45;

/**
 * The height of rows in a grid of this width, in a window of this height.
 * @param {number} width
 * @param {number} windowHeight
 */
export function rowHeightFor(width, windowHeight) {
  const least = width < 500 ? 110 : width < 900 ? 150 : 190;
  const bounded = Math.sqrt((width * windowHeight) / PHOTOS_PER_WINDOW);
  return Math.max(least, Math.ceil(bounded / 10) * 10);
}

/**
 * The width of a photo of height 1, as the grid shows it.
 * @param {{ width: number, height: number }} photo
 */
export function ratioOf({ width, height }) {
  if (!width || !height) return UNKNOWN_RATIO;
  return Math.min(WIDEST, Math.max(NARROWEST, width / height));
}

/**
 * The month of a time, in the reader's time zone.
 * @param {number} time
 */
function monthOf(time) {
  const date = new Date(time);
  return date.getFullYear() * 12 + date.getMonth();
}

/**
 * @param {{ width: number, height: number, created: number }[]} photos in the order of the grid
 * @param {Measures} measures
 * @returns {Layout}
 */
export function layOut(photos, measures) {
  /** @type {Row[]} */
  const rows = [];
  const end = { top: 0 };
  let at = 0;
  while (at < photos.length) {
    const { created } = photos[at];
    const month = monthOf(created);
    let last = at;
    while (last < photos.length && monthOf(photos[last].created) === month) last += 1;
    rows.push({ kind: 'month', top: end.top, height: measures.heading, month: created });
    end.top += measures.heading;
    const placed = addRows(rows, end, photos, at, last, measures);
    if (placed < last) {
      if (placed === at) end.top = /** @type {Row} */ (rows.pop()).top;
      return { rows, height: end.top, placed };
    }
    at = last;
  }
  return { rows, height: end.top, placed: photos.length };
}

/**
 * Adds the rows of the photos from `first` to before `last`, which are of one month. Returns the index of the first
 * photo that found no place.
 * @param {Row[]} rows
 * @param {{ top: number }} end
 * @param {{ width: number, height: number }[]} photos
 * @param {number} first
 * @param {number} last
 * @param {Measures} measures
 */
function addRows(rows, end, photos, first, last, { width, rowHeight, gap, open }) {
  let usual = rowHeight;
  for (let start = first; start < last; ) {
    const { to, height } = fullRow(photos, start, last, { width, rowHeight, gap });
    const isFull = height > 0;
    if (!isFull && open && last === photos.length) return start;
    // A month's last row is as high as the row above it, rather than to stretch a single photo over the width.
    if (isFull) usual = Math.min(rowHeight, Math.round(height));
    const added = row(photos, start, to, end.top, isFull ? height : usual, gap);
    rows.push(added);
    end.top += added.height + gap;
    start = to;
  }
  return last;
}

/**
 * The photos from `start` that fill a row best: with the last one a row is lower than `rowHeight`, without it higher.
 * The height is 0 if the photos do not fill a row.
 * @param {{ width: number, height: number }[]} photos
 * @param {number} start
 * @param {number} last
 * @param {{ width: number, rowHeight: number, gap: number }} measures
 */
function fullRow(photos, start, last, { width, rowHeight, gap }) {
  let [sum, without] = [0, Infinity];
  for (let at = start; at < last; at += 1) {
    sum += ratioOf(photos[at]);
    const height = (width - gap * (at - start)) / sum;
    if (height <= rowHeight) {
      const isBetter = without <= rowHeight * MOST_STRETCH && without - rowHeight < rowHeight - height;
      return isBetter ? { to: at, height: without } : { to: at + 1, height };
    }
    without = height;
  }
  return { to: last, height: 0 };
}

/**
 * @param {{ width: number, height: number }[]} photos
 * @param {number} first
 * @param {number} last
 * @param {number} top
 * @param {number} height not rounded, so that rounding the edges of photos does not add up
 * @param {number} gap
 * @returns {PhotoRow}
 */
function row(photos, first, last, top, height, gap) {
  const [lefts, widths] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  let [left, x] = [0, 0];
  for (let at = first; at < last; at += 1) {
    x += ratioOf(photos[at]) * height;
    const right = Math.round(x) + gap * (at - first);
    lefts.push(left);
    widths.push(right - left);
    left = right + gap;
  }
  return { kind: 'photos', top, height: Math.round(height), first, lefts, widths };
}

/**
 * The range of rows that are to have elements: those between `top` and `bottom`, and as many above and below as
 * `margin` covers, but at most `most` photos as far as the margin goes.
 * @param {Layout} layout
 * @param {{ top: number, bottom: number, margin: number, most: number }} view
 * @returns {{ from: number, to: number }}
 */
export function rowsInView({ rows }, { top, bottom, margin, most }) {
  let from = rowAt(rows, top);
  let to = from;
  let photos = 0;
  for (; to < rows.length && rows[to].top < bottom; to += 1) photos += photosIn(rows[to]);
  for (let grows = true; grows; ) {
    grows = false;
    const below = rows[to];
    if (below && below.top < bottom + margin && photos + photosIn(below) <= most) {
      [photos, to, grows] = [photos + photosIn(below), to + 1, true];
    }
    const above = rows[from - 1];
    if (above && above.top + above.height > top - margin && photos + photosIn(above) <= most) {
      [photos, from, grows] = [photos + photosIn(above), from - 1, true];
    }
  }
  return { from, to };
}

/** @param {Row} row */
function photosIn(row) {
  return row.kind === 'photos' ? row.widths.length : 0;
}

/**
 * The index of the last row that begins at or above `y`, or 0.
 * @param {Row[]} rows
 * @param {number} y
 */
function rowAt(rows, y) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].top <= y) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/**
 * The index of the row of the photo `at`, or -1.
 * @param {Layout} layout
 * @param {number} at
 */
export function rowOf({ rows, placed }, at) {
  if (at < 0 || at >= placed) return -1;
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lastBefore(rows, middle) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The number of photos in the rows up to and including `at`.
 * @param {Row[]} rows
 * @param {number} at
 */
function lastBefore(rows, at) {
  const row = rows[at];
  if (row.kind === 'photos') return row.first + row.widths.length;
  const next = rows[at + 1];
  return next?.kind === 'photos' ? next.first : Infinity;
}
