// The keys of the viewer, which the list of shortcuts shows.

import { shortcut } from '../ui/shortcuts.js';
import { words } from '../words.js';

/** @typedef {'previous' | 'next' | 'close' | 'info' | 'zoom' | 'share' | 'download' | 'remove'} Command */

/**
 * @param {Record<Command, () => unknown>} run
 * @returns {() => void} removes them
 */
export function addViewerShortcuts(run) {
  const { viewer } = words.photos;
  const add = (/** @type {string} */ key, /** @type {string} */ text, /** @type {Command} */ command) =>
    shortcut(key, text, () => run[command](), viewer.title);
  const removers = [
    add('ArrowLeft', viewer.previous, 'previous'),
    add('ArrowRight', viewer.next, 'next'),
    add('Escape', viewer.back, 'close'),
    add('z', viewer.zoom, 'zoom'),
    add('i', viewer.info, 'info'),
    add('s', viewer.share, 'share'),
    add('d', viewer.download, 'download'),
    add('Delete', viewer.remove, 'remove'),
  ];
  return () => removers.forEach((remover) => remover());
}
