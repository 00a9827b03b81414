// The picture of the viewer: a small one below a large one, which zoom and move together.

import { h, icon, replace } from '../dom.js';
import { words } from '../words.js';
import { averageColour } from './record.js';
import { listenToGestures } from './viewer-gestures.js';
import { FITTED, bounded, fit, maximum, zoomAt } from './zoom.js';

/**
 * @typedef {import('./record.js').Photo} Photo
 * @typedef {import('./zoom.js').Point} Point
 * @typedef {import('./zoom.js').View} View
 * @typedef {{ small: { size: number, url: string } | null, large: string | null }} Pictures
 *
 * @typedef {object} Commands
 * @property {() => unknown} previous
 * @property {() => unknown} next
 * @property {() => unknown} close
 * @property {(zoomed: boolean) => void} zoomed
 */

// A thumbnail without a larger picture is enlarged, but not until it is only blocks.
const MOST_ENLARGEMENT = 3;
const FIRST_ZOOM = 2.5;
const MIDDLE = { x: 0, y: 0 };

export class Stage {
  #commands;
  #small = h('img', { class: 'photo-viewer-small', alt: '', draggable: false });
  #large = h('img', { class: 'photo-viewer-large', alt: '', draggable: false, decoding: 'async' });
  #picture = h('div', { class: 'photo-viewer-picture' }, this.#small, this.#large);
  #notice = h('div', { class: 'photo-viewer-notice' });
  element = h('div', { class: 'photo-viewer-frame' }, this.#picture, this.#notice);
  /** The size of the picture if it is not made smaller. */
  #size = { width: 0, height: 0 };
  /** True pixels across. */
  #pixels = 0;
  #fitted = { width: 0, height: 0 };
  /** @type {View} */
  #view = FITTED;
  /** @type {((url: string) => void) | null} */
  #onError = null;

  /** @param {Commands} commands */
  constructor(commands) {
    this.#commands = commands;
    for (const image of [this.#small, this.#large]) {
      image.addEventListener('load', () => this.#loaded(image));
      image.addEventListener('error', () => {
        const url = image.getAttribute('src');
        if (url) this.#onError?.(url);
      });
    }
  }

  /** Begins to listen. Returns a function that ends it. */
  start() {
    const observer = new ResizeObserver(() => this.#fit());
    observer.observe(this.element);
    const stop = listenToGestures(this.element, {
      frame: () => this.#frame(),
      view: () => this.#view,
      zoomTo: (scale, at) => this.#show(zoomAt(this.#view, this.#limited(scale), at)),
      moveTo: (x, y) => this.#show({ ...this.#view, x, y }),
      pull: (x, y) => this.#pull(x, y),
      toggle: (at) => this.toggleZoom(at),
      swiped: (way) => this.#commands[way](),
    });
    return () => {
      observer.disconnect();
      stop();
    };
  }

  /**
   * Shows another photo, as far as it is at hand.
   * @param {Photo} photo
   * @param {Pictures} pictures
   */
  begin(photo, pictures) {
    this.clear();
    if (photo.status !== 'ready') return;
    this.#small.alt = photo.title || photo.filename;
    this.#setSize(photo, pictures);
    const colour = averageColour(photo.placeholder);
    if (colour) this.#picture.style.setProperty('background-color', colour);
    this.#picture.hidden = false;
    if (pictures.small) this.#small.src = pictures.small.url;
    this.element.classList.add('loading');
  }

  /**
   * @param {Pictures} pictures
   * @param {(url: string) => void} onError is called with a URL that does not work
   */
  load({ small, large }, onError) {
    this.#onError = onError;
    replace(this.#notice);
    this.#setSize(this.#size, { small, large });
    if (small && !shows(this.#small)) this.#small.src = small.url;
    if (large && !shows(this.#large)) this.#large.src = large;
    if (!large && shows(this.#small)) this.element.classList.remove('loading');
  }

  /** @param {() => unknown} retry */
  fail(retry) {
    this.element.classList.remove('loading');
    // A thumbnail is better than a message.
    if (shows(this.#small)) return;
    this.#picture.hidden = true;
    replace(this.#notice, h('div', { class: 'state' },
      h('div', { class: 'state-icon' }, icon('warning')),
      h('h2', { text: words.photos.viewer.noPicture }),
      h('button', { class: 'button', type: 'button', onClick: () => this.#retry(retry) }, icon('refresh'), words.ui.retry)));
  }

  clear() {
    this.#onError = null;
    for (const image of [this.#small, this.#large]) {
      image.removeAttribute('src');
      image.classList.remove('loaded');
    }
    this.#picture.hidden = true;
    this.#picture.style.removeProperty('background-color');
    this.element.classList.remove('loading');
    replace(this.#notice);
    this.#show(FITTED);
  }

  /** @param {Point} [at] what stays in its place, from the middle */
  toggleZoom(at = MIDDLE) {
    const whole = this.#pixels / (this.#fitted.width || 1);
    const scale = this.#view.scale > 1 ? 1 : Math.max(FIRST_ZOOM, whole);
    this.#picture.classList.add('moving');
    this.#show(zoomAt(this.#view, this.#limited(scale), at));
  }

  /** @param {() => unknown} retry */
  #retry(retry) {
    replace(this.#notice);
    this.#picture.hidden = false;
    this.element.classList.add('loading');
    retry();
  }

  /** @param {HTMLImageElement} image */
  #loaded(image) {
    image.classList.add('loaded');
    if (image === this.#large || !this.#large.hasAttribute('src')) this.element.classList.remove('loading');
  }

  /**
   * @param {{ width: number, height: number }} photo
   * @param {Pictures} pictures
   */
  #setSize({ width, height }, { small, large }) {
    const longer = Math.max(width, height);
    const side = large || !small ? longer : Math.min(longer, small.size * MOST_ENLARGEMENT);
    this.#pixels = width;
    this.#size = { width: (width * side) / longer, height: (height * side) / longer };
    this.#fit();
  }

  #frame() {
    return { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  #fit() {
    if (!this.#size.width) return;
    this.#fitted = fit(this.#size, this.#frame());
    this.#picture.style.setProperty('width', `${this.#fitted.width}px`);
    this.#picture.style.setProperty('height', `${this.#fitted.height}px`);
    this.#show(this.#view);
  }

  /** @param {number} scale */
  #limited(scale) {
    return Math.min(maximum(this.#pixels, this.#fitted.width || 1), Math.max(1, scale));
  }

  /** @param {View} view */
  #show(view) {
    const most = maximum(this.#pixels, this.#fitted.width || 1);
    const was = this.#view.scale > 1;
    this.#view = bounded(view, this.#fitted, this.#frame(), most);
    const { scale, x, y } = this.#view;
    this.#picture.style.setProperty('transform', `translate(${x}px, ${y}px) scale(${scale})`);
    this.element.classList.toggle('zoomed', scale > 1);
    if (was !== scale > 1) this.#commands.zoomed(scale > 1);
  }

  /**
   * Lets the fitted picture follow a finger. Zero lets it go.
   * @param {number} x
   * @param {number} y
   */
  #pull(x, y) {
    this.#picture.classList.toggle('moving', x === 0 && y === 0);
    this.#picture.style.setProperty('transform', `translate(${x}px, ${y}px)`);
  }
}

/** @param {HTMLImageElement} image */
function shows(image) {
  return image.hasAttribute('src') && image.complete && image.naturalWidth > 0;
}
