// Where Tab leads, and whether a reader sees it.

import assert from 'node:assert/strict';

const MOST_STOPS = 80;
const MARGIN = 8;

// Presses Tab until the focus returns to a control that it had. Returns a description of each stop.
export async function tabStops(page, visit = async () => {}) {
  const stops = [];
  await page.evaluate(() => {
    globalThis.visited = new Set();
  });
  for (let pressed = 0; pressed < MOST_STOPS; pressed += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(describeFocus);
    if (stop.isKnown) return stops;
    stops.push(stop);
    if (!stop.isPage) await visit(stop);
  }
  throw new Error(`Tab has more than ${MOST_STOPS} stops: ${stops.at(-1).name}`);
}

// Fails if a stop of Tab is not in the window, is covered, looks as it does without the focus, or if a control is none.
export async function assertFocusIsVisible(page) {
  const stops = await tabStops(page, async (stop) => {
    assert.ok(stop.isInWindow, `Tab leads to a control outside the window: ${stop.name}`);
    assert.ok(!stop.isCovered, `a control with the focus is covered: ${stop.name}`);
    const clip = within(stop.box, page.viewportSize());
    const focused = await page.screenshot({ clip });
    await page.evaluate(() => document.activeElement.blur());
    const blurred = await page.screenshot({ clip });
    await page.evaluate(() => globalThis.stop.focus());
    assert.ok(!focused.equals(blurred), `the focus is invisible on ${stop.name}`);
  });
  assert.notEqual(stops.length, 0);
  const missed = await page.evaluate(unreached);
  assert.deepEqual(missed, []);
}

function within({ x, y, width, height }, window) {
  const [left, top] = [Math.max(0, x - MARGIN), Math.max(0, y - MARGIN)];
  const [right, bottom] = [Math.min(window.width, x + width + MARGIN), Math.min(window.height, y + height + MARGIN)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

// Runs in the page, once what the focus changes is drawn.
async function describeFocus() {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const element = document.activeElement;
  const isPage = !element || element === document.body || element === document.documentElement;
  const name = isPage ? 'the page' : element.outerHTML.slice(0, 160);
  const isKnown = globalThis.visited.has(element);
  globalThis.visited.add(element);
  globalThis.stop = element;
  if (isPage) return { name, isPage, isKnown };
  const { x, y, width, height } = element.getBoundingClientRect();
  const isInWindow = x < innerWidth && y < innerHeight && x + width > 0 && y + height > 0;
  // What is in front of the visible part of the control.
  const [left, right] = [Math.max(0, x), Math.min(innerWidth, x + width)];
  const [top, bottom] = [Math.max(0, y), Math.min(innerHeight, y + height)];
  const front = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const label = element.closest('label');
  const isCovered = !(front && (element.contains(front) || front.contains(element) || label?.contains(front)));
  return { name, isPage, isKnown, isInWindow, isCovered, inDialog: Boolean(element.closest('dialog')), box: { x, y, width, height } };
}

// Runs in the page: the controls that a pointer can use and Tab did not reach. A group with one stop, such as the items
// of a menu, the options of a radio group or the cells of a grid, is reached by one of its members.
function unreached() {
  const modal = [...document.querySelectorAll('dialog:modal')].at(-1) ?? document.body;
  const controls = [...modal.querySelectorAll('a[href], button, input, select, textarea, summary')];
  const isGroup = '[role=menu], [role=grid], [role=listbox], [role=tablist], [role=toolbar], [role=radiogroup], fieldset';
  const reachedGroups = [...globalThis.visited].map((element) => element?.closest?.(isGroup)).filter(Boolean);
  return controls
    .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !control.disabled && control.type !== 'file')
    .filter((control) => !control.closest('[inert]'))
    .filter((control) => !globalThis.visited.has(control) && !reachedGroups.some((group) => group.contains(control)))
    .map((control) => control.outerHTML.slice(0, 160));
}
