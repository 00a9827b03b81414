// The fields of a share link: how long it works, its password, and how often it opens.

import { dateTime, duration } from '../format.js';
import { field } from '../ui/form.js';
import { words } from '../words.js';
import { defaultExpiry, expiryChoices } from './links.js';

/** @typedef {import('../api-types.js').ShareLink} ShareLink */
/** @typedef {import('./links.js').LinkTier} LinkTier */
/** @typedef {import('./links.js').LinkForm} LinkForm */

const KEEP = 'keep';
const NEVER = 'never';
/** The fields of the API under the names of the form. @type {Record<string, string>} */
const FORM_NAMES = { expires_in: 'expiry', max_downloads: 'limit' };

/** The inputs for a new link, or for the change of `link`. */
export class LinkOptions {
  /** Makes the fields visible in which `show` shows a problem. @type {(() => void) | null} */
  reveal = null;

  /**
   * @param {LinkTier} tier
   * @param {ShareLink | null} [link]
   */
  constructor(tier, link = null) {
    const text = words.share;
    const chosen = link ? KEEP : String(defaultExpiry(tier));
    this.expiry = field({ name: 'expiry', label: link ? text.expiryOfLink : text.expiry, type: 'select', options: expiries(tier, link), value: chosen });
    this.asks = field({ name: 'asks-password', label: text.askPassword, type: 'checkbox', value: link?.has_password });
    // The owner reads the password to the recipient, and the browser must not keep it as the one of the account.
    this.password = field({
      name: 'link-password', label: text.password, hint: link?.has_password ? text.passwordKept : text.passwordHint,
      autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false',
    });
    this.limit = field({
      name: 'limit', label: text.limit, hint: link?.downloads ? text.limitUsed(link.downloads) : text.limitHint,
      inputmode: 'numeric', autocomplete: 'off', value: link?.max_downloads,
    });
    this.limit.element.classList.add('share-dialog-limit');
    this.protection = [this.asks.element, this.password.element, this.limit.element];
    // The field appears below, where Tab leads to it. The focus stays, because ticking a box does not ask for more.
    this.asks.input.addEventListener('change', () => this.#showPassword());
    this.#showPassword();
  }

  /** @returns {LinkForm} */
  get value() {
    const chosen = this.expiry.value;
    const expiry = chosen === KEEP ? undefined : chosen === NEVER ? null : Number(chosen);
    return { expiry, asksPassword: this.asks.value, password: this.password.value, limit: this.limit.value };
  }

  /**
   * Shows problems beside their fields, and focuses the first of them. Without problems, clears them.
   *
   * @param {Record<string, string>} problems Keys of the words, or texts of the server under the names of the API.
   * @returns {boolean} Whether every problem has a field.
   */
  show(problems) {
    const fields = { expiry: this.expiry, password: this.password, limit: this.limit };
    /** @type {Record<string, string>} */
    const known = words.share.problems;
    /** @type {Record<string, string>} */
    const texts = {};
    for (const [name, problem] of Object.entries(problems)) texts[FORM_NAMES[name] ?? name] = known[problem] ?? problem;
    for (const [name, { setError }] of Object.entries(fields)) setError(texts[name] ?? null);
    const first = Object.entries(fields).find(([name]) => texts[name]);
    if (first) {
      this.reveal?.();
      first[1].input.focus();
    }
    return Object.keys(texts).every((name) => name in fields);
  }

  #showPassword() {
    this.password.element.hidden = !this.asks.value;
  }
}

/**
 * @param {LinkTier} tier
 * @param {ShareLink | null} link
 */
function expiries(tier, link) {
  const text = words.share;
  const choices = expiryChoices(tier).map((seconds) => {
    if (seconds === null) return { value: NEVER, label: link ? text.keepForever : text.never };
    return { value: String(seconds), label: link ? text.fromNow(duration(seconds)) : duration(seconds) };
  });
  if (!link) return choices;
  const label = link.expires_at === null ? text.keepForever : dateTime(link.expires_at);
  return [{ value: KEEP, label }, ...choices.filter(({ value }) => value !== NEVER || link.expires_at !== null)];
}
