// The tray in the corner, which shows the uploads wherever the user goes.

import { h, icon, iconButton, replace, useStyles } from '../dom.js';
import { words } from '../words.js';
import { session } from '../session.js';
import { chooseFiles } from './drop.js';
import { canRetry } from './problems.js';
import { subtitleOf, titleOf } from './texts.js';
import { createRow } from './upload-row.js';
import { uploads } from './uploads.js';
import { WindowedList } from './windowed-list.js';

/**
 * @typedef {import('./upload.js').Item} Item
 * @typedef {import('./totals.js').Totals} Totals
 * @typedef {import('./queue.js').Queue} Queue
 */

const styled = useStyles(new URL('./uploads.css', import.meta.url));
/** How long to wait before the beginning is announced. */
const ANNOUNCE_MS = 1000;
/** Where the tray would cover the place. */
const NARROW = '(max-width: 799.98px)';

class UploadTray extends HTMLElement {
  /** @type {WindowedList<Item> | null} */ #list = null;
  /** @type {(() => void)[]} */ #subscriptions = [];
  #isOpen = !matchMedia(NARROW).matches;
  #wasRunning = false;
  /** Whether the list scrolls with what is being sent. */ #follows = true;
  #offered = 0;
  #drawing = false;
  #shownActions = '';

