// A menu of actions at a button.

import { h, icon } from '../dom.js';

/** @typedef {{ label: string, icon?: string, run: () => unknown, danger?: boolean, disabled?: boolean }} Item */

/** @type {(() => void) | null} */
let closeOpen = null;

/** Closes the open menu, if there is one. */
export function closeMenu() {
  closeOpen?.();
}

/**
 * Opens a menu at `anchor`; a second call for the same anchor closes it. Arrows, Home, End and first letters move,
 * Escape and Tab close it.
 *
 * @param {HTMLElement} anchor
 * @param {(Item | null | false)[]} items
 */
export function openMenu(anchor, items) {
  const wasOpen = anchor.getAttribute('aria-expanded') === 'true';
  closeOpen?.();
  if (wasOpen) return;

  const buttons = items.filter((item) => item !== null && item !== false).map((item) =>
    h('button', {
      class: `menu-item${item.danger ? ' danger' : ''}`,
      type: 'button',
      role: 'menuitem',
      tabindex: '-1',
      'aria-disabled': item.disabled ? 'true' : null,
      onClick: () => {
        if (item.disabled) return;
        close();
        item.run();
      },
    }, item.icon && icon(item.icon), h('span', { text: item.label })));
  const menu = h('div', { class: 'menu', role: 'menu', onKeydown: (/** @type {KeyboardEvent} */ event) => onKey(event) }, buttons);

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const last = buttons.length - 1;
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, Home: 0, End: last };
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key in moves) buttons[moves[event.key]]?.focus();
    else if (event.key.length === 1 && /\S/.test(event.key)) startingWith(event.key, at)?.focus();
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} letter @param {number} at */
  function startingWith(letter, at) {
    const turned = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
    return turned.find((button) => button.textContent?.toLowerCase().startsWith(letter.toLowerCase()));
  }

  /** @param {Event} event */
  function onOutside(event) {
    // The target of `resize` is the window, which is not a node.
    const { target } = event;
    if (!(target instanceof Node) || (!menu.contains(target) && !anchor.contains(target))) close();
  }

  function close() {
    closeOpen = null;
    const hadFocus = menu.contains(document.activeElement);
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    for (const type of ['pointerdown', 'scroll', 'resize']) removeEventListener(type, onOutside, true);
    if (hadFocus && anchor.isConnected) anchor.focus();
  }

  anchor.setAttribute('aria-haspopup', 'menu');
  anchor.setAttribute('aria-expanded', 'true');
  // In a modal dialog, because everything outside is inert; else in a landmark, where screen readers look for content.
  (anchor.closest('dialog, [role=dialog], main, header') ?? document.body).append(menu);
  place(menu, anchor.getBoundingClientRect());
  for (const type of ['pointerdown', 'scroll', 'resize']) addEventListener(type, onOutside, true);
  closeOpen = close;
  buttons[0]?.focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} menu
 * @param {DOMRect} at
 */
function place(menu, at) {
  const { width, height } = menu.getBoundingClientRect();
  const gap = 6;
  const below = at.bottom + gap + height <= innerHeight || at.top < height + gap;
  const top = below ? at.bottom + gap : at.top - gap - height;
  const left = at.left + width <= innerWidth - 8 ? at.left : at.right - width;
  menu.style.setProperty('top', `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`);
  menu.style.setProperty('left', `${Math.max(8, left)}px`);
}
