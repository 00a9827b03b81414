// Short notices at the edge of the window.

import { h, iconButton } from '../dom.js';
import { words } from '../words.js';
import { isShown } from './focus.js';

// Here before the first notice, because screen readers read only what changes in a region that they know.
const region = h('div', { class: 'toasts', role: 'status', 'aria-live': 'polite', 'aria-label': words.ui.notifications });
moveIntoReach();
// A dialog that closes is removed.
addEventListener('close', ({ target }) => target instanceof Node && target.contains(region) && moveIntoReach(), true);

/** Puts the notices into the modal dialog that is open, because everything outside is inert. */
function moveIntoReach() {
  const home = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  if (region.parentElement !== home) home.append(region);
}

/**
 * Shows a notice, read out by screen readers. It stays while the pointer or the focus is on it, which `onHold` is told,
 * and returns the focus to the element that had it when the notice appeared. Returns a function that removes it.
 *
 * @param {string} text
 * @param {{ action?: { label: string, run: () => unknown }, seconds?: number, kind?: 'plain' | 'danger',
 *   onHold?: (held: boolean) => void }} [options]
 * @returns {() => void}
 */
export function toast(text, { action, seconds = action ? 8 : 5, kind = 'plain', onHold } = {}) {
  moveIntoReach();
  /** @type {Element | null} */
  let origin = null;
  // What is told may have removed the element with the focus. The next one has it a moment later.
  setTimeout(() => (origin = document.activeElement));
  const remove = () => {
    clearTimeout(timer);
    const hadFocus = element.contains(document.activeElement);
    element.remove();
    if (hadFocus && origin instanceof HTMLElement && isShown(origin)) origin.focus({ preventScroll: true });
  };
  const wait = () => setTimeout(remove, seconds * 1000);
  /** @type {Set<'pointer' | 'focus'>} */
  const holders = new Set();
  const hold = (/** @type {'pointer' | 'focus'} */ holder) => {
    holders.add(holder);
    clearTimeout(timer);
    onHold?.(true);
  };
  const release = (/** @type {'pointer' | 'focus'} */ holder) => {
    holders.delete(holder);
    clearTimeout(timer);
    if (holders.size > 0) return;
    timer = wait();
    onHold?.(false);
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
    iconButton('close', words.ui.close, remove));
  region.append(element);
  let timer = wait();
  return remove;
}
