// The dialog that shares a file or a picture by link.

import { h, icon, replace, useStyles } from '../dom.js';
import { myTier } from '../tiers.js';
import { openDialog } from '../ui/dialog.js';
import { failedState, skeleton } from '../ui/states.js';
import { words } from '../words.js';
import { LinkRow } from './link-row.js';
import { Links } from './links-api.js';
import { NewLink } from './new-link.js';

/** @typedef {import('../api-types.js').ShareLink} ShareLink */
/** @typedef {{ kind: 'file' | 'image', record: { id: string, title?: string | null, filename: string, status?: string } }} Target */

const STYLES = new URL('./share-dialog.css', import.meta.url);
const TICK_MS = 15_000;

/**
 * Opens the dialog. Only the owner of a file can share it.
 *
 * @param {Target} target
 * @param {{ actions?: import('../ui/dialog.js').Action[] }} [options]
 */
export async function openShare(target, { actions = [] } = {}) {
  await useStyles(STYLES);
  const body = /** @type {ShareDialog} */ (document.createElement('share-dialog'));
  body.target = target;
  return openDialog({ title: words.share.title(nameOf(target)), body, actions, size: 'medium' });
}

/** @param {Target} target */
function nameOf({ record }) {
  return record.title || record.filename;
}

/** The links of one file or picture. */
class ShareDialog extends HTMLElement {
  /** Set before the element is connected. @type {Target | null} */
  target = null;
  /** @type {LinkRow[]} */
  #rows = [];
  /** @type {NewLink | null} */
  #form = null;
  /** @type {import('../api-types.js').Tier | null} */
  #tier = null;
  #aborter = new AbortController();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;
  #count = h('h3', { class: 'share-dialog-count', hidden: true });
  #list = h('ul', { class: 'share-dialog-list' });
  #top = h('div', { class: 'share-dialog-top' });
  #again = h('button', { type: 'button', class: 'button quiet share-dialog-again', hidden: true, onClick: () => this.#showForm(true) },
    icon('plus'), words.share.createAnother);
  #state = h('div', { class: 'share-dialog-state' });
  // Toasts are outside the dialog, where screen readers do not reach while it is open.
  #said = h('p', { class: 'visually-hidden', role: 'status' });

  connectedCallback() {
    if (!this.target || this.#ticking) return;
    this.links = new Links(this.target.kind, this.target.record.id);
    this.append(this.#top, this.#count, this.#list, this.#again, this.#state, this.#said);
    this.#ticking = setInterval(() => this.#rows.forEach((row) => row.tick()), TICK_MS);
    this.#load();
  }

  disconnectedCallback() {
    clearInterval(this.#ticking);
    this.#aborter.abort();
  }

  async #load() {
    replace(this.#state);
    if (!this.#tier) replace(this.#top, skeleton('row', 3));
    const listing = /** @type {Links} */ (this.links).list(this.#aborter.signal);
    // A failure is handled below, but it may come while the tier is still awaited.
    listing.catch(() => {});
    try {
      this.#tier = await myTier();
      if (!this.#form) this.#showTop();
      const links = await listing;
      if (!this.isConnected) return;
      const known = new Set(this.#rows.map(({ id }) => id));
      this.#rows.push(...links.filter(({ id }) => !known.has(id)).map((link) => this.#row(link)));
      this.#showRows();
    } catch (error) {
      if (!this.isConnected) return;
      if (!this.#tier) replace(this.#top);
      replace(this.#state, failedState({ error, title: words.share.listFailed, retry: () => this.#load() }));
    }
  }

  #showTop() {
    const text = words.share;
    const { record } = /** @type {Target} */ (this.target);
    if (!this.#tier?.expiring_links) {
      replace(this.#top, explained(text.notInTier, text.notInTierText(this.#tier?.name ?? '')));
    } else if (record.status && record.status !== 'ready') {
      replace(this.#top, explained(text.notReady, text.notReadyText));
    } else {
      this.#form = new NewLink(this.#tier, /** @type {Links} */ (this.links), (link, copying) => this.#created(link, copying));
      replace(this.#top, this.#form.element);
    }
  }

  /** Shows the form, or in its place the button that brings it back. @param {boolean} shown */
  #showForm(shown) {
    this.#top.hidden = !shown;
    this.#again.hidden = shown;
    this.#showRows();
    if (!shown) return;
    for (const row of this.#rows) row.fresh = false;
    this.#form?.focus();
  }

  /**
   * @param {ShareLink} link
   * @param {Promise<boolean>} copying
   */
  async #created(link, copying) {
    for (const row of this.#rows) row.fresh = false;
    const row = this.#row(link);
    row.fresh = true;
    this.#rows.unshift(row);
    this.#showForm(false);
    row.created(await copying);
  }

  /** @param {ShareLink} link */
  #row(link) {
    const around = {
      links: /** @type {Links} */ (this.links),
      tier: /** @type {import('../api-types.js').Tier} */ (this.#tier),
      name: nameOf(/** @type {Target} */ (this.target)),
      onRevoked: (/** @type {LinkRow} */ row) => this.#removed(row),
    };
    return new LinkRow(link, around);
  }

  /** @param {LinkRow} row */
  #removed(row) {
    const at = this.#rows.indexOf(row);
    this.#rows.splice(at, 1);
    this.#said.textContent = words.share.revoked;
    this.#showRows();
    const next = this.#rows[Math.min(at, this.#rows.length - 1)];
    /** @type {HTMLElement | null | undefined} */
    const target = next?.element.querySelector('button');
    if (target) target.focus();
    else this.#showForm(true);
  }

  #showRows() {
    const text = words.share;
    const onlyNew = this.#top.hidden && this.#rows.length === 1;
    this.#count.hidden = this.#rows.length === 0 || onlyNew;
    this.#count.textContent = text.links(this.#rows.length);
    // Rows that stay keep their place, so that nothing in them loses the focus.
    const wanted = this.#rows.map(({ element }) => element);
    for (const element of [...this.#list.children]) if (!wanted.includes(/** @type {any} */ (element))) element.remove();
    wanted.forEach((element, at) => {
      if (this.#list.children[at] !== element) this.#list.insertBefore(element, this.#list.children[at] ?? null);
    });
    const dead = this.#rows.length > 0 && !this.#tier?.expiring_links;
    replace(this.#state, dead ? h('p', { class: 'share-link-hint', text: text.otherLinks }) : null);
  }
}

/**
 * @param {string} title
 * @param {string} text
 */
function explained(title, text) {
  return h('div', { class: 'share-dialog-notice' }, icon('info'), h('div', null, h('h3', { text: title }), h('p', { text })));
}

customElements.define('share-dialog', ShareDialog);
