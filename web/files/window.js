// Which rows of a long list are in the page. The others are space.

/**
 * @typedef {{ count: number, columns: number, rowHeight: number, top: number, height: number, overscan: number }} Measures
 *   `top`: how far the beginning of the list is above the window's upper edge; `height`: of the window; `overscan`:
 *   rows beyond each edge
 * @typedef {{ first: number, last: number, before: number, after: number }} Slice records from `first` to before
 *   `last`, and the space before and after them in pixels
 */

/**
 * @param {Measures} measures
 * @returns {Slice}
 */
export function sliceInView({ count, columns, rowHeight, top, height, overscan }) {
  const rows = Math.ceil(count / columns);
  const clamp = (/** @type {number} */ row) => Math.min(Math.max(row, 0), rows);
  const firstRow = clamp(Math.floor(top / rowHeight) - overscan);
  const lastRow = Math.max(firstRow, clamp(Math.ceil((top + height) / rowHeight) + overscan));
  return {
    first: firstRow * columns,
    last: Math.min(lastRow * columns, count),
    before: firstRow * rowHeight,
    after: (rows - lastRow) * rowHeight,
  };
}

/** Keys that move the focus in a list, by how far. */
const STEPS = /** @type {Record<string, (columns: number, page: number) => number>} */ ({
  ArrowDown: (columns) => columns,
  ArrowUp: (columns) => -columns,
  ArrowRight: (columns) => (columns > 1 ? 1 : 0),
  ArrowLeft: (columns) => (columns > 1 ? -1 : 0),
  PageDown: (columns, page) => columns * page,
  PageUp: (columns, page) => -columns * page,
  Home: () => -Infinity,
  End: () => Infinity,
});

/**
 * The index of the record that a key moves to, or null if the key moves nowhere.
 * @param {string} key
 * @param {{ at: number, count: number, columns: number, page: number, rtl?: boolean }} list `page`: rows in the window
 * @returns {number | null}
 */
export function targetOf(key, { at, count, columns, page, rtl = false }) {
  const mirrored = rtl ? /** @type {Record<string, string>} */ ({ ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft' })[key] ?? key : key;
  const step = STEPS[mirrored]?.(columns, page) ?? 0;
  if (!step || !count) return null;
  const target = at + step;
  if (Number.isFinite(step) && Math.abs(step) === columns && columns > 1 && (target < 0 || target >= count)) {
    return target >= count && Math.floor(at / columns) < Math.floor((count - 1) / columns) ? count - 1 : at;
  }
  return Math.min(Math.max(target, 0), count - 1);
}
