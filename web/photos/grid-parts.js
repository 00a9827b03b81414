// The head of the grid, which becomes the bar of the selection, and the shapes that stand for photos while they load.

import { h, iconButton, replace } from '../dom.js';
import { words } from '../words.js';

/** @typedef {{ clear: () => void, remove: () => void, share: () => unknown }} SelectionActions */

export class GridHead {
  #title = h('h1', { text: words.photos.title });
  #bar = h('div', { class: 'photo-grid-selection' });
  #count = h('p', { class: 'photo-grid-count', role: 'status' });
  #tools;
  #actions;
  element = h('div', { class: 'photo-grid-head' }, this.#title, this.#bar);

  /** @param {SelectionActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#tools = [
      iconButton('close', words.photos.clearSelection, () => this.#actions.clear()),
      this.#count,
      iconButton('share', words.photos.shareSelected, () => this.#actions.share()),
      iconButton('trash', words.photos.deleteSelected, () => this.#actions.remove(), { class: 'danger' }),
    ];
    replace(this.#bar, this.#tools);
    this.show(0);
  }

  /** The height of what stays at the upper edge of the window while the reader scrolls. */
  get coveredHeight() {
    return this.element.classList.contains('selecting') ? this.element.offsetHeight : 0;
  }

  /** @param {number} count of selected photos */
  show(count) {
    const selecting = count > 0;
    const buttons = /** @type {HTMLElement[]} */ (this.#tools.filter((tool) => tool !== this.#count));
    const hadFocus = !selecting && this.#bar.contains(document.activeElement);
    this.element.classList.toggle('selecting', selecting);
    this.#title.classList.toggle('visually-hidden', selecting);
    for (const button of buttons) button.hidden = !selecting;
    this.#count.textContent = selecting ? words.photos.selected(count) : '';
    if (hadFocus) document.querySelector('main')?.focus({ preventScroll: true });
  }
}

// Ratios of photos as cameras take them.
const RATIOS = ['wide', 'tall', 'wide', 'square', 'wide', 'tall', 'wide', 'wide', 'tall', 'square', 'wide', 'tall'];

/** @param {boolean} first whether no photos are above */
export function skeletonRows(first) {
  const rows = first ? 3 : 1;
  const row = (/** @type {number} */ at) => h('div', { class: 'photo-grid-skeleton' },
    RATIOS.map((_, place) => h('div', { class: `skeleton ${RATIOS[(place + 5 * at) % RATIOS.length]}` })));
  return h('div', { class: 'photo-grid-skeletons', role: 'status', 'aria-label': words.app.loading },
    first && h('div', { class: 'skeleton photo-grid-skeleton-month' }),
    Array.from({ length: rows }, (_, at) => row(at)));
}
