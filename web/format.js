// Sizes, dates and durations in the reader's language and time zone.

import { locale, words } from './words.js';

const UNITS = ['KB', 'MB', 'GB', 'TB'];

/**
 * A size in decimal units with at most one decimal: "5.2 MB".
 * @param {number} n
 * @returns {string}
 */
export function bytes(n) {
  if (n < 1000) return `${n} ${n === 1 ? words.format.byte : words.format.bytes}`;
  let unit = -1;
  do {
    n /= 1000;
    unit += 1;
  } while (unit + 1 < UNITS.length && n >= 999.5);
  return `${number(n, n < 9.95 ? 1 : 0)} ${UNITS[unit]}`;
}

/** Formats by their digits: making one takes longer than using it. @type {Map<number, Intl.NumberFormat>} */
const numbers = new Map();

/**
 * @param {number} n
 * @param {number} [digits] the most digits after the point
 */
export function number(n, digits = 0) {
  let format = numbers.get(digits);
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
    numbers.set(digits, format);
  }
  return format.format(n);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} iso
 * @param {Intl.DateTimeFormatOptions} options
 */
function formatted(iso, options) {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options);
    formats.set(key, format);
  }
  return format.format(new Date(iso));
}

/** "12 Nov 2026" @param {string} iso */
export const date = (iso) => formatted(iso, { dateStyle: 'medium' });

/** "12 Nov 2026, 14:05" @param {string} iso */
export const dateTime = (iso) => formatted(iso, { dateStyle: 'medium', timeStyle: 'short' });

/** "November 2026" @param {string} iso */
export const month = (iso) => formatted(iso, { year: 'numeric', month: 'long' });

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const STEPS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/**
 * The time from now: "3 hours ago", "in 7 days".
 * @param {string} iso
 * @param {number} [now] milliseconds since 1970
 */
export function relative(iso, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1000;
  const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
  if (!step) return words.format.justNow;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return format.format(Math.trunc(seconds / step[1]), step[0]);
}

/**
 * A length of time in its largest unit: "2 minutes".
 * @param {number} seconds
 */
export function duration(seconds) {
  /** @type {[string, number]} */
  const [unit, length] = seconds >= 86_400 ? ['day', 86_400] : seconds >= 3600 ? ['hour', 3600]
    : seconds >= 60 ? ['minute', 60] : ['second', 1];
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 });
  return format.format(Math.max(1, Math.round(seconds / length)));
}
