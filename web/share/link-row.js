// One share link in the dialog: its address, what it allows, and what its owner can do with it.

import { failureText } from '../api.js';
import { h, icon, replace } from '../dom.js';
import { dateTime } from '../format.js';
import { confirm } from '../ui/dialog.js';
import { words } from '../words.js';
import { copySelected, copyText } from './clipboard.js';
import { factsLine, factsOf } from './link-facts.js';
import { LinkOptions } from './link-options.js';
import { linkChange, linkState } from './links.js';

/** @typedef {import('../api-types.js').ShareLink} ShareLink */
/** @typedef {import('./links.js').LinkTier} LinkTier */
/** @typedef {{ links: import('./links-api.js').Links, tier: LinkTier, name: string, onRevoked: (row: LinkRow) => void }}
 *   Surroundings */

const COPIED_MS = 2500;

/** A row of the list of links. */
export class LinkRow {
  #link;
  #around;
  #loadedAt = Date.now();
  /** @type {import('./link-facts.js').LinkState} */
  #state = 'works';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #busy = false;
  #content = h('div', { class: 'share-link-content' });
  #note = h('p', { class: 'share-link-note', role: 'status' });

  /**
   * @param {ShareLink} link
   * @param {Surroundings} around
   */
  constructor(link, around) {
    this.#link = link;
    this.#around = around;
    this.address = h('input', {
      class: 'share-link-address', type: 'text', readonly: true, value: link.url ?? '',
      'aria-label': words.share.address(dateTime(link.created_at)), onFocus: () => this.address.select(),
    });
    const { copy, copyLink, copiedShort } = words.share;
    this.copyButton = h('button', { type: 'button', class: 'button share-link-copy', 'aria-label': copyLink, onClick: () => this.copy() },
      h('span', null, icon('copy'), copy), h('span', { 'aria-hidden': 'true' }, icon('check'), copiedShort));
    this.element = h('li', { class: 'share-link' }, this.#note, this.#content);
    this.#state = linkState(link, { loadedAt: this.#loadedAt, now: Date.now() });
    this.#show();
  }

  get id() {
    return this.#link.id;
  }

  /** Marks the link as one that was just created. */
  set fresh(/** @type {boolean} */ fresh) {
    this.element.classList.toggle('fresh', fresh);
    if (!fresh) this.#say('');
  }

  /** Shows that the link has expired, once it has. */
  tick() {
    const state = linkState(this.#link, { loadedAt: this.#loadedAt, now: Date.now() });
    if (state === this.#state || this.#content.querySelector('form')) return;
    const hadFocus = this.#content.contains(document.activeElement);
    this.#state = state;
    this.#show();
    if (hadFocus) /** @type {HTMLElement | null} */ (this.#content.querySelector('button'))?.focus();
  }

  /** Copies the address. */
  async copy() {
    if (!this.#sayCopied(await copyText(this.address.value) || copySelected(this.address))) return;
    this.copyButton.focus();
    this.#showCopied(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#showCopied(false), COPIED_MS);
  }

  /**
   * Shows whether the address of a new link was copied. If not, tries again from its field, and leaves it selected.
   *
   * @param {boolean} copied
   */
  created(copied) {
    if (this.#sayCopied(copied || copySelected(this.address))) this.copyButton.focus();
  }

  /**
   * @param {boolean} copied
   * @returns {boolean} `copied`.
   */
  #sayCopied(copied) {
    this.#say(copied ? words.share.copied : words.share.selected, copied ? 'done' : 'failed');
    return copied;
  }

  /** @param {boolean} copied */
  #showCopied(copied) {
    this.copyButton.classList.toggle('done', copied);
  }

  /**
   * @param {string} text
   * @param {'done' | 'failed'} [kind]
   */
  #say(text, kind = 'done') {
    replace(this.#note, text && kind === 'done' ? icon('check') : null, text);
    this.#note.className = `share-link-note ${kind}`;
  }

  #show() {
    const text = words.share;
    const works = this.#state === 'works';
    this.element.classList.toggle('dead', !works);
    const line = this.#link.url === null
      ? h('p', { class: 'share-link-unknown', text: text.addressUnknown })
      : h('div', { class: 'share-link-line' }, this.address, works && this.#around.tier.expiring_links ? this.copyButton : null);
    const foot = h('div', { class: 'share-link-foot' }, factsLine(this.#link, this.#state), this.#actions(works));
    replace(this.#content, line, this.#state === 'used_up' ? h('p', { class: 'share-link-hint', text: text.usedUpText }) : null, foot);
  }

  /** @param {boolean} works */
  #actions(works) {
    const text = words.share;
    const { expiry, openings } = factsOf(this.#link);
    const facts = `${expiry}, ${openings}`;
    const { url } = this.#link;
    const canSend = works && url !== null && typeof navigator.share === 'function';
    return h('div', { class: 'share-link-actions' },
      canSend ? action('send', text.send, text.sendLink(facts), () => this.#send(url)) : null,
      this.#around.tier.expiring_links ? action('change', text.change, text.changeLink(facts), () => this.#edit()) : null,
      works
        ? action('revoke', text.revoke, text.revokeLink(facts), () => this.#revoke())
        : action('revoke', text.remove, text.removeLink(facts), () => this.#revoke()));
  }

  /** Opens the phone's own list of programs to send with. @param {string} url */
  async #send(url) {
    // It rejects if the person closes the list, and some browsers reject while it is open already.
    await navigator.share({ title: this.#around.name, url }).catch(() => {});
  }

  #edit() {
    const text = words.share;
    const options = new LinkOptions(this.#around.tier, this.#link);
    const problem = h('p', { class: 'field-error', role: 'alert', hidden: true });
    const save = h('button', { type: 'submit', class: 'button primary', text: text.save });
    const cancel = h('button', { type: 'button', class: 'button quiet', text: words.ui.cancel, onClick: () => this.#endEdit() });
    const form = h('form', { class: 'share-link-form', novalidate: true }, options.expiry.element, ...options.protection, problem,
      h('div', { class: 'share-link-buttons' }, cancel, save));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#save(options, problem);
    });
    form.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      // The dialog stays open.
      event.preventDefault();
      event.stopPropagation();
      this.#endEdit();
    });
    this.#say('');
    replace(this.#content, factsLine(this.#link, this.#state), form);
    options.expiry.input.focus();
  }

  #endEdit() {
    this.#show();
    /** @type {HTMLElement | null} */ (this.#content.querySelector('.change'))?.focus();
  }

  /**
   * @param {LinkOptions} options
   * @param {HTMLElement} problem
   */
  async #save(options, problem) {
    const change = linkChange(this.#link, options.value);
    options.show('problems' in change ? change.problems : {});
    problem.hidden = true;
    if ('problems' in change || this.#busy) return;
    this.#busy = true;
    try {
      if (Object.keys(change.body).length) this.#link = await this.#around.links.change(this.#link.id, change.body);
      this.#loadedAt = Date.now();
      this.#state = linkState(this.#link, { loadedAt: this.#loadedAt, now: this.#loadedAt });
      this.#endEdit();
      this.#say(words.share.saved, 'done');
    } catch (error) {
      const { fields } = /** @type {import('../api.js').ApiError} */ (error);
      const named = Object.entries(fields ?? {}).map(([name, texts]) => [name, texts.join(' ')]);
      if (named.length && options.show(Object.fromEntries(named))) return;
      problem.textContent = failureText(error);
      problem.hidden = false;
    } finally {
      this.#busy = false;
    }
  }

  async #revoke() {
    const text = words.share;
    const works = this.#state === 'works';
    if (works && !(await confirm({ title: text.revokeTitle, text: text.revokeText, action: text.revoke, danger: true }))) return;
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#around.links.revoke(this.#link.id);
      this.#around.onRevoked(this);
    } catch (error) {
      this.#say(failureText(error), 'failed');
    } finally {
      this.#busy = false;
    }
  }
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} longLabel What tells the button from those of other links.
 * @param {() => void} run
 */
function action(name, label, longLabel, run) {
  return h('button', { type: 'button', class: `button quiet share-link-action ${name}`, 'aria-label': longLabel, text: label, onClick: run });
}
