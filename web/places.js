// The places of the app, one line each.

/**
 * @typedef {import('./words.js').words} Words
 * @typedef {object} Place
 * @property {string} path such as `/photos/:id?`
 * @property {() => Promise<unknown>} load imports the module that defines `element`
 * @property {string} element
 * @property {(words: Words) => string} title
 * @property {boolean} [signedIn] whether the place needs a signed-in user
 * @property {boolean} [staff] whether the place needs staff
 */

/**
 * The router sets `params` (of the path) and `query` (an object) on the element before it inserts it, and again when
 * they change while the place stays. It calls `leave()`, if there is one, before it removes the element.
 * @type {Place[]}
 */
export const places = [
  { path: '/sign-in', load: () => import('./welcome/sign-in.js'), element: 'sign-in', title: (w) => w.welcome.signIn },
  { path: '/sign-up', load: () => import('./welcome/sign-up.js'), element: 'sign-up', title: (w) => w.welcome.createAccount },
  { path: '/forgot', load: () => import('./welcome/forgot.js'), element: 'forgot-password', title: (w) => w.welcome.forgotTitle },
  { path: '/confirm', load: () => import('./welcome/confirm.js'), element: 'confirm-address', title: (w) => w.welcome.confirmTitle },
  { path: '/photos/:id?', load: () => import('./photos/photo-grid.js'), element: 'photo-grid', title: (w) => w.shell.photos, signedIn: true },
  { path: '/files/:id?', load: () => import('./files/file-list.js'), element: 'file-list', title: (w) => w.shell.files, signedIn: true },
  { path: '/everyone/:id?', load: () => import('./files/everyone-list.js'), element: 'everyone-list', title: (w) => w.shell.everyone, signedIn: true },
  { path: '/account', load: () => import('./account/account-page.js'), element: 'account-page', title: (w) => w.shell.account, signedIn: true },
  { path: '/staff', load: () => import('./staff/staff-accounts.js'), element: 'staff-accounts', title: (w) => w.staff.accounts, signedIn: true, staff: true },
  { path: '/staff/tiers', load: () => import('./staff/staff-tiers.js'), element: 'staff-tiers', title: (w) => w.staff.tiers, signedIn: true, staff: true },
  { path: '/staff/:id', load: () => import('./staff/staff-account.js'), element: 'staff-account', title: (w) => w.shell.staff, signedIn: true, staff: true },
];
