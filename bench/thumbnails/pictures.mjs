// Makes pictures/photo.{jpg,progressive.jpg,png}: 12 megapixels (4000 x 3000) with the statistics of a photograph. The
// noise in octaves becomes weaker with frequency, as in natural images, which have a 1/f spectrum. It lies over soft
// gradients, with a few hard edges and a little sensor noise. The generator has a seed, so the pixels are the same on
// every machine.
import { mkdirSync, statSync } from 'node:fs';
import sharp from 'sharp';

const WIDTH = 4000;
const HEIGHT = 3000;

let state = 0x9e3779b9;
function random() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

/** Adds bilinear value noise with one knot every `cell` pixels. */
function addNoise(plane, cell, amplitude) {
  const columns = Math.ceil(WIDTH / cell) + 2;
  const rows = Math.ceil(HEIGHT / cell) + 2;
  const knots = Float32Array.from({ length: columns * rows }, () => (random() - 0.5) * 2 * amplitude);
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = Math.floor(y / cell) * columns;
    const v = (y % cell) / cell;
    for (let x = 0; x < WIDTH; x += 1) {
      const at = row + Math.floor(x / cell);
      const u = (x % cell) / cell;
      const top = knots[at] * (1 - u) + knots[at + 1] * u;
      const bottom = knots[at + columns] * (1 - u) + knots[at + columns + 1] * u;
      plane[y * WIDTH + x] += top * (1 - v) + bottom * v;
    }
  }
}

function plane(octaves, grain) {
  const values = new Float32Array(WIDTH * HEIGHT);
  for (const [cell, amplitude] of octaves) addNoise(values, cell, amplitude);
  for (let i = 0; i < values.length; i += 1) values[i] += (random() + random() - 1) * grain;
  return values;
}

const light = plane([[900, 60], [310, 35], [110, 22], [37, 14], [13, 18], [5, 28], [2, 20]], 1);
const warmth = plane([[1200, 30], [210, 14], [29, 6]], 1);

const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
for (let y = 0; y < HEIGHT; y += 1) {
  for (let x = 0; x < WIDTH; x += 1) {
    const at = y * WIDTH + x;
    const roof = (x + 2 * y) % 1700 < 260 ? -35 : 0;
    const value = 150 - (y / HEIGHT) * 60 + light[at] + roof;
    pixels[at * 3] = Math.max(0, Math.min(255, value + warmth[at]));
    pixels[at * 3 + 1] = Math.max(0, Math.min(255, value));
    pixels[at * 3 + 2] = Math.max(0, Math.min(255, value - warmth[at] * 0.8));
  }
}

mkdirSync(new URL('pictures/', import.meta.url), { recursive: true });
const picture = () => sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const files = {
  'photo.jpg': picture().jpeg({ quality: 92, chromaSubsampling: '4:2:0', optimiseCoding: false }),
  'photo.progressive.jpg': picture().jpeg({ quality: 92, chromaSubsampling: '4:2:0', progressive: true }),
  'photo.png': picture().png({ compressionLevel: 6 }),
};
for (const [name, encoder] of Object.entries(files)) {
  const path = new URL(`pictures/${name}`, import.meta.url).pathname;
  await encoder.toFile(path);
  console.log(`${name}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}
