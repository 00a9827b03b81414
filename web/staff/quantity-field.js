// A field for an amount with a unit: `10` `GB`.

import { h } from '../dom.js';
import { bytes } from '../format.js';
import { field } from '../ui/form.js';
import { words } from '../words.js';
import { SIZE_UNITS, quantityOf, valueOf } from './units.js';

/**
 * `value` of the field is the number of bytes or seconds, or null if the amount is not a number.
 *
 * @param {{ name: string, label: string, hint?: string, units: import('./units.js').Units, value: number }} options
 * @returns {import('../ui/form.js').Field}
 */
export function quantityField({ name, label, hint, units, value }) {
  const given = quantityOf(value, units);
  /** @type {{ [unit: string]: string }} */
  const names = words.staff.units;
  const amount = field({ name, label, hint, value: given.amount, required: true, inputmode: 'decimal', autocomplete: 'off' });
  const options = Object.keys(units).map((unit) => h('option', { value: unit, selected: unit === given.unit }, names[unit]));
  const unit = h('select', { 'aria-label': words.staff.unitOf(label) }, options);
  const same = h('output', { class: 'staff-same' });
  const row = h('div', { class: 'staff-quantity' });
  amount.input.replaceWith(row);
  row.append(amount.input, unit, same);

  const read = () => valueOf({ amount: amount.input.value, unit: unit.value }, units);
  // The app shows sizes in decimal units, so an amount in binary units says what it will look like.
  const explain = () => {
    const size = units === SIZE_UNITS && unit.value.includes('i') ? read() : null;
    same.textContent = size === null ? '' : words.staff.sameAs(bytes(size));
  };
  amount.input.addEventListener('input', explain);
  unit.addEventListener('change', explain);
  explain();
  return Object.defineProperty(amount, 'value', { get: read });
}
