const LONG_PRESS_MS = 500;
/** A finger that moves further than this scrolls. */
const TOLERANCE_PX = 10;

/**
 * Calls `run` when a finger rests on something inside `element`. The click and the menu that follow are left out.
 * @param {HTMLElement} element
 * @param {(target: Element) => void} run
 */
export function onLongPress(element, run) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let start = { x: 0, y: 0 };
  let pressed = false;
  const end = () => clearTimeout(timer);

  element.addEventListener('pointerdown', (event) => {
    pressed = false;
    end();
    if (event.pointerType !== 'touch' || !(event.target instanceof Element)) return;
    const { target, clientX: x, clientY: y } = event;
    start = { x, y };
    timer = setTimeout(() => {
      pressed = true;
      run(target);
    }, LONG_PRESS_MS);
  });
  element.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > TOLERANCE_PX) end();
  });
  for (const type of ['pointerup', 'pointercancel']) element.addEventListener(type, end);
  element.addEventListener('contextmenu', (event) => {
    if (pressed || /** @type {PointerEvent} */ (event).pointerType === 'touch') event.preventDefault();
  });
  element.addEventListener('click', (event) => {
    if (!pressed) return;
    pressed = false;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
}
