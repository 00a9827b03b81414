// The app behind its entry: shows the place that the address names, inside the shell for signed-in users.

import { h, replace, useStyles } from './dom.js';
import { words } from './words.js';
import { api } from './api.js';
import { places } from './places.js';
import { routeOf } from './router.js';
import { session } from './session.js';
import { showConnection } from './shell/connection.js';
import { openShell } from './shell/shell.js';
import { focusHeading, keepFocus } from './ui/focus.js';
import { closeMenu } from './ui/menu.js';
import { announceUpdates, wasUpdated } from './updates.js';
import { forgetDrops, holdDrops } from './uploads/early-drops.js';
import './welcome/sign-in.js';

/** @typedef {import('./places.js').Place} Place */
/** @typedef {HTMLElement & { params?: object, query?: object, leave?: () => void }} PlaceElement */

/** @type {HTMLElement} */
let main;
/** @type {() => HTMLElement} */
let createSignIn;
/** @type {Place | null} */
let present = null;
/** @type {PlaceElement | null} */
let element = null;
/** @type {{ show: (place: Place | null) => void, close: () => void } | null} */
let shell = null;
/** Whether it is known who is signed in. */
let isReady = false;
/** Whether somebody was signed in when `show` was called last. */
let isSignedIn = false;
/** The number of the last call of `show`: an earlier one that waits for a module gives up. */
let latest = 0;

/** Loads while it is found out who is signed in. */
const looks = useStyles(new URL('./signed-in.css', import.meta.url));

/** The path after a sign-out, which leads to the sign-in. */
const SIGNED_OUT = '/signed-out';

/**
 * Takes over the page.
 * @param {HTMLElement} into
 * @param {() => HTMLElement} signIn creates the sign-in, which the entry may already have put into `into`
 */
export async function start(into, signIn) {
  main = into;
  createSignIn = signIn;
  element = /** @type {PlaceElement | null} */ (main.querySelector('sign-in'));
  showConnection();
  announceUpdates();
  keepFocus(main);
  holdDrops(() => !isReady || session.user.value !== null);
  addEventListener('hashchange', () => isReady && show());
  // The browser may restore this page from memory after its session has ended. Then it must not show private data.
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  session.user.subscribe((user) => isReady && Boolean(user) !== isSignedIn && show());
  session.ended.subscribe((why) => {
    if (why === 'signed-out') leave(SIGNED_OUT);
    else if (why === 'replaced') leave('/');
  });
  await resume();
}

/** Learns who is signed in, and shows the place. */
async function resume() {
  // Its modules arrive meanwhile. If they do not, `show` says so.
  routeOf(location.hash, places).place?.load().catch(() => {});
  try {
    await session.resume();
    isReady = true;
    if (!session.user.value) forgetDrops();
    await show(true);
  } catch (error) {
    const { failedState } = await import('./ui/states.js');
    document.title = words.app.title(words.app.notLoaded);
    replace(main, failedState({ error, retry: resume }));
  }
}

/** Reloads the page, so that its modules keep nothing of the session in memory. @param {string} path */
function leave(path) {
  history.replaceState(null, '', `#${path}`);
  location.reload();
}

/** Shows what the address names. @param {boolean} [first] */
async function show(first = false) {
  latest += 1;
  const call = latest;
  const { place, params, query, path } = routeOf(location.hash, places);
  const user = session.user.value;
  isSignedIn = Boolean(user);
  const elsewhere = redirect(path, place, query);
  if (elsewhere) {
    history.replaceState(null, '', elsewhere);
    await show(first && path !== SIGNED_OUT);
    return;
  }
  if (place && place === present && element) {
    Object.assign(element, { params, query });
    return;
  }
  try {
    await Promise.all([place?.load(), user && looks]);
  } catch {
    if (call === latest) await showFailedImport(call, place);
    return;
  }
  if (call !== latest) return;
  enter(place && (!place.staff || user?.is_staff) ? place : null, { params, query }, first);
}

/**
 * The address to show instead of `place` if the visitor may not or need not see it, or null.
 * @param {string} path
 * @param {Place | null} place
 * @param {Record<string, string>} query
 */
function redirect(path, place, query) {
  const user = session.user.value;
  if (path === '' || path === '/' || path === SIGNED_OUT) return user ? '#/photos' : '#/sign-in';
  if (!place) return null;
  if (user && !place.signedIn) return query.next?.startsWith('#/') ? query.next : '#/photos';
  if (!user && place.signedIn) return `#/sign-in?next=${encodeURIComponent(location.hash)}`;
  return null;
}

/**
 * @param {Place | null} place
 * @param {{ params: object, query: object }} route
 * @param {boolean} first
 */
function enter(place, route, first) {
  // The entry shows the sign-in. Only where it shows nothing, the focus is still the browser's.
  const before = element;
  const kept = first && before?.isConnected && before.localName === place?.element ? before : null;
  if (!kept) before?.leave?.();
  closeMenu();
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  present = place;
  element = kept ?? (place ? create(place) : unknownPlace());
  Object.assign(element, route);
  fitShell(place);
  if (!kept) replace(main, element);
  document.title = words.app.title(place ? place.title(words) : words.app.unknownPlace);
  if (kept || (first && !before)) return;
  scrollTo(0, 0);
  focusHeading(main);
}

/** @param {Place} place @returns {PlaceElement} */
function create(place) {
  return place.element === 'sign-in' ? createSignIn() : document.createElement(place.element);
}

function unknownPlace() {
  return h('div', { class: 'state' },
    h('h1', { text: words.app.unknownPlace }),
    h('p', { text: words.app.unknownPlaceText }),
    h('a', { class: 'button', href: '#/', text: words.app.goHome }));
}

/**
 * After an update the modules of this page are gone; without a connection they do not arrive.
 * @param {number} call the call of `show` that failed
 * @param {Place | null} place
 */
async function showFailedImport(call, place) {
  const text = (await wasUpdated()) ? words.app.updated : words.app.notLoaded;
  if (call !== latest) return;
  present = null;
  element?.leave?.();
  element = h('div', { class: 'state', role: 'alert' },
    h('h1', { text }),
    h('button', { class: 'button primary', type: 'button', text: words.app.reload, onClick: () => location.reload() }));
  fitShell(place);
  replace(main, element);
  const stop = api.connection.subscribe((state) => {
    if (state !== 'connected') return;
    stop();
    if (present === null) show();
  });
}

/** Puts the shell around a place of a signed-in user, and takes it away from every other. @param {Place | null} place */
function fitShell(place) {
  if (session.user.value) {
    shell ??= openShell(main);
    shell.show(place);
  } else {
    shell?.close();
    shell = null;
  }
}
