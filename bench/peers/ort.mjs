// Times one network in ONNX Runtime on one thread, in a process of its own.
//
//   node ort.mjs PACKAGES MODEL.onnx INPUT.npy OUTPUT.npy RUNS
//
// PACKAGES: a package.json beside the node_modules with onnxruntime-node. Prints {"median_ns": ...}.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { readNpy, writeNpy } from './npy.mjs';
import { median } from './statistics.mjs';

const WARM_UP_RUNS = 2;

const [packages, model, inputFile, outputFile, runs] = process.argv.slice(2);
const { InferenceSession, Tensor } = createRequire(resolve(packages))('onnxruntime-node');

const session = await InferenceSession.create(model, {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});
const input = readNpy(inputFile);
const feeds = { [session.inputNames[0]]: new Tensor('float32', input.values, input.dims) };
const outputName = session.outputNames[0];

let output;
for (let i = 0; i < WARM_UP_RUNS; ++i) output = (await session.run(feeds))[outputName];
const times = [];
for (let i = 0; i < Number(runs); ++i) {
  const start = process.hrtime.bigint();
  await session.run(feeds);
  times.push(Number(process.hrtime.bigint() - start));
}
writeNpy(outputFile, { dims: output.dims, values: output.data });
console.log(JSON.stringify({ median_ns: median(times) }));
