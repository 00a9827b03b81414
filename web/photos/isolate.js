// Makes one element the only one that focus and screen readers reach.

import { lockScroll } from '../ui/scroll-lock.js';

/**
 * Makes everything beside `element` inert, except notices, and stops the page behind it from scrolling. The viewer is
 * not a modal <dialog>, because the notice with "Undo" is to stay in reach. Returns a function that ends this.
 * @param {HTMLElement} element
 */
export function isolate(element) {
  const others = [...document.body.children].filter((other) =>
    other instanceof HTMLElement && other !== element && !other.inert && !other.matches('.toasts, dialog, link, script'));
  for (const other of others) /** @type {HTMLElement} */ (other).inert = true;
  const unlock = lockScroll();
  return () => {
    for (const other of others) /** @type {HTMLElement} */ (other).inert = false;
    unlock();
  };
}
