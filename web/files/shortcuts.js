// The keys of file lists. Keys that move through a list are handled by the list itself.

import { EMPTY, all } from '../selection.js';
import { shortcut } from '../ui/shortcuts.js';
import { words } from '../words.js';

/**
 * @param {import('./file-browser.js').FileBrowser} browser
 * @param {() => void} toggleView
 * @returns {() => void} removes them
 */
export function addFileShortcuts(browser, toggleView) {
  const { grid, actions } = browser;
  const keys = words.files.keys;
  const scope = words.files.title;
  /** The files that a key is about: the selected ones, or the one with the focus. */
  const subject = () => (grid.selected.length > 0 ? grid.selected : [grid.focused].filter((record) => record !== null));
  /** @param {(records: import('../api-types.js').File[]) => unknown} run */
  const onFiles = (run) => () => {
    const records = subject();
    if (records.length === 0) return false;
    run(records);
    return true;
  };
  const selectable = grid.isSelectable;
  const removals = [
    shortcut('ArrowDown', keys.move, () => {
      grid.focus();
    }, scope),
    shortcut('Enter', keys.open, () => false, scope),
    ...(selectable ? [
      shortcut(' ', keys.select, () => false, scope),
      shortcut('mod+a', keys.all, () => grid.selection.set(all(browser.feed.records)), scope),
      shortcut('Escape', keys.clear, () => grid.selection.value.ids.size > 0 && grid.selection.set(EMPTY), scope),
    ] : []),
    shortcut('d', keys.download, onFiles((records) => actions.download(records)), scope),
    shortcut('r', keys.rename, onFiles(([record]) => actions.rename(record)), scope),
    shortcut('s', keys.share, onFiles(([record]) => actions.share(record)), scope),
    shortcut('v', keys.visibility, onFiles((records) => actions.visibility(records)), scope),
    shortcut('Delete', keys.delete, onFiles((records) => actions.delete(records)), scope),
    shortcut('l', keys.view, toggleView, scope),
  ];
  return () => removals.forEach((remove) => remove());
}
