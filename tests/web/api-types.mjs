// Writes web/api-types.d.ts: the types of the API's bodies, made from the schemas of openapi.yaml.
//
//     node api-types.mjs            writes the file
//     node api-types.mjs --check    fails if the file is not what openapi.yaml says

import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const CONTRACT = new URL('../../openapi.yaml', import.meta.url);
const TYPES = new URL('../../web/api-types.d.ts', import.meta.url);
const HEAD = '// Made from openapi.yaml by `node api-types.mjs` in tests/web. Do not edit.\n\n';

const { openapi, info, components } = parse(readFileSync(CONTRACT, 'utf8'));
// The app names bodies by their schemas, and needs no types of paths, parameters and responses.
const schemas = { openapi, info, paths: {}, components: { schemas: components.schemas } };
const options = { silent: true, rootTypes: true, rootTypesNoSchemaPrefix: true };
const types = HEAD + astToString(await openapiTS(schemas, options));

if (!process.argv.includes('--check')) {
  writeFileSync(TYPES, types);
} else if (readFileSync(TYPES, 'utf8') !== types) {
  console.error('web/api-types.d.ts is not what openapi.yaml says. Run: (cd tests/web && node api-types.mjs)');
  process.exitCode = 1;
}
