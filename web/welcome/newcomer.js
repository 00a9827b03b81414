/** Who signed up in this tab and has yet to sign in. The sign-in form begins with the name. */
export const newcomer = { username: '' };
