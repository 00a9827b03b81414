// What surrounds every place of a signed-in user: navigation, upload, space, account.

import { h, icon, replace } from '../dom.js';
import { words } from '../words.js';
import { bytes } from '../format.js';
import { session } from '../session.js';
import { openMenu } from '../ui/menu.js';
import { spaceMeter } from '../ui/space-meter.js';
import { shortcut, showShortcuts } from '../ui/shortcuts.js';
import { navigate } from '../router.js';

/** @typedef {import('../places.js').Place} Place */

/**
 * Puts the shell around `main`.
 * @param {HTMLElement} main
 */
export function openShell(main) {
  const user = session.user.value;
  const links = [
    link('#/photos', 'photos', words.shell.photos),
    link('#/files', 'files', words.shell.files),
    link('#/everyone', 'everyone', words.shell.everyone),
    user.is_staff && link('#/staff', 'staff', words.shell.staff),
  ].filter((entry) => entry !== false);
  const quota = h('div', { class: 'quota' });
  const bar = h('header', { class: 'shell' },
    h('a', { class: 'shell-brand', href: '#/photos' }, h('span', { class: 'brand-mark' }), words.app.name),
    uploadButton('button primary shell-upload'),
    h('nav', { class: 'shell-nav', 'aria-label': words.shell.navigation }, h('ul', null, links.map((entry) => h('li', null, entry)))),
    h('div', { class: 'shell-foot' }, quota, accountButton(user)));
  main.before(bar);

  const onUser = (/** @type {any} */ now) => now && replace(quota, quotaOf(now));
  onUser(user);
  const ends = [session.user.subscribe(onUser), ...addShortcuts(Boolean(user.is_staff))];
  document.body.classList.add('signed-in');
  startUploads();

  return {
    /** Marks the link of the present place. @param {Place | null} place */
    show(place) {
      const base = `#/${place?.path.split('/')[1] ?? ''}`;
      for (const entry of links) {
        if (entry.getAttribute('href') === base) entry.setAttribute('aria-current', 'page');
        else entry.removeAttribute('aria-current');
      }
    },

    /** Takes the shell away. */
    close() {
      for (const end of ends) end();
      bar.remove();
      document.body.classList.remove('signed-in');
    },
  };
}

/** @param {string} href @param {string} name @param {string} label */
function link(href, name, label) {
  return h('a', { class: 'shell-link', href }, icon(name), h('span', { text: label }));
}

/** @param {string} className */
function uploadButton(className) {
  return h('button', { class: className, type: 'button', 'aria-haspopup': 'menu', onClick: (/** @type {MouseEvent} */ event) => chooseUpload(/** @type {HTMLElement} */ (event.currentTarget)) }, icon('upload'), h('span', { text: words.shell.upload }));
}

async function upload() {
  const { pickFiles } = await import('../uploads/drop.js');
  pickFiles({});
}

/** @param {HTMLElement} button */
async function chooseUpload(button) {
  const { openUploadMenu } = await import('../uploads/drop.js');
  openUploadMenu(button);
}

/** Loads what receives files once the place has been shown. It is there from then on, wherever the user goes. */
function startUploads() {
  const load = async () => (await import('../uploads/drop.js')).startUploads();
  const later = window.requestIdleCallback ?? window.setTimeout;
  later(() => load().catch(() => null));
}

/** @param {any} user */
function accountButton(user) {
  const button = h('button', { class: 'shell-account', type: 'button', 'aria-haspopup': 'menu', 'aria-label': words.shell.accountMenu(user.username) },
    h('span', { class: 'avatar', dataset: { initial: [...user.username][0]?.toUpperCase() ?? '' } }),
    h('span', { class: 'shell-account-name', text: user.username }));
  button.addEventListener('click', () => openMenu(button, [
    { label: words.shell.account, icon: 'user', run: () => navigate('#/account') },
    { label: words.shell.shortcuts, icon: 'keyboard', run: () => showShortcuts() },
    { label: words.shell.signOut, icon: 'signout', run: () => session.signOut() },
  ]));
  return button;
}

/** @param {any} user */
function quotaOf({ used_bytes: used, max_total_bytes: total }) {
  const text = words.shell.used(bytes(used), bytes(total));
  return [spaceMeter({ used, total, label: words.shell.storage, text }), h('p', { class: 'quota-text', text })];
}

/** @param {boolean} isStaff */
function addShortcuts(isStaff) {
  return [
    shortcut('g p', words.ui.goPhotos, () => navigate('#/photos')),
    shortcut('g f', words.ui.goFiles, () => navigate('#/files')),
    shortcut('g e', words.ui.goEveryone, () => navigate('#/everyone')),
    shortcut('g a', words.ui.goAccount, () => navigate('#/account')),
    ...(isStaff ? [shortcut('g s', words.ui.goStaff, () => navigate('#/staff'))] : []),
    shortcut('u', words.ui.uploadFiles, upload),
  ];
}
