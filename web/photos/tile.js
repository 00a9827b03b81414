// One photo of the grid: a cell with a link and its picture. Tiles are recycled.

import { path } from '../api.js';
import { h, icon } from '../dom.js';
import { date } from '../format.js';
import { words } from '../words.js';
import { averageColour } from './record.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {{ left: number, width: number, height: number }} Box
 */

export class Tile {
  /** @type {Photo | null} */
  photo = null;
  /** What the loader does for this tile. A new object for each photo, so that late answers are told apart. */
  job = {};
  /** The longer side of the picture in CSS pixels. */
  side = 0;
  /** The URL of the picture, or null. @type {string | null} */
  url = null;
  /** How many URLs of the picture did not work. */
  failures = 0;
  image = h('img', { alt: '', decoding: 'async', draggable: false });
  link = h('a', { class: 'photo-grid-link', tabindex: '-1', draggable: false }, this.image);
  element = h('div', { class: 'photo-grid-cell', role: 'gridcell' }, this.link);
  /** @type {HTMLElement | null} */
  #note = null;
  /** What the note and the label were made for. */
  #shown = '';

  constructor() {
    this.image.addEventListener('load', () => this.#setState('loaded'));
  }

  /**
   * @param {Photo} photo
   * @param {Box} box
   * @param {{ selected: boolean, focusable: boolean }} options
   */
  show(photo, { left, width, height }, { selected, focusable }) {
    if (photo.id !== this.photo?.id) this.#begin(photo);
    this.photo = photo;
    this.side = Math.max(width, height);
    const { style } = this.element;
    style.setProperty('left', `${left}px`);
    style.setProperty('width', `${width}px`);
    this.element.setAttribute('aria-selected', String(selected));
    this.link.tabIndex = focusable ? 0 : -1;
    this.#describe(photo);
  }

  /** Whether the picture is still to be loaded. */
  get waits() {
    return this.photo?.status === 'ready' && this.element.dataset.state === 'empty';
  }

  /** @param {string} url */
  load(url) {
    this.url = url;
    this.#setState('loading');
    this.image.src = url;
    if (this.image.complete && this.image.naturalWidth > 0) this.#setState('cached');
  }

  /** Shows that the picture cannot be loaded. */
  fail() {
    this.#unload();
    this.#setState('failed');
    if (this.photo) this.#describe(this.photo);
  }

  /** Makes a tile without a picture try again. */
  reset() {
    this.failures = 0;
    this.#setState('empty');
    if (this.photo) this.#describe(this.photo);
  }

  /** Frees the picture of a tile that is not in use. */
  clear() {
    this.photo = null;
    this.job = {};
    this.failures = 0;
    this.#unload();
    this.#setState('empty');
  }

  #unload() {
    this.url = null;
    this.image.removeAttribute('src');
  }

  /** @param {Photo} photo */
  #begin(photo) {
    this.clear();
    this.element.dataset.id = photo.id;
    this.link.href = path`#/photos/${photo.id}`;
    const colour = averageColour(photo.placeholder);
    if (colour) this.link.style.setProperty('background-color', colour);
    else this.link.style.removeProperty('background-color');
  }

  /** @param {Photo} photo */
  #describe(photo) {
    const failed = this.element.dataset.state === 'failed';
    const shown = [photo.id, photo.title, photo.status, photo.reason, failed].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const note = noteOf(photo, failed);
    const day = date(new Date(photo.created).toISOString());
    this.link.setAttribute('aria-label', words.photos.tile(photo.title || photo.filename, day, note?.text ?? null));
    this.link.title = photo.title || photo.filename;
    this.#note?.remove();
    this.#note = note && h('span', { class: `photo-grid-note ${note.kind}`, 'aria-hidden': 'true' }, icon(note.icon), h('span', { text: note.text }));
    if (this.#note) this.link.append(this.#note);
  }

  /** @param {'empty' | 'loading' | 'loaded' | 'cached' | 'failed'} state */
  #setState(state) {
    if (state === 'loaded' && this.element.dataset.state === 'cached') return;
    this.element.dataset.state = state;
  }
}

/**
 * @param {Photo} photo
 * @param {boolean} failed
 */
function noteOf({ status }, failed) {
  if (status === 'pending') return { kind: 'pending', icon: 'clock', text: words.photos.pending };
  if (status === 'rejected') return { kind: 'rejected', icon: 'warning', text: words.photos.rejected };
  return failed ? { kind: 'failed', icon: 'photos', text: words.photos.noPreview } : null;
}
