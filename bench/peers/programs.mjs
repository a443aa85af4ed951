// Programs that a benchmark runs, and errors that are the user's to mend.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PLOT = join(dirname(fileURLToPath(import.meta.url)), '..', 'plot.mjs');

export class UserError extends Error {}

/** Runs a program, its messages to the terminal, and returns what it printed. */
export function run(program, ...args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 });
  } catch (error) {
    throw new UserError(`failed: ${[program, ...args].join(' ')}${error.code ? ` (${error.code})` : ''}`);
  }
}

/** What the command line says, and defaults; an unknown option is the user's error. */
export function parsedOptions(options, usage) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UserError(`${error.message}\n${usage}`);
  }
}

export function requireSnug(program) {
  if (!existsSync(program)) throw new UserError(`${program} is missing; build snug first, or give --snug`);
}

/** FILE.csv → FILE.svg */
export function draw(csvFile) {
  run(process.execPath, PLOT, csvFile);
}

/** The number from 1 to 9999 that an option holds; undefined where it was not given. */
export function count(name, text) {
  if (text !== undefined && !/^[1-9]\d{0,3}$/.test(text)) {
    throw new UserError(`--${name}: "${text}" is not a number from 1 to 9999`);
  }
  return text && Number(text);
}

/** Runs main; a user's error is printed, and the exit code 2. */
export function runMain(name, main) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`${name}: ${error.message}`);
    process.exitCode = 2;
  }
}
