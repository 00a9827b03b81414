// Mails that the stack would have sent.

import { until } from './until.mjs';

// The link to `path`, such as `/api/verify-email/`, in the newest mail to `address` that has one. Waits for the mail.
export function mailedLink(stack, address, path) {
  return until(`a mail to ${address} with a link to ${path}`, () => newestLink(stack, address, path));
}

// Like `mailedLink`, but for a mail that `ask` requests. Mails to one address need an interval, so this repeats the
// request until the mail arrives.
export function requestedLink(stack, address, path, ask) {
  const askAndLook = async () => {
    await ask();
    return newestLink(stack, address, path);
  };
  return until(`a mail to ${address} with a link to ${path}`, askAndLook, 300);
}

async function newestLink(stack, address, path) {
  const answer = await fetch(`${stack.api}/_local/mail?to=${encodeURIComponent(address)}`);
  const words = (await answer.json()).flatMap((mail) => mail.text.split(/\s+/));
  return words.filter((word) => word.startsWith(stack.api + path)).at(-1);
}
