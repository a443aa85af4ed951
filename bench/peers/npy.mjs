// NumPy's .npy files of little-endian 32-bit floats in row-major order, versions 1 to 3.
import { readFileSync, writeFileSync } from 'node:fs';

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const ALIGNMENT_BYTES = 64;

/** Returns { dims, values: Float32Array }; throws where the file holds anything else. */
export function readNpy(file) {
  const bytes = readFileSync(file);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error(`${file}: not an .npy file`);
  const long = bytes[MAGIC.length] > 1;
  const start = MAGIC.length + 2 + (long ? 4 : 2);
  const end = start + (long ? bytes.readUInt32LE(start - 4) : bytes.readUInt16LE(start - 2));
  const header = bytes.toString('latin1', start, end);
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header);
  if (!shape || !/'descr':\s*'<f4'/.test(header) || !/'fortran_order':\s*False/.test(header)) {
    throw new Error(`${file}: holds no row-major 32-bit floats: ${header.trim()}`);
  }
  const dims = shape[1].split(',').filter((part) => part.trim() !== '').map(Number);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const data = new Uint8Array(bytes.subarray(end, end + 4 * count));  // a copy: aligned for Float32Array
  if (data.length !== 4 * count) throw new Error(`${file}: is shorter than its shape (${dims.join('x')}) says`);
  return { dims, values: new Float32Array(data.buffer) };
}

export function writeNpy(file, { dims, values }) {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
  const unpadded = MAGIC.length + 4 + text.length + 1;
  const padding = (ALIGNMENT_BYTES - (unpadded % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES;
  const header = Buffer.from(text + ' '.repeat(padding) + '\n', 'latin1');
  const prefix = Buffer.from([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  writeFileSync(file, Buffer.concat([prefix, header, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]));
}
