// The geometry of the viewer: how a picture lies in its window. No DOM here.

/**
 * @typedef {{ width: number, height: number }} Size
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ scale: number, x: number, y: number }} View `scale` 1 is the picture as it fits; `x` and `y` move its
 *   middle from the middle of the window
 */

/** @type {View} */
export const FITTED = Object.freeze({ scale: 1, x: 0, y: 0 });

// Beyond the true size of the picture, only so far that its pixels can be counted.
const BEYOND_TRUE_SIZE = 2;
const LEAST_MAXIMUM = 3;

/**
 * The size of the picture when it fits the window.
 * @param {Size} picture
 * @param {Size} frame
 * @returns {Size}
 */
export function fit(picture, frame) {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  const limited = Math.min(scale, 1);
  return { width: Math.round(picture.width * limited), height: Math.round(picture.height * limited) };
}

/**
 * The largest scale for a picture with `pixels` true pixels across that fits with a width of `fitted`.
 * @param {number} pixels
 * @param {number} fitted
 */
export function maximum(pixels, fitted) {
  return Math.max(LEAST_MAXIMUM, (BEYOND_TRUE_SIZE * pixels) / fitted);
}

/**
 * The view with another scale, such that the point of the picture at `at` stays there.
 * @param {View} view
 * @param {number} scale
 * @param {Point} at from the middle of the window
 * @returns {View}
 */
export function zoomAt(view, scale, at) {
  const factor = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * factor, y: at.y - (at.y - view.y) * factor };
}

/**
 * The view such that no edge of the picture is further in the window than need be.
 * @param {View} view
 * @param {Size} fitted
 * @param {Size} frame
 * @param {number} most the largest scale
 * @returns {View}
 */
export function bounded(view, fitted, frame, most) {
  const scale = Math.min(most, Math.max(1, view.scale));
  const spareX = Math.max(0, (fitted.width * scale - frame.width) / 2);
  const spareY = Math.max(0, (fitted.height * scale - frame.height) / 2);
  const clamp = (/** @type {number} */ value, /** @type {number} */ limit) =>
    Math.min(limit, Math.max(-limit, value)) || 0;
  return { scale, x: clamp(view.x, spareX), y: clamp(view.y, spareY) };
}

/**
 * What a finger asked for that moved by `dx` and `dy` in `milliseconds`.
 * @param {number} dx
 * @param {number} dy
 * @param {number} milliseconds
 * @param {Size} frame
 * @returns {'previous' | 'next' | 'close' | null}
 */
export function swipe(dx, dy, milliseconds, frame) {
  const quick = milliseconds < 300;
  if (Math.abs(dx) > Math.abs(dy)) {
    if (Math.abs(dx) < (quick ? 40 : frame.width / 3)) return null;
    return dx > 0 ? 'previous' : 'next';
  }
  return dy > (quick ? 60 : frame.height / 4) ? 'close' : null;
}
