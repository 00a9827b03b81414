// What a tier allows, as people read it.

import { fact, h } from '../dom.js';
import { bytes, duration, number } from '../format.js';
import { words } from '../words.js';

/** @typedef {import('../api-types.js').Tier} Tier */

/**
 * @param {Tier} tier
 * @returns {HTMLElement}
 */
export function factsList(tier) {
  const { largestFile, totalSpace, thumbnails, pixels, originals, included, notIncluded, links } = words.staff;
  const sizes = tier.thumbnail_sizes.map((size) => number(size)).join(', ');
  return h('dl', { class: 'staff-tier-list' },
    fact(totalSpace, bytes(tier.max_total_bytes)),
    fact(largestFile, bytes(tier.max_file_bytes)),
    fact(links, linksText(tier)),
    fact(originals, tier.link_to_original ? included : notIncluded),
    fact(thumbnails, pixels(sizes)));
}

/** @param {Tier} tier */
function linksText({ expiring_links: hasLinks, max_link_seconds: longest }) {
  if (!hasLinks) return words.staff.linksNone;
  return longest === null ? words.staff.linksUnlimited : words.staff.linksFor(duration(longest));
}

/**
 * What an account that uses `used` bytes loses in this tier.
 * @param {Tier} tier
 * @param {number} used
 * @returns {string[]}
 */
export function warningsFor(tier, used) {
  const warnings = [];
  if (used > tier.max_total_bytes) warnings.push(words.staff.tierTooSmall(bytes(used)));
  if (!tier.expiring_links) warnings.push(words.staff.tierKillsLinks);
  return warnings;
}
