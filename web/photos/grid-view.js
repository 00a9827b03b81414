// The rows and tiles that are near the window. The other photos have no elements.

import { h } from '../dom.js';
import { month } from '../format.js';
import { words } from '../words.js';
import { rowOf } from './layout.js';
import { Tile } from './tile.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./layout.js').Row} Row
 * @typedef {import('./layout.js').PhotoRow} PhotoRow
 * @typedef {import('./thumbnails.js').Thumbnails} Thumbnails
 *
 * @typedef {object} Scene
 * @property {Layout} layout
 * @property {{ from: number, to: number }} range of rows
 * @property {Photo[]} photos
 * @property {ReadonlySet<string>} selected
 * @property {string | null} focusable the photo that Tab leads to
 * @property {boolean} complete whether the list has no more photos
 */

const MOST_SPARE = 60;

export class GridView {
  element = h('div', { class: 'photo-grid-canvas', role: 'grid', 'aria-label': words.photos.grid, 'aria-multiselectable': 'true' });
  #thumbnails;
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {Tile[]} */
  #spare = [];
  /** The elements of photo rows and of months, by the index of the row. @type {Map<number, HTMLElement>} */
  #rows = new Map();

  /** @param {Thumbnails} thumbnails */
  constructor(thumbnails) {
    this.#thumbnails = thumbnails;
  }

  /** The tiles that have elements. @returns {Iterable<Tile>} */
  get tiles() {
    return this.#tiles.values();
  }

  get hasFocus() {
    return this.element.contains(document.activeElement);
  }

  /** @param {string} id */
  tile(id) {
    return this.#tiles.get(id) ?? null;
  }

  /** @param {Scene} scene */
  render(scene) {
    const { layout, range } = scene;
    const focused = this.hasFocus ? /** @type {HTMLElement} */ (document.activeElement).closest('.photo-grid-cell') : null;
    const indexes = [];
    for (let at = range.from; at < range.to; at += 1) indexes.push(at);
    // The photo with the focus keeps its element, wherever it is scrolled to.
    const kept = rowOfCell(scene, /** @type {HTMLElement | null} */ (focused));
    if (kept >= 0 && !indexes.includes(kept)) indexes.push(kept);
    indexes.sort((a, b) => a - b);

    const before = this.#tiles;
    this.#tiles = new Map();
    const rows = indexes.map((at) => this.#row(layout.rows[at], at, scene, before));
    for (const tile of before.values()) this.#recycle(tile);
    this.#rows = new Map(indexes.map((at, place) => [at, rows[place]]));
    arrange(this.element, rows);
    this.element.style.setProperty('height', `${layout.height}px`);
    this.element.setAttribute('aria-rowcount', String(scene.complete ? layout.rows.length : -1));
    const link = focused?.querySelector('a');
    if (link?.isConnected && document.activeElement !== link) link.focus({ preventScroll: true });
  }

  /** Loads the pictures that tiles still wait for. */
  load() {
    for (const tile of this.#tiles.values()) if (tile.waits) this.#thumbnails.load(tile);
  }

  /** Tries again to load pictures that failed. */
  retry() {
    for (const tile of this.#tiles.values()) if (tile.element.dataset.state === 'failed') tile.reset();
    this.load();
  }

  /**
   * @param {Row} row
   * @param {number} at
   * @param {Scene} scene
   * @param {Map<string, Tile>} before tiles that are not in use yet
   */
  #row(row, at, scene, before) {
    const isMonth = row.kind === 'month';
    const known = this.#rows.get(at);
    const element = known?.classList.contains('photo-grid-month') === isMonth ? known : isMonth ? monthElement() : rowElement();
    element.setAttribute('aria-rowindex', String(at + 1));
    element.style.setProperty('transform', `translateY(${row.top}px)`);
    element.style.setProperty('height', `${row.height}px`);
    if (row.kind === 'month') {
      const heading = /** @type {HTMLElement} */ (element.querySelector('h2'));
      const text = month(new Date(row.month).toISOString());
      if (heading.textContent !== text) heading.textContent = text;
    } else {
      arrange(element, row.widths.map((_, place) => this.#tile(row, place, scene, before).element));
    }
    return element;
  }

  /**
   * @param {PhotoRow} row
   * @param {number} place
   * @param {Scene} scene
   * @param {Map<string, Tile>} before
   */
  #tile(row, place, { photos, selected, focusable }, before) {
    const photo = photos[row.first + place];
    const tile = before.get(photo.id) ?? this.#spare.pop() ?? this.#newTile();
    before.delete(photo.id);
    this.#tiles.set(photo.id, tile);
    const box = { left: row.lefts[place], width: row.widths[place], height: row.height };
    tile.show(photo, box, { selected: selected.has(photo.id), focusable: focusable === photo.id });
    return tile;
  }

  #newTile() {
    const tile = new Tile();
    this.#thumbnails.attach(tile);
    return tile;
  }

  /** @param {Tile} tile */
  #recycle(tile) {
    tile.clear();
    tile.element.remove();
    if (this.#spare.length < MOST_SPARE) this.#spare.push(tile);
  }
}

/**
 * @param {Scene} scene
 * @param {HTMLElement | null} cell
 */
function rowOfCell({ layout, photos }, cell) {
  const at = cell ? photos.findIndex(({ id }) => id === cell.dataset.id) : -1;
  return rowOf(layout, at);
}

function rowElement() {
  return h('div', { class: 'photo-grid-row', role: 'row' });
}

function monthElement() {
  return h('div', { class: 'photo-grid-row photo-grid-month', role: 'row' }, h('div', { role: 'gridcell' }, h('h2')));
}

/**
 * Makes `children` the children of `parent`, and moves only those that are not in their place.
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} children
 */
function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(/** @type {HTMLElement} */ (child))) child.remove();
  for (const [at, child] of children.entries()) {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  }
}
