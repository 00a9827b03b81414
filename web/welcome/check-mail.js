import { failureText } from '../api.js';
import { h, icon } from '../dom.js';
import { words } from '../words.js';
import { WAIT_SECONDS, waitingButton } from '../ui/waiting-button.js';
import { backToSignIn, frame } from './frame.js';

/**
 * The page after a mail was asked for.
 * @param {{ text: string, resend: () => Promise<unknown>, confirms?: boolean, other?: Node }} options `confirms`: the
 * person signs in once the link in the mail has confirmed the address. The server tells nobody else, so they say so.
 */
export function checkMail({ text, resend, confirms = false, other }) {
  const status = h('p', { class: 'muted', role: 'status' });
  const problem = h('p', { class: 'field-error', role: 'alert', hidden: true });
  const run = async () => {
    problem.hidden = true;
    try {
      await resend();
      status.textContent = words.welcome.resent;
      return true;
    } catch (error) {
      problem.textContent = failureText(error);
      problem.hidden = false;
      return false;
    }
  };
  const again = waitingButton({ label: words.welcome.resend, waiting: words.welcome.resendIn, seconds: WAIT_SECONDS, run });
  const page = frame({
    title: words.welcome.checkMail,
    body: [h('p', { text }), localMails(),
      confirms && h('div', { class: 'form-actions' }, h('a', { class: 'button primary', href: '#/sign-in', text: words.welcome.confirmed })),
      h('p', { class: 'muted', text: words.welcome.nothingArrived }), h('div', { class: 'form-actions' }, again, status), problem],
    other: confirms ? other : [backToSignIn(), other && [' · ', other]],
  });
  page.querySelector('.welcome-card')?.prepend(h('div', { class: 'state-icon' }, icon('mail')));
  return page;
}

/** A link to the mails of a local stack, which sends none. */
function localMails() {
  const url = document.querySelector('meta[name=mails]')?.getAttribute('content');
  if (!url) return null;
  return h('p', { class: 'notice' }, icon('mail'), h('span', null,
    words.welcome.localMails, ' ', h('a', { href: url, target: '_blank', rel: 'noopener', text: words.welcome.localMailsLink }), '.'));
}
