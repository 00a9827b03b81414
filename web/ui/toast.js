// Short notices at the edge of the window.

import { h, icon } from '../dom.js';
import { words } from '../words.js';

/** @type {HTMLElement | null} */
let region = null;

/**
 * Shows a notice, read out by screen readers. It stays while the pointer or the focus is on it. Returns a function that
 * removes it.
 *
 * @param {string} text
 * @param {{ action?: { label: string, run: () => unknown }, seconds?: number, kind?: 'plain' | 'danger' }} [options]
 * @returns {() => void}
 */
export function toast(text, { action, seconds = action ? 8 : 5, kind = 'plain' } = {}) {
  if (!region?.isConnected) {
    region = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite', 'aria-label': words.ui.notifications });
    document.body.append(region);
  }
  const remove = () => {
    clearTimeout(timer);
    element.remove();
  };
  const wait = () => setTimeout(remove, seconds * 1000);
  /** @type {Set<'pointer' | 'focus'>} */
  const holders = new Set();
  const hold = (/** @type {'pointer' | 'focus'} */ holder) => {
    holders.add(holder);
    clearTimeout(timer);
  };
  const release = (/** @type {'pointer' | 'focus'} */ holder) => {
    holders.delete(holder);
    clearTimeout(timer);
    if (holders.size === 0) timer = wait();
  };
  const run = () => {
    remove();
    action?.run();
  };
  const element = h('div', {
    class: `toast${kind === 'danger' ? ' danger' : ''}`,
    onPointerenter: () => hold('pointer'),
    onPointerleave: () => release('pointer'),
    onFocusin: () => hold('focus'),
    onFocusout: () => release('focus'),
  },
    h('span', { class: 'toast-text', text }),
    action && h('button', { class: 'toast-action', type: 'button', text: action.label, onClick: run }),
    h('button', { class: 'icon-button', type: 'button', 'aria-label': words.ui.close, onClick: remove }, icon('close')));
  region.append(element);
  let timer = wait();
  return remove;
}
