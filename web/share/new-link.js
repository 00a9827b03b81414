// The form that creates a share link and copies it.

import { h, icon, replace } from '../dom.js';
import { words } from '../words.js';
import { copyText } from './clipboard.js';
import { LinkOptions } from './link-options.js';
import { newLink } from './links.js';

/** @typedef {import('../api-types.js').ShareLink} ShareLink */

/** The form and what it sends. */
export class NewLink {
  #links;
  #options;
  #onCreated;
  #busy = false;
  #problem = h('p', { class: 'field-error', role: 'alert', hidden: true });

  /**
   * @param {import('./links.js').LinkTier} tier
   * @param {import('./links-api.js').Links} links
   * @param {(link: ShareLink, copying: Promise<boolean>) => void} onCreated
   */
  constructor(tier, links, onCreated) {
    const text = words.share;
    this.#links = links;
    this.#options = new LinkOptions(tier);
    this.#onCreated = onCreated;
    this.button = h('button', { type: 'submit', class: 'button primary share-dialog-create' });
    const more = h('details', { class: 'share-dialog-more' }, h('summary', null, icon('chevron-right'), text.more),
      h('div', { class: 'share-dialog-options' }, ...this.#options.protection));
    this.#options.reveal = () => {
      more.open = true;
    };
    this.element = h('form', { class: 'share-dialog-form', novalidate: true, onSubmit: (/** @type {Event} */ event) => this.#submit(event) },
      h('p', { class: 'share-dialog-lead', text: text.lead }), this.#options.expiry.element, more, this.#problem, this.button);
    this.#showBusy(false);
  }

  /** Moves the focus to the first option. */
  focus() {
    this.#options.expiry.input.focus();
  }

  /** @param {boolean} busy */
  #showBusy(busy) {
    this.#busy = busy;
    // Not `disabled`, which would take the focus away.
    this.button.setAttribute('aria-disabled', String(busy));
    replace(this.button, icon('share'), busy ? words.share.creating : words.share.create);
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const wanted = newLink(this.#options.value);
    this.#options.show('problems' in wanted ? wanted.problems : {});
    this.#problem.hidden = true;
    if ('problems' in wanted || this.#busy) return;
    this.#showBusy(true);
    const creating = this.#links.create(wanted.body);
    // Before anything is awaited: a browser lets a page copy only while it handles a click.
    const copying = copyText(creating.then(({ url }) => url));
    try {
      const link = await creating;
      this.#onCreated(link, copying);
    } catch (error) {
      this.#refused(/** @type {import('../api.js').ApiError} */ (error));
    } finally {
      this.#showBusy(false);
    }
  }

  /** @param {import('../api.js').ApiError} error */
  #refused({ fields, message }) {
    const named = Object.entries(fields ?? {}).map(([name, texts]) => [name, texts.join(' ')]);
    if (named.length && this.#options.show(Object.fromEntries(named))) return;
    this.#problem.textContent = message;
    this.#problem.hidden = false;
  }
}
