// A button that cannot be used again for some time.

import { h } from '../dom.js';

/**
 * A button that sends a mail, of which an address gets one a minute. It counts down until it can be used again.
 *
 * @param {{ label: string, waiting: (seconds: number) => string, seconds: number, run: () => Promise<unknown> }} options
 * `waiting` is the label while the button waits; `seconds` is how long it waits at first. `run` resolves to false if no
 * mail was sent: then the button does not wait.
 */
export function waitingButton({ label, waiting, seconds, run }) {
  let end = Date.now() + seconds * 1000;
  let busy = false;
  const left = () => Math.ceil((end - Date.now()) / 1000);
  const onClick = async () => {
    if (busy || left() > 0) return;
    busy = true;
    try {
      if (await run() !== false) end = Date.now() + WAIT_SECONDS * 1000;
    } finally {
      busy = false;
    }
    tick();
  };
  const button = h('button', { type: 'button', class: 'button', onClick });

  function tick() {
    const wait = left();
    button.textContent = wait > 0 ? waiting(wait) : label;
    // Not `disabled`, which would take the focus away.
    button.setAttribute('aria-disabled', String(wait > 0));
    if (wait <= 0) return;
    setTimeout(() => button.isConnected && tick(), 1000);
  }

  tick();
  return button;
}

/** The time between two mails to one address. */
export const WAIT_SECONDS = 60;
