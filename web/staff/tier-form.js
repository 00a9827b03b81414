// The form for a new tier and for the settings of an existing one.

import { ApiError, api, path } from '../api.js';
import { h } from '../dom.js';
import { openDialog } from '../ui/dialog.js';
import { field, form } from '../ui/form.js';
import { words } from '../words.js';
import { quantityField } from './quantity-field.js';
import { SIZE_UNITS, TIME_UNITS, numbersIn } from './units.js';

/** @typedef {import('../api-types.js').Tier} Tier */
/** @typedef {import('../api-types.js').TierSettings} TierSettings */

/** What the form for a new tier begins with. */
const NEW_TIER = {
  name: '', thumbnail_sizes: [200, 400], link_to_original: true, expiring_links: true,
  max_link_seconds: 30 * TIME_UNITS.days, max_file_bytes: SIZE_UNITS.GB, max_total_bytes: 10 * SIZE_UNITS.GB,
};

/** Which links an account may share. */
const NONE = 'none';
const LIMITED = 'limited';
const FOREVER = 'forever';

/**
 * Opens the form. Resolves to the tier that was saved, or to null if the form was closed.
 *
 * @param {Tier | null} tier the tier to change, or null for a new one
 * @returns {Promise<Tier | null>}
 */
export function openTierForm(tier) {
  return new Promise((resolve) => {
    /** @type {Tier | null} */
    let saved = null;
    const inputs = inputsFor(tier ?? NEW_TIER);
    const submit = async () => {
      const settings = settingsFrom(inputs);
      saved = tier
        ? await api.put(path`/api/account-tiers/${tier.id}`, settings)
        : await api.post('/api/account-tiers', settings);
      dialog.close();
    };
    const note = tier && h('p', { class: 'staff-tier-note' }, words.staff.tierNote);
    const fields = [...(note ? [note] : []), ...Object.values(inputs)];
    const cancel = h('button', { type: 'button', class: 'button', onClick: () => dialog.close() }, words.ui.cancel);
    const submitLabel = tier ? words.staff.saveTier : words.staff.createTier;
    const { element } = form({ fields, submitLabel, submit, actions: [cancel] });
    const title = tier ? words.staff.changeTierOf(tier.name) : words.staff.newTier;
    const dialog = openDialog({ title, body: element, onClose: () => resolve(saved) });
    if (!tier) inputs.name.input.focus();
  });
}

/** @param {TierSettings} tier */
function inputsFor(tier) {
  const text = words.staff;
  const links = field({
    name: 'expiring_links', label: text.links, type: 'select', value: linksOf(tier),
    options: [
      { value: NONE, label: text.linksNone },
      { value: LIMITED, label: text.linksLimited },
      { value: FOREVER, label: text.linksUnlimited },
    ],
  });
  const longest = quantityField({
    name: 'max_link_seconds', label: text.longestLink, units: TIME_UNITS, value: tier.max_link_seconds ?? NEW_TIER.max_link_seconds,
  });
  const showLongest = () => { longest.element.hidden = links.value !== LIMITED; };
  links.input.addEventListener('change', showLongest);
  showLongest();
  return {
    name: field({ name: 'name', label: text.tierName, value: tier.name, required: true, maxlength: 64, autocomplete: 'off' }),
    total: quantityField({ name: 'max_total_bytes', label: text.totalSpace, hint: text.totalHint, units: SIZE_UNITS, value: tier.max_total_bytes }),
    file: quantityField({ name: 'max_file_bytes', label: text.largestFile, units: SIZE_UNITS, value: tier.max_file_bytes }),
    links,
    longest,
    original: field({ name: 'link_to_original', label: text.originalsLabel, hint: text.originalsHint, type: 'checkbox', value: tier.link_to_original }),
    sizes: field({
      name: 'thumbnail_sizes', label: text.thumbnails, hint: text.thumbnailsHint, value: tier.thumbnail_sizes.join(', '),
      required: true, inputmode: 'text', autocomplete: 'off',
    }),
  };
}

/** @param {TierSettings} tier */
function linksOf({ expiring_links: hasLinks, max_link_seconds: longest }) {
  if (!hasLinks) return NONE;
  return longest === null ? FOREVER : LIMITED;
}

/**
 * Reads the form. Problems appear beside the fields, as those do that the server finds.
 *
 * @param {ReturnType<typeof inputsFor>} inputs
 * @returns {TierSettings}
 */
function settingsFrom({ name, total, file, links, longest, original, sizes }) {
  const { badSize, badTime, badThumbnails } = words.staff;
  const settings = {
    name: name.value.trim(),
    thumbnail_sizes: numbersIn(sizes.value),
    link_to_original: original.value,
    expiring_links: links.value !== NONE,
    max_link_seconds: links.value === LIMITED ? longest.value : null,
    max_file_bytes: file.value,
    max_total_bytes: total.value,
  };
  /** @type {{ [name: string]: string[] }} */
  const problems = {};
  if (settings.thumbnail_sizes === null) problems.thumbnail_sizes = [badThumbnails];
  if (settings.max_file_bytes === null) problems.max_file_bytes = [badSize];
  if (settings.max_total_bytes === null) problems.max_total_bytes = [badSize];
  if (links.value === LIMITED && settings.max_link_seconds === null) problems.max_link_seconds = [badTime];
  if (Object.keys(problems).length) throw new ApiError(400, problems);
  return /** @type {TierSettings} */ (settings);
}
