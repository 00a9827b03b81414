// The space of the account, and what its tier allows.

import { h, replace } from '../dom.js';
import { bytes, duration } from '../format.js';
import { session } from '../session.js';
import { myTier } from '../tiers.js';
import { words } from '../words.js';
import { section } from './parts.js';

/** @typedef {import('../api-types.js').Account} Account */
/** @typedef {import('../api-types.js').Tier} Tier */

/** Used and kept bytes together may be this many times the tier's total. */
const KEPT_FACTOR = 3;
const ALMOST_FULL = 0.9;

/** The section of the used space. */
export class Space {
  #bar = h('div', { class: 'account-space' });
  #tier = h('dl', { class: 'account-tier' });

  constructor() {
    const text = words.account;
    this.element = section({ title: text.space, text: text.tierChange }, this.#bar, this.#tier);
    this.show();
    this.#tierOf(null);
    myTier().then((tier) => this.#tierOf(tier), () => {});
  }

  /** Shows the space as it is now. */
  show() {
    const text = words.account;
    /** @type {Account} */
    const { used_bytes: used, kept_bytes: kept, max_total_bytes: total } = session.user.value;
    const share = total > 0 ? Math.min(1, used / total) : 1;
    const label = text.used(bytes(used), bytes(total));
    const fill = h('div', { class: share > ALMOST_FULL ? 'quota-fill full' : 'quota-fill' });
    fill.style.setProperty('inline-size', `${share * 100}%`);
    replace(this.#bar,
      h('div', { class: 'account-space-line' },
        h('p', { class: 'account-space-used', text: label }),
        h('p', { class: 'muted', text: text.free(bytes(Math.max(0, total - used))) })),
      h('div', {
        class: 'quota-bar', role: 'meter', 'aria-label': text.space, 'aria-valuenow': Math.round(share * 100),
        'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuetext': label,
      }, fill),
      kept > 0 ? h('p', { class: 'account-row-hint' }, text.kept(bytes(kept)), ' ', text.keptLimit(bytes(KEPT_FACTOR * total))) : null);
  }

  /** @param {Tier | null} tier */
  #tierOf(tier) {
    const text = words.account;
    const entry = (/** @type {string} */ term, /** @type {string} */ value) => h('div', null, h('dt', { text: term }), h('dd', { text: value }));
    replace(this.#tier,
      entry(text.tier, session.user.value.tier),
      // The dash keeps the place of what is still loading.
      entry(text.tierFile, tier ? bytes(tier.max_file_bytes) : '–'),
      entry(text.tierLinks, tier ? linksOf(tier) : '–'),
      entry(text.tierOriginal, tier ? (tier.link_to_original ? text.included : text.notIncluded) : '–'));
  }
}

/** @param {Tier} tier */
function linksOf({ expiring_links: has, max_link_seconds: longest }) {
  const text = words.account;
  if (!has) return text.linksNone;
  return longest === null ? text.linksForever : text.linksUpTo(duration(longest));
}
