import { path } from '../api.js';
import { h, icon, iconButton, replace } from '../dom.js';
import { words } from '../words.js';
import { canBecomeFile, canRetry, canStartAgain } from './problems.js';
import { detailOf } from './texts.js';

/**
 * @typedef {import('./upload.js').Item} Item
 * @typedef {'pause' | 'resume' | 'cancel' | 'retry' | 'dismiss' | 'share' | 'startAgain' | 'keepAsFile'} Action
 */

/** What is shown as an icon. Everything else is shown in words. @type {Partial<Record<Action, string>>} */
const ICONS = { pause: 'pause', resume: 'play', cancel: 'close', retry: 'refresh', dismiss: 'close' };

/**
 * A row of the tray.
 * @param {(action: Action, item: Item) => void} run
 */
export function createRow(run) {
  /** @type {Item | null} */ let shown = null;
  let shownActions = '';

  const status = h('span', { class: 'upload-row-icon' });
  const name = h('span', { class: 'upload-row-name' });
  const detail = h('p', { class: 'upload-row-detail' });
  const fill = h('div', { class: 'upload-bar-fill' });
  const bar = h('div', { class: 'upload-bar', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 }, fill);
  const remedy = h('div', { class: 'upload-row-remedy' });
  const actions = h('div', { class: 'upload-row-actions' });
  const element = h('li', { class: 'upload-row' }, status, h('div', { class: 'upload-row-text' }, name, bar, detail, remedy), actions);

  /** @param {Item} item */
  function update(item) {
    if (item === shown) return;
    if (item.name !== shown?.name || linkOf(item) !== (shown && linkOf(shown))) replace(name, nameOf(item));
    if (item.status !== shown?.status) {
      element.dataset.status = item.status;
      replace(status, iconOf(item));
    }
    bar.hidden = !['sending', 'paused', 'unfinished'].includes(item.status);
    const share = item.size > 0 ? item.sent / item.size : 0;
    bar.setAttribute('aria-label', words.uploads.progressOfFile(item.name));
    bar.setAttribute('aria-valuenow', String(Math.floor(share * 100)));
    fill.style.setProperty('scale', `${share} 1`);
    const text = detailOf(item);
    if (detail.textContent !== text) detail.textContent = text;
    element.classList.toggle('stuck', item.waitingFor !== null);
    shown = item;
    showActions(item);
  }

  /** Replaces the buttons only if there are others, so that they keep the focus. @param {Item} item */
  function showActions(item) {
    const { beside, below } = actionsOf(item);
    const key = [...beside, '', ...below, item.name].join();
    if (key === shownActions) return;
    const had = element.contains(document.activeElement);
    shownActions = key;
    replace(actions, beside.map((action) => button(action, item)));
    replace(remedy, below.map((action) => button(action, item)));
    remedy.hidden = below.length === 0;
    if (had) /** @type {HTMLElement | null} */ (element.querySelector('button'))?.focus();
  }

  /** @param {Action} action @param {Item} item */
  function button(action, { name }) {
    /** @type {Record<string, any>} */ const text = words.uploads;
    const onClick = () => shown && run(action, shown);
    const symbol = ICONS[action];
    if (symbol) return iconButton(symbol, text[action](name), onClick);
    if (action !== 'share') return h('button', { class: 'button link', type: 'button', text: text[action], onClick });
    return h('button', { class: 'button upload-row-share', type: 'button', 'aria-label': text.shareFile(name), text: text.share, onClick });
  }

  return { element, update };
}

/**
 * What the user can do: buttons beside the texts and below them.
 * @param {Item} item
 * @returns {{ beside: Action[], below: Action[] }}
 */
function actionsOf(item) {
  const { status, problem } = item;
  switch (status) {
    case 'waiting':
    case 'sending':
      return { beside: ['pause', 'cancel'], below: [] };
    case 'checking':
      return { beside: ['cancel'], below: [] };
    case 'paused':
      return { beside: ['resume', 'cancel'], below: [] };
    case 'ready':
      return { beside: ['share'], below: [] };
    case 'unfinished':
      return { beside: ['dismiss'], below: [] };
    default: {
      const again = problem && canRetry(problem);
      /** @type {Action[]} */ const below = [];
      if (problem && canStartAgain(problem)) below.push('startAgain');
      if (problem && canBecomeFile(problem, item)) below.push('keepAsFile');
      return { beside: again ? ['retry', 'dismiss'] : ['dismiss'], below };
    }
  }
}

/** @param {Item} item */
function iconOf({ status, kind }) {
  if (status === 'ready') return icon('check');
  if (status === 'failed') return icon('warning');
  if (status === 'checking') return h('span', { class: 'spinner' });
  return icon(kind === 'image' ? 'photos' : 'file');
}

/** @param {Item} item */
function linkOf({ record, kind }) {
  return record && path`#/${kind === 'image' ? 'photos' : 'files'}/${record.id}`;
}

/** The name, which leads to what is ready. Its end, with the extension, stays in view. @param {Item} item */
function nameOf(item) {
  const href = linkOf(item);
  const [, start, end] = /** @type {RegExpExecArray} */ (/^(.*?)(.{0,8})$/su.exec(item.name));
  const parts = [
    h('span', { class: 'visually-hidden', text: item.name }),
    h('span', { class: 'upload-row-start', text: start, 'aria-hidden': 'true' }),
    h('span', { class: 'upload-row-end', text: end, 'aria-hidden': 'true' }),
  ];
  return href ? h('a', { href, title: item.name }, parts) : h('span', { title: item.name }, parts);
}
