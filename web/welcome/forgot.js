import { words } from '../words.js';
import { askMail } from './ask-mail.js';

/** `<forgot-password>`: asks for a mail with a link to set a new password. */
class ForgotPassword extends HTMLElement {
  connectedCallback() {
    askMail(this, {
      title: words.welcome.forgotTitle,
      text: words.welcome.forgotText,
      path: '/api/user/password-reset',
      sentTo: words.welcome.resetSentTo,
    });
  }
}

customElements.define('forgot-password', ForgotPassword);
