// Which browser, on which system, a User-Agent header belongs to.

/**
 * @typedef {object} Device
 * @property {'phone' | 'tablet' | 'computer' | 'program' | 'unknown'} kind
 * @property {string | null} client The name of the browser or the program.
 * @property {string | null} system The name of the operating system or the device.
 */

// The browsers that call themselves Chrome or Safari as well come first.
/** @type {[RegExp, string][]} */
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|OPT|OPX|Opera)\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\b(?:DuckDuckGo|Ddg)\//, 'DuckDuckGo'],
  [/\b(?:Firefox|FxiOS|Focus|Klar)\//, 'Firefox'],
  [/\b(?:(?:Headless)?Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
];

// An iPad asks for the sites of a Mac, so that most iPads are taken for a Mac.
/** @type {[RegExp, string, Device['kind']][]} */
const SYSTEMS = [
  [/\biPhone\b/, 'iPhone', 'phone'],
  [/\biPad\b/, 'iPad', 'tablet'],
  [/\bAndroid\b.*\bMobile\b/, 'Android', 'phone'],
  // Firefox writes `Android 14; Mobile`, and tablets send no `Mobile`.
  [/\bAndroid\b/, 'Android', 'tablet'],
  [/\bCrOS\b/, 'ChromeOS', 'computer'],
  [/\bWindows\b/, 'Windows', 'computer'],
  [/\bMac(?:intosh|OS)?\b|\bMac OS X\b/, 'macOS', 'computer'],
  [/\bLinux\b|\bX11\b/, 'Linux', 'computer'],
];

// Names of libraries that people know by another name.
/** @type {Record<string, string>} */
const PROGRAMS = {
  'python-requests': 'Python',
  'python-urllib': 'Python',
  'python-httpx': 'Python',
  aiohttp: 'Python',
  'go-http-client': 'Go',
  node: 'Node.js',
  'node-fetch': 'Node.js',
  undici: 'Node.js',
  axios: 'Node.js',
  okhttp: 'Android app',
  postmanruntime: 'Postman',
};

/**
 * Reads a User-Agent header. A client can send any text in it, so the result is a hint for the owner of a
 * session, not a proof.
 *
 * @param {string | null | undefined} userAgent
 * @returns {Device}
 */
export function deviceOf(userAgent) {
  const text = (userAgent ?? '').trim();
  const [, system = null, kind = null] = SYSTEMS.find(([pattern]) => pattern.test(text)) ?? [];
  const [, client = null] = BROWSERS.find(([pattern]) => pattern.test(text)) ?? [];
  if (client || text.startsWith('Mozilla/')) return { kind: kind ?? 'unknown', client, system };
  const program = /^([A-Za-z][\w.+-]{0,39})(?:\/|\s|$)/.exec(text)?.[1];
  if (!program) return { kind: 'unknown', client: null, system: null };
  return { kind: 'program', client: PROGRAMS[program.toLowerCase()] ?? program, system };
}
