// The space of the account, and what its tier allows.

import { fact, h, replace } from '../dom.js';
import { bytes, duration } from '../format.js';
import { session } from '../session.js';
import { myTier } from '../tiers.js';
import { spaceMeter } from '../ui/space-meter.js';
import { words } from '../words.js';
import { section } from './parts.js';

/** @typedef {import('../api-types.js').Account} Account */
/** @typedef {import('../api-types.js').Tier} Tier */

/** Used and kept bytes together may be this many times the tier's total. */
const KEPT_FACTOR = 3;

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
    const label = text.used(bytes(used), bytes(total));
    replace(this.#bar,
      h('div', { class: 'account-space-line' },
        h('p', { class: 'account-space-used', text: label }),
        h('p', { class: 'muted', text: text.free(bytes(Math.max(0, total - used))) })),
      spaceMeter({ used, total, label: text.space, text: label }),
      kept > 0 ? h('p', { class: 'account-row-hint' }, text.kept(bytes(kept)), ' ', text.keptLimit(bytes(KEPT_FACTOR * total))) : null);
  }

  /** @param {Tier | null} tier */
  #tierOf(tier) {
    const text = words.account;
    replace(this.#tier,
      fact(text.tier, session.user.value.tier),
      // The dash keeps the place of what is still loading.
      fact(text.tierFile, tier ? bytes(tier.max_file_bytes) : '–'),
      fact(text.tierLinks, tier ? linksOf(tier) : '–'),
      fact(text.tierOriginal, tier ? (tier.link_to_original ? text.included : text.notIncluded) : '–'));
  }
}

/** @param {Tier} tier */
function linksOf({ expiring_links: has, max_link_seconds: longest }) {
  const text = words.account;
  if (!has) return text.linksNone;
  return longest === null ? text.linksForever : text.linksUpTo(duration(longest));
}
