import { h, icon } from '../dom.js';
import { words } from '../words.js';
import { backToSignIn, frame } from './frame.js';

/** An address gets at most one mail a minute. */
const SECONDS_BETWEEN_MAILS = 60;

/**
 * The page after a mail was asked for.
 * @param {{ email: string, text: string, resend: () => Promise<unknown>, other?: Node }} options
 */
export function checkMail({ text, resend, other }) {
  const status = h('p', { class: 'muted', role: 'status' });
  const button = h('button', { class: 'button', type: 'button' });
  const problem = h('p', { class: 'field-error', role: 'alert', hidden: true });
  let readyAt = 0;

  const tick = () => {
    const left = Math.ceil((readyAt - performance.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? words.welcome.resendIn(left) : words.welcome.resend;
    if (left > 0) setTimeout(() => button.isConnected && tick(), 1000);
  };
  const wait = () => {
    readyAt = performance.now() + SECONDS_BETWEEN_MAILS * 1000;
    setTimeout(tick);
  };
  button.addEventListener('click', async () => {
    button.disabled = true;
    problem.hidden = true;
    try {
      await resend();
      status.textContent = words.welcome.resent;
      wait();
    } catch (error) {
      button.disabled = false;
      problem.textContent = /** @type {Error} */ (error).message;
      problem.hidden = false;
    }
  });
  button.textContent = words.welcome.resendIn(SECONDS_BETWEEN_MAILS);
  button.disabled = true;
  wait();

  const page = frame({
    title: words.welcome.checkMail,
    body: [h('p', { text }), localMails(), h('p', { class: 'muted', text: words.welcome.nothingArrived }),
      h('div', { class: 'form-actions' }, button, status), problem],
    other: [backToSignIn(), other && [' · ', other]],
  });
  page.querySelector('h1')?.setAttribute('tabindex', '-1');
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
