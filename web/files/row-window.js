// Keeps only the rows near the window in the page, so that thousands of files stay light.

import { sliceInView } from './window.js';

const OVERSCAN_ROWS = 8;
/** Until a row could be measured. */
const ROW_HEIGHT = 57;

/** @typedef {{ id: string }} Identified */

/**
 * @template {Identified} R
 * @typedef {object} WindowOptions
 * @property {HTMLElement} body
 * @property {(record: R) => HTMLElement} create
 * @property {(row: HTMLElement, record: R) => void} update shows a changed record in its row
 * @property {(last: number) => void} onSlice which index is the last in the page
 */

/** @template {Identified} R */
export class RowWindow {
  #body;
  #options;
  /** @type {R[]} */ #records = [];
  /** @type {Map<string, { element: HTMLElement, record: R }>} */ #rows = new Map();
  #asked = false;
  /** Measured once for each layout, because a measurement makes the browser lay out the page. */
  /** @type {{ columns: number, rowHeight: number } | null} */ #layout = null;
  #abort = new AbortController();
  #width = 0;
  #resized = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === this.#width) return;
    this.#width = contentRect.width;
    this.#layout = null;
    this.schedule();
  });

  /** @param {WindowOptions<R>} options */
  constructor(options) {
    const { body } = options;
    this.#options = options;
    this.#body = body;
    const listening = { passive: true, capture: true, signal: this.#abort.signal };
    addEventListener('scroll', () => this.schedule(), listening);
    addEventListener('resize', () => this.schedule(), listening);
    this.#resized.observe(body);
  }

  stop() {
    this.#abort.abort();
    this.#resized.disconnect();
  }

  /** @param {R[]} records */
  show(records) {
    this.#records = records;
    this.render();
  }

  /** Makes all rows anew, as after a change of what rows look like. */
  reset() {
    this.#layout = null;
    this.#rows.clear();
    this.#body.replaceChildren();
    this.render();
  }

  /** The row of a record, if it is in the page. @param {string} id */
  rowOf(id) {
    return this.#rows.get(id)?.element ?? null;
  }

  get rows() {
    return this.#rows.entries();
  }

  /** How many records are side by side. */
  get columns() {
    return this.#measured().columns;
  }

  /** The height of a row with the gap below it. */
  get rowHeight() {
    return this.#measured().rowHeight;
  }

  /** How many rows fit into the window. */
  get page() {
    return Math.max(1, Math.floor(innerHeight / this.rowHeight) - 3);
  }

  schedule() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      if (!this.#abort.signal.aborted) this.render();
    });
  }

  render() {
    if (!this.#body.isConnected) return;
    const slice = this.#slice();
    const wanted = this.#records.slice(slice.first, slice.last);
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, { element }] of this.#rows) {
      if (ids.has(id)) continue;
      // The keyboard continues from the list when the row with the focus scrolls away.
      if (element.contains(document.activeElement)) this.#body.focus({ preventScroll: true });
      element.remove();
      this.#rows.delete(id);
    }
    // A row that stays is not moved, because that would take its focus.
    const elements = wanted.map((record) => this.#row(record));
    let place = this.#body.firstElementChild;
    for (const [at, element] of elements.entries()) {
      element.setAttribute('aria-rowindex', String(slice.first + at + 2));
      if (element === place) place = place.nextElementSibling;
      else this.#body.insertBefore(element, place);
    }
    this.#body.style.setProperty('padding-block', `${slice.before}px ${slice.after}px`);
    this.#options.onSlice(slice.last);
  }

  /** Scrolls until the record with this index is in the page and in view. @param {number} index */
  reveal(index) {
    const top = this.#body.getBoundingClientRect().top + Math.floor(index / this.columns) * this.rowHeight;
    const margin = this.rowHeight * 2;
    if (top < margin) scrollBy({ top: top - margin });
    else if (top + this.rowHeight > innerHeight - margin) scrollBy({ top: top + this.rowHeight - innerHeight + margin });
    this.render();
  }

  #measured() {
    const row = this.#body.firstElementChild;
    if (this.#layout && row) return this.#layout;
    const { rowGap, gridTemplateColumns: tracks } = getComputedStyle(this.#body);
    const columns = !tracks || tracks === 'none' ? 1 : tracks.split(' ').length;
    const height = row?.getBoundingClientRect().height || 0;
    const layout = { columns, rowHeight: (height || ROW_HEIGHT) + (Number.parseFloat(rowGap) || 0) };
    // Without a row or the stylesheet, the measures are preliminary.
    if (height) this.#layout = layout;
    return layout;
  }

  #slice() {
    const { top } = this.#body.getBoundingClientRect();
    const measures = { count: this.#records.length, columns: this.columns, rowHeight: this.rowHeight };
    return sliceInView({ ...measures, top: -top, height: innerHeight, overscan: OVERSCAN_ROWS });
  }

  /** @param {R} record */
  #row(record) {
    const known = this.#rows.get(record.id);
    if (known?.record === record) return known.element;
    const element = known?.element ?? this.#options.create(record);
    if (known) this.#options.update(element, record);
    this.#rows.set(record.id, { element, record });
    return element;
  }
}
