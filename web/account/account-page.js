// The page of the account.

import { h, replace, useStyles } from '../dom.js';
import { date } from '../format.js';
import { session } from '../session.js';
import { words } from '../words.js';
import { Address } from './address.js';
import { languageSection, programsSection } from './language.js';
import { deletionSection, signOutSection } from './leaving.js';
import { row, section } from './parts.js';
import { passwordSection } from './password.js';
import { Sessions } from './sessions.js';
import { Space } from './space.js';

await useStyles(new URL('./account-page.css', import.meta.url));

/** `<account-page>`: everything about the account of the signed-in user. */
class AccountPage extends HTMLElement {
  /** @type {Address | null} */
  #address = null;
  /** @type {Space | null} */
  #space = null;
  /** @type {(() => void) | null} */
  #stop = null;
  #onVisible = () => {
    // The person comes back from the mail, perhaps after opening the link in it.
    if (document.visibilityState === 'visible') this.#address?.check();
  };

  connectedCallback() {
    if (this.#address || !session.user.value) return;
    const text = words.account;
    const address = new Address({ settings: session.settings });
    const sessions = new Sessions();
    const space = new Space();
    const { username, created_at: created } = session.user.value;
    const name = row({ label: text.name, value: username, hint: text.nameHint(username.split('@')[0]) });
    replace(this,
      h('div', { class: 'place-head' }, h('h1', { text: text.title })),
      section({ title: text.profile, text: text.memberSince(date(created)) }, name, address.element),
      passwordSection({ onChanged: () => sessions.refresh() }),
      sessions.element, space.element, languageSection(), programsSection(), signOutSection(), deletionSection());
    this.#address = address;
    this.#space = space;
    sessions.load();
    this.#stop = session.user.subscribe((user) => {
      if (user) this.#space?.show();
    });
    document.addEventListener('visibilitychange', this.#onVisible);
    session.reload().catch(() => {});
  }

  disconnectedCallback() {
    this.#stop?.();
    document.removeEventListener('visibilitychange', this.#onVisible);
  }
}

customElements.define('account-page', AccountPage);
