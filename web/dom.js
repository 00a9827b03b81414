// Building elements without markup in strings.

import { icons } from './icons.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @typedef {Node | string | number | null | undefined | false | any[]} Child an array holds more of them
 * @typedef {{ [name: string]: any }} Props
 */

/**
 * Creates an element.
 *
 * `class` and `text` set the class and the text, `dataset` an object of data attributes, `on<Event>` a listener
 * (`onClick`). `true` sets an attribute without a value; null, undefined and `false` leave it out. `aria-*` attributes
 * and `draggable` keep the words true and false. Everything else is an attribute.
 *
 * @template {string} T
 * @param {T} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {T extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[T] : HTMLElement}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  append(element, children);
  return /** @type {any} */ (element);
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function set(element, name, value) {
  if (/^on[A-Z]/.test(name)) {
    if (value) element.addEventListener(name.slice(2).toLowerCase(), value);
  } else if (value === null || value === undefined) {
    return;
  } else if (name === 'class') {
    element.className = value;
  } else if (name === 'text') {
    element.textContent = value;
  } else if (name === 'dataset') {
    Object.assign(element.dataset, value);
  } else if (typeof value === 'boolean' && !name.startsWith('aria-') && name !== 'draggable') {
    element.toggleAttribute(name, value);
  } else {
    element.setAttribute(name, String(value));
  }
}

/**
 * @param {ParentNode} parent
 * @param {Child[]} children
 */
function append(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.append(child);
    else if (child !== null && child !== undefined && child !== false) parent.append(String(child));
  }
}

/**
 * Replaces everything in `parent`.
 * @param {ParentNode} parent
 * @param {...Child} children
 */
export function replace(parent, ...children) {
  const fragment = document.createDocumentFragment();
  append(fragment, children);
  parent.replaceChildren(fragment);
}

/**
 * The icon `name` of icons.js. It is hidden from screen readers: the control around it needs a label.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', icons[name] ?? icons.file);
  svg.append(path);
  return svg;
}

/**
 * A button that shows only an icon. Its label is for screen readers, and the tooltip.
 * @param {string} name of the icon
 * @param {string} label
 * @param {((event: MouseEvent) => unknown) | null} onClick
 * @param {Props} [props] `class` is added to that of all these buttons
 */
export function iconButton(name, label, onClick, { class: kind = '', ...props } = {}) {
  const look = kind ? `icon-button ${kind}` : 'icon-button';
  return h('button', { class: look, type: 'button', 'aria-label': label, title: label, onClick, ...props }, icon(name));
}

/**
 * An entry of a description list.
 * @param {string} term
 * @param {...Child} details
 */
export function fact(term, ...details) {
  return h('div', null, h('dt', null, term), h('dd', null, details));
}

/** @type {Map<string, Promise<void>>} */
const styles = new Map();

/**
 * Loads a stylesheet once. Resolves when it is loaded, and also when that fails: a page without its looks still works.
 * @param {URL | string} url
 * @returns {Promise<void>}
 */
export function useStyles(url) {
  const href = String(url);
  let loaded = styles.get(href);
  if (!loaded) {
    loaded = new Promise((resolve) => {
      const done = () => resolve();
      document.head.append(h('link', { rel: 'stylesheet', href, onLoad: done, onError: done }));
    });
    styles.set(href, loaded);
  }
  return loaded;
}
