import { h } from '../dom.js';
import { words } from '../words.js';
import { api } from '../api.js';
import { field, form } from '../ui/form.js';
import { checkMail } from './check-mail.js';
import { backToSignIn, frame, show, withSettings } from './frame.js';

/**
 * Shows in `parent` a form that asks for a mail to an address.
 * @param {HTMLElement} parent
 * @param {{ title: string, text: string, path: string, sentTo: (email: string) => string, confirms?: boolean }} options
 * `confirms`: the link in the mail confirms an address, and the person signs in after it.
 */
export function askMail(parent, options) {
  const { title, text, path, sentTo, confirms } = options;
  withSettings(parent, title, ({ mail }) => {
    if (!mail) return frame({ title, body: h('p', { text: words.welcome.noMail }), other: backToSignIn() });
    const { element } = form({
      fields: [
        h('p', { class: 'muted', text }),
        field({ name: 'email', label: words.welcome.email, type: 'email', autocomplete: 'email', required: true }),
      ],
      submitLabel: words.welcome.sendLink,
      submit: async ({ email }) => {
        const ask = () => api.post(path, { email }, { anonymous: true });
        await ask();
        const again = h('button', { class: 'button link', type: 'button', text: words.welcome.otherAddress, onClick: () => askMail(parent, options) });
        show(parent, checkMail({ text: sentTo(email), resend: ask, confirms, other: again }));
      },
    });
    return frame({ title, body: element, other: backToSignIn() });
  });
}