  #title = h('span', { class: 'upload-tray-title' });
  #subtitle = h('span', { class: 'upload-tray-subtitle' });
  #toggle = h('button', { class: 'upload-tray-toggle', type: 'button', 'aria-expanded': 'false', onClick: () => this.#setOpen(!this.#isOpen) },
    h('span', { class: 'upload-tray-texts' }, this.#title, this.#subtitle), icon('chevron-down'));
  #actions = h('div', { class: 'upload-tray-actions' });
  #fill = h('div', { class: 'upload-bar-fill' });
  #bar = h('div', { class: 'upload-bar', role: 'progressbar', 'aria-label': words.uploads.progress, 'aria-valuemin': 0, 'aria-valuemax': 100 }, this.#fill);
  #offer = h('div', { class: 'upload-tray-offer', hidden: true });
  #rows = h('ul', { class: 'upload-rows', 'aria-label': words.uploads.list });
  #scroller = h('div', { class: 'upload-tray-list' }, this.#rows);
  #body = h('div', { class: 'upload-tray-body', id: 'upload-tray-body' }, this.#offer, this.#scroller);
  #announcer = h('p', { class: 'visually-hidden', role: 'status' });

  connectedCallback() {
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', words.uploads.title);
    this.#toggle.setAttribute('aria-controls', this.#body.id);
    replace(this, h('div', { class: 'upload-tray-box' }, h('div', { class: 'upload-tray-head' }, this.#toggle, this.#actions), this.#bar, this.#body), this.#announcer);
    this.#list = new WindowedList(this.#scroller, this.#rows, () => createRow((action, item) => this.#run(action, item)));
    this.#subscriptions = [uploads.state.subscribe(() => this.#drawSoon()), session.user.subscribe(() => this.#drawSoon())];
    for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown']) {
      this.#scroller.addEventListener(type, () => (this.#follows = false), { passive: true });
    }
    this.hidden = true;
    void styled.then(() => this.#draw());
  }

  disconnectedCallback() {
    for (const end of this.#subscriptions) end();
  }

  /** Draws once for all changes of a frame. */
  #drawSoon() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw() {
    const { items, totals } = uploads.state.value;
    this.hidden = items.length === 0 || session.user.value === null;
    if (this.hidden) return;
    this.#drawHead(totals, items);
    this.#drawOffer(totals);
    this.#announce(totals);
    this.toggleAttribute('open', this.#isOpen);
    this.#body.hidden = !this.#isOpen;
    if (!this.#isOpen) return;
    this.#list?.show(inOrder(items, totals));
    if (this.#follows && totals.sending > 0) this.#followProgress(items);
  }

  /**
   * @param {Totals} totals
   * @param {readonly Item[]} items
   */
  #drawHead(totals, items) {
    const { sending, paused, sent, bytes } = totals;
    setText(this.#title, titleOf(totals));
    setText(this.#subtitle, subtitleOf(totals));
    this.#toggle.setAttribute('aria-expanded', String(this.#isOpen));
    this.#toggle.title = this.#isOpen ? words.uploads.collapse : words.uploads.expand;
    const share = bytes > 0 ? sent / bytes : 0;
    this.#bar.hidden = sending + paused === 0;
    this.#bar.setAttribute('aria-valuenow', String(Math.floor(share * 100)));
    this.#fill.style.setProperty('scale', `${share} 1`);
    const actions = actionsOf(totals, items);
    if (actions.join() === this.#shownActions) return;
    const had = this.#actions.contains(document.activeElement);
    this.#shownActions = actions.join();
    replace(this.#actions, actions.map((action) => this.#button(action)));
    if (had) (this.#actions.querySelector('button') ?? this.#toggle).focus();
  }

  /** @param {keyof typeof ICONS} action */
  #button(action) {
    return iconButton(ICONS[action], words.uploads[action], () => this.#runAll(action));
  }

  /** @param {Totals} totals */
  #drawOffer({ unfinished, count }) {
    this.#offer.hidden = unfinished === 0;
    if (unfinished === this.#offered) return;
    this.#offered = unfinished;
    const text = words.uploads;
    replace(this.#offer,
      h('p', null, count > 0 && h('strong', { text: `${text.unfinished(unfinished)}. ` }), text.unfinishedText(unfinished)),
      h('div', { class: 'upload-tray-offer-actions' },
        h('button', { class: 'button primary', type: 'button', text: text.continue(unfinished), onClick: () => this.#continue() }),
        h('button', { class: 'button quiet', type: 'button', text: text.discard, onClick: async () => (await uploads.queue()).forgetLeft() })));
  }

  /** Continues what an earlier visit left, with the files that the user chooses. */
  async #continue() {
    const files = await chooseFiles();
    if (files.length === 0) return;
    const { resumed } = await (await uploads.queue()).addLeft(files);
    if (resumed > 0) return;
    const { toast } = await import('../ui/toast.js');
    toast(words.uploads.otherFiles);
  }

  /** Tells screen readers when uploads begin and end. @param {Totals} totals */
  #announce({ running, paused, failed, ready, count }) {
    const text = words.uploads;
    if (running > 0 && !this.#wasRunning) {
      // The first files may be ready before a long list of others has been added.
      setTimeout(() => this.#wasRunning && setText(this.#announcer, text.started(uploads.state.value.totals.count)), ANNOUNCE_MS);
    } else if (running === 0 && this.#wasRunning && paused === 0 && count > 0) {
      setText(this.#announcer, failed > 0 ? text.someFailed(failed, ready) : text.finished(ready));
    }
    if (running > 0 && !this.#wasRunning) this.#follows = true;
    this.#wasRunning = running > 0;
  }

  /** Keeps what is being sent in view, until the user scrolls. @param {readonly Item[]} items */
  #followProgress(items) {
    if (this.matches(':hover') || this.#scroller.contains(document.activeElement)) return;
    const current = items.find(({ status }) => status === 'sending') ?? items.find(({ status }) => status === 'waiting');
    if (current) this.#list?.reveal(current.id);
  }

  /** @param {boolean} open */
  #setOpen(open) {
    this.#isOpen = open;
    this.#draw();
  }

  /**
   * @param {import('./upload-row.js').Action} action
   * @param {Item} item
   */
  async #run(action, item) {
    const queue = await uploads.queue();
    if (action === 'share') {
      const { openShare } = await import('../share/share-dialog.js');
      await openShare({ kind: item.kind, record: item.record });
    } else if (action === 'startAgain') {
      if (await queue.startAgain(item.id)) return;
      const [file] = await chooseFiles({ multiple: false });
      if (file) await queue.startAgain(item.id, file);
    } else if (action === 'cancel' || action === 'dismiss') {
      this.#keepFocus();
      if (action === 'cancel') queue.cancel(item.id);
      else if (item.status === 'unfinished') queue.forgetLeft(item.id);
      else queue.clear(item.id);
    } else {
      queue[action](item.id);
    }
  }

  /** Moves the focus from a row that is about to go to the next one. */
  #keepFocus() {
    const row = document.activeElement?.closest('.upload-row');
    if (!row || !this.contains(row)) return;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    /** @type {HTMLElement} */ (next?.querySelector('.upload-row-actions button:last-child') ?? this.#toggle).focus();
  }

  /** @param {keyof typeof ICONS} action */
  async #runAll(action) {
    const queue = await uploads.queue();
    if (action === 'pauseAll') queue.pause();
    else if (action === 'resumeAll') queue.resume();
    else if (action === 'retryAll') queue.retry();
    else if (action === 'close') queue.clear();
    else if (await this.#confirmsCancel()) queue.cancel();
  }

  async #confirmsCancel() {
    const { running, paused } = uploads.state.value.totals;
    const text = words.uploads;
    const { confirm } = await import('../ui/dialog.js');
    const count = running + paused;
    return confirm({ title: text.cancelTitle(count), text: text.cancelText, action: text.cancelAction(count), danger: true });
  }
}

/** @type {Record<'pauseAll' | 'resumeAll' | 'retryAll' | 'cancelAll' | 'close', string>} */
const ICONS = { pauseAll: 'pause', resumeAll: 'play', retryAll: 'refresh', cancelAll: 'close', close: 'close' };

/**
 * What the user can do with all uploads.
 * @param {Totals} totals
 * @param {readonly Item[]} items
 * @returns {(keyof typeof ICONS)[]}
 */
function actionsOf({ running, sending, paused, failed, unfinished, count }, items) {
  /** @type {(keyof typeof ICONS)[]} */ const actions = [];
  if (sending > 0) actions.push('pauseAll');
  else if (paused > 0) actions.push('resumeAll');
  else if (failed > 0 && items.some(({ problem }) => problem && canRetry(problem))) actions.push('retryAll');
  if (running + paused > 0) actions.push('cancelAll');
  else if (count > 0 || unfinished === 0) actions.push('close');
  return actions;
}

/**
 * First what needs the user. What failed moves there only when nothing else moves any more.
 * @param {readonly Item[]} items
 * @param {Totals} totals
 */
function inOrder(items, { running, failed, unfinished }) {
  if (unfinished === 0 && (running > 0 || failed === 0)) return items;
  const rank = (/** @type {Item} */ { status }) => (status === 'unfinished' ? 0 : status === 'failed' && running === 0 ? 1 : 2);
  return [...items].sort((a, b) => rank(a) - rank(b));
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}


customElements.define('upload-tray', UploadTray);
