// What can be done with the selected files. It takes the place of the filters, so that nothing moves.

import { h, iconButton } from '../dom.js';
import { EMPTY } from '../selection.js';
import { words } from '../words.js';

export class SelectionBar {
  #count = h('p', { class: 'file-selection-count', role: 'status' });

  /**
   * @param {import('./record-grid.js').RecordGrid} grid
   * @param {import('./file-actions.js').FileActions} actions
   */
  constructor(grid, actions) {
    const clear = () => {
      grid.selection.set(EMPTY);
      grid.focus();
    };
    this.element = h('div', { class: 'file-selection', hidden: true },
      iconButton('close', words.files.clearSelection, clear),
      this.#count,
      iconButton('download', words.files.download, () => actions.download(grid.selected)),
      iconButton('everyone', words.files.visibility, () => actions.visibility(grid.selected)),
      iconButton('trash', words.files.delete, () => actions.delete(grid.selected), { class: 'danger' }));
    grid.selection.subscribe(({ ids }) => this.#show(ids.size));
  }

  /** @param {number} size */
  #show(size) {
    this.element.hidden = size === 0;
    if (size > 0) this.#count.textContent = words.files.selected(size);
  }
}
