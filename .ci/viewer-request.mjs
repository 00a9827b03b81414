// Extracts the CloudFront Function from template.yaml and tests it. `.ci/run` runs this script.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const template = readFileSync(new URL('../template.yaml', import.meta.url), 'utf8');
const [, indented] = template.match(/^ {6}FunctionCode: \|\n((?: {8}.*\n|\n)+)/m);
const handler = new Function(`${indented.replace(/^ {8}/gm, '')}; return handler;`)();

const request = (uri, headers = {}) => ({
  viewer: { ip: '203.0.113.9' },
  request: { method: 'GET', uri, headers: { host: { value: 'files.example.com' }, ...headers } },
});

assert.equal(handler(request('/api/files/')).uri, '/api/files');
assert.equal(handler(request('/api/files')).uri, '/api/files');
assert.equal(handler(request('/')).uri, '/');

const forged = handler(request('/health', {
  'x-satchel-viewer-ip': { value: '192.0.2.1' },
  'x-satchel-host': { value: 'evil.example' },
}));
assert.equal(forged.headers['x-satchel-viewer-ip'].value, '203.0.113.9');
assert.equal(forged.headers['x-satchel-host'].value, 'files.example.com');

const large = handler(request('/api/files', { 'content-length': { value: '4700001' } }));
assert.equal(large.statusCode, 413);
assert.equal(large.headers['cache-control'].value, 'no-store');
assert.equal(large.headers['x-content-type-options'].value, 'nosniff');
assert.match(large.headers['strict-transport-security'].value, /^max-age=\d+$/);
assert.match(JSON.parse(large.body).detail, /PUT the file to the URL/);
assert.equal(handler(request('/api/files', { 'content-length': { value: '4700000' } })).uri, '/api/files');

console.log('the viewer request function works');
