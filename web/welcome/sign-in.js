import { h, replace } from '../dom.js';
import { words } from '../words.js';
import { session } from '../session.js';
import { field, form } from '../ui/form.js';
import { frame } from './frame.js';

/** `<sign-in>`: name and password. */
class SignIn extends HTMLElement {
  connectedCallback() {
    const fields = [
      field({ name: 'username', label: words.welcome.username, autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: true }),
      field({ name: 'password', label: words.welcome.password, type: 'password', autocomplete: 'current-password', required: true }),
      field({ name: 'stay', label: words.welcome.stay, type: 'checkbox' }),
    ];
    const { element } = form({
      fields,
      submitLabel: words.welcome.signIn,
      submit: ({ username, password, stay }) => session.signIn(username, password, stay),
    });
    replace(this, frame({
      title: words.welcome.signIn,
      intro: true,
      body: [element,
        h('p', null, h('a', { href: '#/forgot', text: words.welcome.forgot })),
        h('p', null, `${words.welcome.newHere} `, h('a', { href: '#/sign-up', text: words.welcome.createAccount }))],
    }));
  }
}

customElements.define('sign-in', SignIn);
