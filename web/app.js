// The entry of the app: shows the place that the address names.

import { h, replace } from './dom.js';
import { words } from './words.js';
import { places } from './places.js';
import { navigate, routeOf } from './router.js';
import { session } from './session.js';

/** @typedef {import('./places.js').Place} Place */
/** @typedef {HTMLElement & { params?: object, query?: object, leave?: () => void }} PlaceElement */

const skip = h('a', { class: 'skip-link', href: '#main', text: words.app.skip, onClick: (/** @type {Event} */ event) => {
  event.preventDefault();
  main.focus();
} });
const main = h('main', { id: 'main', tabindex: '-1' });

/** @type {Place | null} */
let present = null;
/** @type {PlaceElement | null} */
let element = null;
/** @type {any} */
let shell = null;

/** Shows what the address names. @param {boolean} [first] */
async function show(first = false) {
  const route = routeOf(location.hash, places);
  const { place, params, query, path } = route;
  const user = session.user.value;
  if (path === '' || path === '/') return navigate(user ? '#/photos' : '#/sign-in', { replace: true });
  if (place && !place.signedIn && user) return navigate(query.next ?? '#/photos', { replace: true });
  if (place?.signedIn && !user) {
    const next = path === '/photos' ? '' : `?next=${encodeURIComponent(location.hash)}`;
    return navigate(`#/sign-in${next}`, { replace: true });
  }
  if (place && place === present && element) {
    Object.assign(element, { params, query });
    return;
  }
  const wanted = location.hash;
  if (place) {
    try {
      await Promise.all([place.load(), user && openShell()]);
    } catch {
      return failedImport();
    }
    if (location.hash !== wanted) return;
  }
  element?.leave?.();
  present = place;
  const hidden = !place || (place.staff && !user?.is_staff);
  element = hidden ? unknownPlace() : /** @type {PlaceElement} */ (document.createElement(place.element));
  Object.assign(element, { params, query });
  shell?.show(place);
  document.body.classList.toggle('signed-in', Boolean(user));
  replace(main, element);
  document.title = words.app.title(hidden ? words.app.unknownPlace : place.title(words));
  scrollTo(0, 0);
  if (!first) main.focus({ preventScroll: true });
}

function unknownPlace() {
  return h('div', { class: 'state' },
    h('h1', { text: words.app.unknownPlace }),
    h('p', { text: words.app.unknownPlaceText }),
    h('a', { class: 'button', href: '#/', text: words.app.goHome }));
}

/** A module is gone after an update, or the connection failed. */
async function failedImport() {
  const { updated } = await newPage();
  replace(main, h('div', { class: 'state', role: 'alert' },
    h('h1', { text: updated ? words.app.updated : words.app.notLoaded }),
    h('button', { class: 'button primary', type: 'button', text: words.app.reload, onClick: () => location.reload() })));
}

/** Whether the server has another version of the app. */
async function newPage() {
  try {
    const page = await (await fetch('/', { cache: 'no-store' })).text();
    return { updated: !page.includes(new URL('.', import.meta.url).pathname) };
  } catch {
    return { updated: false };
  }
}

async function openShell() {
  if (shell) return;
  const module = await import('./shell/shell.js');
  shell ??= module.openShell(main);
}

async function start() {
  document.documentElement.lang = (await import('./words.js')).language;
  replace(document.body, skip, main);
  await session.resume().catch(() => false);
  addEventListener('hashchange', () => show());
  session.user.subscribe(() => show());
  session.ended.subscribe((why) => {
    if (why === 'signed-out' || why === 'replaced') {
      history.replaceState(null, '', '#/');
      location.reload();
    }
  });
  await show(true);
}

start();
