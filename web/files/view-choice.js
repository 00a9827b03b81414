// The choice between list and grid, which this browser remembers.

import { h, iconButton } from '../dom.js';
import { words } from '../words.js';

const KEY = 'satchel.files.view';

/** Whether the reader last chose the grid. */
export function prefersTiles() {
  try {
    return localStorage.getItem(KEY) === 'grid';
  } catch {
    return false;
  }
}

/** @param {boolean} tiles */
function remember(tiles) {
  try {
    localStorage.setItem(KEY, tiles ? 'grid' : 'list');
  } catch {
    // Without storage, the choice lasts as long as the page.
  }
}

/**
 * Two buttons, one of which is pressed.
 * @param {boolean} tiles
 * @param {(tiles: boolean) => void} onChange
 */
export function viewChoice(tiles, onChange) {
  const buttons = [[false, 'list', words.files.asList], [true, 'grid', words.files.asGrid]].map(([value, symbol, label]) =>
    iconButton(String(symbol), String(label), () => choose(Boolean(value)), { 'aria-pressed': value === tiles }));

  /** @param {boolean} chosen */
  function choose(chosen) {
    if (chosen === tiles) return;
    tiles = chosen;
    for (const [at, button] of buttons.entries()) button.setAttribute('aria-pressed', String(Boolean(at) === chosen));
    remember(chosen);
    onChange(chosen);
  }

  return { element: h('div', { class: 'file-views', role: 'group', 'aria-label': words.files.view }, buttons), toggle: () => choose(!tiles) };
}
