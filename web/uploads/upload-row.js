import { h, icon, replace } from '../dom.js';
import { words } from '../words.js';
import { canBecomeFile, canRetry, needsFile } from './problems.js';
import { detailOf } from './texts.js';

/**
 * @typedef {import('./upload.js').Item} Item
 * @typedef {'pause' | 'resume' | 'cancel' | 'retry' | 'dismiss' | 'share' | 'chooseAgain' | 'keepAsFile'} Action
 */

/** @type {Record<Action, string>} */
const ICONS = {
  pause: 'pause', resume: 'play', cancel: 'close', retry: 'refresh', dismiss: 'close', share: 'share',
  chooseAgain: 'refresh', keepAsFile: 'file',
};

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
    bar.hidden = !['sending', 'paused', 'unfinished'].includes(item.status) && item.sent === 0 || ['ready', 'failed', 'checking'].includes(item.status);
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
    const { buttons, texts } = actionsOf(item);
    const key = [...buttons, '', ...texts, item.name].join();
    if (key === shownActions) return;
    const had = element.contains(document.activeElement);
    shownActions = key;
    replace(actions, buttons.map((action) => iconButton(action, item)));
    replace(remedy, texts.map((action) => textButton(action)));
    remedy.hidden = texts.length === 0;
    if (had) /** @type {HTMLElement | null} */ (element.querySelector('button'))?.focus();
  }

  /** @param {Action} action @param {Item} item */
  function iconButton(action, { name }) {
    const label = /** @type {Record<string, any>} */ (words.uploads)[action](name);
    const onClick = () => shown && run(action, shown);
    return h('button', { class: 'icon-button', type: 'button', 'aria-label': label, title: label, onClick }, icon(ICONS[action]));
  }

  /** @param {Action} action */
  function textButton(action) {
    const text = /** @type {Record<string, any>} */ (words.uploads)[action];
    return h('button', { class: 'button link', type: 'button', text, onClick: () => shown && run(action, shown) });
  }

  return { element, update };
}

/**
 * What the user can do: by icons, and in words.
 * @param {Item} item
 * @returns {{ buttons: Action[], texts: Action[] }}
 */
function actionsOf({ status, problem }) {
  switch (status) {
    case 'waiting':
    case 'sending':
      return { buttons: ['pause', 'cancel'], texts: [] };
    case 'checking':
      return { buttons: ['cancel'], texts: [] };
    case 'paused':
      return { buttons: ['resume', 'cancel'], texts: [] };
    case 'ready':
      return { buttons: ['share'], texts: [] };
    case 'unfinished':
      return { buttons: ['dismiss'], texts: [] };
    default: {
      const again = problem && canRetry(problem);
      /** @type {Action[]} */ const texts = [];
      if (problem && needsFile(problem)) texts.push('chooseAgain');
      if (problem && canBecomeFile(problem)) texts.push('keepAsFile');
      return { buttons: again ? ['retry', 'dismiss'] : ['dismiss'], texts };
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
  return record && `#/${kind === 'image' ? 'photos' : 'files'}/${record.id}`;
}

/** The name, which leads to what is ready. Its end, with the extension, stays in view. @param {Item} item */
function nameOf(item) {
  const href = linkOf(item);
  const [, start, end] = /** @type {RegExpExecArray} */ (/^(.*?)(.{0,8})$/su.exec(item.name));
  const parts = [h('span', { class: 'upload-row-start', text: start }), h('span', { class: 'upload-row-end', text: end })];
  return href ? h('a', { href, title: item.name }, parts) : h('span', { title: item.name }, parts);
}
