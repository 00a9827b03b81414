// Where the focus goes when the element that has it goes away, so that the keyboard and screen readers continue nearby.

const HEADINGS = 'h1, h2';
/** How many elements that had the focus before are remembered. */
const MOST = 8;

/**
 * Moves the focus to the first heading in `within`, so that a screen reader reads it and Tab continues there.
 * @param {Element} within
 */
export function focusHeading(within) {
  const target = headingIn(within) ?? within;
  if (!(target instanceof HTMLElement)) return;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/**
 * Moves the focus whenever its element is removed or hidden and nothing else takes it: to the heading of what was around
 * the element. What floats above the place, such as a notice, gives it back to the element that had it before.
 * @param {HTMLElement} main
 */
export function keepFocus(main) {
  /** The elements that had the focus, the present one last. @type {Element[]} */
  let trail = [];
  /** What was around the last of them. @type {Element[]} */
  let around = [];
  let isWaiting = false;

  addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    trail = [...trail.filter((element) => element !== target), target].slice(-MOST);
    around = ancestors(target);
  });
  // A click on nothing takes the focus away on purpose.
  addEventListener('focusout', () => setTimeout(() => {
    const last = trail.at(-1);
    if (document.activeElement === document.body && last && isShown(last)) trail = [];
  }));
  new MutationObserver(() => {
    if (isWaiting || trail.length === 0) return;
    isWaiting = true;
    // After the code that made the change, which may know a better place.
    requestAnimationFrame(() => setTimeout(check));
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ['hidden', 'disabled'] });

  function check() {
    isWaiting = false;
    const last = trail.at(-1);
    const active = document.activeElement;
    if (!last || isShown(last) || (active && isShown(active))) return;
    const scope = [...document.querySelectorAll('dialog:modal, [aria-modal=true]')].at(-1) ?? main;
    const near = around.find((element) => scope.contains(element) && headingIn(element));
    const earlier = trail.findLast((element) => scope.contains(element) && isShown(element));
    if (near || !(earlier instanceof HTMLElement)) focusHeading(near ?? scope);
    else earlier.focus({ preventScroll: true });
  }
}

/** @param {Element} within */
function headingIn(within) {
  return [...within.querySelectorAll(HEADINGS)].find(isShown) ?? null;
}

/** Whether the element can have the focus. @param {Element} element */
export function isShown(element) {
  return element.getClientRects().length > 0 && !element.matches(':disabled, body');
}

/** @param {Element} element */
function ancestors(element) {
  const found = [];
  for (let parent = element.parentElement; parent; parent = parent.parentElement) found.push(parent);
  return found;
}
