// Where the window is on the grid.

import { rowOf, rowsInView } from './layout.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {{ id: string, offset: number }} Anchor a photo, and how far its row is below the window's upper edge
 */

// Three elements for each photo, and a few for rows and months: fewer than 300 in all.
const MOST_PHOTOS = 80;
const SETTLED_MS = 90;

export class GridScroll {
  /** Whether the reader scrolls so fast that pictures on the way are not worth loading. */
  fast = false;
  /** The lower edge of the window, from the beginning of the grid. */
  bottom = 0;
  #canvas;
  #render;
  #frame = 0;
  #top = 0;
  #height = 0;
  #width = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;

  /**
   * @param {HTMLElement} canvas
   * @param {() => void} render
   */
  constructor(canvas, render) {
    this.#canvas = canvas;
    this.#render = render;
  }

  /** Renders when the window moves or changes its size. Returns a function that ends this. */
  start() {
    const onScroll = () => this.request();
    const observer = new ResizeObserver(onScroll);
    observer.observe(/** @type {HTMLElement} */ (this.#canvas.parentElement));
    addEventListener('scroll', onScroll, { passive: true });
    addEventListener('resize', onScroll);
    return () => {
      observer.disconnect();
      removeEventListener('scroll', onScroll);
      removeEventListener('resize', onScroll);
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#settling);
      this.#frame = -1;
    };
  }

  /** Renders before the next frame. */
  request() {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  /** The size of the grid and of the window. */
  measure() {
    const whole = Math.floor(this.#canvas.getBoundingClientRect().width);
    const resized = whole !== this.#width || innerHeight !== this.#height;
    [this.#width, this.#height] = [whole, innerHeight];
    return { width: whole, height: innerHeight, resized };
  }

  /**
   * The rows that are to have elements.
   * @param {Layout} layout
   */
  range(layout) {
    const top = -this.#canvas.getBoundingClientRect().top;
    const moved = Math.abs(top - this.#top);
    this.#top = top;
    this.bottom = top + innerHeight;
    this.fast = moved > innerHeight / 2;
    clearTimeout(this.#settling);
    if (this.fast) this.#settling = setTimeout(() => this.request(), SETTLED_MS);
    return rowsInView(layout, { top, bottom: this.bottom, margin: innerHeight / 2, most: MOST_PHOTOS });
  }

  /**
   * The first row of photos of which the window shows at least a part.
   * @param {Layout} layout
   */
  firstShown({ rows }) {
    const top = -this.#canvas.getBoundingClientRect().top;
    const found = rows.find((row) => row.kind === 'photos' && row.top + row.height > top);
    return found?.kind === 'photos' ? found : null;
  }

  /**
   * The first photo in the window, unless the beginning of the grid is in it: then new photos are to appear.
   * @param {Layout} layout
   * @param {Photo[]} photos that the layout was made for
   * @returns {Anchor | null}
   */
  anchor(layout, photos) {
    const top = -this.#canvas.getBoundingClientRect().top;
    const row = top > 0 ? this.firstShown(layout) : null;
    const photo = row && photos[row.first];
    return photo ? { id: photo.id, offset: row.top - top } : null;
  }

  /**
   * Scrolls such that the anchor is where it was.
   * @param {Anchor | null} anchor
   * @param {Layout} layout
   * @param {(id: string) => number} indexOf
   */
  restore(anchor, layout, indexOf) {
    if (!anchor) return;
    const row = layout.rows[rowOf(layout, indexOf(anchor.id))];
    if (!row) return;
    const top = -this.#canvas.getBoundingClientRect().top;
    const by = row.top - anchor.offset - top;
    if (Math.abs(by) >= 1) scrollBy(0, by);
  }

  /**
   * Scrolls as little as is needed to show a row.
   * @param {{ top: number, height: number }} row
   * @param {number} head the height of what covers the upper edge of the window
   */
  reveal({ top, height }, head) {
    const shell = parseFloat(getComputedStyle(document.body).getPropertyValue('--top')) || 0;
    const bar = this.#canvas.closest('main') ? bottomBar() : 0;
    const at = this.#canvas.getBoundingClientRect().top + top;
    const upper = shell + head + 8;
    const lower = innerHeight - bar - 8;
    if (at < upper) scrollBy(0, at - upper);
    else if (at + height > lower) scrollBy(0, Math.min(at + height - lower, at - upper));
  }
}

/** The height of what covers the lower edge of the window. */
function bottomBar() {
  const nav = document.querySelector('.shell-nav');
  const isBar = nav && getComputedStyle(nav).position === 'fixed';
  return isBar ? nav.getBoundingClientRect().height : 0;
}
