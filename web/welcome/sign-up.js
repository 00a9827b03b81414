import { h } from '../dom.js';
import { words } from '../words.js';
import { api } from '../api.js';
import { session } from '../session.js';
import { field, form } from '../ui/form.js';
import { checkMail } from './check-mail.js';
import { backToSignIn, frame, show, withSettings } from './frame.js';
import { newcomer } from './sign-in.js';

/** `<sign-up>`: a new account, where the deployment accepts one. */
class SignUp extends HTMLElement {
  connectedCallback() {
    withSettings(this, words.welcome.signUp, (settings) => (settings.registration === 'closed' ? closed() : this.#form(settings)));
  }

  /** @param {any} settings */
  #form(settings) {
    const { element } = form({
      fields: fieldsFor(settings),
      submitLabel: words.welcome.signUpAction,
      submit: (values) => this.#signUp(values),
    });
    return frame({
      title: words.welcome.signUp,
      body: element,
      other: [words.welcome.haveAccount, ' ', h('a', { href: '#/sign-in', text: words.welcome.signIn })],
    });
  }

  /** @param {Record<string, string>} values */
  async #signUp({ username = '', password = '', email = '' }) {
    await api.post('/api/users', { username, password, ...(email && { email }) }, { anonymous: true });
    if (!email) return session.signIn(username, password, false);
    newcomer.username = username;
    show(this, checkMail({
      text: words.welcome.sentTo(email),
      resend: () => api.post('/api/user/resend-verification', { email }, { anonymous: true }),
      confirms: true,
    }));
  }
}

/** @param {any} settings */
function fieldsFor({ registration, email_required: required, mail }) {
  const hint = registration === 'domains' ? words.welcome.emailDomainsHint
    : required ? words.welcome.emailHint : words.welcome.emailOptionalHint;
  const needed = required || registration === 'domains';
  return [
    field({ name: 'username', label: words.welcome.username, hint: words.welcome.usernameHint, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true }),
    mail && field({ name: 'email', label: needed ? words.welcome.email : words.welcome.emailOptional, hint, type: 'email', autocomplete: 'email', required: needed }),
    field({ name: 'password', label: words.welcome.password, hint: words.welcome.passwordHint, type: 'password', autocomplete: 'new-password', required: true }),
  ].filter((entry) => entry !== false);
}

function closed() {
  return frame({ title: words.welcome.closedTitle, body: h('p', { text: words.welcome.closed }), other: backToSignIn() });
}

customElements.define('sign-up', SignUp);
