import { h } from '../dom.js';

/** Above this share of the space, the meter warns. */
const ALMOST_FULL = 0.9;

/**
 * A bar that shows how much of a space is used.
 * @param {{ used: number, total: number, label: string, text: string }} space `text` says it in words
 */
export function spaceMeter({ used, total, label, text }) {
  const share = total > 0 ? Math.min(1, used / total) : 1;
  const fill = h('div', { class: share > ALMOST_FULL ? 'quota-fill full' : 'quota-fill' });
  fill.style.setProperty('inline-size', `${share * 100}%`);
  return h('div', {
    class: 'quota-bar', role: 'meter', 'aria-label': label, 'aria-valuenow': Math.round(share * 100),
    'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuetext': text,
  }, fill);
}
