import { h, replace } from '../dom.js';
import { words } from '../words.js';
import { ApiError } from '../api.js';
import { session } from '../session.js';
import { fieldOf, formOf } from '../ui/form.js';

/** Who signed up in this tab and has yet to sign in. The form begins with the name. */
export const newcomer = { username: '' };

/** `<sign-in>`: makes the sign-in of the page's template work. */
class SignIn extends HTMLElement {
  connectedCallback() {
    const element = /** @type {HTMLFormElement} */ (this.querySelector('form'));
    if (element.dataset.works) return;
    element.dataset.works = 'true';
    const fields = [...element.querySelectorAll('.field')].map((entry) => fieldOf(/** @type {HTMLElement} */ (entry)));
    const form = formOf(element, fields, async ({ username, password, stay }) => {
      try {
        await session.signIn(username, password, stay);
        newcomer.username = '';
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        form.showError(refusal(error));
      }
    });
    this.#explain(element);
    const username = fields.find(({ name }) => name === 'username');
    if (username && !username.value) username.value = newcomer.username;
  }

  /** @param {HTMLFormElement} element */
  #explain(element) {
    const text = session.ended.value === 'expired' ? words.welcome.ended : null;
    const notice = /** @type {HTMLElement} */ (element.querySelector('.notice'));
    notice.hidden = !text;
    replace(notice, text);
    // The heading gets the focus, and with this a screen reader says why.
    if (text) this.querySelector('h1')?.setAttribute('aria-describedby', notice.id);
  }
}

/**
 * The server gives the same answer to a wrong password and to an address that is not confirmed.
 * @param {ApiError} error
 */
function refusal(error) {
  return [error.message, ' ', words.welcome.unconfirmed, ' ', h('a', { href: '#/confirm', text: words.welcome.unconfirmedLink }), '.'];
}

customElements.define('sign-in', SignIn);
