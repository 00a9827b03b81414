// Notices that the server has a newer version of the app than this page. The modules of the old version are gone then.

import { h } from './dom.js';
import { words } from './words.js';

/** Whether the server has another version of the app than this page. */
export async function wasUpdated() {
  try {
    const page = await (await fetch('/', { cache: 'no-store' })).text();
    return !page.includes(new URL('.', import.meta.url).pathname);
  } catch {
    return false;
  }
}

/**
 * Offers to reload the page when an action fails because of an update: an import that a click started is rejected, and
 * nothing else handles it.
 */
export function announceUpdates() {
  let announced = false;
  addEventListener('unhandledrejection', async (event) => {
    const { reason } = event;
    // Browsers agree on the type of a failed import, not on its message.
    if (!(reason instanceof TypeError)) return;
    event.preventDefault();
    if (!(await wasUpdated())) return reportError(reason);
    if (announced) return;
    announced = true;
    // Not by ui/toast.js, which may be gone like the module that was not found.
    const reload = h('button', { class: 'toast-action', type: 'button', text: words.app.reload, onClick: () => location.reload() });
    const notice = h('div', { class: 'toast' }, h('span', { class: 'toast-text', text: words.app.updated }), reload);
    document.body.append(h('div', { class: 'toasts', role: 'alert' }, notice));
  });
}
