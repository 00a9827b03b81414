// What can be done with the selected files. It takes the place of the filters, so that nothing moves.

import { h, icon } from '../dom.js';
import { EMPTY } from '../selection.js';
import { words } from '../words.js';

export class SelectionBar {
  #count = h('p', { class: 'file-selection-count', role: 'status' });

  /**
   * @param {import('./record-grid.js').RecordGrid} grid
   * @param {import('./file-actions.js').FileActions} actions
   */
  constructor(grid, actions) {
    const button = (/** @type {string} */ symbol, /** @type {string} */ label, /** @type {() => unknown} */ run, danger = false) =>
      h('button', { class: `icon-button${danger ? ' danger' : ''}`, type: 'button', 'aria-label': label, title: label, onClick: run }, icon(symbol));
    const clear = () => {
      grid.selection.set(EMPTY);
      grid.focus();
    };
    this.element = h('div', { class: 'file-selection', hidden: true },
      button('close', words.files.clearSelection, clear),
      this.#count,
      button('download', words.files.download, () => actions.download(grid.selected)),
      button('everyone', words.files.visibility, () => actions.visibility(grid.selected)),
      button('trash', words.files.delete, () => actions.delete(grid.selected), true));
    grid.selection.subscribe(({ ids }) => this.#show(ids.size));
  }

  /** @param {number} size */
  #show(size) {
    this.element.hidden = size === 0;
    if (size > 0) this.#count.textContent = words.files.selected(size);
  }
}
