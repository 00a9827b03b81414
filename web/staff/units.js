/**
 * Sizes and times as an amount and a unit, as people enter them.
 *
 * @typedef {Readonly<Record<string, number>>} Units the value of each unit, from the smallest to the largest
 * @typedef {{ amount: string, unit: string }} Quantity
 */

/** @type {Units} */
export const SIZE_UNITS = {
  MB: 1e6, GB: 1e9, TB: 1e12, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40,
};

/** @type {Units} */
export const TIME_UNITS = { minutes: 60, hours: 3600, days: 86_400 };

const MOST_DECIMALS = 12;

/**
 * The amount and the unit with the fewest digits for `value`: 104857600 bytes are 100 MiB, and 1500000000 are 1.5 GB.
 *
 * @param {number} value
 * @param {Units} units
 * @returns {Quantity}
 */
export function quantityOf(value, units) {
  const all = Object.entries(units).map(([unit, size]) => ({ unit, amount: plain(value / size), whole: value >= size }));
  const whole = all.filter((each) => each.whole);
  const [best] = (whole.length ? whole : all.slice(0, 1)).sort((a, b) => a.amount.length - b.amount.length);
  return { amount: best.amount, unit: best.unit };
}

/**
 * The value of a quantity, or null if its amount is not a positive number. Both `1.5` and `1,5` are accepted.
 *
 * @param {Quantity} quantity
 * @param {Units} units
 * @returns {number | null}
 */
export function valueOf({ amount, unit }, units) {
  const text = amount.trim().replace(',', '.');
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(text)) return null;
  const value = Math.round(Number(text) * units[unit]);
  return value > 0 ? value : null;
}

/**
 * The numbers in a list such as `200, 400`, or null if it contains anything else or nothing.
 *
 * @param {string} text
 * @returns {number[] | null}
 */
export function numbersIn(text) {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  return parts.length && parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : null;
}

/** @param {number} number */
function plain(number) {
  return number.toFixed(MOST_DECIMALS).replace(/\.?0+$/, '');
}
