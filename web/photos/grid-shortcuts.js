// The keys of the place "Photos", which the list of shortcuts shows. Those of a focused photo are in grid-input.js.

import { shortcut } from '../ui/shortcuts.js';
import { words } from '../words.js';

/**
 * @typedef {object} Target
 * @property {() => boolean} active whether the grid is not covered by the viewer
 * @property {() => boolean} selecting
 * @property {() => void} clear
 * @property {() => void} remove
 * @property {() => unknown} share
 * @property {() => void} all
 */

/**
 * @param {Target} target
 * @returns {() => void} removes them
 */
export function addShortcuts({ active, selecting, clear, remove, share, all }) {
  const { keys, title } = words.photos;
  const ifSelecting = (/** @type {() => unknown} */ run) => () => (active() && selecting() ? void run() : false);
  const none = () => false;
  const removers = [
    shortcut('ArrowRight', keys.move, none, title),
    shortcut(' ', keys.select, none, title),
    shortcut('Enter', keys.open, none, title),
    shortcut('mod+a', keys.all, () => (active() ? all() : false), title),
    shortcut('Escape', keys.clear, ifSelecting(clear), title),
    shortcut('s', keys.share, ifSelecting(share), title),
    shortcut('Delete', keys.remove, ifSelecting(remove), title),
  ];
  return () => removers.forEach((remover) => remover());
}
