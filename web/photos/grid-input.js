// What pointers and keys ask the grid for.

/**
 * @typedef {object} Commands
 * @property {(id: string) => void} toggle
 * @property {(id: string) => void} extend selects up to this photo
 * @property {(id: string) => void} open
 * @property {(id: string) => void} remove
 * @property {(press: { key: string, ctrl: boolean, shift: boolean }) => boolean} move whether the key moved the focus
 * @property {(id: string) => void} focused
 * @property {() => boolean} selecting whether something is selected
 */

const LONG_PRESS_MS = 450;
const STILL_PX = 10;

/**
 * @param {HTMLElement} grid
 * @param {Commands} commands
 */
export function listen(grid, commands) {
  const press = longPress(grid, (id) => commands.toggle(id));

  grid.addEventListener('click', (event) => {
    const id = idOf(event);
    if (!id) return;
    // Beside the link there is only the check mark.
    const onMark = !(/** @type {Element} */ (event.target).closest('a'));
    const opensTab = event.ctrlKey || event.metaKey;
    if (press.consumed()) event.preventDefault();
    else if (event.shiftKey) act(event, commands.extend, id);
    else if (onMark || (commands.selecting() && !opensTab)) act(event, commands.toggle, id);
  });

  grid.addEventListener('keydown', (event) => {
    const id = idOf(event);
    if (!id || event.altKey) return;
    const { key, shiftKey: shift } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    if (key === ' ') (shift ? commands.extend : commands.toggle)(id);
    else if (key === 'Enter' && !ctrl && !shift) commands.open(id);
    else if (key === 'Delete' || key === 'Backspace') commands.remove(id);
    else if (!commands.move({ key, ctrl, shift })) return;
    event.preventDefault();
  });

  grid.addEventListener('focusin', (event) => {
    const id = idOf(event);
    if (id) commands.focused(id);
  });
}

/**
 * @param {Event} event
 * @param {(id: string) => void} command
 * @param {string} id
 */
function act(event, command, id) {
  event.preventDefault();
  command(id);
}

/** @param {Event} event */
function idOf({ target }) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('.photo-grid-cell[data-id]'))?.dataset.id ?? null;
}

/**
 * Calls `run` when a finger rests on a photo. The click that follows is then consumed.
 * @param {HTMLElement} grid
 * @param {(id: string) => void} run
 */
function longPress(grid, run) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let start = { x: 0, y: 0 };
  let fired = false;
  let touching = false;
  const cancel = () => clearTimeout(timer);

  grid.addEventListener('pointerdown', (event) => {
    fired = false;
    cancel();
    touching = event.pointerType !== 'mouse';
    const id = idOf(event);
    if (!touching || !id || !event.isPrimary) return;
    start = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      fired = true;
      navigator.vibrate?.(12);
      run(id);
    }, LONG_PRESS_MS);
  });
  grid.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > STILL_PX) cancel();
  });
  grid.addEventListener('pointerup', cancel);
  grid.addEventListener('pointercancel', cancel);
  grid.addEventListener('contextmenu', (event) => {
    if (touching) event.preventDefault();
  });
  return {
    consumed() {
      const consumed = fired;
      fired = false;
      return consumed;
    },
  };
}
