// Makes the back button of the browser close a dialog. The dialog gets an entry of its own in the history. When the dialog
// is closed in another way, the entry is removed by going back. A browser goes back some time after it is asked to, and
// would take the user away from what they have opened meanwhile. So links and `navigate` wait for it.

/** How long the entry of a closed dialog stays for a dialog that opens instead. */
const SPARE_MS = 50;

/** The timer that removes the entry of a closed dialog; 0 if there is none. */
let spare = 0;
/** Whether the browser is about to go back. */
let isReturning = false;
/** What waits for that. @type {(() => void)[]} */
let waiting = [];

/**
 * Calls `close` when the user goes back. Returns a function that removes the entry of the dialog after it was closed.
 * @param {number} id greater than that of each dialog below
 * @param {() => void} close
 */
export function backCloses(id, close) {
  if (spare) history.replaceState({ dialog: id }, '');
  else history.pushState({ dialog: id }, '');
  clearTimeout(spare);
  spare = 0;
  const onPop = () => {
    if (history.state?.dialog >= id) return;
    removeEventListener('popstate', onPop);
    close();
  };
  addEventListener('popstate', onPop);
  return () => {
    removeEventListener('popstate', onPop);
    if (history.state?.dialog !== id) return;
    spare = window.setTimeout(removeSpare, SPARE_MS);
    const { href } = location;
    // Whoever goes back in this moment means the entry before it. A new address is another entry, which stays.
    addEventListener('popstate', () => spare && location.href === href && leaveEntry(), { once: true });
  };
}

/**
 * Calls `run` once the browser has gone back as often as it was asked to, which is usually at once.
 * @param {() => void} run
 */
export function afterReturn(run) {
  if (spare) removeSpare();
  if (isReturning) waiting.push(run);
  else run();
}

function removeSpare() {
  if (history.state?.dialog) leaveEntry();
  else spare = 0;
}

/** Goes back from a place, as the back button does when no dialog is open. */
export function goBack() {
  afterReturn(leaveEntry);
}

function leaveEntry() {
  clearTimeout(spare);
  spare = 0;
  isReturning = true;
  addEventListener('popstate', () => {
    isReturning = false;
    const runs = waiting;
    waiting = [];
    for (const run of runs) afterReturn(run);
  }, { once: true });
  history.back();
}

globalThis.addEventListener?.('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  if (!(link instanceof HTMLAnchorElement) || !(spare || isReturning)) return;
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  afterReturn(() => {
    location.hash = link.hash;
  });
}, { capture: true });
