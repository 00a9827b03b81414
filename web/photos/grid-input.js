// What pointers and keys ask the grid for.

import { onLongPress } from '../ui/long-press.js';

/**
 * @typedef {object} Commands
 * @property {(id: string) => void} toggle
 * @property {(id: string) => void} extend selects up to this photo
 * @property {(id: string) => void} open
 * @property {(id: string) => void} remove
 * @property {(press: { key: string, ctrl: boolean, shift: boolean }) => boolean} move whether the key moved the focus
 * @property {(id: string) => void} focused
 * @property {() => boolean} selecting whether something is selected
 */

const CELL = '.photo-grid-cell[data-id]';

/**
 * @param {HTMLElement} grid
 * @param {Commands} commands
 */
export function listen(grid, commands) {
  onLongPress(grid, CELL, ({ dataset }) => commands.toggle(dataset.id ?? ''));

  grid.addEventListener('click', (event) => {
    const id = idOf(event);
    if (!id) return;
    // Beside the link there is only the check mark.
    const onMark = !(/** @type {Element} */ (event.target).closest('a'));
    const opensTab = event.ctrlKey || event.metaKey;
    if (event.shiftKey) act(event, commands.extend, id);
    else if (onMark || (commands.selecting() && !opensTab)) act(event, commands.toggle, id);
  });

  grid.addEventListener('keydown', (event) => {
    const id = idOf(event);
    if (!id || event.altKey) return;
    const { key, shiftKey: shift } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    if (key === ' ') (shift ? commands.extend : commands.toggle)(id);
    else if (key === 'Enter' && !ctrl && !shift) commands.open(id);
    else if (key === 'Delete' || key === 'Backspace') commands.remove(id);
    else if (!commands.move({ key, ctrl, shift })) return;
    event.preventDefault();
  });

  grid.addEventListener('focusin', (event) => {
    const id = idOf(event);
    if (id) commands.focused(id);
  });
}

/**
 * @param {Event} event
 * @param {(id: string) => void} command
 * @param {string} id
 */
function act(event, command, id) {
  event.preventDefault();
  command(id);
}

/** @param {Event} event */
function idOf({ target }) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest(CELL))?.dataset.id ?? null;
}
