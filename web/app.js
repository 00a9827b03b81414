// The entry. If the tab may have a session, it loads the rest of the app at once. Otherwise it shows the sign-in form, and
// loads the rest when the form is used.

const SESSION = 'satchel.session';
const LANGUAGE = 'satchel.language';

/** @type {Promise<any> | null} */
let loading = null;

/** Loads the rest of the app and lets it take over the page. */
function load() {
  loading ??= takeOver().catch(() => showReload());
  return loading;
}

async function takeOver() {
  const { start } = await import('./main.js');
  await start(main, signIn);
}

const main = Object.assign(document.createElement('main'), { id: 'main', tabIndex: -1 });

document.documentElement.lang = chooseLanguage();
/** @type {any} */
const words = await loadWords();
document.body.append(skipLink(), main);
if (await perhapsSignedIn() || !isSignIn()) load();
else showSignIn();

/** The language that the reader chose in the app, else the first of the browser's that the app has. */
function chooseLanguage() {
  const available = document.documentElement.dataset.languages?.split(' ') ?? [];
  const wanted = [stored(() => localStorage, LANGUAGE), ...navigator.languages];
  return wanted.map((tag) => tag?.slice(0, 2).toLowerCase()).find((code) => code && available.includes(code)) ?? 'en';
}

/** What `area` has under `key`; null if the browser forbids it. @param {() => Storage} area @param {string} key */
function stored(area, key) {
  try {
    return area().getItem(key);
  } catch {
    return null;
  }
}

/** After an update, an old page names files that are gone: a reload brings the new page. */
async function loadWords() {
  try {
    return (await import(`./words/${document.documentElement.lang}.js`)).default;
  } catch (error) {
    const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
    if (visit?.type !== 'reload') location.reload();
    throw error;
  }
}

/** The text at a dotted path. @param {string} path @returns {string} */
function word(path) {
  return path.split('.').reduce((found, name) => found[name], words);
}

/** Whether this tab has a session or can get one from another tab. */
async function perhapsSignedIn() {
  if (stored(() => localStorage, SESSION) ?? stored(() => sessionStorage, SESSION)) return true;
  // Without storage, another tab may have the session in memory.
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === `${SESSION}.present`);
}

function isSignIn() {
  return ['', '#/', '#/sign-in'].includes(location.hash.split('?')[0] ?? '');
}

/** The sign-in of the page's template, with its texts. It works once welcome/sign-in.js is loaded. */
function signIn() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById('sign-in'));
  const element = document.createElement('sign-in');
  element.append(template.content.cloneNode(true));
  for (const part of element.querySelectorAll('[data-word]')) part.textContent = word(part.getAttribute('data-word') ?? '');
  for (const part of element.querySelectorAll('[data-label]')) part.setAttribute('aria-label', word(part.getAttribute('data-label') ?? ''));
  return element;
}

function showSignIn() {
  const element = signIn();
  main.append(element);
  document.title = words.app.title(words.welcome.signIn);
  for (const type of ['focusin', 'pointerdown', 'pointerover']) element.addEventListener(type, load, { once: true });
  addEventListener('hashchange', load, { once: true });
  element.addEventListener('submit', submitLater);
  // Another tab signs in.
  new BroadcastChannel(SESSION).addEventListener('message', load, { once: true });
}

/** Sends a form again that was sent before its module was loaded. @param {SubmitEvent} event */
async function submitLater(event) {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  await load();
  // It is gone if its module could not be loaded.
  if (form.isConnected) form.requestSubmit();
}

function showReload() {
  const reload = Object.assign(document.createElement('button'), { className: 'button primary', textContent: words.app.reload });
  reload.addEventListener('click', () => location.reload());
  const text = Object.assign(document.createElement('h1'), { textContent: words.app.notLoaded });
  const box = Object.assign(document.createElement('div'), { className: 'state' });
  box.setAttribute('role', 'alert');
  box.append(text, reload);
  main.replaceChildren(box);
}

function skipLink() {
  const link = Object.assign(document.createElement('a'), { className: 'skip-link', href: '#main', textContent: words.app.skip });
  link.addEventListener('click', (event) => {
    event.preventDefault();
    // The heading stands after the logo of the pages for visitors.
    const content = main.querySelector('h1') ?? main;
    content.tabIndex = -1;
    content.focus();
  });
  return link;
}
