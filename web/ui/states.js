// What a list shows when it is empty, loading, failed or complete.

import { h, icon } from '../dom.js';
import { words } from '../words.js';
import { ApiError, api } from '../api.js';

/**
 * @param {{ icon: string, title: string, text?: string, action?: { label: string, run: () => unknown, icon?: string } }} options
 */
export function emptyState({ icon: name, title, text, action }) {
  return h('div', { class: 'state' },
    h('div', { class: 'state-icon' }, icon(name)),
    h('h2', { text: title }),
    text && h('p', { text }),
    action && h('button', { class: 'button primary', type: 'button', onClick: () => action.run() },
      action.icon && icon(action.icon), action.label));
}

/**
 * What went wrong, with a button. After a lost connection it tries again by itself.
 * @param {{ error: any, retry?: () => unknown, title?: string }} options
 */
export function failedState({ error, retry, title = words.ui.failed }) {
  const element = h('div', { class: 'state failed', role: 'alert' },
    h('div', { class: 'state-icon' }, icon(error?.status === 0 ? 'offline' : 'warning')),
    h('h2', { text: title }),
    h('p', { text: error instanceof ApiError ? error.message : words.failures.other }),
    retry && h('button', { class: 'button', type: 'button', onClick: () => retry() }, icon('refresh'), words.ui.retry));
  if (retry && error?.status === 0) {
    let lost = api.connection.value === 'lost';
    const stop = api.connection.subscribe((state) => {
      lost ||= state === 'lost';
      if (!lost || state !== 'connected') return;
      stop();
      if (element.isConnected) retry();
    });
  }
  return element;
}

/**
 * Grey shapes in place of what is being loaded.
 * @param {'row' | 'tile' | 'text' | 'card'} kind
 * @param {number} [count]
 */
export function skeleton(kind, count = 1) {
  const shapes = Array.from({ length: count }, () => h('div', { class: `skeleton skeleton-${kind}` }));
  return h('div', { class: `skeletons skeletons-${kind}`, role: 'status', 'aria-label': words.app.loading }, shapes);
}

/** The line below a list that has no more pages. */
export function endOfList() {
  return h('p', { class: 'end-of-list', text: words.ui.endOfList });
}
