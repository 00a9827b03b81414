import { words } from '../words.js';
import { askMail } from './ask-mail.js';

/** `<confirm-address>`: asks again for the mail with the link that confirms an address. */
class ConfirmAddress extends HTMLElement {
  connectedCallback() {
    askMail(this, {
      title: words.welcome.confirmTitle,
      text: words.welcome.confirmText,
      path: '/api/user/resend-verification',
      sentTo: words.welcome.confirmSentTo,
      confirms: true,
    });
  }
}

customElements.define('confirm-address', ConfirmAddress);
