// Keyboard shortcuts, and the list of them.

import { fact, h } from '../dom.js';
import { words } from '../words.js';

/** @typedef {{ key: string, description: string, run: (event: KeyboardEvent) => unknown, scope: string | null }} Shortcut */

/** @type {Set<Shortcut>} */
const shortcuts = new Set();
let pending = '';
let pendingUntil = 0;

/**
 * Adds a shortcut: one key ("u", "?", "Delete", "ArrowLeft", "mod+a"; `mod` is Ctrl, on a Mac Command) or two in a row
 * ("g p"). Shortcuts do not run while the user types, or while a dialog or a menu is open.
 *
 * @param {string} key
 * @param {string} description
 * @param {(event: KeyboardEvent) => unknown} run returns false if the key had no effect
 * @param {string | null} [scope] the heading in the list of shortcuts; everywhere if it is left out
 * @returns {() => void} removes the shortcut
 */
export function shortcut(key, description, run, scope = null) {
  const entry = { key, description, run, scope };
  shortcuts.add(entry);
  return () => shortcuts.delete(entry);
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || typing(event) || document.querySelector('dialog[open], .menu')) return;
  const pressed = name(event);
  const sequence = Date.now() < pendingUntil ? `${pending} ${pressed}` : '';
  const all = [...shortcuts].reverse();
  const found = all.find(({ key }) => key === sequence) ?? all.find(({ key }) => key === pressed);
  pending = pressed;
  pendingUntil = all.some(({ key }) => key.startsWith(`${pressed} `)) ? Date.now() + 1500 : 0;
  if (found && found.run(event) !== false) event.preventDefault();
});

/** @param {KeyboardEvent} event */
function name(event) {
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  const alt = event.altKey ? 'alt+' : '';
  return mod + alt + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

/** @param {KeyboardEvent} event */
function typing({ target }) {
  return target instanceof HTMLElement
    && (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'));
}

shortcut('?', words.ui.shortcutHelp, () => showShortcuts());

/** Opens the list of the shortcuts that work at present. */
export async function showShortcuts() {
  const { openDialog } = await import('./dialog.js');
  /** @type {Map<string, Shortcut[]>} */
  const groups = new Map();
  for (const entry of shortcuts) {
    const heading = entry.scope ?? words.ui.shortcutsEverywhere;
    groups.set(heading, [...(groups.get(heading) ?? []), entry]);
  }
  const body = [...groups].map(([heading, entries]) => [
    h('h3', { text: heading }),
    h('dl', { class: 'shortcuts' }, entries.map(({ key, description }) =>
      fact(description, keys(key)))),
  ]);
  openDialog({ title: words.ui.shortcutsTitle, body });
}

const NAMES = /** @type {Record<string, string>} */ ({
  ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', ' ': 'Space', Escape: 'Esc', Delete: 'Del',
});

/** @param {string} key */
function keys(key) {
  const mod = /Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl';
  const parts = key === ' ' ? [key] : key.split(' ');
  return parts.map((part, at) => [
    at > 0 && h('span', { class: 'shortcut-then', text: words.ui.then }),
    part.split(/(?<=.)\+/).map((one) => h('kbd', { text: one === 'mod' ? mod : (NAMES[one] ?? one.toUpperCase()) })),
  ]);
}
