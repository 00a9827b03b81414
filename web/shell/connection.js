// Reports a lost connection, looks for it again and says when it is back.

import { h, icon, replace } from '../dom.js';
import { words } from '../words.js';
import { api } from '../api.js';

/** How long to wait between the attempts, in seconds; the last one repeats. */
const WAITS = [1, 2, 4, 8, 15];
/** How long the good news stays, in milliseconds. */
const GOOD_NEWS = 3000;

/** Shows a banner while there is no connection. */
export function showConnection() {
  const banner = h('div', { class: 'connection', role: 'status', 'aria-live': 'polite' });
  document.body.append(banner);
  /** @type {number} */
  let timer = 0;
  let attempt = 0;

  const onChange = (/** @type {string} */ state) => {
    clearTimeout(timer);
    if (state === 'doubtful') {
      attempt = 0;
      api.probe();
    } else if (state === 'lost') {
      timer = window.setTimeout(tryAgain, 1000 * (WAITS[attempt] ?? 15));
      attempt += 1;
      if (banner.childElementCount === 0 || banner.classList.contains('good')) showLost();
    } else if (banner.childElementCount > 0) {
      showFound();
    }
  };

  function showLost() {
    const text = navigator.onLine ? words.app.lost : words.app.lostOffline;
    banner.className = 'connection bad';
    replace(banner, h('p', null, icon('offline'), h('span', { text }),
      h('button', { class: 'button', type: 'button', text: words.app.tryNow, onClick: tryAgain })));
  }

  function showFound() {
    banner.className = 'connection good';
    replace(banner, h('p', null, icon('check'), words.app.recovered));
    timer = window.setTimeout(() => replace(banner), GOOD_NEWS);
  }

  async function tryAgain() {
    clearTimeout(timer);
    await api.probe();
    if (api.connection.value === 'lost') onChange('lost');
  }

  api.connection.subscribe(onChange);
  addEventListener('online', tryAgain);
  addEventListener('offline', () => api.probe());
}
