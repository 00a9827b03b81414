// The sessions of the account: each with its device, and a way to end it.

import { h, icon, replace } from '../dom.js';
import { api, failureText, path } from '../api.js';
import { date, dateTime, relative } from '../format.js';
import { session } from '../session.js';
import { confirm } from '../ui/dialog.js';
import { focusHeading } from '../ui/focus.js';
import { failedState, skeleton } from '../ui/states.js';
import { words } from '../words.js';
import { button, section, statusLine } from './parts.js';
import { deviceOf } from './user-agent.js';

/** @typedef {import('../api-types.js').Session} Session */

const PATH = '/api/users/me/sessions';
const AT_ONCE = 4;
const PAGE = 10;
const ICONS = { phone: 'phone', tablet: 'tablet', computer: 'computer', program: 'terminal', unknown: 'computer' };

/** The section of the sessions. */
export class Sessions {
  #list = h('ul', { class: 'account-sessions' });
  #foot = h('div', { class: 'account-sessions-foot' });
  #status = statusLine();
  /** @type {AsyncGenerator<{ next: string | null, results: Session[] }, void, void> | null} */
  #pages = null;
  /** @type {Session[]} */
  #sessions = [];
  #hasMore = false;
  #reading = false;

  constructor() {
    const text = words.account;
    this.element = section({ title: text.sessions, text: text.sessionsText }, this.#list, this.#status, this.#foot);
  }

  /** Reads the sessions again, after some of them ended elsewhere. */
  refresh() {
    this.#status.textContent = '';
    return this.load();
  }

  /** Reads the first page of sessions. */
  async load() {
    if (this.#sessions.length === 0) replace(this.#foot, skeleton('row', 2));
    this.#pages = api.pages(PATH, { limit: PAGE });
    await this.#more([]);
  }

  /** @param {Session[]} known */
  async #more(known) {
    try {
      const page = (await this.#pages?.next())?.value;
      this.#sessions = [...known, ...(page?.results ?? [])];
      this.#hasMore = Boolean(page?.next);
      this.#show();
    } catch (error) {
      replace(this.#foot, failedState({ error, retry: () => this.load() }));
    }
  }

  #show() {
    const text = words.account;
    const { length } = this.#list.children;
    // The session of this device first.
    this.#sessions.sort((one, other) => Number(other.current) - Number(one.current));
    const hadFocus = this.element.contains(document.activeElement);
    replace(this.#list, this.#sessions.map((entry) => this.#item(entry)));
    const others = this.#sessions.some(({ current }) => !current);
    replace(this.#foot,
      this.#hasMore ? button(text.moreSessions, () => this.#showMore(length), 'quiet') : null,
      others || this.#hasMore ? button(text.endOthers, () => this.#endOthers()) : h('p', { class: 'muted', text: text.noOthers }));
    if (hadFocus) focusHeading(this.element);
  }

  /** @param {number} from */
  async #showMore(from) {
    // A second page at the same time would replace the first one.
    if (this.#reading) return;
    this.#reading = true;
    await this.#more(this.#sessions);
    this.#reading = false;
    /** @type {HTMLElement | null | undefined} */ (this.#list.children[from]?.querySelector('button'))?.focus();
  }

  /** @param {Session} entry */
  #item(entry) {
    const text = words.account;
    const device = deviceOf(entry.user_agent);
    const name = nameOf(device);
    const end = h('button', { type: 'button', class: 'button', 'aria-label': text.endSession(name), text: text.end, onClick: () => this.#end(entry, name) });
    const time = (/** @type {string} */ iso, /** @type {string} */ label) => h('time', { datetime: iso, title: dateTime(iso), text: label });
    const times = [time(entry.created_at, text.signedIn(date(entry.created_at))), time(entry.last_used_at, text.lastUsed(relative(entry.last_used_at)))];
    return h('li', { class: 'account-session' },
      h('span', { class: 'account-session-icon', title: entry.user_agent }, icon(ICONS[device.kind])),
      h('div', { class: 'account-session-text' },
        h('p', { class: 'account-session-name' }, name, entry.current ? h('span', { class: 'badge accent', text: text.thisDevice }) : null),
        h('p', { class: 'account-session-times' }, times)),
      entry.current ? null : end);
  }

  /**
   * @param {Session} entry
   * @param {string} name
   */
  async #end(entry, name) {
    const at = this.#sessions.indexOf(entry);
    try {
      await endSession(entry.id);
    } catch (error) {
      this.#status.textContent = failureText(error);
      return;
    }
    this.#sessions = this.#sessions.filter((other) => other !== entry);
    this.#show();
    this.#status.textContent = words.account.sessionEnded(name);
    /** @type {HTMLElement | null | undefined} */
    (this.#list.children[Math.min(at, this.#sessions.length - 1)]?.querySelector('button'))?.focus();
  }

  async #endOthers() {
    const text = words.account;
    if (!(await confirm({ title: text.endOthersTitle, text: text.endOthersText, action: text.endOthers, danger: true }))) return;
    this.#status.textContent = '';
    let ended = 0;
    try {
      for await (const page of api.pages(PATH, { limit: 100 })) {
        const others = /** @type {Session[]} */ (page.results).filter(({ current }) => !current);
        for (let first = 0; first < others.length; first += AT_ONCE) {
          const batch = others.slice(first, first + AT_ONCE);
          await Promise.all(batch.map(({ id }) => endSession(id)));
          ended += batch.length;
        }
      }
      this.#status.textContent = text.othersEnded(ended);
    } catch (error) {
      this.#status.textContent = failureText(error);
    }
    if (session.user.value) await this.load();
  }
}

/** Ends a session. One that has ended already is no error. @param {string} id */
async function endSession(id) {
  try {
    await api.delete(PATH + path`/${id}`);
  } catch (error) {
    if (/** @type {import('../api.js').ApiError} */ (error).status !== 404) throw error;
  }
}

/** @param {import('./user-agent.js').Device} device */
function nameOf({ kind, client, system }) {
  const text = words.account;
  if (kind === 'program' && client) return text.program(client);
  if (client && system) return text.on(client, system);
  if (system) return text.browserOn(system);
  return client ?? text.unknownDevice;
}
