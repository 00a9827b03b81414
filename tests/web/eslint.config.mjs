// The rules of the web app and of its tests. `tsc` finds unknown names and wrong types, so the linter does not.
//
//     eslint --config tests/web/eslint.config.mjs web tests/web      in the root of the repository

import js from '@eslint/js';

const HTML_SINKS = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'write'];
const TEXT_PROPERTIES = 'text|label|title|placeholder|hint|alt|aria-label|submitLabel|description';

const noMarkup = HTML_SINKS.map((property) => ({
  property,
  message: 'The policy of the page forbids markup from strings. Use h() of dom.js.',
}));

const noStyle = {
  selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value='style']",
  message: 'The policy of the page forbids style attributes. Use a class, or style.setProperty().',
};

const noRawPath = {
  selector: ':not(TaggedTemplateExpression) > TemplateLiteral[expressions.length>0][quasis.0.value.raw=/^\\x2Fapi\\x2F/]',
  message: 'Values in a path have to be encoded. Use the tag `path` of api.js.',
};

const noText = {
  selector: `Property[key.name=/^(${TEXT_PROPERTIES})$/] > Literal.value[value=/[A-Za-z]{2}/]`,
  message: 'Text that a reader sees belongs to words/.',
};
const noQuotedText = { ...noText, selector: noText.selector.replace('key.name', 'key.value') };

export default [
  { ignores: ['**/node_modules/**', 'tests/web/fixtures/**'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
    rules: {
      'no-undef': 'off',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      'array-callback-return': 'error',
      'consistent-return': 'off',
      'default-case-last': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', 300],
      'no-constructor-return': 'error',
      'no-else-return': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-lonely-if': 'error',
      'no-new-wrappers': 'error',
      'no-promise-executor-return': 'off',
      'no-self-compare': 'error',
      'no-shadow': 'off',
      'no-throw-literal': 'error',
      'no-unneeded-ternary': 'error',
      'no-unreachable-loop': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      'prefer-promise-reject-errors': 'error',
    },
  },
  {
    files: ['web/**'],
    rules: {
      'no-alert': 'error',
      'no-console': 'error',
      'no-restricted-properties': ['error', ...noMarkup],
      'no-restricted-syntax': ['error', noStyle, noRawPath, noText, noQuotedText],
    },
  },
  {
    files: ['web/words/**'],
    rules: { 'max-lines': 'off', 'no-restricted-syntax': 'off' },
  },
];
