// Pointers and the wheel on the picture of the viewer.

import { swipe } from './zoom.js';

/**
 * @typedef {import('./zoom.js').Point} Point
 * @typedef {import('./zoom.js').Size} Size
 *
 * @typedef {object} Target
 * @property {() => Size} frame
 * @property {() => import('./zoom.js').View} view
 * @property {(scale: number, at: Point) => void} zoomTo
 * @property {(x: number, y: number) => void} moveTo
 * @property {(x: number, y: number) => void} pull lets a fitted picture follow the finger
 * @property {(at: Point) => void} toggle
 * @property {(way: 'previous' | 'next' | 'close') => void} swiped
 */

const DOUBLE_TAP_MS = 300;
const TAP_PX = 12;
const WHEEL_STEP = 0.0022;

/**
 * @param {HTMLElement} element
 * @param {Target} target
 * @returns {() => void} stops listening
 */
export function listenToGestures(element, target) {
  /** @type {Map<number, Point>} */
  const fingers = new Map();
  /** @type {{ at: Point, time: number, view: import('./zoom.js').View, distance: number, pinched: boolean } | null} */
  let start = null;
  let lastTap = { time: 0, at: { x: 0, y: 0 } };

  /** From the middle of the frame. @param {{ clientX: number, clientY: number }} event */
  const point = ({ clientX, clientY }) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };

  /** @param {boolean} pinched */
  const begin = (pinched) => {
    start = { at: middle(fingers), time: Date.now(), view: target.view(), distance: spread(fingers), pinched };
  };

  /** @param {PointerEvent} event */
  function down(event) {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, point(event));
    begin(fingers.size > 1);
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!start || !fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, point(event));
    const at = middle(fingers);
    const [dx, dy] = [at.x - start.at.x, at.y - start.at.y];
    if (fingers.size > 1) target.zoomTo(start.view.scale * (spread(fingers) / start.distance), at);
    else if (target.view().scale > 1) target.moveTo(start.view.x + dx, start.view.y + dy);
    else if (event.pointerType === 'touch' && !start.pinched) follow(dx, dy);
  }

  /** @param {number} dx @param {number} dy */
  function follow(dx, dy) {
    if (Math.abs(dx) > Math.abs(dy)) target.pull(dx, 0);
    else target.pull(0, Math.max(0, dy));
  }

  /** @param {PointerEvent} event */
  function up(event) {
    if (!start || !fingers.has(event.pointerId)) return;
    const at = point(event);
    const { at: from, time, pinched } = start;
    fingers.delete(event.pointerId);
    if (fingers.size > 0) {
      begin(true);
      return;
    }
    start = null;
    const [dx, dy] = [at.x - from.x, at.y - from.y];
    if (event.type === 'pointercancel' || pinched || target.view().scale > 1) {
      if (Math.hypot(dx, dy) < TAP_PX && !pinched) tap(event, at);
      else if (target.view().scale === 1) target.pull(0, 0);
      return;
    }
    if (Math.hypot(dx, dy) < TAP_PX) {
      tap(event, at);
      return;
    }
    const way = event.pointerType === 'touch' ? swipe(dx, dy, Date.now() - time, target.frame()) : null;
    target.pull(0, 0);
    if (way) target.swiped(way);
  }

  /** @param {PointerEvent} event @param {Point} at */
  function tap(event, at) {
    const now = Date.now();
    const isDouble = now - lastTap.time < DOUBLE_TAP_MS && Math.hypot(at.x - lastTap.at.x, at.y - lastTap.at.y) < 3 * TAP_PX;
    lastTap = { time: isDouble ? 0 : now, at };
    if (isDouble && event.type !== 'pointercancel') target.toggle(at);
  }

  /** @param {WheelEvent} event */
  function wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
    // Browsers report a pinch on a touchpad as a wheel with Ctrl, in much smaller steps.
    const factor = Math.exp(-event.deltaY * lines * WHEEL_STEP * (event.ctrlKey ? 5 : 1));
    target.zoomTo(target.view().scale * factor, point(event));
  }

  const options = { passive: false };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('wheel', wheel, options);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('wheel', wheel);
  };
}

/** @param {Map<number, Point>} fingers */
function middle(fingers) {
  const all = [...fingers.values()];
  const sum = all.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / all.length, y: sum.y / all.length };
}

/** @param {Map<number, Point>} fingers */
function spread(fingers) {
  const [a, b] = [...fingers.values()];
  return b ? Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)) : 1;
}
