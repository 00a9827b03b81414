const LONG_PRESS_MS = 500;
/** A finger that moves further than this scrolls. */
const STILL_PX = 10;

/**
 * Calls `run` when a finger or a pen rests on a part of `element`. The click and the menu that follow are left out.
 * @param {HTMLElement} element
 * @param {string} part a selector
 * @param {(part: HTMLElement) => void} run
 */
export function onLongPress(element, part, run) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let start = { x: 0, y: 0 };
  let pressed = false;
  let touching = false;
  const end = () => clearTimeout(timer);

  element.addEventListener('pointerdown', (event) => {
    pressed = false;
    end();
    touching = event.pointerType !== 'mouse';
    const held = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(part));
    if (!touching || !event.isPrimary || !held) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      pressed = true;
      globalThis.navigator?.vibrate?.(12);
      run(held);
    }, LONG_PRESS_MS);
  });
  element.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > STILL_PX) end();
  });
  for (const type of ['pointerup', 'pointercancel']) element.addEventListener(type, end);
  element.addEventListener('contextmenu', (event) => {
    if (touching) event.preventDefault();
  });
  element.addEventListener('click', (event) => {
    if (!pressed) return;
    pressed = false;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
}
